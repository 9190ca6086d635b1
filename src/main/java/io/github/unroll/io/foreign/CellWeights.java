package io.github.unroll.io.foreign;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.ProjectedLstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The weights of one direction of a recurrent layer in the form of other libraries, in row layout:
 * gates in their order, a bias for each of the two products.
 *
 * <pre>{@code
 * a = x·wx + bx + h·wh + bh                                  here: b = bx + bh
 * GRU, reset after: ĥ = tanh(x·wx_h + bx_h + r ⊙ (h·wh_h + bh_h))  here: b_h = bx_h, bhn = bh_h
 * }</pre>
 *
 * @param wx weights of the input (D,G·H)
 * @param wh weights of the state (H,G·H)
 * @param bx bias of the input's product (1,G·H)
 * @param bh bias of the state's product (1,G·H)
 * @param wp projection of the output (H,P) of an LSTM, whose wh is (P,4·H); null if it has none
 */
record CellWeights(Matrix wx, Matrix wh, Matrix bx, Matrix bh, Matrix wp) {

  static final String RESETS_BEFORE = "GRU that resets before the product";

  /** Those of a cell without a projection. */
  CellWeights(Matrix wx, Matrix wh, Matrix bx, Matrix bh) {
    this(wx, wh, bx, bh, null);
  }

  /** Those of a layer; the bias is bx, and bh is zero except for bhn. */
  static CellWeights of(RecurrentLayer layer, GateOrder order) {
    return of(layer, order, false);
  }

  /**
   * Those of a layer, or their gradients. The two biases of a gate are added to the same sum, so
   * both have its gradient. The gradient of a negated weight is the negated gradient.
   */
  static CellWeights of(RecurrentLayer layer, GateOrder order, boolean gradients) {
    requireKind(layer, order);
    List<Matrix> own =
        layer.parameters().stream()
            .map(parameter -> gradients ? parameter.gradOfTouchedRows() : parameter.value())
            .toList();
    Matrix bx = fromUnroll(own.get(2), layer, order);
    Matrix bh = gradients ? bx.copy() : new Matrix(1, bx.cols());
    if (resetsAfter(layer)) {
      double[] bhn = own.get(3).data();
      System.arraycopy(bhn, 0, bh.data(), bh.cols() - bhn.length, bhn.length);
    }
    return new CellWeights(
        fromUnroll(own.get(0), layer, order),
        fromUnroll(own.get(1), layer, order),
        bx,
        bh,
        isProjected(layer) ? own.get(3) : null);
  }

  /** In Unroll's order: wx, wh, b, and bhn if the reset acts after the product, or wp. */
  List<Matrix> toUnroll(GateOrder order, boolean resetAfter) {
    List<Matrix> own = new ArrayList<>();
    own.add(toUnroll(wx, order));
    own.add(toUnroll(wh, order));
    Matrix b = bx.copy();
    int candidate = 2 * hidden();
    for (int j = 0; j < (resetAfter ? candidate : b.cols()); j++) {
      // −0 + 0 is 0: a bias of zero leaves the other's bits alone.
      b.set(0, j, bh.get(0, j) == 0 ? bx.get(0, j) : bx.get(0, j) + bh.get(0, j));
    }
    own.add(toUnroll(b, order));
    if (resetAfter) {
      Matrix bhn = new Matrix(1, hidden());
      System.arraycopy(bh.data(), candidate, bhn.data(), 0, hidden());
      own.add(bhn);
    }
    if (wp != null) {
      own.add(wp);
    }
    return own;
  }

