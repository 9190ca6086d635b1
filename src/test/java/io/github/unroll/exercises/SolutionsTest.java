package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeAttention;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.WordChoice;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a learner writes, against the library's: the judge alone would take a solution and an
 * expectation for right that are wrong alike.
 */
class SolutionsTest {

  private static final int N = 3;
  private static final int D = 2;
  private static final int H = 4;

  @TempDir private static Path folder;
  private static URLClassLoader loader;

  private final RandomState random = new RandomState(5);
  private final Matrix x = random.randn(N, D);
  private final Matrix hPrev = random.randn(N, H);
  private final Matrix dh = random.randn(N, H);

  @BeforeAll
  static void compile() throws Exception {
    Exercises exercises = new Exercises(folder);
    loader = exercises.loader(exercises.solutions());
  }

  @AfterAll
  static void close() throws Exception {
    loader.close();
  }

  private static Object call(String type, String method, Object... arguments) throws Exception {
    for (Method m : loader.loadClass("mine." + type).getMethods()) {
      if (m.getName().equals(method) && m.getParameterCount() == arguments.length) {
        return m.invoke(null, arguments);
      }
    }
    throw new AssertionError("no " + type + "." + method + " of " + arguments.length);
  }

  private static void assertClose(Object record, String component, Matrix want) throws Exception {
    Matrix got = (Matrix) Exercises.get(record, component);
    assertThat(got.allClose(want, 1e-12)).as("%s: %s and %s", component, got, want).isTrue();
  }

