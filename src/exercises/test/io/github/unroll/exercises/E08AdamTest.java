package io.github.unroll.exercises;

import io.github.unroll.optim.Adam;
import io.github.unroll.optim.AdamW;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(number = 8, title = "Adam: AdamStep.ofPaper, ofBook, over", files = "optim/AdamStep.java")
class E08AdamTest {

  private static final double RATE = 0.01;
  private static final double BETA1 = 0.7;
  private static final double BETA2 = 0.8;
  private static final int STEPS = 3;
  private static final double DECAY = 0.1;

  private enum Slip {
    NO_CORRECTION,
    NO_MEAN_CORRECTION,
    NO_ROOT_CORRECTION,
    ROOT_NOT_TAKEN_OF_CORRECTION,
    EPSILON_IN_ROOT,
    NO_EPSILON,
    OTHER_EPSILON,
    NO_ROOT,
    UPHILL,
    STEP_STANDS,
    STEP_FROM_ZERO,
    BETAS_SWAPPED,
    RESTS_SWAPPED,
    NOT_SQUARED,
    MEMORY_LOST,
    NO_MOMENTUM
  }

  private final RandomState random = new RandomState(8);
  private final Matrix w1 = random.randn(2, 3);
  private final Matrix w2 = random.randn(2, 2);
  // Small ones among them, so that ε shows.
  private final Matrix[] g1 = {gradients(2, 3), gradients(2, 3), gradients(2, 3)};
  private final Matrix[] g2 = {gradients(2, 2), gradients(2, 2), gradients(2, 2)};

  private Matrix gradients(int rows, int cols) {
    Matrix g = random.randn(rows, cols);
    g.set(1, 1, g.get(1, 1) * 1e-6);
    return g;
  }

  private Matrix after(int steps, Matrix w, Matrix[] g, boolean book, Slip... slips) {
    Set<Slip> slip = EnumSet.noneOf(Slip.class);
    slip.addAll(Set.of(slips));
    Matrix p = w.copy();
    double beta1 = slip.contains(Slip.BETAS_SWAPPED) ? BETA2 : BETA1;
    double beta2 = slip.contains(Slip.BETAS_SWAPPED) ? BETA1 : BETA2;
    beta1 = slip.contains(Slip.NO_MOMENTUM) ? 0 : beta1;
    boolean otherEpsilon = slip.contains(Slip.OTHER_EPSILON);
    double epsilon = slip.contains(Slip.NO_EPSILON) ? 0 : book != otherEpsilon ? 1e-7 : 1e-8;
    for (int i = 0; i < p.data().length; i++) {
      double m = 0;
      double v = 0;
      for (int s = 1; s <= steps; s++) {
        double t = slip.contains(Slip.STEP_STANDS) ? 1 : s;
        t = slip.contains(Slip.STEP_FROM_ZERO) ? s - 1 : t;
        double gi = g[s - 1].data()[i];
        if (slip.contains(Slip.MEMORY_LOST)) {
          m = 0;
          v = 0;
        }
        boolean swapped = slip.contains(Slip.RESTS_SWAPPED);
        double square = slip.contains(Slip.NOT_SQUARED) ? gi : gi * gi;
        m = swapped ? (1 - beta1) * m + beta1 * gi : beta1 * m + (1 - beta1) * gi;
        v = swapped ? (1 - beta2) * v + beta2 * square : beta2 * v + (1 - beta2) * square;
        boolean none = slip.contains(Slip.NO_CORRECTION);
        double mean =
            none || slip.contains(Slip.NO_MEAN_CORRECTION) ? 1 : 1 - StrictMath.pow(BETA1, t);
        double root =
            none || slip.contains(Slip.NO_ROOT_CORRECTION) ? 1 : 1 - StrictMath.pow(BETA2, t);
        if (!slip.contains(Slip.ROOT_NOT_TAKEN_OF_CORRECTION)) {
          root = Math.sqrt(root);
        }
        double below;
        if (slip.contains(Slip.EPSILON_IN_ROOT)) {
          below = book ? Math.sqrt(v + epsilon) / root : Math.sqrt(v / (root * root) + epsilon);
        } else if (slip.contains(Slip.NO_ROOT)) {
          below = book ? (v + epsilon) / root : v / (root * root) + epsilon;
        } else {
          below = book ? (Math.sqrt(v) + epsilon) / root : Math.sqrt(v) / root + epsilon;
        }
        double change = RATE * (m / mean) / below;
        p.data()[i] += slip.contains(Slip.UPHILL) ? change : -change;
      }
    }
    return p;
  }

  private Results results(boolean book, Slip... slips) {
    return new Results()
        .and("w1 after 1 update", after(1, w1, g1, book, slips))
        .and("w2 after 1 update", after(1, w2, g2, book, slips))
        .and("w1 after 3 updates", after(STEPS, w1, g1, book, slips))
        .and("w2 after 3 updates", after(STEPS, w2, g2, book, slips));
  }

  private Results got(Adam.EpsilonConvention convention) {
    Adam adam = new Adam(RATE, BETA1, BETA2, convention);
    Parameter p1 = new Parameter("w1", w1.copy());
    Parameter p2 = new Parameter("w2", w2.copy());
    Results got = new Results();
    for (int s = 0; s < STEPS; s++) {
      p1.grad().copyFrom(g1[s]);
      p2.grad().copyFrom(g2[s]);
      Attempt.at("Adam.update", () -> adam.update(List.of(p1, p2)));
      if (s == 0) {
        got.and("w1 after 1 update", p1.value()).and("w2 after 1 update", p2.value());
      }
    }
    return got.and("w1 after 3 updates", p1.value()).and("w2 after 3 updates", p2.value());
  }

