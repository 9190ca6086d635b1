package io.github.unroll.cell;

import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A kind of cell: its name in files and options, and its factory. The library's kinds are
 * constants; your own kind is a name and a factory and can be used in the same places.
 */
public final class CellKind {

  /** {@link RnnCell} with tanh. */
  public static final CellKind RNN =
      new CellKind(
          "rnn",
          (d, h, w) -> new RnnCell(w.weight("wx", d, h), w.weight("wh", h, h), w.bias("b", h)));

  /** {@link RnnCell} with relu. */
  public static final CellKind RNN_RELU =
      new CellKind(
          "rnn-relu",
          (d, h, w) ->
              new RnnCell(
                  w.weight("wx", d, h), w.weight("wh", h, h), w.bias("b", h), Nonlinearity.RELU));

  /** {@link LstmCell}. */
  public static final CellKind LSTM =
      new CellKind(
          "lstm",
          (d, h, w) ->
              new LstmCell(
                  w.weight("wx", d, gates(4, h)), w.weight("wh", h, 4 * h), w.bias("b", 4 * h)),
          (cell, gates) -> startLstm(((LstmCell) cell).b().value(), gates));

  /** {@link GruCell} whose reset gate acts before the product, as in the book. */
  public static final CellKind GRU =
      new CellKind(
          "gru",
          (d, h, w) ->
              GruCell.resetBefore(
                  w.weight("wx", d, gates(3, h)), w.weight("wh", h, 3 * h), w.bias("b", 3 * h)),
          (cell, gates) -> startGru((GruCell) cell, gates));

  /** {@link GruCell} whose reset gate acts after the product, as in PyTorch and Keras. */
  public static final CellKind GRU_RESET_AFTER =
      new CellKind(
          "gru-reset-after",
          (d, h, w) ->
              GruCell.resetAfter(
                  w.weight("wx", d, gates(3, h)),
                  w.weight("wh", h, 3 * h),
                  w.bias("b", 3 * h),
                  w.bias("bhn", h)),
          (cell, gates) -> startGru((GruCell) cell, gates));

  /** {@link PeepholeLstmCell}. Its peepholes p (3,H) are drawn as other weights are. */
  public static final CellKind PEEPHOLE_LSTM =
      new CellKind(
          "peephole-lstm",
          (d, h, w) ->
              new PeepholeLstmCell(
                  w.weight("wx", d, gates(4, h)),
                  w.weight("wh", h, 4 * h),
                  w.bias("b", 4 * h),
                  w.weight("p", 3, h)),
          (cell, gates) -> startLstm(((PeepholeLstmCell) cell).b().value(), gates));

  private final String name;
  private final Factory factory;
  private final GateStart gateStart; // null if it has none

  /** A factory of cells over given weights. */
  @FunctionalInterface
  public interface Factory {

    /**
     * {@return a cell over weights that are random or come from a file} It must request exactly the
     * {@linkplain Cell#parameters parameters} of the cell, in a fixed order.
     *
     * @param inputs D
     * @param hidden H
     * @param weights the source of its parameters
     */
    Cell cell(int inputs, int hidden, Weights weights);
  }

  /** The source of the parameters of a new cell. */
  public interface Weights {

    /**
     * {@return weights, random or from a file}
     *
     * @param name such as {@code wx}
     * @param rows the number of inputs; random weights are normal with standard deviation 1/√rows
     * @param cols the number of outputs
     */
    Parameter weight(String name, int rows, int cols);

    /**
     * {@return a bias (1,size), zero or from a file}
     *
     * @param name such as {@code b}
     * @param size the number of elements
     */
    default Parameter bias(String name, int size) {
      return bias(name, size, 0);
    }

    /**
     * {@return a row (1,size), filled with one value or from a file}
     *
     * @param name such as {@code b}
     * @param size the number of elements
     * @param start the value of all elements if there is no file, e.g. 1 for gains
     */
    Parameter bias(String name, int size, double start);
  }

  /** The initial biases of forget gates and input gates, one for each unit. */
  public record GateBiases(double[] forget, double[] input) {}

  /** Sets the initial biases of the gates of a new cell. */
  @FunctionalInterface
  public interface GateStart {

    /**
     * Sets the initial biases of the gates.
     *
     * @param cell a new cell of the kind
     * @param biases gives the initial biases for a number of units. A gate that does the work of
     *     both, such as z of a GRU, gets the negative of {@code forget}
     */
    void start(Cell cell, IntFunction<GateBiases> biases);
  }

