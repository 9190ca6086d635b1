package io.github.unroll.cell;

import io.github.unroll.cell.GeneralLstmCell.Options;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The cells that no kind of cell of a model makes, each with random weights. */
public final class GeneralCells {

  /** Every activation that the library has, clipped or not; made anew, so that each is tested. */
  static List<Activation> activations() {
    return List.of(
        Activation.LINEAR,
        Activation.TANH,
        Activation.SIGMOID,
        Activation.RELU,
        Activation.SOFTSIGN,
        Activation.SOFTPLUS,
        Activation.affine(0.7, 0.1),
        Activation.scaledTanh(1.2, 0.6),
        Activation.hardSigmoid(0.2, 0.5),
        Activation.leakyRelu(0.1),
        Activation.thresholdedRelu(0.4),
        Activation.elu(0.8),
        Activation.TANH.clipped(0.6),
        Activation.SIGMOID.clipped(0.5),
        Activation.elu(1).clipped(0.9));
  }

  private final RandomState random;
  private final int d;
  private final int h;

  private GeneralCells(RandomState random, int d, int h) {
    this.random = random;
    this.d = d;
    this.h = h;
  }

  /** Makers of cells of D inputs and H hidden units, by what messages call them. */
  public static Map<String, Supplier<Cell>> all(RandomState random, int d, int h) {
    GeneralCells of = new GeneralCells(random, d, h);
    Map<String, Supplier<Cell>> cells = new LinkedHashMap<>();
    for (Activation f : activations()) {
      cells.put("GeneralRnnCell, " + f.name(), () -> of.rnn(f));
    }
    Options usual = new Options(Activation.SIGMOID, Activation.TANH, Activation.TANH, false);
    Options other =
        new Options(
            Activation.hardSigmoid(0.2, 0.5), Activation.elu(1), Activation.SOFTSIGN, false);
    Options clipped =
        new Options(
            Activation.SIGMOID.clipped(0.7), Activation.TANH.clipped(0.7), Activation.TANH, false);
    Options coupled = new Options(Activation.SIGMOID, Activation.TANH, Activation.SOFTPLUS, true);
    cells.put("GeneralLstmCell, usual", () -> of.lstm(usual, false));
    cells.put("GeneralLstmCell, other activations", () -> of.lstm(other, false));
    cells.put("GeneralLstmCell, other activations, peepholes", () -> of.lstm(other, true));
    cells.put("GeneralLstmCell, clipped, peepholes", () -> of.lstm(clipped, true));
    cells.put("GeneralLstmCell, coupled", () -> of.lstm(coupled, false));
    cells.put("GeneralLstmCell, coupled, peepholes", () -> of.lstm(coupled, true));
    for (boolean after : new boolean[] {false, true}) {
      String reset = after ? ", reset after" : ", reset before";
      cells.put(
          "GeneralGruCell, usual" + reset,
          () -> of.gru(after, Activation.SIGMOID, Activation.TANH));
      cells.put(
          "GeneralGruCell, other activations" + reset,
          () -> of.gru(after, Activation.hardSigmoid(0.2, 0.5), Activation.elu(1)));
      cells.put(
          "GeneralGruCell, clipped" + reset,
          () -> of.gru(after, Activation.SIGMOID.clipped(0.7), Activation.TANH.clipped(0.7)));
    }
    cells.put("ProjectedLstmCell", of::projected);
    Options rows = new Options(new RowSoftmax(), Activation.TANH, new RowSoftmax(), false);
    cells.put("GeneralLstmCell, softmax", () -> of.lstm(rows, false));
    cells.put("GeneralGruCell, softmax", () -> of.gru(false, new RowSoftmax(), new RowSoftmax()));
    return cells;
  }

  /** A function that mixes the elements of a row. */
  private static final class RowSoftmax implements Activation {

    @Override
    public String name() {
      return "softmax";
    }

    @Override
    public void forward(MatrixView x, MatrixView y) {
      for (int n = 0; n < x.rows(); n++) {
        double sum = 0;
        for (int j = 0; j < x.cols(); j++) {
          sum += StrictMath.exp(x.get(n, j));
        }
        for (int j = 0; j < x.cols(); j++) {
          y.set(n, j, StrictMath.exp(x.get(n, j)) / sum);
        }
      }
    }

    @Override
    public void backward(MatrixView x, MatrixView y, MatrixView dy, MatrixView dx) {
      for (int n = 0; n < y.rows(); n++) {
        double mean = 0;
        for (int j = 0; j < y.cols(); j++) {
          mean += dy.get(n, j) * y.get(n, j);
        }
        for (int j = 0; j < y.cols(); j++) {
          dx.set(n, j, y.get(n, j) * (dy.get(n, j) - mean));
        }
      }
    }
  }

  private Parameter weights(String name, int rows, int cols) {
    return new Parameter(name, random.randn(rows, cols).times(0.5));
  }

  private Cell rnn(Activation f) {
    return new GeneralRnnCell(weights("wx", d, h), weights("wh", h, h), weights("b", 1, h), f);
  }

  private Cell lstm(Options options, boolean peepholes) {
    return new GeneralLstmCell(
        weights("wx", d, 4 * h),
        weights("wh", h, 4 * h),
        weights("b", 1, 4 * h),
        peepholes ? weights("p", 3, h) : null,
        options);
  }

  private Cell gru(boolean after, Activation gates, Activation candidate) {
    return new GeneralGruCell(
        weights("wx", d, 3 * h),
        weights("wh", h, 3 * h),
        weights("b", 1, 3 * h),
        after ? weights("bhn", 1, h) : null,
        gates,
        candidate);
  }

  private Cell projected() {
    int outputs = h - 1;
    return new ProjectedLstmCell(
        weights("wx", d, 4 * h),
        weights("wh", outputs, 4 * h),
        weights("b", 1, 4 * h),
        weights("wp", h, outputs));
  }
}
