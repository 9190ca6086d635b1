package io.github.unroll.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.PeepholeLstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.Recurrent.SkippedOutput;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeAttention;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every formula and every number of docs/derivations.md, computed. The formulas of cells, of
 * embedding and output and of attention are computed from the page itself ({@link Formulas}) and
 * compared with the library; the others are listed here, word for word, beside the Java that says
 * the same.
 */
class DerivationsPageTest {

  private static final String PAGE = Page.of(Path.of("docs/derivations.md")).text();
  private static final int N = 3;
  private static final int D = 2;
  private static final int H = 4;
  private static final double EPSILON = 1e-5;

  private final RandomState random = new RandomState(7);

  /** A section, to the next heading of any level. */
  private static String section(String heading) {
    int from = PAGE.indexOf("\n" + heading + "\n");
    assertThat(from).as(heading).isPositive();
    int to = PAGE.indexOf("\n#", from + 1);
    return PAGE.substring(from, to < 0 ? PAGE.length() : to);
  }

  private static List<String> formulas(String heading) {
    return Formulas.of(section(heading));
  }

  @Test
  void no_section_should_be_overlooked() {
    assertThat(PAGE.lines().filter(line -> line.startsWith("#")))
        .containsExactly(
            "# Every backward pass, derived",
            "## The RNN: `RnnCell`",
            "## Through time: `Recurrent`, the layer over any cell",
            "## The LSTM: `LstmCell`",
            "### With peepholes: `PeepholeLstmCell`",
            "## The GRU: `GruCell`",
            "### The reset gate before the product (Cho et al. 2014; the book)",
            "### The reset gate after the product (PyTorch, Keras' `reset_after`, ONNX'"
                + " `linear_before_reset`)",
            "### Both",
            "## Embedding and output: `TimeEmbedding`, `TimeAffine`",
            "## Softmax with cross-entropy: `TimeSoftmaxWithLoss`",
            "## Attention: `TimeAttention`",
            "## Clipping: `GradientClipping.byGlobalNorm`",
            "## How they are checked");
    assertThat(formulas("## How they are checked")).isEmpty();
  }

  // ---- the rules ----

  @Test
  void the_two_rules() {
    assertThat(Formulas.of(PAGE.substring(0, PAGE.indexOf("\n## "))))
        .containsExactly(
            "Y = A B",
            "dA = dY\\,B^\\top",
            "dB = A^\\top dY",
            "Y_{ij} = \\sum_k A_{ik} B_{kj}",
            "dA_{ik} = \\sum_j dY_{ij} B_{kj}",
            "dB_{kj} = \\sum_i A_{ik}\\, dY_{ij}",
            "Y = f(X)",
            "dX = dY \\odot f'(X)",
            "\\tanh'(a) = 1 - \\tanh^2(a) \\qquad"
                + " \\sigma'(a) = \\sigma(a) \\odot (1 - \\sigma(a))");
    Matrix a = random.randn(2, 3);
    Matrix b = random.randn(3, 4);
    Matrix dY = random.randn(2, 4);
    Formulas product =
        new Formulas()
            .given("A", a)
            .given("B", b)
            .given("dY", dY)
            .read(List.of("Y = A B", "dA = dY\\,B^\\top", "dB = A^\\top dY"));
    DoubleSupplier loss = () -> sum(a.matmul(b).times(dY));
    assertClose(product.get("Y"), a.matmul(b), 1e-15);
    assertClose(product.get("dA"), slopes(loss, a), 1e-9);
    assertClose(product.get("dB"), slopes(loss, b), 1e-9);
    for (int i = 0; i < 2; i++) {
      for (int k = 0; k < 3; k++) {
        double dAik = 0;
        for (int j = 0; j < 4; j++) {
          dAik += dY.get(i, j) * b.get(k, j);
        }
        assertThat(product.get("dA").get(i, k)).isCloseTo(dAik, within(1e-14));
      }
    }
    for (int k = 0; k < 3; k++) {
      for (int j = 0; j < 4; j++) {
        double dBkj = 0;
        for (int i = 0; i < 2; i++) {
          dBkj += a.get(i, k) * dY.get(i, j);
        }
        assertThat(product.get("dB").get(k, j)).isCloseTo(dBkj, within(1e-14));
      }
    }
    for (double at : new double[] {-2, -0.3, 0, 1.7}) {
      Formulas slope =
          new Formulas()
              .given("a", Matrix.of(1, 1, at))
              .read(List.of("t = 1 - \\tanh^2(a) \\quad s = \\sigma(a) \\odot (1 - \\sigma(a))"));
      assertThat(slope.get("t").get(0, 0)).isCloseTo(slope(Math::tanh, at), within(1e-9));
      assertThat(slope.get("s").get(0, 0))
          .isCloseTo(slope(x -> 1 / (1 + Math.exp(-x)), at), within(1e-9));
    }
    Matrix dF = random.randn(2, 3);
    DoubleSupplier ofElements = () -> sum(a.tanh().times(dF));
    Matrix dX = dF.minus(dF.times(a.tanh()).times(a.tanh()));
    assertClose(dX, slopes(ofElements, a), 1e-9);
  }

