package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * A recurrent layer stepped as values come: N sequences at once, the state kept from step to step.
 * Steps give the bits of one forward over the whole sequences, and a row of N those it gives alone.
 *
 * <p>A session reads the parameters of the layer's cells as they stand and nothing else of the
 * layer, and writes only what is its own. So any number of sessions over one layer may be stepped
 * on any number of threads, each by one thread at a time, as long as nobody trains the layer
 * meanwhile. Dropout does not act. A step allocates nothing but what it returns.
 */
public final class RecurrentSession {

  private final RecurrentLayer layer;
  private final SteppedCell[] cells; // from the lowest up
  private final int n;

  /**
   * A session in the initial state of the layer's cells, zeros in most.
   *
   * @param layer {@link Recurrent} over any cell, or a {@link RecurrentStack} of such layers,
   *     stateful or not; it is not modified
   * @param batchSize N, how many sequences are stepped at once, at least 1
   * @throws IllegalArgumentException if N is below 1, or the layer cannot be stepped, as a {@link
   *     Bidirectional} one, which reads from the end too
   */
  public RecurrentSession(RecurrentLayer layer, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "RecurrentSession: batch size must be at least 1, not " + batchSize);
    }
    this.layer = layer;
    this.n = batchSize;
    this.cells =
        layer.cells().stream()
            .map(cell -> new SteppedCell(cell, batchSize))
            .toArray(SteppedCell[]::new);
  }

  /** A cell between two states in turn: a step reads the one and writes the other. */
  private static final class SteppedCell {

    private final Cell cell;
    private final List<List<Matrix>> states = new ArrayList<>(); // the two, each of all parts
    private final Matrix a;
    private final Runnable[] steps = new Runnable[2]; // from the one state to the other, and back
    private int now;

    private SteppedCell(Cell cell, int n) {
      this.cell = cell;
      this.a = new Matrix(n, cell.wx().value().cols());
      List<Matrix> kept = matrices(n, cell.keptSizes());
      states.add(matrices(n, cell.stateSizes()));
      states.add(matrices(n, cell.stateSizes()));
      for (int from = 0; from < 2; from++) {
        List<Matrix> before = states.get(from);
        List<Matrix> after = states.get(1 - from);
        steps[from] =
            cell.forward(new Cell.Views(a, before, after, kept, List.of(), RightOperand::new));
      }
      reset();
    }

    private static List<Matrix> matrices(int n, int[] widths) {
      List<Matrix> matrices = new ArrayList<>();
      for (int width : widths) {
        matrices.add(new Matrix(n, width));
      }
      return matrices;
    }

    private List<Matrix> state() {
      return states.get(now);
    }

    private Matrix output() {
      return state().get(0);
    }

    private void step(MatrixView x) {
      a.setMatmul(x, cell.wx().value());
      steps[now].run();
      now = 1 - now;
    }

    private void reset() {
      for (int p = 0; p < state().size(); p++) {
        state().get(p).fill(cell.initial(p));
      }
    }
  }

  /**
   * Reads the next value of each sequence.
   *
   * @param x inputs (N,inputSize)
   * @return outputs (N,outputSize)
   * @throws IllegalArgumentException if x has another shape; the state is then as it was
   */
  public Matrix step(Matrix x) {
    Matrix h = new Matrix(n, layer.outputSize());
    stepInto(x, h);
    return h;
  }

  /**
   * Reads the next value of each sequence, as {@link #step} does, and writes the outputs into a
   * matrix of the caller's.
   *
   * @param x inputs (N,inputSize)
   * @param h modified: overwritten with the outputs (N,outputSize)
   * @throws IllegalArgumentException if a shape does not fit; the state is then as it was
   */
  public void stepInto(Matrix x, Matrix h) {
    check("step: x", x, layer.inputSize());
    check("step: h", h, layer.outputSize());
    Matrix below = x;
    for (SteppedCell cell : cells) {
      cell.step(below);
      below = cell.output();
    }
    h.copyFrom(below);
  }

  private void check(String what, Matrix m, int cols) {
    if (m.rows() != n || m.cols() != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "RecurrentSession.%s must be (%dx%d) in a session of %d, not %s",
              what,
              n,
              cols,
              n,
              m.shape()));
    }
  }

  /**
   * Copies the outputs of the latest step once more: part 0 of the uppermost cell's state, before
   * the first step the one that it starts from.
   *
   * @param h modified: overwritten with the outputs (N,outputSize)
   * @throws IllegalArgumentException if h has another shape
   */
  public void outputInto(Matrix h) {
    check("output: h", h, layer.outputSize());
    h.copyFrom(cells[cells.length - 1].output());
  }

  /**
   * The state after the latest step.
   *
   * @return a copy, of the form of {@link RecurrentLayer#finalState}
   */
  public State state() {
    return new State(parts()).copy();
  }

  /** The parts of the state as they stand, of all cells. */
  private List<Matrix> parts() {
    List<Matrix> parts = new ArrayList<>();
    for (SteppedCell cell : cells) {
      parts.addAll(cell.state());
    }
    return parts;
  }

  /**
   * Goes on from another state, e.g. one that was saved.
   *
   * @param other copied
   * @throws IllegalArgumentException if it has other parts, widths or another number of sequences;
   *     the state is then as it was
   */
  public void setState(State other) {
    other.check("RecurrentSession.setState", n, layer.stateSizes());
    List<Matrix> parts = parts();
    for (int p = 0; p < parts.size(); p++) {
      parts.get(p).copyFrom(other.matrices().get(p));
    }
  }

  /** Forgets all that was read: the next step begins new sequences, from the initial state. */
  public void reset() {
    for (SteppedCell cell : cells) {
      cell.reset();
    }
  }

  /**
   * The number of features of an input.
   *
   * @return D
   */
  public int inputSize() {
    return layer.inputSize();
  }

  /**
   * How many sequences are stepped at once.
   *
   * @return N
   */
  public int batchSize() {
    return n;
  }

  /**
   * A new session whose rows are those of others, one after the other, to be stepped as one.
   *
   * @param sessions over one layer, at least one, none twice; not modified
   * @return a session of as many sequences as they have together, in their states
   * @throws IllegalArgumentException if there is none, one is there twice, or over another layer
   */
  public static RecurrentSession joined(List<RecurrentSession> sessions) {
    if (sessions.isEmpty()) {
      throw new IllegalArgumentException("RecurrentSession.joined: no sessions; pass at least one");
    }
    if (isOneThereTwice(sessions)) {
      throw new IllegalArgumentException(
          "RecurrentSession.joined: a session is there twice; step it once for each value");
    }
    RecurrentLayer layer = sessions.get(0).layer;
    int rows = rows("joined", layer, sessions, "session 0");
    RecurrentSession joined = new RecurrentSession(layer, rows);
    joined.exchange(sessions, false);
    return joined;
  }

  private static boolean isOneThereTwice(List<RecurrentSession> sessions) {
    return new HashSet<>(sessions).size() < sessions.size();
  }

  /** How many sequences sessions over a layer have together. */
  private static int rows(
      String verb, RecurrentLayer layer, List<RecurrentSession> sessions, String other) {
    int rows = 0;
    for (RecurrentSession session : sessions) {
      rows += session.n;
      if (session.layer != layer) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "RecurrentSession.%s: session %d is of another layer or model than %s",
                verb,
                sessions.indexOf(session),
                other));
      }
    }
    return rows;
  }

  /**
   * Gives the rows of a {@link #joined} session back.
   *
   * @param sessions modified: those that were joined, in that order, get their rows' states
   * @throws IllegalArgumentException if one is there twice or over another layer, or they have not
   *     as many sequences as this session; none is modified then
   */
  public void splitInto(List<RecurrentSession> sessions) {
    if (isOneThereTwice(sessions)) {
      throw new IllegalArgumentException(
          "RecurrentSession.splitInto: a session is there twice; it has one state");
    }
    int rows = rows("splitInto", layer, sessions, "this one");
    if (rows != n) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "RecurrentSession.splitInto: a session of %d cannot be split into sessions of %d",
              n,
              rows));
    }
    exchange(sessions, true);
  }

  /** Copies the states of each session to its rows here, or back. */
  private void exchange(List<RecurrentSession> sessions, boolean back) {
    int from = 0;
    for (RecurrentSession session : sessions) {
      for (int c = 0; c < cells.length; c++) {
        List<Matrix> all = cells[c].state();
        List<Matrix> own = session.cells[c].state();
        for (int p = 0; p < all.size(); p++) {
          for (int i = 0; i < session.n; i++) {
            if (back) {
              own.get(p).copyRow(i, all.get(p), from + i);
            } else {
              all.get(p).copyRow(from + i, own.get(p), i);
            }
          }
        }
      }
      from += session.n;
    }
  }
}