  private Diagnosis diagnosis(boolean book) {
    String formula =
        book
            ? "p −= lr·√(1 − β2ᵗ)/(1 − β1ᵗ) · m / (√v + ε), ε = 1e-7"
            : "p −= lr · m̂ / (√v̂ + ε), m̂ = m/(1 − β1ᵗ), v̂ = v/(1 − β2ᵗ), ε = 1e-8";
    Diagnosis diagnosis =
        new Diagnosis(results(book), 1)
            .mistake("went uphill: p −= …, against the gradient", results(book, Slip.UPHILL))
            .mistake(
                "misses the bias correction: m and v begin at 0; divide by 1 − β1ᵗ and 1 − β2ᵗ",
                results(book, Slip.NO_CORRECTION))
            .mistake(
                "misses the bias correction of m: divide by 1 − β1ᵗ",
                results(book, Slip.NO_MEAN_CORRECTION))
            .mistake(
                "misses the bias correction of v: divide by 1 − β2ᵗ, inside the root",
                results(book, Slip.NO_ROOT_CORRECTION))
            .mistake(
                "corrects √v by 1 − β2ᵗ: v is divided by it, so √v by its root, √(1 − β2ᵗ)",
                results(book, Slip.ROOT_NOT_TAKEN_OF_CORRECTION))
            .mistake(
                "has ε inside the root: it is √v + ε, not √(v + ε)",
                results(book, Slip.EPSILON_IN_ROOT))
            .mistake("misses ε beside the root: √v + ε", results(book, Slip.NO_EPSILON))
            .mistake(
                "has the other convention's ε: `epsilon` holds the right one",
                results(book, Slip.OTHER_EPSILON))
            .mistake("misses the root of v: divide by √v, not v", results(book, Slip.NO_ROOT))
            .mistake(
                "uses t = 1 at every update: β is raised to the power of step",
                results(book, Slip.STEP_STANDS))
            .mistake(
                "divides by 1 − β⁰ = 0: t counts from 1, as step does",
                results(book, Slip.STEP_FROM_ZERO))
            .mistake(
                "has the betas of m and v swapped: β1 is m's, β2 is v's",
                results(book, Slip.BETAS_SWAPPED))
            .mistake(
                "has β and 1 − β swapped: m = β1·m + (1 − β1)·g", results(book, Slip.RESTS_SWAPPED))
            .mistake("has g for g² in v: v += (1 − β2)·(g² − v)", results(book, Slip.NOT_SQUARED))
            .mistake(
                "has forgotten m and v of the update before: write both back, for the next one",
                results(book, Slip.MEMORY_LOST))
            .mistake(
                "uses g for m: the change is along m, the mean of the gradients",
                withoutMomentum(book));
    for (Results.Array array : results(book).all()) {
      diagnosis.formula(array.name(), formula);
    }
    return diagnosis.shared("the formula above, term by term");
  }

  /** g in place of m, still divided by 1 − β1ᵗ or not: the second is plain RMSprop. */
  private Results withoutMomentum(boolean book) {
    return results(book, Slip.NO_MOMENTUM, Slip.NO_MEAN_CORRECTION);
  }

  @Test
  @Order(1)
  void should_follow_the_paper() {
    diagnosis(false)
        .mistake("is the book's formula: PAPER adds ε to √v̂, after its correction", results(true))
        .mistake(
            "adds ε to √v before its correction, as the book: PAPER adds it to √v̂, after",
            results(true, Slip.OTHER_EPSILON))
        .of(got(Adam.EpsilonConvention.PAPER));
  }

  @Test
  @Order(2)
  void should_follow_the_book_where_asked() {
    diagnosis(true)
        .mistake("is the paper's formula: BOOK adds ε to √v, before its correction", results(false))
        .mistake(
            "adds ε to √v̂ after its correction, as the paper: BOOK adds it to √v, before",
            results(false, Slip.OTHER_EPSILON))
        .of(got(Adam.EpsilonConvention.BOOK));
  }

  @Test
  @Order(3)
  void should_let_adam_w_decay_the_weights() {
    Parameter parameter = new Parameter("w1", w1.copy());
    parameter.grad().copyFrom(g1[0]);
    AdamW adamW = new AdamW(RATE, DECAY, BETA1, BETA2, 1e-8);
    Attempt.at("AdamW.update", () -> adamW.update(List.of(parameter)));
    Matrix change = after(1, w1, g1, false).minus(w1);
    Matrix right = w1.times(1 - RATE * DECAY).plus(change);
    new Diagnosis(new Results().and("w1", right), 1)
        .formula("w1", "p = keep·p − rate · m / (√v · scale + ε), keep = 1 − lr · decay")
        .mistake(
            "misses the decay of the weights: keep·p, for AdamW; in Adam keep is 1",
            new Results().and("w1", w1.plus(change)))
        .mistake(
            "decays the change too: keep belongs to p alone",
            new Results().and("w1", w1.plus(change).times(1 - RATE * DECAY)))
        .of(new Results().and("w1", parameter.value()));
  }
}
