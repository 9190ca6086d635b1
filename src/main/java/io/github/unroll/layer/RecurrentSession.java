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
 * A recurrent layer that runs step by step over N sequences and keeps the state between steps. The
 * outputs have the bits of one forward over the whole sequences, and each of the N sequences has
 * the bits that it has alone.
 *
 * <p>A session reads only the current parameters of the layer's cells and writes only its own data.
 * So any number of sessions over one layer may run on any number of threads, each session on one
 * thread at a time, as long as the layer is not trained at the same time. There is no dropout. A
 * step allocates only its result.
 */
public final class RecurrentSession {

  private final RecurrentLayer layer;
  private final SteppedCell[] cells; // the lowest first
  private final int n;

  /**
   * A session that starts from the initial state of the layer's cells, zeros in most cells.
   *
   * @param layer {@link Recurrent} over any cell, or a {@link RecurrentStack} of such layers,
   *     stateful or not; it is not modified
   * @param batchSize N, the number of sequences, at least 1
   * @throws IllegalArgumentException if N is below 1, or the layer cannot run step by step, such as
   *     a {@link Bidirectional} layer
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

  /** A cell with two states in turn: a step reads one of them and writes the other. */
  private static final class SteppedCell {

    private final Cell cell;
    private final List<List<Matrix>> states = new ArrayList<>(); // both states, each with all parts
    private final Matrix a;
    private final Runnable[] steps = new Runnable[2]; // from state 0 to state 1, and back
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
   * Runs a step over the next input of each sequence.
   *
   * @param x inputs (N,inputSize)
   * @return outputs (N,outputSize)
   * @throws IllegalArgumentException if x has another shape; the state is then unchanged
   */
  public Matrix step(Matrix x) {
    Matrix h = new Matrix(n, layer.outputSize());
    stepInto(x, h);
    return h;
  }

  /**
   * Runs {@link #step} and writes the outputs to {@code h}.
   *
   * @param x inputs (N,inputSize)
   * @param h modified: overwritten with the outputs (N,outputSize)
   * @throws IllegalArgumentException if a shape does not fit; the state is then unchanged
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
   * Copies the outputs of the latest step: part 0 of the top cell's state. Before the first step
   * this is its initial state.
   *
   * @param h modified: overwritten with the outputs (N,outputSize)
   * @throws IllegalArgumentException if h has another shape
   */
  public void outputInto(Matrix h) {
    check("output: h", h, layer.outputSize());
    h.copyFrom(cells[cells.length - 1].output());
  }

  /**
   * {@return a copy of the state after the latest step, in the form of {@link
   * RecurrentLayer#finalState}}
   */
  public State state() {
    return new State(parts()).copy();
  }

  /** The parts of the current state of all cells, not copied. */
  private List<Matrix> parts() {
    List<Matrix> parts = new ArrayList<>();
    for (SteppedCell cell : cells) {
      parts.addAll(cell.state());
    }
    return parts;
  }

  /**
   * Continues from another state, e.g. a saved one.
   *
   * @param other copied
   * @throws IllegalArgumentException if it has other parts, widths or another number of sequences;
   *     the state is then unchanged
   */
  public void setState(State other) {
    other.check("RecurrentSession.setState", n, layer.stateSizes());
    List<Matrix> parts = parts();
    for (int p = 0; p < parts.size(); p++) {
      parts.get(p).copyFrom(other.matrices().get(p));
    }
  }

  /** Returns to the initial state: the next step begins new sequences. */
  public void reset() {
    for (SteppedCell cell : cells) {
      cell.reset();
    }
  }

  /** {@return D, the number of features of an input} */
  public int inputSize() {
    return layer.inputSize();
  }

  /** {@return N, the number of sequences} */
  public int batchSize() {
    return n;
  }

  /**
   * {@return a new session that runs the sequences of other sessions, one session after the other,
   * as one batch, from copies of their states}
   *
   * @param sessions over one layer, at least one, none twice; not modified
   * @throws IllegalArgumentException if there is none, or one is listed twice or is over another
   *     layer
   */
  public static RecurrentSession joined(List<RecurrentSession> sessions) {
    if (sessions.isEmpty()) {
      throw new IllegalArgumentException("RecurrentSession.joined: no sessions; pass at least one");
    }
    if (isOneThereTwice(sessions)) {
      throw new IllegalArgumentException(
          "RecurrentSession.joined: a session is listed twice; pass each session once");
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

  /** The total number of sequences of sessions over a layer. */
  private static int rows(
      String verb, RecurrentLayer layer, List<RecurrentSession> sessions, String other) {
    int rows = 0;
    for (RecurrentSession session : sessions) {
      rows += session.n;
      if (session.layer != layer) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "RecurrentSession.%s: session %d belongs to another layer or model than %s",
                verb,
                sessions.indexOf(session),
                other));
      }
    }
    return rows;
  }

  /**
   * Copies the states of a {@link #joined} session back to the sessions that were joined.
   *
   * @param sessions modified: the sessions that were joined, in that order
   * @throws IllegalArgumentException if one is listed twice or is over another layer, or their
   *     total number of sequences is not that of this session; then none is modified
   */
  public void splitInto(List<RecurrentSession> sessions) {
    if (isOneThereTwice(sessions)) {
      throw new IllegalArgumentException(
          "RecurrentSession.splitInto: a session is listed twice; pass each session once");
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

  /** Copies the states of each session to its rows in this one, or back. */
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
