package io.github.unroll.layer;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;

/** The recurrent layers there are, with random weights, for tests that hold for all of them. */
enum Kind {
  RNN_TANH,
  RNN_RELU,
  LSTM,
  GRU_RESET_BEFORE,
  GRU_RESET_AFTER;

  RecurrentLayer layer(int d, int h, RandomState random) {
    return layer(d, h, random, false);
  }

  RecurrentLayer layer(int d, int h, RandomState random, boolean stateful) {
    return switch (this) {
      case RNN_TANH, RNN_RELU -> new TimeRnn(rnnCell(d, h, random), stateful);
      case LSTM -> new TimeLstm(lstmCell(d, h, random), stateful);
      case GRU_RESET_BEFORE, GRU_RESET_AFTER -> new TimeGru(gruCell(d, h, random), stateful);
    };
  }

  RnnCell rnnCell(int d, int h, RandomState random) {
    return new RnnCell(
        new Parameter("wx", weights(d, h, random)),
        new Parameter("wh", weights(h, h, random)),
        new Parameter("b", weights(1, h, random)),
        this == RNN_RELU ? Nonlinearity.RELU : Nonlinearity.TANH);
  }

  LstmCell lstmCell(int d, int h, RandomState random) {
    return new LstmCell(
        weights(d, 4 * h, random), weights(h, 4 * h, random), weights(1, 4 * h, random));
  }

  GruCell gruCell(int d, int h, RandomState random) {
    Matrix wx = weights(d, 3 * h, random);
    Matrix wh = weights(h, 3 * h, random);
    Matrix b = weights(1, 3 * h, random);
    return this == GRU_RESET_AFTER
        ? GruCell.resetAfter(wx, wh, b, weights(1, h, random))
        : GruCell.resetBefore(wx, wh, b);
  }

  private static Matrix weights(int rows, int cols, RandomState random) {
    return random.randn(rows, cols).times(0.5);
  }

  /** A random state for a batch, of the layer's parts and widths. */
  static State randomState(RecurrentLayer layer, int n, RandomState random) {
    Matrix[] parts = new Matrix[layer.stateSizes().length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = random.randn(n, layer.stateSizes()[i]);
    }
    return State.of(parts);
  }
}
