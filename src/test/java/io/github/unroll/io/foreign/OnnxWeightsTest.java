package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operators' equations as ONNX' page of operators has them, number by number. */
class OnnxWeightsTest {

  private static final int D = 3;
  private static final int H = 4;
  private static final int T = 5;

  @TempDir private Path folder;

  private final RandomState random = new RandomState(8);

  @ParameterizedTest
  @CsvSource({
    "tanh,1", "relu,1", "lstm,1", "gru,1", "gru before,1",
    "tanh,2", "relu,2", "lstm,2", "gru,2", "gru before,2"
  })
  void should_equal_the_operator(String kind, int directions) {
    for (boolean biased : List.of(true, false)) {
      int rows = H * (kind.equals("lstm") ? 4 : kind.startsWith("gru") ? 3 : 1);
      Map<String, StoredArray> tensors = new LinkedHashMap<>();
      tensors.put("op.W", StoredArray.of(draw(directions, rows, D)));
      tensors.put("op.R", StoredArray.of(draw(directions, rows, H)));
      if (biased) {
        tensors.put("op.B", StoredArray.of(random.randn(directions, 2 * rows)));
      }
      OnnxWeights weights = new OnnxWeights(tensors);
      Tensor3 xs = draw(1, T, D);
      Tensor3 want = new Tensor3(1, T, directions * H);
      for (int direction = 0; direction < directions; direction++) {
        operator(kind, tensors, direction, xs, want);
      }
      RecurrentLayer layer = made(weights, kind);
      assertThat(layer.forward(xs).allClose(want, 1e-12)).as("%s", layer.forward(xs)).isTrue();
      RecurrentLayer other = RandomLayers.layer(kind, directions == 2, D, H, random);
      weights.into(other, "op.");
      assertThat(other.forward(xs)).isEqualTo(layer.forward(xs));

      Tensor3 again = new Tensor3(1, T, directions * H);
      Map<String, StoredArray> written = new OnnxWeights().put(layer, "op.").tensors();
      for (int direction = 0; direction < directions; direction++) {
        operator(kind, written, direction, xs, again);
      }
      assertThat(again.allClose(want, 1e-12)).isTrue();
    }
  }

  private Tensor3 draw(int d0, int d1, int d2) {
    return Tensor3.of(d0, d1, d2, random.randn(d0 * d1, d2).times(0.7).data());
  }