  @Test
  void a_step_of_an_rnn_should_be_the_librarys() throws Exception {
    RnnCell cell = new RnnCell(random.randn(D, H), random.randn(H, H), random.randn(1, H));
    RnnCell.Step want = cell.forward(x, hPrev);
    Matrix wx = cell.wx().value();
    Matrix wh = cell.wh().value();
    Matrix h = (Matrix) call("Rnn", "forward", x, hPrev, wx, wh, cell.b().value());
    assertThat(h.allClose(want.hNext(), 1e-12)).isTrue();

    RnnCell.InputGradients d = cell.backward(dh, want.cache());
    Object got = call("RnnBackward", "backward", dh, x, hPrev, h, wx, wh);
    assertClose(got, "dx", d.dx());
    assertClose(got, "dhPrev", d.dhPrev());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());
  }

  @Test
  void a_step_of_an_lstm_should_be_the_librarys() throws Exception {
    LstmCell cell =
        new LstmCell(random.randn(D, 4 * H), random.randn(H, 4 * H), random.randn(1, 4 * H));
    Matrix cPrev = random.randn(N, H);
    Matrix dc = random.randn(N, H);
    LstmCell.Step want = cell.forward(x, hPrev, cPrev);
    Matrix wx = cell.wx().value();
    Matrix wh = cell.wh().value();
    Object step = call("Lstm", "forward", x, hPrev, cPrev, wx, wh, cell.b().value());
    assertClose(step, "h", want.hNext());
    assertClose(step, "c", want.cNext());

    LstmCell.InputGradients d = cell.backward(dh, dc, want.cache());
    Object got = call("LstmBackward", "backward", dh, dc, x, hPrev, cPrev, wx, wh, step);
    assertClose(got, "dx", d.dx());
    assertClose(got, "dhPrev", d.dhPrev());
    assertClose(got, "dcPrev", d.dcPrev());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());
  }

  @Test
  void a_step_of_a_gru_should_be_the_librarys_both_ways() throws Exception {
    Matrix wx = random.randn(D, 3 * H);
    Matrix wh = random.randn(H, 3 * H);
    Matrix b = random.randn(1, 3 * H);
    Matrix bhn = random.randn(1, H);
    GruCell before = GruCell.resetBefore(wx, wh, b);
    Object step = call("Gru", "resetBefore", x, hPrev, wx, wh, b);
    assertGru(before, step, call("GruBackward", "resetBefore", dh, x, hPrev, wx, wh, step));

    GruCell after = GruCell.resetAfter(wx, wh, b, bhn);
    step = call("Gru", "resetAfter", x, hPrev, wx, wh, b, bhn);
    Object got = call("GruBackward", "resetAfter", dh, x, hPrev, wx, wh, step);
    assertGru(after, step, got);
    assertClose(got, "dbhn", after.bhn().grad());
  }

  private void assertGru(GruCell cell, Object step, Object got) throws Exception {
    GruCell.Step want = cell.forward(x, hPrev);
    assertClose(step, "h", want.hNext());
    GruCell.InputGradients d = cell.backward(dh, want.cache());
    assertClose(got, "dx", d.dx());
    assertClose(got, "dhPrev", d.dhPrev());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());
  }

  @Test
  void the_loss_should_be_the_librarys_with_rows_that_do_not_count() throws Exception {
    Matrix scores = random.randn(4, 3).times(50);
    int[] labels = {-1, 2, 0, 2};
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    double want = loss.forward(inOneStep(scores), column(labels));
    assertThat((double) call("SoftmaxLoss", "forward", scores, labels))
        .isCloseTo(want, within(1e-12));
    assertClose(call("SoftmaxLossBackward", "backward", scores, labels), loss.backward(1).step(0));
    assertThat((double) call("SoftmaxLossBackward", "oneScore", 1.5, 0.25))
        .isCloseTo(-1 / (1 + Math.exp(1.25)), within(1e-15));
  }

  @Test
  void an_affine_layer_should_be_the_librarys() throws Exception {
    Parameter w = new Parameter("w", random.randn(D, H));
    Parameter b = new Parameter("b", random.randn(1, H));
    TimeAffine layer = new TimeAffine(w, b);
    assertClose(
        call("Affine", "forward", x, w.value(), b.value()), layer.forward(inOneStep(x)).step(0));
    Matrix dx = layer.backward(inOneStep(dh)).step(0);
    Object got = call("AffineBackward", "backward", dh, x, w.value());
    assertClose(got, "dx", dx);
    assertClose(got, "dw", w.grad());
    assertClose(got, "db", b.grad());
  }

  @Test
  void a_sequence_should_be_the_librarys_both_ways_whole_and_in_blocks() throws Exception {
    RnnCell cell = new RnnCell(random.randn(D, H), random.randn(H, H), random.randn(1, H));
    Matrix[] xs = times(5, D);
    Matrix[] dhs = times(5, H);
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 want = layer.forward(together(xs), (int[]) null, State.of(hPrev));
    Matrix wx = cell.wx().value();
    Matrix wh = cell.wh().value();
    Matrix b = cell.b().value();
    Matrix[] hs = (Matrix[]) call("Unrolled", "forward", xs, hPrev, wx, wh, b);
    assertSteps(hs, want);

    Tensor3 dxs = layer.backward(together(dhs));
    Object got = call("BackThroughTime", "backward", dhs, xs, hPrev, hs, wx, wh);
    assertSteps((Matrix[]) Exercises.get(got, "dxs"), dxs);
    assertClose(got, "dh0", layer.initialStateGradient().h());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());

    Matrix[] starts = (Matrix[]) call("Truncated", "starts", xs, hPrev, wx, wh, b, 2);
    assertSteps(starts, together(hPrev, hs[1], hs[3]));
    Matrix[] all = (Matrix[]) call("Truncated", "backward", hs, dhs, wh, 2);
    for (int from = 0; from < 5; from += 2) { // what reaches the start of a block by the library
      int end = Math.min(from + 2, 5);
      layer.forward(
          together(Arrays.copyOfRange(xs, from, end)),
          (int[]) null,
          State.of(from == 0 ? hPrev : hs[from - 1]));
      layer.backward(together(Arrays.copyOfRange(dhs, from, end)));
      Matrix da = all[from].minus(all[from].times(hs[from]).times(hs[from]));
      assertClose(da.matmul(wh.transposed()), layer.initialStateGradient().h());
    }

    double[] norms = (double[]) call("Growth", "norms", dhs[4], hs, wh);
    for (int back = 1; back <= 5; back++) { // a loss that reads the last state alone
      layer.forward(
          together(Arrays.copyOfRange(xs, 5 - back, 5)),
          (int[]) null,
          State.of(back == 5 ? hPrev : hs[4 - back]));
      Matrix[] last = new Matrix[back];
      Arrays.fill(last, new Matrix(N, H));
      last[back - 1] = dhs[4];
      layer.backward(together(last));
      Matrix reached = layer.initialStateGradient().h();
      assertThat(norms[back - 1])
          .isCloseTo(Math.sqrt(reached.sumOfSquares(0, N * H)), within(1e-12));
    }

    Object session =
        loader
            .loadClass("mine.Streaming")
            .getConstructor(int.class, Matrix.class, Matrix.class, Matrix.class)
            .newInstance(N, wx, wh, b);
    layer.resetState();
    Tensor3 streamed = layer.forward(together(xs));
    for (int t = 0; t < 5; t++) {
      Object h = session.getClass().getMethod("step", Matrix.class).invoke(session, xs[t]);
      assertClose(h, streamed.step(t));
    }
  }

  @Test
  void the_spectral_radius_should_be_the_largest_absolute_eigenvalue() throws Exception {
    // a turn by 40° times 1.3 beside 0.8: eigenvalues 1.3·e^±40°i and 0.8; a shear beside them
    double a = 1.3 * Math.cos(Math.toRadians(40));
    double b = 1.3 * Math.sin(Math.toRadians(40));
    Matrix wh = Matrix.of(3, 3, a, -b, 2, b, a, -1, 0, 0, 0.8);
    assertThat((double) call("Growth", "spectralRadius", wh, 500)).isCloseTo(1.3, within(5e-3));
  }

  @Test
  void word_vectors_should_be_the_librarys_of_a_word_that_stands_twice_too() throws Exception {
    Parameter w = new Parameter("w", random.randn(5, D));
    TimeEmbedding layer = new TimeEmbedding(w);
    int[] ids = {4, 1, 4};
    assertClose(call("Embedding", "forward", ids, w.value()), layer.forward(column(ids)).step(0));
    layer.backward(inOneStep(x));
    assertClose(call("Embedding", "backward", ids, x, 5), w.grad());
  }

  @Test
  void clipping_should_be_the_librarys() throws Exception {
    Matrix[] large = {x.times(1e7), dh.times(1e7)}; // the library adds 1e-6 to the norm
    List<Parameter> parameters = List.of(withGradient(large[0]), withGradient(large[1]));
    double norm = GradientClipping.byGlobalNorm(0.5).clip(parameters);
    assertThat((double) call("Clipping", "norm", (Object) large)).isCloseTo(norm, within(1e-6));
    Matrix[] got = (Matrix[]) call("Clipping", "clip", large, 0.5);
    assertClose(got[0], parameters.get(0).grad());
    assertClose(got[1], parameters.get(1).grad());
  }

  @Test
  void adam_should_be_the_librarys_over_some_steps() throws Exception {
    Parameter parameter = new Parameter("w", x.copy());
    Adam adam = new Adam(0.02);
    Matrix w = x;
    Matrix m = new Matrix(N, D);
    Matrix v = new Matrix(N, D);
    for (int t = 1; t <= 4; t++) {
      Matrix dw = random.randn(N, D);
      parameter.zeroGrad();
      parameter.grad().add(dw);
      adam.update(List.of(parameter));
      Object step = call("AdamRule", "step", w, dw, m, v, t, 0.02);
      w = (Matrix) Exercises.get(step, "w");
      m = (Matrix) Exercises.get(step, "m");
      v = (Matrix) Exercises.get(step, "v");
      assertClose(w, parameter.value());
    }
  }

  @Test
  void attention_should_be_the_librarys() throws Exception {
    TimeAttention layer = new TimeAttention();
    Matrix queries = random.randn(2, H);
    Matrix states = random.randn(5, H);
    Matrix dContexts = random.randn(2, H);
    Tensor3 want = layer.forward(asOneSequence(states), asOneSequence(queries));
    assertClose(call("Attention", "weights", queries, states), asMatrix(layer.weights()));
    assertClose(call("Attention", "forward", queries, states), asMatrix(want));
    TimeAttention.InputGradients d = layer.backward(asOneSequence(dContexts));
    Object got = call("Attention", "backward", dContexts, queries, states);
    assertClose(got, "dQueries", asMatrix(d.dDecoderStates()));
    assertClose(got, "dStates", asMatrix(d.dEncoderStates()));
  }

  @Test
  void the_places_of_a_text_should_be_the_librarys() throws Exception {
    int[] text = random.permutation(23);
    BpttBatches batches = new BpttBatches(text, 3, 2);
    BpttBatches.Batch second = batches.batch(1);
    for (int t = 0; t < 2; t++) {
      assertThat(column((int[]) call("Truncated", "inputs", text, 3, 2 + t)))
          .isEqualTo(stepOf(second.xs(), t));
      assertThat(column((int[]) call("Truncated", "targets", text, 3, 2 + t)))
          .isEqualTo(stepOf(second.ts(), t));
    }
  }

  @Test
  void a_choice_of_words_should_be_the_librarys() throws Exception {
    Matrix scores = random.randn(1, 6).times(2);
    for (double temperature : new double[] {0, 0.3, 1, 4}) {
      WordChoice choice = WordChoice.sampled().withTemperature(temperature);
      for (int seed = 0; seed < 50; seed++) {
        int want = choice.choose(scores.data(), new RandomState(seed));
        double u = new RandomState(seed).rand();
        assertThat(call("Streaming", "choose", scores, temperature, u)).isEqualTo(want);
        if (temperature == 1) {
          assertThat(call("Writer", "next", scores, u)).isEqualTo(want);
        }
      }
    }
  }

  @Test
  void a_slope_should_be_the_derivative() throws Exception {
    DoubleUnaryOperator sine = Math::sin;
    assertThat((double) call("Slope", "at", sine, 0.7)).isCloseTo(Math.cos(0.7), within(1e-10));
    ToDoubleFunction<Matrix> squares = m -> m.sumOfSquares(0, m.rows() * m.cols());
    Matrix got = (Matrix) call("Slope", "of", squares, x);
    assertThat(got.allClose(x.times(2), 1e-9)).isTrue();
  }

  @Test
  void the_writers_loss_and_gradients_should_be_the_librarys_language_models() throws Exception {
    RnnLanguageModel model = new RnnLanguageModel(5, D, H, new RandomState(2));
    int[][] ids = {{0, 3, 1}, {4, 4, 2}}; // two sequences of three steps
    int[][] targets = {{3, 1, 0}, {4, 2, 0}};
    double loss = model.forward(ids, targets);
    model.backward();
    Matrix[] weights = model.parameters().stream().map(Parameter::value).toArray(Matrix[]::new);
    Object got =
        call("Writer", "block", weights, turned(ids), turned(targets), new Matrix(ids.length, H));
    assertThat((double) Exercises.get(got, "loss")).isCloseTo(loss, within(1e-12));
    Matrix[] gradients = (Matrix[]) Exercises.get(got, "gradients");
    for (int k = 0; k < gradients.length; k++) {
      assertClose(gradients[k], model.parameters().get(k).grad());
    }
  }

  private static void assertClose(Object got, Matrix want) {
    assertThat(((Matrix) got).allClose(want, 1e-12)).as("%s and %s", got, want).isTrue();
  }

  private static void assertSteps(Matrix[] got, Tensor3 want) {
    assertThat(got).hasSize(want.d1());
    for (int t = 0; t < got.length; t++) {
      assertClose(got[t], want.step(t));
    }
  }

  private Matrix[] times(int steps, int size) {
    Matrix[] all = new Matrix[steps];
    Arrays.setAll(all, t -> random.randn(N, size));
    return all;
  }

  private static Tensor3 together(Matrix... steps) {
    Tensor3 all = new Tensor3(steps[0].rows(), steps.length, steps[0].cols());
    for (int t = 0; t < steps.length; t++) {
      all.setStep(t, steps[t]);
    }
    return all;
  }

  private static Tensor3 inOneStep(Matrix rows) {
    return Tensor3.of(rows.rows(), 1, rows.cols(), rows.data());
  }

  private static Tensor3 asOneSequence(Matrix rows) {
    return Tensor3.of(1, rows.rows(), rows.cols(), rows.data());
  }

  private static Matrix asMatrix(Tensor3 one) {
    return Matrix.of(one.d1(), one.d2(), one.data());
  }

  private static Parameter withGradient(Matrix gradient) {
    Parameter parameter = new Parameter("p", new Matrix(gradient.rows(), gradient.cols()));
    parameter.grad().add(gradient);
    return parameter;
  }

  private static int[][] column(int[] ids) {
    return Arrays.stream(ids).mapToObj(id -> new int[] {id}).toArray(int[][]::new);
  }

  private static int[][] stepOf(int[][] ids, int t) {
    return Arrays.stream(ids).map(row -> new int[] {row[t]}).toArray(int[][]::new);
  }

  /** From (N,T) to (T,N). */
  private static int[][] turned(int[][] ids) {
    int[][] turned = new int[ids[0].length][ids.length];
    for (int n = 0; n < ids.length; n++) {
      for (int t = 0; t < ids[n].length; t++) {
        turned[t][n] = ids[n][t];
      }
    }
    return turned;
  }
}
