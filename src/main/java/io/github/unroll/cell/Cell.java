package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A recurrent cell, to be implemented: one step from an input and the state before to the state
 * after, and backward.
 *
 * <p>A state has one part or more, each (N, its size); part 0 is the output, h. A layer that
 * unrolls a cell computes {@code a = x·wx} (N,W) for all steps at once and passes the matrices of a
 * step as {@link Views}. The cell returns the step as a {@link Runnable}. It is created once, runs
 * whenever those matrices hold new values, and allocates nothing:
 *
 * <ul>
 *   <li>{@link #forward(Views)}: computes the state after from {@code a} and the state before. It
 *       leaves what backward needs in {@code a} and in the {@linkplain #keptSizes kept} matrices.
 *   <li>{@link #backward(Views, StateGradients)}: computes the whole gradient of the state before
 *       from that of the state after. It leaves the gradient of {@code x·wx} in {@code a}.
 *   <li>{@link #addGradients}: called once for the rows of all steps; adds the gradients of all
 *       parameters except wx.
 * </ul>
 *
 * <p>A cell holds its parameters and nothing that changes during a step, so any number of layers,
 * sessions and threads can share it.
 */
public interface Cell {

  /** {@return the weights of the input (D,W)} */
  Parameter wx();

  /** {@return the trainable parameters, {@link #wx()} first, each once} */
  List<Parameter> parameters();

  /** {@return the width of each part of the state, the output first; in an LSTM {H, H}} */
  int[] stateSizes();

  /** {@return D, the number of input features: the rows of wx; do not override} */
  default int inputSize() {
    return wx().value().rows();
  }

  /** {@return the width of the output, that of part 0, in most cells H; do not override} */
  default int outputSize() {
    return stateSizes()[0];
  }

  /** {@return the value of all elements of a part of the initial state} */
  default double initial(int part) {
    return 0;
  }

  /** {@return the width of each matrix that forward fills for backward} */
  default int[] keptSizes() {
    return new int[0];
  }

  /** {@return the width of each matrix that backward fills for {@link #addGradients}} */
  default int[] leftSizes() {
    return new int[0];
  }

  /**
   * {@return a step forward, to run whenever its matrices hold new values: it reads {@code a} and
   * the state before and writes the state after and the kept matrices}
   */
  Runnable forward(Views v);

  /**
   * {@return a step backward over the matrices as forward left them: it reads the gradient of the
   * state after and writes that of the state before, {@code a} and the left matrices}
   */
  Runnable backward(Views v, StateGradients d);

  /**
   * Adds the gradients of all parameters except wx, from the matrices of all steps as backward left
   * them, T·N rows each.
   */
  void addGradients(Views all);

  /**
   * The matrices of one step, N rows each, or of all steps, T·N rows each.
   *
   * @param a {@code x·wx} (N,W), then what the cell writes there
   * @param before the parts of the state before the step
   * @param after the parts of the state after it
   * @param kept the matrices that forward fills for backward, see {@link #keptSizes}
   * @param left the matrices that backward fills for {@link #addGradients}, see {@link #leftSizes};
   *     none in forward
   * @param operands gives the right operand of every step for a weight matrix
   */
  record Views(
      MatrixView a,
      List<? extends MatrixView> before,
      List<? extends MatrixView> after,
      List<? extends MatrixView> kept,
      List<? extends MatrixView> left,
      Function<MatrixView, RightOperand> operands) {

    /** {@return a part of the state before the step} */
    public MatrixView before(int part) {
      return before.get(part);
    }

    /** {@return a part of the state after the step} */
    public MatrixView after(int part) {
      return after.get(part);
    }

    /** {@return a matrix that forward fills} */
    public MatrixView kept(int i) {
      return kept.get(i);
    }

    /** {@return a matrix that backward fills} */
    public MatrixView left(int i) {
      return left.get(i);
    }

    /**
     * {@return weights, or a view of them, as a right operand for every step; copied where that is
     * faster}
     */
    public RightOperand operand(MatrixView weights) {
      return operands.apply(weights);
    }
  }

  /**
   * The gradients of the loss with respect to the state before a step, which are overwritten, and
   * after it.
   */
  record StateGradients(List<? extends MatrixView> before, List<? extends MatrixView> after) {

    /** {@return the gradient of a part of the state before the step} */
    public MatrixView before(int part) {
      return before.get(part);
    }

    /** {@return the gradient of a part of the state after the step} */
    public MatrixView after(int part) {
      return after.get(part);
    }
  }

  // ---- one step by hand ----

  /**
   * What {@link #backward(Cache, Matrix...)} needs from a step: its input (N,D) and its matrices.
   * It holds the caller's matrices, not copies: the cell never writes to them, and the caller must
   * not change them before backward.
   */
  record Cache(Matrix x, Views views) {}

  /** The parts of the state after a step, and the cache for backward. */
  record Step(List<Matrix> state, Cache cache) {}

  /** The gradients of the input (N,D) and of the parts of the state before the step. */
  record Gradients(Matrix dx, List<Matrix> dState) {}

  /**
   * Runs a step forward in your own loop, from an input (N,D) and the parts of the state before it.
   *
   * @throws IllegalArgumentException if shapes do not fit
   */
  default Step forward(Matrix x, Matrix... state) {
    checkState("the state", x.rows(), state);
    Matrix a = x.matmul(wx().value());
    List<Matrix> after = matrices(x.rows(), stateSizes());
    List<Matrix> kept = matrices(x.rows(), keptSizes());
    Views v = new Views(a, List.of(state), after, kept, List.of(), RightOperand::new);
    forward(v).run();
    return new Step(after, new Cache(x, v));
  }

  /**
   * Runs the same step backward, from the gradients of the parts of the state after it. The
   * gradients of the parameters are <em>added</em> to what they hold.
   *
   * @throws IllegalArgumentException if shapes do not fit
   */
  default Gradients backward(Cache cache, Matrix... dState) {
    Matrix x = cache.x;
    checkState("the gradient of the state", x.rows(), dState);
    Matrix da = cache.views.a.copy();
    List<Matrix> left = matrices(x.rows(), leftSizes());
    Views f = cache.views;
    Views v = new Views(da, f.before, f.after, f.kept, left, RightOperand::new);
    List<Matrix> dBefore = matrices(x.rows(), stateSizes());
    backward(v, new StateGradients(dBefore, List.of(dState))).run();
    wx().grad().addMatmul(x.transposed(), da);
    addGradients(v);
    return new Gradients(da.matmul(wx().value().transposed()), dBefore);
  }

  private void checkState(String what, int n, Matrix[] parts) {
    int[] sizes = stateSizes();
    boolean fits = parts.length == sizes.length;
    for (int p = 0; fits && p < sizes.length; p++) {
      fits = parts[p].rows() == n && parts[p].cols() == sizes[p];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s must be %s, not %s",
              getClass().getSimpleName(),
              what,
              IntStream.of(sizes)
                  .mapToObj(size -> "(" + n + "x" + size + ")")
                  .collect(Collectors.joining(" and ")),
              Stream.of(parts).map(Matrix::shape).collect(Collectors.joining(" and "))));
    }
  }

  private static List<Matrix> matrices(int rows, int[] widths) {
    Matrix[] all = new Matrix[widths.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = new Matrix(rows, widths[i]);
    }
    return List.of(all);
  }
}