  // ---- the cells ----

  @Test
  void the_rnn() {
    Parameter wx = parameter("W_x", D, H);
    Parameter wh = parameter("W_h", H, H);
    Parameter b = parameter("b", 1, H);
    Formulas page = formulas(List.of(wx, wh, b), 1).read(formulas("## The RNN: `RnnCell`"));
    compare(page, new RnnCell(wx, wh, b), List.of(wx, wh, b));
  }

  @Test
  void the_lstm() {
    Parameter wx = parameter("W_x", D, 4 * H);
    Parameter wh = parameter("W_h", H, 4 * H);
    Parameter b = parameter("b", 1, 4 * H);
    Formulas page = formulas(List.of(wx, wh, b), 2).read(formulas("## The LSTM: `LstmCell`"));
    compare(page, new LstmCell(wx, wh, b), List.of(wx, wh, b));
  }

  @Test
  void the_lstm_with_peepholes() {
    Parameter wx = parameter("W_x", D, 4 * H);
    Parameter wh = parameter("W_h", H, 4 * H);
    Parameter b = parameter("b", 1, 4 * H);
    Parameter p = parameter("p", 3, H);
    Formulas page =
        formulas(List.of(wx, wh, b), 2)
            .given("p_f", p.value().rows(0, 1).copy())
            .given("p_i", p.value().rows(1, 1).copy())
            .given("p_o", p.value().rows(2, 1).copy())
            .read(formulas("## The LSTM: `LstmCell`"))
            .readInstead(formulas("### With peepholes: `PeepholeLstmCell`"));
    compare(page, new PeepholeLstmCell(wx, wh, b, p), List.of(wx, wh, b));
    assertClose(page.get("dp_f"), p.grad().rows(0, 1).copy(), 1e-13);
    assertClose(page.get("dp_i"), p.grad().rows(1, 1).copy(), 1e-13);
    assertClose(page.get("dp_o"), p.grad().rows(2, 1).copy(), 1e-13);
  }

  @Test
  void the_gru_that_resets_before() {
    gru("### The reset gate before the product (Cho et al. 2014; the book)", false);
  }

  @Test
  void the_gru_that_resets_after() {
    gru(
        "### The reset gate after the product (PyTorch, Keras' `reset_after`, ONNX'"
            + " `linear_before_reset`)",
        true);
  }

  private void gru(String heading, boolean after) {
    Parameter wx = parameter("W_x", D, 3 * H);
    Parameter wh = parameter("W_h", H, 3 * H);
    Parameter b = parameter("b", 1, 3 * H);
    Parameter bhn = parameter("b_hn", 1, H);
    UnaryOperator<Matrix> gates = m -> m.columns(0, 2 * H).copy();
    UnaryOperator<Matrix> candidate = m -> m.columns(2 * H, H).copy();
    Formulas page = formulas(List.of(wx, bhn), 1);
    for (Parameter p : List.of(wx, wh, b)) {
      page.given(p.name() + "^zr", gates.apply(p.value()));
      page.given(p.name() + "^h", candidate.apply(p.value()));
    }
    page.read(formulas("## The GRU: `GruCell`")).read(formulas(heading)).read(formulas("### Both"));
    GruCell cell = after ? GruCell.resetAfter(wx, wh, b, bhn) : GruCell.resetBefore(wx, wh, b);
    compare(page, cell, after ? List.of(wx, b, bhn) : List.of(wx, b));
    assertClose(page.get("dW_h^zr"), gates.apply(wh.grad()), 1e-13);
    assertClose(page.get("dW_h^h"), candidate.apply(wh.grad()), 1e-13);
  }