  /** One direction over the only sequence of xs, into its columns of ys. */
  private static void operator(
      String kind, Map<String, StoredArray> tensors, int direction, Tensor3 xs, Tensor3 ys) {
    Tensor3 w = tensors.get("op.W").tensor3();
    Tensor3 r = tensors.get("op.R").tensor3();
    int rows = w.d1();
    StoredArray bias = tensors.get("op.B");
    Matrix b = bias == null ? new Matrix(2, 2 * rows) : bias.matrix();
    double[] h = new double[H];
    double[] c = new double[H];
    for (int step = 0; step < T; step++) {
      int t = direction == 0 ? step : T - 1 - step;
      double[] wx = new double[rows];
      double[] rh = new double[rows];
      for (int i = 0; i < rows; i++) {
        wx[i] = b.get(direction, i);
        rh[i] = b.get(direction, rows + i);
        for (int j = 0; j < D; j++) {
          wx[i] += w.get(direction, i, j) * xs.get(0, t, j);
        }
        for (int j = 0; j < H; j++) {
          rh[i] += r.get(direction, i, j) * h[j];
        }
      }
      double[] before = h.clone();
      for (int j = 0; j < H; j++) {
        switch (kind) {
          case "tanh" -> h[j] = StrictMath.tanh(wx[j] + rh[j]);
          case "relu" -> h[j] = StrictMath.max(wx[j] + rh[j], 0);
          case "lstm" -> { // W[iofc]
            double i = sigmoid(wx[j] + rh[j]);
            double o = sigmoid(wx[H + j] + rh[H + j]);
            double f = sigmoid(wx[2 * H + j] + rh[2 * H + j]);
            c[j] = f * c[j] + i * StrictMath.tanh(wx[3 * H + j] + rh[3 * H + j]);
            h[j] = o * StrictMath.tanh(c[j]);
          }
          default -> { // W[zrh]
            double z = sigmoid(wx[j] + rh[j]);
            double candidate;
            if (kind.equals("gru")) { // linear_before_reset = 1
              double reset = sigmoid(wx[H + j] + rh[H + j]);
              candidate = wx[2 * H + j] + reset * rh[2 * H + j];
            } else {
              candidate = wx[2 * H + j] + b.get(direction, rows + 2 * H + j);
              for (int k = 0; k < H; k++) {
                double reset = sigmoid(wx[H + k] + rh[H + k]);
                candidate += r.get(direction, 2 * H + j, k) * (reset * before[k]);
              }
            }
            h[j] = (1 - z) * StrictMath.tanh(candidate) + z * before[j];
          }
        }
        ys.set(0, t, direction * H + j, h[j]);
      }
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tanh", "relu", "lstm", "gru", "gru before"})
  void should_go_there_and_back_bit_for_bit(String kind) throws IOException {
    for (boolean both : List.of(false, true)) {
      RecurrentLayer layer = RandomLayers.layer(kind, both, D, H, random);
      for (String ending : List.of(".npz", ".safetensors")) {
        Path file = folder.resolve("operator" + ending);
        new OnnxWeights().put(layer, "op.").write(file);
        OnnxWeights weights = OnnxWeights.read(file);
        RandomLayers.assertSameBits(made(weights, kind).parameters(), layer.parameters());
        RecurrentLayer other = RandomLayers.layer(kind, both, D, H, random);
        weights.into(other, "op.");
        RandomLayers.assertSameBits(other.parameters(), layer.parameters());
        weights.requireNoneLeft();
      }
    }
  }

  private static RecurrentLayer made(OnnxWeights weights, String kind) {
    return switch (kind) {
      case "lstm" -> weights.lstm("op.");
      case "gru" -> weights.gru("op.", true);
      case "gru before" -> weights.gru("op.", false);
      case "relu" -> weights.rnn("op.", Nonlinearity.RELU);
      default -> weights.rnn("op.", Nonlinearity.TANH);
    };
  }

  @Test
  void should_list_all_that_does_not_fit_in_one_error() {
    Map<String, StoredArray> tensors =
        new LinkedHashMap<>(
            new OnnxWeights().put(RandomLayers.layer("lstm", true, D, H, random), "op.").tensors());
    tensors.remove("op.R");
    tensors.put("op.B", StoredArray.of(new Matrix(1, 32)));
    tensors.put("op.P", StoredArray.of(new Matrix(2, 12)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnnxWeights(tensors).lstm("op."))
        .withMessage(
            """
            OnnxWeights: no LSTM in both directions at "op.":
              missing: "op.R", must be (2x16x4)
              shape: "op.B" is float64 (1x32), must be (2x32)
              too many: "op.P" is float64 (2x12)
            W is (directions,G·H,D), R (directions,G·H,H), B (directions,2·G·H) or left out; G is 1\
             of an RNN, 4 of an LSTM, 3 of a GRU; peepholes (P) are for OnnxModel alone\
            """);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new OnnxWeights(tensors).into(RandomLayers.layer("gru", 3, 4, random), "op."))
        .withMessageContaining("no GRU at \"op.\"")
        .withMessageContaining("\"op.W\" is float64 (2x16x3), must be (1x12x3)")
        .withMessageContaining("missing: \"op.R\", must be (1x12x4)");
  }

  @Test
  void should_write_no_operator_of_two_kinds() {
    RecurrentLayer mixed =
        new Bidirectional(
            RandomLayers.layer("lstm", 3, 4, random), RandomLayers.layer("gru", 3, 4, random));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnnxWeights().put(mixed, ""))
        .withMessage(
            "OnnxWeights: LSTM of 4 units ahead and GRU of 4 back are no one operator; take"
                + " ahead() and back() one by one");
  }
}