  /**
   * A kind whose initial biases are always those of its factory.
   *
   * @param name lower-case letters, digits, {@code -} and {@code _}, a letter first; it identifies
   *     the kind in files, so no other kind may have it
   * @param factory creates the cells
   * @throws IllegalArgumentException if the name has other characters
   */
  public CellKind(String name, Factory factory) {
    this(name, factory, null);
  }

  /**
   * A kind whose initial biases can be set.
   *
   * @param name lower-case letters, digits, {@code -} and {@code _}, a letter first; it identifies
   *     the kind in files, so no other kind may have it
   * @param factory creates the cells
   * @param gateStart sets other initial biases of its gates, see {@link InitialBias}; null if it
   *     has no such gates
   * @throws IllegalArgumentException if the name has other characters
   */
  public CellKind(String name, Factory factory, GateStart gateStart) {
    Objects.requireNonNull(name, "name");
    if (!name.matches("[a-z][a-z0-9_-]*")) {
      throw new IllegalArgumentException(
          "CellKind: the name must be lower-case letters, digits, - and _, not \"" + name + "\"");
    }
    this.name = name;
    this.factory = Objects.requireNonNull(factory, "factory");
    this.gateStart = gateStart;
  }

  /** {@return the library's kinds} */
  public static List<CellKind> all() {
    return List.of(RNN, RNN_RELU, LSTM, GRU, GRU_RESET_AFTER, PEEPHOLE_LSTM);
  }

  /**
   * {@return the library's kind with a name}
   *
   * @param name in upper or lower case
   * @throws IllegalArgumentException if there is none
   */
  public static CellKind of(String name) {
    return all().stream()
        .filter(kind -> kind.name.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT, "no cell is called \"%s\"; choose one of %s", name, all())));
  }

  private static void startLstm(Matrix b, IntFunction<GateBiases> biases) {
    int hidden = b.cols() / 4;
    GateBiases gates = biases.apply(hidden);
    for (int j = 0; j < hidden; j++) {
      b.set(0, j, gates.forget[j]);
      b.set(0, 2 * hidden + j, gates.input[j]);
    }
  }

  private static void startGru(GruCell cell, IntFunction<GateBiases> biases) {
    double[] forget = biases.apply(cell.outputSize()).forget;
    for (int j = 0; j < forget.length; j++) {
      cell.b().value().set(0, j, -forget[j]); // z weighs the candidate, so it is an input gate
    }
  }

  /**
   * {@return the total width of the gates and the candidate of a cell}
   *
   * @param number the number of gates, with the candidate
   * @param hidden the columns of each
   * @throws IllegalArgumentException if they are wider than an array can be
   */
  public static int gates(int number, int hidden) {
    long width = (long) number * hidden;
    if (width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "hiddenSize %d is too large: the gates of a cell side by side are %d columns; an"
                  + " array holds at most %d elements",
              hidden,
              width,
              Integer.MAX_VALUE));
    }
    return (int) width;
  }

  /**
   * {@return a new cell of this kind}
   *
   * @param inputs D
   * @param hidden H
   * @param weights the source of its parameters
   * @throws IllegalArgumentException if a size is too large, the weights reject a size, or the name
   *     is that of another kind of the library
   */
  public Cell cell(int inputs, int hidden, Weights weights) {
    if (all().stream().anyMatch(kind -> kind != this && kind.name.equals(name))) {
      // a file would be read with the library's cell
      throw new IllegalArgumentException(
          "CellKind: " + name + " is the name of a kind of the library; choose another name");
    }
    Cell cell = factory.cell(inputs, hidden, weights);
    return Objects.requireNonNull(cell, () -> "CellKind " + name + ": its factory gave no cell");
  }

  /** {@return whether the initial biases of its gates can be set, see {@link InitialBias}} */
  public boolean hasGateStart() {
    return gateStart != null;
  }

  /**
   * Sets the initial biases of the gates of a new cell.
   *
   * @param cell a new cell of this kind
   * @param biases gives the initial biases for a number of units
   * @throws IllegalStateException if the kind has no such gates
   */
  public void startGates(Cell cell, IntFunction<GateBiases> biases) {
    if (gateStart == null) {
      throw new IllegalStateException(
          name + ": this kind of cell has no gates with initial biases; leave them at zero");
    }
    gateStart.start(cell, biases);
  }

  /** {@return the name in files and options, in lower case} */
  public String name() {
    return name;
  }

  /** {@return the name in messages: in upper case} */
  @Override
  public String toString() {
    return name.toUpperCase(Locale.ROOT);
  }
}