  private Parameter parameter(String name, int rows, int cols) {
    return new Parameter(name, random.randn(rows, cols).times(0.7));
  }

  /** Formulas with all that goes into a step and its backward. */
  private Formulas formulas(List<Parameter> parameters, int parts) {
    Formulas formulas = new Formulas().given("x", random.randn(N, D));
    for (String part : List.of("h", "c").subList(0, parts)) {
      formulas.given(part + "_prev", random.randn(N, H)).given("d" + part, random.randn(N, H));
    }
    parameters.forEach(p -> formulas.given(p.name(), p.value()));
    return formulas;
  }

  /** What the page computes of a step and of its backward, against a cell. */
  private static void compare(Formulas page, Cell cell, List<Parameter> parameters) {
    List<String> parts = List.of("h", "c").subList(0, cell.stateSizes().length);
    Matrix[] before = parts.stream().map(part -> page.get(part + "_prev")).toArray(Matrix[]::new);
    // dc as it is given, before the page adds what comes through h
    Matrix[] dAfter = parts.stream().map(part -> page.given("d" + part)).toArray(Matrix[]::new);
    Cell.Step step = cell.forward(page.get("x"), before);
    Cell.Gradients gradients = cell.backward(step.cache(), dAfter);
    for (int part = 0; part < parts.size(); part++) {
      assertClose(page.get(parts.get(part)), step.state().get(part), 1e-14);
      Matrix dBefore = page.get("d" + parts.get(part) + "_prev");
      assertClose(dBefore, gradients.dState().get(part), 1e-13);
    }
    assertClose(page.get("dx"), gradients.dx(), 1e-13);
    for (Parameter p : parameters) {
      assertClose(page.get("d" + p.name()), p.grad(), 1e-13);
    }
  }

  @Test
  void a_formula_with_a_mistake_should_be_noticed() {
    Parameter wx = parameter("W_x", D, H);
    Parameter wh = parameter("W_h", H, H);
    Parameter b = parameter("b", 1, H);
    List<String> formulas = formulas("## The RNN: `RnnCell`");
    for (String[] mistake :
        new String[][] {{"1 - h^2", "1 - h"}, {"da\\,W_h^\\top", "da\\,W_h"}, {"+ b", "- b"}}) {
      List<String> wrong =
          formulas.stream().map(formula -> formula.replace(mistake[0], mistake[1])).toList();
      assertThat(wrong).isNotEqualTo(formulas);
      Formulas page = formulas(List.of(wx, wh, b), 1).read(wrong);
      assertThatThrownBy(() -> compare(page, new RnnCell(wx, wh, b), List.of(wx, wh, b)))
          .isInstanceOf(AssertionError.class);
    }
    assertThatThrownBy(() -> new Formulas().read(List.of("a = \\cos(b)")))
        .isInstanceOf(AssertionError.class);
  }

  // ---- through time ----

