package io.github.unroll.layer;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import java.util.ArrayList;
import java.util.Arrays;
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

  private static final Kernel KERNEL = Kernel.active();

  private final RecurrentLayer layer;
  private final List<CellLoop> loops = new ArrayList<>(); // from the lowest up
  private final int n;
  private final State state;

  private double[] a = {}; // pre-activations of one of the loops (N,G·H)
  private double[] scratch = {}; // tanh of c, or the product of a GRU (N,H)

  /**
   * A session in a state of zeros.
   *
   * @param layer {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or a {@link RecurrentStack} of
   *     them, stateful or not; it is not modified
   * @param batchSize N, how many sequences are stepped at once, at least 1
   * @throws IllegalArgumentException if N is below 1, or the layer cannot be stepped, as a {@link
   *     Bidirectional} one, which reads from the end too
   */
  public RecurrentSession(RecurrentLayer layer, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "newSession: batch size must be at least 1, not " + batchSize);
    }
    this.layer = layer;
    this.n = batchSize;
    addLoops(layer);
    List<Matrix> parts = new ArrayList<>();
    for (int size : layer.stateSizes()) {
      parts.add(new Matrix(n, size));
    }
    state = new State(parts);
    for (CellLoop loop : loops) {
      a = Room.of("newSession", "gates", a, n, 1, loop.parameters().get(0).value().cols());
      scratch = Room.of("newSession", "scratch", scratch, n, 1, loop.outputSize());
    }
  }

  private void addLoops(RecurrentLayer part) {
    if (part instanceof RecurrentStack stack) {
      for (RecurrentLayer each : stack.layers()) {
        addLoops(each);
      }
    } else if (part instanceof CellLoop loop) {
      loops.add(loop);
    } else if (part instanceof Bidirectional) {
      throw new IllegalArgumentException(
          "newSession: a Bidirectional layer reads each sequence from its end too and cannot be"
              + " stepped as values come; call forward on whole sequences");
    } else {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "newSession: a %s cannot be stepped; TimeRnn, TimeLstm, TimeGru and stacks of them"
                  + " can",
              part.getClass().getSimpleName()));
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
   * {@link #step} into a matrix of the caller's.
   *
   * @param x inputs (N,inputSize)
   * @param h modified: overwritten with the outputs (N,outputSize)
   * @throws IllegalArgumentException if a shape does not fit; the state is then as it was
   */
  public void stepInto(Matrix x, Matrix h) {
    check("step: x", x, loops.get(0).inputSize());
    check("step: h", h, loops.get(loops.size() - 1).outputSize());
    double[] below = x.data();
    int part = 0;
    for (int l = 0; l < loops.size(); l++) {
      step(loops.get(l), part, below);
      below = part(part);
      part += loops.get(l).states.length;
    }
    System.arraycopy(below, 0, h.data(), 0, h.data().length);
  }

  private void check(String what, Matrix m, int cols) {
    if (m.rows() != n || m.cols() != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be (%dx%d) in a session of %d, not %s",
              what,
              n,
              cols,
              n,
              m.shape()));
    }
  }

  /**
   * One layer's step; its h is part p of the state. A cell reads an element, then overwrites it.
   */
  private void step(CellLoop loop, int p, double[] x) {
    double[] h = part(p);
    if (loop instanceof TimeLstm lstm) {
      LstmCell cell = lstm.cell();
      double[] c = part(p + 1);
      setProduct(x, cell.wx().value());
      addProduct(h, cell.wh().value());
      cell.activate(n, a, 0, c, 0, c, 0, scratch, 0, h, 0);
    } else if (loop instanceof TimeGru gru) {
      GruCell cell = gru.cell();
      setProduct(x, cell.wx().value());
      cell.stepForward(n, a, 0, h, 0, scratch, 0, h, 0);
    } else {
      RnnCell cell = ((TimeRnn) loop).cell();
      setProduct(x, cell.wx().value());
      addProduct(h, cell.wh().value());
      cell.activate(n, a, 0, h, 0);
    }
  }

  private double[] part(int p) {
    return state.matrices().get(p).data();
  }

  /** {@code a = x·w}. */
  private void setProduct(double[] x, Matrix w) {
    Arrays.fill(a, 0, n * w.cols(), 0);
    addProduct(x, w);
  }

  /** {@code a += x·w}. */
  private void addProduct(double[] x, Matrix w) {
    int width = w.cols();
    KERNEL.addMatmul(n, w.rows(), width, x, 0, w.rows(), w.data(), 0, width, a, 0, width);
  }

  /**
   * The outputs of the latest step once more: the h of the uppermost layer, of the state.
   *
   * @param h modified: overwritten with the outputs (N,outputSize)
   * @throws IllegalArgumentException if h has another shape
   */
  public void outputInto(Matrix h) {
    check("output: h", h, layer.outputSize());
    int top = state.matrices().size() - loops.get(loops.size() - 1).states.length;
    h.copyFrom(state.matrices().get(top));
  }

  /**
   * The state after the latest step.
   *
   * @return a copy, of the form of {@link RecurrentLayer#finalState}
   */
  public State state() {
    List<Matrix> copies = new ArrayList<>();
    for (Matrix part : state.matrices()) {
      copies.add(part.copy());
    }
    return new State(copies);
  }

  /**
   * Goes on from another state, e.g. one that was saved.
   *
   * @param other copied
   * @throws IllegalArgumentException if it has other parts, widths or another number of sequences;
   *     the state is then as it was
   */
  public void setState(State other) {
    other.check("setState", n, layer.stateSizes());
    for (int p = 0; p < state.matrices().size(); p++) {
      state.matrices().get(p).copyFrom(other.matrices().get(p));
    }
  }

  /** Forgets all that was read: the next step begins new sequences, from zeros. */
  public void reset() {
    for (Matrix part : state.matrices()) {
      part.fill(0);
    }
  }

  /**
   * D.
   *
   * @return the number of features of an input
   */
  public int inputSize() {
    return layer.inputSize();
  }

  /**
   * N.
   *
   * @return how many sequences are stepped at once
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
      throw new IllegalArgumentException("stepTogether: no sessions; pass at least one");
    }
    if (new HashSet<>(sessions).size() < sessions.size()) {
      throw new IllegalArgumentException(
          "stepTogether: a session is there twice; step it once for each value");
    }
    int rows = 0;
    for (RecurrentSession session : sessions) {
      rows += session.n;
      if (session.layer != sessions.get(0).layer) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "stepTogether: session %d is of another model than session 0",
                sessions.indexOf(session)));
      }
    }
    RecurrentSession joined = new RecurrentSession(sessions.get(0).layer, rows);
    joined.exchange(sessions, false);
    return joined;
  }

  /**
   * Gives the rows of a {@link #joined} session back.
   *
   * @param sessions modified: those that were joined, in that order, get their rows' states
   * @throws IllegalArgumentException if one is over another layer, or they have not as many
   *     sequences as this session; none is modified then
   */
  public void splitInto(List<RecurrentSession> sessions) {
    int rows = 0;
    for (RecurrentSession session : sessions) {
      rows += session.n;
      if (session.layer != layer) {
        throw new IllegalArgumentException("splitInto: a session is over another layer");
      }
    }
    if (rows != n) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "splitInto: a session of %d cannot be split into sessions of %d",
              n,
              rows));
    }
    exchange(sessions, true);
  }

  /** Copies the states of each session to its rows here, or back. */
  private void exchange(List<RecurrentSession> sessions, boolean back) {
    for (int p = 0; p < state.matrices().size(); p++) {
      double[] all = part(p);
      int at = 0;
      for (RecurrentSession session : sessions) {
        double[] own = session.part(p);
        if (back) {
          System.arraycopy(all, at, own, 0, own.length);
        } else {
          System.arraycopy(own, 0, all, at, own.length);
        }
        at += own.length;
      }
    }
  }
}
