package io.github.unroll.model;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.tensor.Parameter;
import java.util.Locale;

/** Which cell the recurrent layers of a model are made of. */
public enum CellKind {
  /** {@link RnnCell} with tanh. */
  RNN(1),
  /** {@link LstmCell}. */
  LSTM(4),
  /** {@link GruCell} whose reset gate acts before the product, as in the book. */
  GRU(3);

  private final int gates;

  CellKind(int gates) {
    this.gates = gates;
  }

  /** What each of these cells has. */
  record Weights(Parameter wx, Parameter wh, Parameter b) {}

  /** The weights of one layer, asked for in the order wx, wh, b. */
  Weights weights(String layer, int inputs, int hidden, WeightSource source) {
    int width = width(hidden);
    return new Weights(
        source.weight(layer + ".wx", inputs, width),
        source.weight(layer + ".wh", hidden, width),
        source.bias(layer + ".b", width));
  }

  private int width(int hidden) {
    long width = (long) gates * hidden;
    if (width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: hiddenSize %d is too large: its gates side by side are %d columns; an array"
                  + " holds at most %d elements",
              this,
              hidden,
              width,
              Integer.MAX_VALUE));
    }
    return (int) width;
  }

  /** A new stateful layer over weights. */
  RecurrentLayer layer(Weights w) {
    return switch (this) {
      case RNN -> new TimeRnn(new RnnCell(w.wx, w.wh, w.b), true);
      case LSTM -> new TimeLstm(new LstmCell(w.wx, w.wh, w.b), true);
      case GRU -> new TimeGru(GruCell.resetBefore(w.wx, w.wh, w.b), true);
    };
  }

  /** What the parameters of layer l of so many are called: rnn if it is the only one, else rnn0. */
  String layerName(int l, int layers) {
    String kind = name().toLowerCase(Locale.ROOT);
    return layers == 1 ? kind : kind + l;
  }
}
