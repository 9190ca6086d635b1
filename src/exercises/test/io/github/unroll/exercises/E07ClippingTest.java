package io.github.unroll.exercises;

import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(
    number = 7,
    title = "GradientClipping.byGlobalNorm, globalNorm",
    files = "optim/GradientClipping.java")
class E07ClippingTest {

  private final RandomState random = new RandomState(7);
  private final Matrix g1 = random.randn(2, 3);
  private final Matrix g2 = random.randn(3, 2);
  private final double squares1 = squares(g1);
  private final double squares2 = squares(g2);
  private final double norm = Math.sqrt(squares1 + squares2);

  private List<Parameter> parameters() {
    Parameter p1 = new Parameter("w1", new Matrix(2, 3));
    Parameter p2 = new Parameter("w2", new Matrix(3, 2));
    p1.grad().copyFrom(g1);
    p2.grad().copyFrom(g2);
    return List.of(p1, p2);
  }

  private static double squares(Matrix m) {
    double sum = 0;
    for (double v : m.data()) {
      sum += v * v;
    }
    return sum;
  }

  private double magnitudes() {
    double sum = 0;
    for (Matrix g : List.of(g1, g2)) {
      for (double v : g.data()) {
        sum += Math.abs(v);
      }
    }
    return sum;
  }

  private static Results norm(double value) {
    return new Results().and("norm", value);
  }

  @Test
  @Order(1)
  void should_measure_all_gradients_as_one_vector() {
    double got =
        Attempt.at("GradientClipping.globalNorm", () -> GradientClipping.globalNorm(parameters()));
    new Diagnosis(norm(norm), 1)
        .formula("norm", "√(Σ over all parameters and entries of g²)")
        .mistake("is the square of the norm: was the root forgotten?", norm(squares1 + squares2))
        .mistake(
            "is the sum of each parameter's norm: first all squares are summed, then one root is"
                + " taken",
            norm(Math.sqrt(squares1) + Math.sqrt(squares2)))
        .mistake(
            "is of the last parameter only: was the sum set to it, not added?",
            norm(Math.sqrt(squares2)))
        .mistake("is of the first parameter only", norm(Math.sqrt(squares1)))
        .mistake(
            "is the greater of the parameters' norms: it is one norm over all",
            norm(Math.sqrt(Math.max(squares1, squares2))))
        .mistake("is a mean: the norm is √(Σ g²), nothing is divided", norm(norm / Math.sqrt(12)))
        .mistake("is the sum of magnitudes: the norm is √(Σ g²)", norm(magnitudes()))
        .of(norm(got));
  }

  private Results clipped(double rate1, double rate2) {
    return new Results()
        .and("w1's gradient", g1.times(rate1))
        .and("w2's gradient", g2.times(rate2))
        .and("the returned norm", norm);
  }

  private static Results got(List<Parameter> parameters, double norm) {
    return new Results()
        .and("w1's gradient", parameters.get(0).grad())
        .and("w2's gradient", parameters.get(1).grad())
        .and("the returned norm", norm);
  }

  @Test
  @Order(2)
  void should_scale_gradients_whose_norm_is_too_large() {
    double greatest = norm / 4;
    List<Parameter> parameters = parameters();
    double got =
        Attempt.at(
            "GradientClipping.byGlobalNorm",
            () -> GradientClipping.byGlobalNorm(greatest).clip(parameters));
    double rate = greatest / (norm + 1e-6);
    new Diagnosis(clipped(rate, rate), 1)
        .formula("w1's gradient", "g ·= rate, rate = maxNorm / (norm + 1e-6), if rate < 1")
        .formula("w2's gradient", "g ·= rate, rate = maxNorm / (norm + 1e-6), if rate < 1")
        .formula("the returned norm", "the norm before clipping")
        .mistake(
            "is scaled by its own norm: one factor, of the global norm, for all parameters",
            clipped(
                Math.min(1, greatest / (Math.sqrt(squares1) + 1e-6)),
                Math.min(1, greatest / (Math.sqrt(squares2) + 1e-6))))
        .mistake(
            "is scaled without the 1e-6 beside the norm, which keeps a norm of 0 from dividing",
            clipped(greatest / norm, greatest / norm))
        .mistake("is not scaled: this norm is 4 times maxNorm; is it if (rate < 1)?", clipped(1, 1))
        .mistake(
            "is scaled up: the factor is maxNorm / norm, not norm / maxNorm",
            clipped(norm / greatest, norm / greatest))
        .mistake(
            "has norm 1: maxNorm is not in the factor",
            clipped(1 / (norm + 1e-6), 1 / (norm + 1e-6)))
        .mistake(
            "is divided by the squared norm: a root is missing", clipped(rate / norm, rate / norm))
        .mistake(
            "is cut off entry by entry: that is byValue; here one factor keeps the direction",
            new Results()
                .and("w1's gradient", cut(g1, greatest))
                .and("w2's gradient", cut(g2, greatest)))
        .mistake(
            "is not scaled: the loop reaches the first parameter only; does it return too early?",
            new Results().and("w2's gradient", g2))
        .mistake(
            "is the norm after clipping: a log of training wants to see the one before",
            new Results().and("the returned norm", norm * rate))
        .mistake("is the factor: return the norm", new Results().and("the returned norm", rate))
        .of(got(parameters, got));
  }

  private static Matrix cut(Matrix g, double greatest) {
    return Formulas.each(g, v -> Math.max(-greatest, Math.min(greatest, v)));
  }

  @Test
  @Order(3)
  void should_leave_smaller_gradients_alone() {
    List<Parameter> parameters = parameters();
    double got =
        Attempt.at(
            "GradientClipping.byGlobalNorm",
            () -> GradientClipping.byGlobalNorm(3 * norm).clip(parameters));
    double rate = 3 * norm / (norm + 1e-6);
    new Diagnosis(clipped(1, 1), 1)
        .formula("w1's gradient", "only if rate < 1 is anything scaled")
        .formula("the returned norm", "the norm, clipped or not")
        .mistake(
            "is scaled up to maxNorm, though its norm was below: was if (rate < 1) forgotten?",
            clipped(rate, rate))
        .mistake(
            "is scaled up to maxNorm, though its norm was below: was if (rate < 1) forgotten?",
            clipped(3, 3))
        .of(got(parameters, got));
  }

  @Test
  @Order(4)
  void should_clip_a_shared_parameter_once() {
    double greatest = norm / 4;
    List<Parameter> parameters = parameters();
    List<Parameter> shared = List.of(parameters.get(0), parameters.get(1), parameters.get(0));
    double got =
        Attempt.at(
            "GradientClipping.byGlobalNorm",
            () -> GradientClipping.byGlobalNorm(greatest).clip(shared));
    double rate = greatest / (norm + 1e-6);
    double twice = Math.sqrt(squares1 + squares2 + squares1);
    double rateOfTwice = greatest / (twice + 1e-6);
    String counted =
        "comes of a norm that counts w1 twice: it is one parameter, listed twice;"
            + " Tied.listedBefore";
    new Diagnosis(clipped(rate, rate), 1)
        .formula("w1's gradient", "a parameter that is listed twice is clipped once")
        .mistake(
            "is scaled twice: it is one parameter, listed twice; Tied.listedBefore",
            clipped(rate * rate, rate))
        .mistake(counted, clipped(rateOfTwice, rateOfTwice).and("the returned norm", twice))
        .mistake(
            "comes of a norm that counts w1 twice, and is scaled twice; Tied.listedBefore",
            clipped(rateOfTwice * rateOfTwice, rateOfTwice).and("the returned norm", twice))
        .of(got(parameters, got));
  }
}