  @Test
  void through_time() {
    assertThat(formulas("## Through time: `Recurrent`, the layer over any cell"))
        .containsExactly(
            "dh[t] = dhs[t] + dh_{prev}[t + 1] \\qquad dh_{prev}[T] ="
                + " \\text{the gradient of the final state, zero if it is not used}",
            "dW_x = \\sum_t x[t]^\\top da[t] = X^\\top dA \\qquad"
                + " X\\ (TN, D),\\quad dA\\ (TN, G H)\\ \\text{the rows of all steps}",
            "h[t] = h[t - 1]",
            "dh_{prev}[t] = dh[t]");
    int steps = 4;
    RnnCell cell = rnn();
    Tensor3 xs = random.randn(N, steps, D);
    Tensor3 dhs = random.randn(N, steps, H);
    Matrix h0 = random.randn(N, H);
    Matrix dFinal = random.randn(N, H);

    List<RnnCell.Step> forward = new ArrayList<>();
    Matrix h = h0;
    for (int t = 0; t < steps; t++) {
      forward.add(cell.forward(xs.step(t), h));
      h = forward.get(t).hNext();
    }
    Matrix dhPrev = dFinal;
    Matrix dWx = new Matrix(D, H);
    List<Matrix> dxs = new ArrayList<>();
    for (int t = steps - 1; t >= 0; t--) {
      Matrix dh = dhs.step(t).plus(dhPrev);
      Matrix after = forward.get(t).hNext();
      Matrix da = dh.minus(dh.times(after).times(after));
      dWx.addMatmul(xs.step(t).transposed(), da);
      RnnCell.InputGradients gradients = cell.backward(dh, forward.get(t).cache());
      dhPrev = gradients.dhPrev();
      dxs.add(0, gradients.dx());
    }
    Matrix dwh = cell.wh().grad().copy();

    cell.parameters().forEach(Parameter::zeroGrad);
    TimeRnn layer = new TimeRnn(cell);
    layer.forward(xs, State.of(h0));
    Tensor3 dxsOfLayer = layer.backward(dhs, State.of(dFinal));
    for (int t = 0; t < steps; t++) {
      assertClose(dxs.get(t), dxsOfLayer.step(t), 1e-13);
    }
    assertClose(dhPrev, layer.initialStateGradient().h(), 1e-13);
    assertClose(dWx, cell.wx().grad(), 1e-13);
    assertClose(dwh, cell.wh().grad(), 1e-13);
  }

  @Test
  void truncation_should_lose_the_gradient_of_the_initial_state_and_nothing_else() {
    RnnCell cell = rnn();
    Tensor3 xs = random.randn(N, 5, D);
    Tensor3 dhs = random.randn(N, 5, H);
    TimeRnn whole = new TimeRnn(cell);
    whole.forward(xs);
    whole.backward(dhs);
    Matrix exact = cell.wh().grad().copy();

    TimeRnn first = new TimeRnn(cell);
    TimeRnn second = new TimeRnn(cell);
    first.forward(steps(xs, 0, 2));
    second.forward(steps(xs, 2, 3), first.finalState());
    cell.parameters().forEach(Parameter::zeroGrad);
    second.backward(steps(dhs, 2, 3));
    first.backward(steps(dhs, 0, 2), second.initialStateGradient());
    assertClose(exact, cell.wh().grad(), 1e-13);

    cell.parameters().forEach(Parameter::zeroGrad);
    first.forward(steps(xs, 0, 2));
    second.forward(steps(xs, 2, 3), first.finalState());
    second.backward(steps(dhs, 2, 3));
    first.backward(steps(dhs, 0, 2));
    assertThat(exact.allClose(cell.wh().grad(), 1e-3)).isFalse();
  }

  private static Tensor3 steps(Tensor3 xs, int from, int count) {
    Tensor3 some = new Tensor3(xs.d0(), count, xs.d2());
    for (int t = 0; t < count; t++) {
      some.setStep(t, xs.step(from + t));
    }
    return some;
  }

  @Test
  void at_a_step_that_does_not_count_the_state_stands_still() {
    RnnCell cell = rnn();
    Tensor3 xs = random.randn(1, 3, D);
    Tensor3 dhs = random.randn(1, 3, H);
    for (SkippedOutput skipped : SkippedOutput.values()) {
      TimeRnn layer = new TimeRnn(cell);
      layer.setSkippedOutput(skipped);
      Mask mask = Mask.of(new boolean[] {true, false, true});
      Tensor3 hs = layer.forward(xs, mask, null);
      RnnCell.Step step0 = cell.forward(xs.step(0), new Matrix(1, H));
      Matrix h1 = step0.hNext();
      RnnCell.Step step2 = cell.forward(xs.step(2), h1);
      boolean last = skipped == SkippedOutput.LAST;
      assertClose(last ? h1 : new Matrix(1, H), hs.step(1), 0);
      assertClose(step2.hNext(), hs.step(2), 0);

      cell.parameters().forEach(Parameter::zeroGrad);
      Matrix dh1 = cell.backward(dhs.step(2), step2.cache()).dhPrev();
      Matrix dh0 = last ? dh1.plus(dhs.step(1)) : dh1;
      Matrix dx0 = cell.backward(dhs.step(0).plus(dh0), step0.cache()).dx();
      Matrix dwh = cell.wh().grad().copy();
      cell.parameters().forEach(Parameter::zeroGrad);
      Tensor3 dxs = layer.backward(dhs);
      assertClose(dx0, dxs.step(0), 1e-14);
      assertClose(new Matrix(1, D), dxs.step(1), 0);
      assertClose(dwh, cell.wh().grad(), 1e-14);
    }
  }

