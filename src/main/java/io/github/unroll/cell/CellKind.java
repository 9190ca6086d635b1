package io.github.unroll.cell;

import io.github.unroll.cell.RnnCell.Activation;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A kind of cell: what files and options call it, and how one is made. The library's are constants;
 * one of your own is a name and a factory, and goes wherever these go.
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
                  w.weight("wx", d, h), w.weight("wh", h, h), w.bias("b", h), Activation.RELU));

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

  /** A maker of cells over weights that come from elsewhere. */
  @FunctionalInterface
  public interface Factory {

    /**
     * A cell over weights that it asks for in a fixed order: drawn ones or those of a file. What is
     * asked for are the {@linkplain Cell#parameters parameters} of the cell, no more and no less.
     *
     * @param inputs D
     * @param hidden H
     * @param weights where its parameters come from
     * @return the cell
     */
    Cell cell(int inputs, int hidden, Weights weights);
  }

  /** Where the parameters of a new cell come from. */
  public interface Weights {

    /**
     * {@return weights: drawn, or those of a file}
     *
     * @param name such as {@code wx}
     * @param rows how many things they are multiplied with; drawn ones are normal, of standard
     *     deviation 1/√rows
     * @param cols how many come out
     */
    Parameter weight(String name, int rows, int cols);

    /**
     * {@return a bias (1,size): zero, or that of a file}
     *
     * @param name such as {@code b}
     * @param size how many elements
     */
    default Parameter bias(String name, int size) {
      return bias(name, size, 0);
    }

    /**
     * {@return a row (1,size): all of one value, or that of a file}
     *
     * @param name such as {@code b}
     * @param size how many elements
     * @param start what each begins with; gains, for example, with 1
     */
    Parameter bias(String name, int size, double start);
  }

  /** What the gates of a new cell begin with, which hold or let in what a unit remembers. */
  public record GateBiases(double[] forget, double[] input) {}

  /** Gives the gates of a new cell the biases that they begin with. */
  @FunctionalInterface
  public interface GateStart {

    /**
     * Sets the biases of the gates.
     *
     * @param cell a new cell of the kind
     * @param biases of as many units as it is asked for: what forget gates and input gates begin
     *     with. A gate that does the work of both, as z of a GRU, takes the negative of forget
     */
    void start(Cell cell, IntFunction<GateBiases> biases);
  }

  /**
   * A kind whose biases all begin as its factory has them.
   *
   * @param name lower-case letters, digits, {@code -} and {@code _}, a letter first; what files
   *     call the kind, so that no other kind may have it
   * @param factory makes the cell
   * @throws IllegalArgumentException if the name is of other characters
   */
  public CellKind(String name, Factory factory) {
    this(name, factory, null);
  }

  /**
   * A kind.
   *
   * @param name lower-case letters, digits, {@code -} and {@code _}, a letter first; what files
   *     call the kind, so that no other kind may have it
   * @param factory makes the cell
   * @param gateStart gives its gates other biases to begin with, see {@link InitialBias}; null if
   *     it has no such gates
   * @throws IllegalArgumentException if the name is of other characters
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

  /** {@return the kinds of the library} */
  public static List<CellKind> all() {
    return List.of(RNN, RNN_RELU, LSTM, GRU, GRU_RESET_AFTER, PEEPHOLE_LSTM);
  }

  /**
   * {@return the library's kind of a name}
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
                        Locale.ROOT, "no cell is called \"%s\"; there are %s", name, all())));
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
      cell.b().value().set(0, j, -forget[j]); // z weighs the candidate: it is an input gate
    }
  }

  /**
   * {@return the width of gates and candidates side by side}
   *
   * @param number how many gates
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
   * {@return a cell}
   *
   * @param inputs D
   * @param hidden H
   * @param weights where its parameters come from
   * @throws IllegalArgumentException if a size is too large, or the weights refuse one, or another
   *     kind, of the library's, has the name
   */
  public Cell cell(int inputs, int hidden, Weights weights) {
    if (all().stream().anyMatch(kind -> kind != this && kind.name.equals(name))) {
      // a file would be read as of the library's cell
      throw new IllegalArgumentException(
          "CellKind: " + name + " is a kind of the library's; choose another name");
    }
    Cell cell = factory.cell(inputs, hidden, weights);
    return Objects.requireNonNull(cell, () -> "CellKind " + name + ": its factory gave no cell");
  }

  /** {@return whether its gates can begin with other biases, see {@link InitialBias}} */
  public boolean hasGateStart() {
    return gateStart != null;
  }

  /**
   * Gives the gates of a new cell the biases that they begin with.
   *
   * @param cell a new cell of this kind
   * @param biases of as many units as it is asked for
   * @throws IllegalStateException if the kind has no such gates
   */
  public void startGates(Cell cell, IntFunction<GateBiases> biases) {
    if (gateStart == null) {
      throw new IllegalStateException(name + ": has no gates to give biases to");
    }
    gateStart.start(cell, biases);
  }

  /** {@return what files and options call it, in lower case} */
  public String name() {
    return name;
  }

  /** {@return what messages call it: its name in upper case} */
  @Override
  public String toString() {
    return name.toUpperCase(Locale.ROOT);
  }
}
