package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.each;
import static io.github.unroll.exercises.Formulas.plusRow;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(number = 1, title = "RnnCell.forward, activate", files = "cell/RnnCell.java")
class E01RnnForwardTest {

  private static final int N = 3;
  private static final int H = 4;

  private final RandomState random = new RandomState(1);
  private final Matrix x = random.randn(N, 2);
  private final Matrix hPrev = random.randn(N, H).times(0.5);
  private final Matrix wx = random.randn(2, H).times(0.5);
  private final Matrix wh = random.randn(H, H).times(0.5);
  private final Matrix b = random.randn(1, H).times(0.5);
  private final RnnCell cell = new RnnCell(wx, wh, b);

  private final Matrix input = x.matmul(wx);
  private final Matrix product = input.plus(hPrev.matmul(wh));
  private final Matrix a = plusRow(product, b);

  private static Results h(Matrix m) {
    return new Results().and("h", m);
  }

  @Test
  @Order(1)
  void should_give_the_new_state() {
    Matrix got = Attempt.at("RnnCell.forward", () -> cell.forward(x, hPrev).hNext());
    new Diagnosis(h(a.tanh()), N)
        .formula("h", "h = tanh(x·wx + hPrev·wh + b)")
        .mistake(
            "misses the bias: was b forgotten? It is one row, added to every sample",
            h(product.tanh()))
        .mistake(
            "knows nothing of the state before: was hPrev·wh forgotten?",
            h(plusRow(input, b).tanh()))
        .mistake(
            "knows nothing of the input: was x·wx forgotten, or overwritten by hPrev·wh?",
            h(plusRow(hPrev.matmul(wh), b).tanh()))
        .mistake("is the pre-activation itself: was tanh forgotten?", h(a))
        .mistake(
            "is the pre-activation without its bias: were b and tanh forgotten? activate adds and"
                + " squashes",
            h(product))
        .mistake("went through a sigmoid: the state of an RNN is tanh(a)", h(a.sigmoid()))
        .mistake(
            "went through relu: RnnCell(wx, wh, b) is a tanh cell, see activation",
            h(each(a, v -> Math.max(v, 0))))
        .mistake(
            "is squashed twice: tanh(tanh(a)); do forward and activate both take it?",
            h(a.tanh().tanh()))
        .mistake(
            "holds the bias twice: do forward and activate both add it?", h(plusRow(a, b).tanh()))
        .mistake(
            "comes of wh transposed: rows are samples here, so it is hPrev·wh",
            h(plusRow(input.plus(hPrev.matmul(wh.transpose())), b).tanh()))
        .of(h(got));
  }

  @Test
  @Order(2)
  void should_keep_what_backward_needs_and_leave_the_rest_alone() {
    Matrix xBefore = x.copy();
    Matrix hBefore = hPrev.copy();
    RnnCell.Cache cache = Attempt.at("RnnCell.forward", () -> cell.forward(x, hPrev).cache());
    new Diagnosis(
            new Results()
                .and("cache.x", xBefore)
                .and("cache.hPrev", hBefore)
                .and("cache.hNext", a.tanh()),
            N)
        .formula("cache.hNext", "new Cache(x, hPrev, hNext)")
        .mistake(
            "was changed by forward: inputs are the caller's; write into a new matrix",
            new Results().and("cache.hPrev", a.tanh()))
        .mistake(
            "is the pre-activation: backward needs h, for 1 − h²",
            new Results().and("cache.hNext", a))
        .mistake(
            "is the pre-activation without its bias: backward needs h, for 1 − h²",
            new Results().and("cache.hNext", product))
        .mistake(
            "is the state before: the order is Cache(x, hPrev, hNext)",
            new Results().and("cache.hNext", hBefore))
        .of(
            new Results()
                .and("cache.x", cache.x())
                .and("cache.hPrev", cache.hPrev())
                .and("cache.hNext", cache.hNext()));
  }

  @Test
  @Order(3)
  void should_activate_inside_longer_arrays() {
    double[] into = new double[5 + N * H];
    double[] from = Formulas.at(3, product);
    Attempt.at("RnnCell.activate", () -> cell.activate(N, from, 3, into, 5));
    new Diagnosis(h(a.tanh()).and("a", product), N)
        .formula("h", "h[hAt + i·H + j] = tanh(a[aAt + i·H + j] + b[j])")
        .formula("a", "a is read, h is written")
        .mistake("misses the bias: was b forgotten?", h(product.tanh()))
        .mistake("is the pre-activation itself: was tanh forgotten?", h(a))
        .mistake(
            "got a bias for the first sample only: b is added to each of the n rows",
            h(firstRowBiased().tanh()))
        .mistake(
            "stands in the wrong place: `a` begins at aAt, h at hAt, not at 0",
            h(displaced(from, 0, 0)))
        .mistake("was read from the wrong place: `a` begins at aAt", h(displaced(from, 0, 5)))
        .mistake("stands in the wrong place: h begins at hAt", h(displaced(from, 3, 0)))
        .of(h(Formulas.from(into, 5, N, H)).and("a", Formulas.from(from, 3, N, H)));
  }

  /** What stands at hAt, 5, when reading and writing begin elsewhere. */
  private Matrix displaced(double[] from, int readAt, int writeAt) {
    double[] into = new double[5 + N * H];
    for (int i = 0; i < N * H; i++) {
      into[writeAt + i] = StrictMath.tanh(from[readAt + i] + b.get(0, i % H));
    }
    return Formulas.from(into, 5, N, H);
  }

  private Matrix firstRowBiased() {
    Matrix biased = product.copy();
    for (int j = 0; j < H; j++) {
      biased.set(0, j, a.get(0, j));
    }
    return biased;
  }
}
