package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.ProjectedLstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers with random weights, some of them 0 and −0, for tests of what carries weights about. */
final class RandomLayers {

  static final List<String> KINDS = List.of("tanh", "relu", "lstm", "gru", "gru before");

  private RandomLayers() {}

  static RecurrentStack stack(
      String kind, int layers, boolean both, int d, int h, RandomState random) {
    List<RecurrentLayer> stack = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      stack.add(layer(kind, both, l == 0 ? d : both ? 2 * h : h, h, random));
    }
    return new RecurrentStack(stack);
  }

  static RecurrentLayer layer(String kind, boolean both, int d, int h, RandomState random) {
    RecurrentLayer ahead = layer(kind, d, h, random);
    return both ? new Bidirectional(ahead, layer(kind, d, h, random)) : ahead;
  }

  static RecurrentLayer layer(String kind, int d, int h, RandomState random) {
    int gates = kind.equals("lstm") ? 4 : kind.startsWith("gru") ? 3 : 1;
    if (kind.equals("projected")) {
      return projected(d, h, random);
    }
    Parameter wx = parameter("wx", random, d, gates * h);
    Parameter wh = parameter("wh", random, h, gates * h);
    Parameter b = parameter("b", random, 1, gates * h);
    return switch (kind) {
      case "lstm" -> new TimeLstm(new LstmCell(wx, wh, b));
      case "gru" -> new TimeGru(GruCell.resetAfter(wx, wh, b, parameter("bhn", random, 1, h)));
      case "gru before" -> new TimeGru(GruCell.resetBefore(wx, wh, b));
      case "relu" -> new TimeRnn(new RnnCell(wx, wh, b, Nonlinearity.RELU));
      default -> new TimeRnn(new RnnCell(wx, wh, b, Nonlinearity.TANH));
    };
  }

  /** An LSTM of twice as many units as outputs. */
  private static RecurrentLayer projected(int d, int outputs, RandomState random) {
    int h = 2 * outputs;
    return new Recurrent<>(
        new ProjectedLstmCell(
            parameter("wx", random, d, 4 * h),
            parameter("wh", random, outputs, 4 * h),
            parameter("b", random, 1, 4 * h),
            parameter("wp", random, h, outputs)));
  }

  static Parameter parameter(String name, RandomState random, int rows, int cols) {
    Matrix value = random.randn(rows, cols).times(0.5);
    for (int i = 0; i < value.data().length; i += 3) {
      value.data()[i] = i % 2 == 0 ? 0.0 : -0.0;
    }
    return new Parameter(name, value);
  }

  /** The same bits, of zeros too. */
  static void assertSameBits(List<Parameter> got, List<Parameter> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < want.size(); i++) {
      Matrix value = got.get(i).value();
      assertThat(value.shape()).isEqualTo(want.get(i).value().shape());
      assertThat(Arrays.equals(value.data(), want.get(i).value().data()))
          .as("%s: got %s, want %s", want.get(i), value, want.get(i).value())
          .isTrue();
    }
  }
}