  private RnnCell rnn() {
    Matrix b = random.randn(1, H);
    return new RnnCell(random.randn(D, H).times(0.7), random.randn(H, H).times(0.7), b);
  }

  // ---- every number of the page ----

  @Test
  void every_number_should_be_computed() {
    Matrix wh = new RandomState(3).randn(3, 3);
    Matrix half = wh.times(0.5);
    List<String> computed =
        List.of(
            twoDigits(norm(back(wh, 1))),
            String.format(Locale.ROOT, "%.1f", norm(back(wh, 20))),
            twoDigits(norm(back(half, 1))),
            "0.001",
            threeDigits(spectralRadius(wh)),
            threeDigits(spectralRadius(half)),
            twoDigits(largestSingularValue(wh)),
            twoDigits(largestSingularValue(half)));
    assertThat(computed)
        .containsExactly("2.47", "249.5", "1.23", "0.001", "1.255", "0.628", "2.66", "1.33");
    assertThat(Pattern.compile("\\d+\\.\\d+").matcher(PAGE).results().map(r -> r.group()).toList())
        .containsExactlyElementsOf(computed);

    assertThat(norm(back(half, 20))).isLessThan(0.001);
    assertThat(largestSingularValue(wh)).isGreaterThan(spectralRadius(wh));
    Matrix power = half;
    for (int k = 1; k < 20; k++) {
      power = power.matmul(half);
    }
    assertThat(largestSingularValue(power)).as("twenty of them shrink every one").isLessThan(1);
  }

  private static String twoDigits(double x) {
    return String.format(Locale.ROOT, "%.2f", x);
  }

  private static String threeDigits(double x) {
    return String.format(Locale.ROOT, "%.3f", x);
  }

  /** A gradient of ones (2,3) after some steps back. */
  private static Matrix back(Matrix wh, int steps) {
    Matrix dh = new Matrix(2, 3);
    dh.fill(1);
    for (int k = 0; k < steps; k++) {
      dh = dh.matmul(wh.transposed());
    }
    return dh;
  }

  /** As the book divides it, by N. */
  private static double norm(Matrix dh) {
    return Math.sqrt(sum(dh.times(dh))) / dh.rows();
  }

  /** Of a matrix whose greatest eigenvalue is real: what a long power grows by. */
  private static double spectralRadius(Matrix w) {
    Matrix v = new Matrix(1, w.rows());
    v.fill(1);
    double growth = 0;
    for (int k = 0; k < 200; k++) {
      Matrix next = v.matmul(w);
      growth = Math.sqrt(sum(next.times(next)));
      v = next.times(1 / growth);
    }
    return growth;
  }

  private static double largestSingularValue(Matrix w) {
    return Math.sqrt(spectralRadius(w.matmul(w.transposed())));
  }

  @Test
  void the_page_of_choices_should_tell_the_slope_of_the_tanh() {
    String page = Page.of(Path.of("docs/choosing.md")).text();
    double slope = 1 - Math.tanh(2) * Math.tanh(2);
    assertThat(page).contains("its slope is 1\n  at 0 and " + twoDigits(slope) + " at 2");
  }

  // ---- embedding, output, loss, attention, clipping ----

