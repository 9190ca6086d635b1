package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.block;
import static io.github.unroll.exercises.Formulas.plusRow;
import static io.github.unroll.exercises.Formulas.sideBySide;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(number = 9, title = "LstmCell.forward, activate", files = "cell/LstmCell.java")
class E09LstmForwardTest {

  private static final int N = 3;
  private static final int H = 3;
  private static final String ORDER = "fgio";

  private final RandomState random = new RandomState(9);
  private final Matrix x = random.randn(N, 2);
  private final Matrix hPrev = random.randn(N, H).times(0.5);
  private final Matrix cPrev = random.randn(N, H);
  private final Matrix wx = random.randn(2, 4 * H);
  private final Matrix wh = random.randn(H, 4 * H);
  private final Matrix b = random.randn(1, 4 * H);
  private final LstmCell cell = new LstmCell(wx, wh, b);

  private final Matrix product = x.matmul(wx).plus(hPrev.matmul(wh));
  private final Matrix a = plusRow(product, b);

  /** A step from pre-activations whose gates stand in a given order. */
  private static final class Step {
    Matrix f;
    Matrix g;
    Matrix i;
    Matrix o;
    Matrix c;
    Matrix h;

    Step(Matrix a, Matrix cPrev, String order, UnaryOperator<Matrix> squashG) {
      f = block(a, order.indexOf('f'), H).sigmoid();
      g = squashG.apply(block(a, order.indexOf('g'), H));
      i = block(a, order.indexOf('i'), H).sigmoid();
      o = block(a, order.indexOf('o'), H).sigmoid();
      c = f.times(cPrev).plus(g.times(i));
      h = o.times(c.tanh());
    }

    Step(Matrix a, Matrix cPrev) {
      this(a, cPrev, ORDER, Matrix::tanh);
    }

    Results results() {
      return new Results().and("c", c).and("h", h);
    }

    Results results(Matrix otherC) {
      return new Results().and("c", otherC).and("h", o.times(otherC.tanh()));
    }
  }

  private Diagnosis diagnosis() {
    Step right = new Step(a, cPrev);
    Diagnosis diagnosis =
        new Diagnosis(right.results(), N)
            .formula("c", "c = f ⊙ cPrev + g ⊙ i, with f, i = σ and g = tanh of their columns of a")
            .formula("h", "h = o ⊙ tanh(c)")
            .mistake(
                "misses the bias: was b forgotten? It is one row, added to every sample",
                new Step(product, cPrev).results())
            .mistake(
                "holds the bias twice: do forward and activate both add it?",
                new Step(plusRow(a, b), cPrev).results())
            .mistake(
                "knows nothing of the state before: was hPrev·wh forgotten?",
                new Step(plusRow(x.matmul(wx), b), cPrev).results())
            .mistake(
                "knows nothing of the input: was x·wx forgotten, or overwritten by hPrev·wh?",
                new Step(plusRow(hPrev.matmul(wh), b), cPrev).results())
            .mistake(
                "has a sigmoid for the candidate: g = tanh(a_g), the other three take σ",
                new Step(a, cPrev, ORDER, Matrix::sigmoid).results())
            .mistake(
                "has the candidate unsquashed: g = tanh(a_g)",
                new Step(a, cPrev, ORDER, m -> m).results())
            .mistake(
                "has lost what the cell remembered: was f ⊙ cPrev forgotten?",
                right.results(right.g.times(right.i)))
            .mistake(
                "never forgets: was f forgotten? c = f ⊙ cPrev + g ⊙ i",
                right.results(cPrev.plus(right.g.times(right.i))))
            .mistake(
                "keeps 1 − f: the gate f says how much is kept, c = f ⊙ cPrev + g ⊙ i",
                right.results(Formulas.rest(right.f).times(cPrev).plus(right.g.times(right.i))))
            .mistake(
                "lets the whole candidate in: was i forgotten? c = f ⊙ cPrev + g ⊙ i",
                right.results(right.f.times(cPrev).plus(right.g)))
            .mistake(
                "takes hPrev for cPrev: the cell's own memory is c",
                right.results(right.f.times(hPrev).plus(right.g.times(right.i))))
            .mistake(
                "is not squashed: h = o ⊙ tanh(c), was tanh forgotten?",
                new Results().and("h", right.o.times(right.c)))
            .mistake(
                "is not gated: h = o ⊙ tanh(c), was o forgotten?",
                new Results().and("h", right.c.tanh()))
            .mistake(
                "comes of the old cell state: h = o ⊙ tanh(c) of the new one",
                new Results().and("h", right.o.times(cPrev.tanh())))
            .mistake(
                "is made of g: h = o ⊙ tanh(c)", new Results().and("h", right.o.times(right.g)));
    for (String order : GateOrders.otherThan(ORDER)) {
      diagnosis.mistake(
          "reads the gates in the order %s%s: here they stand f, g, i, o"
              .formatted(GateOrders.text(order), order.equals("ifgo") ? " (PyTorch, Keras)" : ""),
          new Step(a, cPrev, order, Matrix::tanh).results());
    }
    return diagnosis;
  }

  @Test
  @Order(1)
  void should_give_the_new_states() {
    LstmCell.Step got = Attempt.at("LstmCell.forward", () -> cell.forward(x, hPrev, cPrev));
    diagnosis().of(new Results().and("c", got.cNext()).and("h", got.hNext()));
  }

  @Test
  @Order(2)
  void should_keep_what_backward_needs_and_leave_the_rest_alone() {
    Matrix before = cPrev.copy();
    Step right = new Step(a, cPrev);
    LstmCell.Cache cache =
        Attempt.at("LstmCell.forward", () -> cell.forward(x, hPrev, cPrev).cache());
    new Diagnosis(
            new Results()
                .and("cache.cPrev", before)
                .and("cache.gates", sideBySide(right.f, right.g, right.i, right.o))
                .and("cache.tanhC", right.c.tanh()),
            N)
        .formula("cache.gates", "f, g, i, o side by side, (N,4H), squashed")
        .formula("cache.tanhC", "tanh(c)")
        .mistake(
            "is the new cell state: backward needs the one before the step",
            new Results().and("cache.cPrev", right.c))
        .mistake(
            "holds the pre-activations: backward needs the gates, after σ and tanh",
            new Results().and("cache.gates", a))
        .mistake(
            "holds the products: backward needs the gates, after σ and tanh",
            new Results().and("cache.gates", product))
        .mistake("is c: backward needs tanh(c)", new Results().and("cache.tanhC", right.c))
        .of(
            new Results()
                .and("cache.cPrev", cache.cPrev())
                .and("cache.gates", cache.gates())
                .and("cache.tanhC", cache.tanhC()));
  }

  @Test
  @Order(3)
  void should_activate_inside_longer_arrays() {
    double[] c = new double[6 + N * H];
    double[] h = new double[4 + N * H];
    double[] tanhC = new double[5 + N * H];
    double[] from = Formulas.at(2, product);
    Attempt.at(
        "LstmCell.activate",
        () -> cell.activate(N, from, 2, Formulas.at(3, cPrev), 3, c, 6, tanhC, 5, h, 4));
    diagnosis()
        .of(new Results().and("c", Formulas.from(c, 6, N, H)).and("h", Formulas.from(h, 4, N, H)));
  }
}