  /**
   * A new layer, whose parameters' names have the prefix and the suffix.
   *
   * @param resetAfter whether a GRU resets after the product
   * @param activation of an RNN
   */
  RecurrentLayer toLayer(
      GateOrder order, boolean resetAfter, Nonlinearity activation, String prefix, String suffix) {
    List<Matrix> values = toUnroll(order, resetAfter);
    Parameter ownX = new Parameter(prefix + "wx" + suffix, values.get(0));
    Parameter ownH = new Parameter(prefix + "wh" + suffix, values.get(1));
    Parameter b = new Parameter(prefix + "b" + suffix, values.get(2));
    if (gates() == 1) {
      return new TimeRnn(new RnnCell(ownX, ownH, b, activation));
    }
    if (wp != null) {
      return new Recurrent<>(
          new ProjectedLstmCell(
              ownX, ownH, b, new Parameter(prefix + "wp" + suffix, values.get(3))));
    }
    if (gates() == 4) {
      return new TimeLstm(new LstmCell(ownX, ownH, b));
    }
    return new TimeGru(
        resetAfter
            ? GruCell.resetAfter(
                ownX, ownH, b, new Parameter(prefix + "bhn" + suffix, values.get(3)))
            : GruCell.resetBefore(ownX, ownH, b));
  }

  /** Overwrites the values of the parameters of a layer of these shapes. */
  void into(RecurrentLayer layer, GateOrder order) {
    List<Matrix> values = toUnroll(order, resetsAfter(layer));
    for (int i = 0; i < values.size(); i++) {
      layer.parameters().get(i).value().copyFrom(values.get(i));
    }
  }

  private int hidden() {
    return wp == null ? wh.rows() : wp.rows();
  }

  private int gates() {
    return wh.cols() / hidden();
  }

  private Matrix toUnroll(Matrix columns, GateOrder order) {
    return switch (gates()) {
      case 4 -> order.lstmToUnroll(columns);
      case 3 -> order.gruToUnroll(columns);
      default -> columns;
    };
  }

  private static Matrix fromUnroll(Matrix columns, RecurrentLayer layer, GateOrder order) {
    return switch (gates(layer)) {
      case 4 -> order.lstmFromUnroll(columns);
      case 3 -> order.gruFromUnroll(columns);
      default -> columns;
    };
  }

  // ---- the kind of a layer ----

  /** One layer for each direction. */
  static List<RecurrentLayer> directions(RecurrentLayer layer) {
    return layer instanceof Bidirectional both
        ? List.of(both.ahead(), both.back())
        : List.of(layer);
  }

  /** What a layer of one direction is, in a library without projections. */
  static String kind(RecurrentLayer layer) {
    requireKind(layer, GateOrder.UNROLL);
    return anyKind(layer);
  }

  private static void requireKind(RecurrentLayer layer, GateOrder order) {
    if (isProjected(layer) && order != GateOrder.PYTORCH) {
      throw new IllegalArgumentException(
          "an LSTM with a projection of its output is a layer that only PyTorch has; take"
              + " TorchWeights, or an LSTM without");
    }
  }

  /** What a layer of one direction is. */
  static String anyKind(RecurrentLayer layer) {
    Cell cell = cell(layer);
    if (cell instanceof RnnCell rnn) {
      return rnn.nonlinearity() == Nonlinearity.RELU ? "RNN of relu" : "RNN";
    }
    if (cell instanceof LstmCell) {
      return "LSTM";
    }
    if (cell instanceof ProjectedLstmCell) {
      return "LSTM with projection";
    }
    if (cell instanceof GruCell gru) {
      return gru.resetsAfter() ? "GRU" : RESETS_BEFORE;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s has no weights that other libraries know; pass a layer of an RnnCell, LstmCell,"
                + " ProjectedLstmCell or GruCell, or a Bidirectional of two such layers",
            cell == null ? layer.getClass().getSimpleName() : cell.getClass().getSimpleName()));
  }

  private static Cell cell(RecurrentLayer layer) {
    return layer instanceof Recurrent<?> recurrent ? recurrent.cell() : null;
  }

  static boolean isProjected(RecurrentLayer layer) {
    return cell(layer) instanceof ProjectedLstmCell;
  }

  static int gates(RecurrentLayer layer) {
    return switch (anyKind(layer).charAt(0)) {
      case 'L' -> 4;
      case 'G' -> 3;
      default -> 1;
    };
  }

  static boolean resetsAfter(RecurrentLayer layer) {
    return cell(layer) instanceof GruCell gru && gru.resetsAfter();
  }
}