  @Test
  void embedding_and_output() {
    List<String> formulas = formulas("## Embedding and output: `TimeEmbedding`, `TimeAffine`");
    assertThat(formulas).hasSize(4);
    int v = 5;
    int[][] ids = {{3, 1, 3}, {0, 3, 1}};
    Parameter e = parameter("E", v, H);
    TimeEmbedding embedding = new TimeEmbedding(e);
    Tensor3 vectors = embedding.forward(ids);
    Matrix oneHot = new Matrix(6, v);
    for (int row = 0; row < 6; row++) {
      oneHot.set(row, ids[row / 3][row % 3], 1);
    }
    assertClose(oneHot.matmul(e.value()), vectors.asRows().copy(), 0);
    Tensor3 dVectors = random.randn(2, 3, H);
    embedding.backward(dVectors);
    assertClose(oneHot.transposed().matmul(dVectors.asRows()), e.grad(), 1e-14);

    Tensor3 xs = random.randn(2, 3, H);
    Tensor3 dys = random.randn(2, 3, v);
    Parameter w = parameter("W", H, v);
    Parameter b = parameter("b", 1, v);
    Formulas page =
        new Formulas()
            .given("X", xs.asRows().copy())
            .given("W", w.value())
            .given("b", b.value())
            .read(formulas.subList(0, 1));
    assertClose(page.get("Y"), new TimeAffine(w, b).forward(xs).asRows().copy(), 1e-14);

    e.zeroGrad();
    TimeAffine tied = TimeAffine.tied(e, b);
    Formulas tiedPage =
        new Formulas()
            .given("X", xs.asRows().copy())
            .given("E", e.value())
            .given("b", b.value())
            .given("dY", dys.asRows().copy())
            .read(formulas.subList(1, 4));
    assertClose(tiedPage.get("Y"), tied.forward(xs).asRows().copy(), 1e-14);
    assertClose(tiedPage.get("dX"), tied.backward(dys).asRows().copy(), 1e-14);
    assertClose(tiedPage.get("dE"), e.grad(), 1e-14);
  }

  @Test
  void softmax_with_cross_entropy() {
    assertThat(formulas("## Softmax with cross-entropy: `TimeSoftmaxWithLoss`"))
        .containsExactly(
            "p_j = \\frac{e^{s_j - m}}{\\sum_l e^{s_l - m}},\\quad m = \\max_l s_l \\qquad"
                + " L = -\\frac 1 M \\sum \\log p_k = \\frac 1 M \\sum"
                + " \\Big(\\log \\sum_l e^{s_l - m} - (s_k - m)\\Big)",
            "\\frac{\\partial}{\\partial s_j} \\log \\sum_l e^{s_l} = p_j \\qquad\\text{so}\\qquad"
                + " ds_j = \\frac{dout}{M}\\,(p_j - [j = k])",
            "[j = k]");
    Tensor3 scores = random.randn(2, 2, 3);
    int[][] labels = {{2, TimeSoftmaxWithLoss.IGNORE}, {0, 1}};
    double dout = 1.5;
    double counted = 3;
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    double mean = loss.forward(scores, labels);
    Tensor3 ds = loss.backward(dout);
    double byProbability = 0;
    double byScores = 0;
    for (int n = 0; n < 2; n++) {
      for (int t = 0; t < 2; t++) {
        double[] s = {scores.get(n, t, 0), scores.get(n, t, 1), scores.get(n, t, 2)};
        double m = Math.max(s[0], Math.max(s[1], s[2]));
        double sum = Math.exp(s[0] - m) + Math.exp(s[1] - m) + Math.exp(s[2] - m);
        int k = labels[n][t];
        for (int j = 0; j < 3; j++) {
          double p = Math.exp(s[j] - m) / sum;
          assertThat(loss.probabilities().get(n, t, j)).isCloseTo(p, within(1e-15));
          Matrix row = Matrix.of(1, 3, s);
          DoubleSupplier logSum = () -> Math.log(sum(row.exp()));
          assertThat(slopes(logSum, row).get(0, j)).isCloseTo(p, within(1e-9));
          double expected = k < 0 ? 0 : dout / counted * (p - (j == k ? 1 : 0));
          assertThat(ds.get(n, t, j)).isCloseTo(expected, within(1e-15));
        }
        if (k >= 0) {
          byProbability -= Math.log(Math.exp(s[k] - m) / sum) / counted;
          byScores += (Math.log(sum) - (s[k] - m)) / counted;
        }
      }
    }
    assertThat(mean).isCloseTo(byProbability, within(1e-15)).isCloseTo(byScores, within(1e-15));
  }

  @Test
  void attention() {
    List<String> formulas = formulas("## Attention: `TimeAttention`");
    assertThat(formulas.get(formulas.size() - 1))
        .isEqualTo("\\partial w_j / \\partial s_l = w_j([j = l] - w_l)");
    Tensor3 states = random.randn(1, 5, H);
    Tensor3 query = random.randn(1, 1, H);
    Tensor3 dContext = random.randn(1, 1, H);
    TimeAttention attention = new TimeAttention();
    Tensor3 context = attention.forward(states, query);
    TimeAttention.InputGradients gradients = attention.backward(dContext);
    Formulas page =
        new Formulas()
            .given("q", query.asRows().copy())
            .given("K", states.asRows().copy())
            .given("dctx", dContext.asRows().copy())
            .read(formulas.subList(0, formulas.size() - 1));
    assertClose(page.get("ctx"), context.asRows().copy(), 1e-14);
    assertClose(page.get("w"), attention.weights().asRows().copy(), 1e-14);
    assertClose(page.get("dq"), gradients.dDecoderStates().asRows().copy(), 1e-13);
    assertClose(page.get("dK"), gradients.dEncoderStates().asRows().copy(), 1e-13);

    // The softmax's own slopes.
    Matrix w = page.get("w");
    Matrix s = page.get("s").copy();
    for (int j = 0; j < 5; j++) {
      int at = j;
      Matrix numeric = slopes(() -> s.exp().get(0, at) / sum(s.exp()), s);
      for (int l = 0; l < 5; l++) {
        double slope = w.get(0, j) * ((j == l ? 1 : 0) - w.get(0, l));
        assertThat(slope).isCloseTo(numeric.get(0, l), within(1e-9));
      }
    }
  }

  @Test
  void clipping() {
    assertThat(formulas("## Clipping: `GradientClipping.byGlobalNorm`"))
        .containsExactly(
            "\\lVert g \\rVert = \\sqrt{\\textstyle\\sum_{\\text{all parameters}} \\sum g^2}"
                + " \\qquad g \\leftarrow g \\cdot \\frac{c}{\\lVert g \\rVert + 10^{-6}}"
                + " \\quad\\text{if that factor is below 1}");
    for (double c : new double[] {0.5, 1000}) {
      List<Parameter> parameters = List.of(parameter("w", 3, 2), parameter("b", 1, 2));
      parameters.forEach(p -> p.grad().add(random.randn(p.grad().rows(), p.grad().cols())));
      List<Matrix> before = parameters.stream().map(p -> p.grad().copy()).toList();
      double squares = before.stream().mapToDouble(g -> sum(g.times(g))).sum();
      double norm = GradientClipping.byGlobalNorm(c).clip(parameters);
      assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-14));
      double factor = Math.min(1, c / (norm + 1e-6));
      for (int i = 0; i < parameters.size(); i++) {
        assertClose(before.get(i).times(factor), parameters.get(i).grad(), 1e-15);
      }
    }
  }

  // ---- tools ----

  private static void assertClose(Matrix actual, Matrix expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.data()).containsExactly(expected.data(), within(tolerance));
  }

  private static double sum(Matrix m) {
    double sum = 0;
    for (double x : m.data()) {
      sum += x;
    }
    return sum;
  }

  private static double slope(DoubleUnaryOperator f, double at) {
    return (f.applyAsDouble(at + EPSILON) - f.applyAsDouble(at - EPSILON)) / (2 * EPSILON);
  }

  /** The central differences of a number with respect to each element of a matrix. */
  private static Matrix slopes(DoubleSupplier f, Matrix of) {
    Matrix slopes = new Matrix(of.rows(), of.cols());
    double[] x = of.data();
    for (int i = 0; i < x.length; i++) {
      double was = x[i];
      x[i] = was + EPSILON;
      double above = f.getAsDouble();
      x[i] = was - EPSILON;
      double below = f.getAsDouble();
      x[i] = was;
      slopes.data()[i] = (above - below) / (2 * EPSILON);
    }
    return slopes;
  }
}
