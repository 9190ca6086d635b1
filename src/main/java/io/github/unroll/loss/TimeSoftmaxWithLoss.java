package io.github.unroll.loss;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.Locale;

/**
 * Softmax and cross-entropy at every step, averaged over the steps that count:
 *
 * <pre>{@code
 * y    = softmax(x)                          x scores (N,T,V), y probabilities
 * loss = mean of −log y[n,t,label[n,t]]      over all labels that are not IGNORE
 * dx   = (y − onehot(label)) · dout / count  0 where the label is IGNORE
 * }</pre>
 *
 * <p>Computed as {@code log Σ exp(x − max x) − (x[label] − max x)}, so that no score is too large
 * and no probability too small. The loss is in nats.
 */
public final class TimeSoftmaxWithLoss {

  /** The label of a step that does not count. */
  public static final int IGNORE = -1;

  private static final String NAME = "TimeSoftmaxWithLoss";
  private static final Kernel KERNEL = Kernel.active();

  private int n;
  private int steps;
  private int v;
  private int count;
  private double[] numerators = {}; // (N·T,V): exp(x − max x)
  private double[] sums = {}; // (N·T): of the numerators of a row
  private double[] scores = {}; // (N·T): x[label] − max x
  private double[] losses = {}; // (N·T)
  private int[] labels = {}; // (N·T)

  /** A loss of its own buffers; it has no parameters. */
  public TimeSoftmaxWithLoss() {}

  /**
   * The mean loss of the labels.
   *
   * @param xs scores (N,T,V)
   * @param labels the right class of each step (N,T), each in 0..V-1 or {@link #IGNORE}
   * @return the mean of −log probability over the labels that count, in nats
   * @throws IllegalArgumentException if the shapes differ, a label is out of range or none counts
   */
  public double forward(Tensor3 xs, int[][] labels) {
    count = 0; // until all labels are checked, so that a refused forward has no gradient
    int counted = checkLabels(xs, labels);
    keepLabels(xs, labels);
    numerators = Room.of(NAME, "numerators", numerators, n, steps, v);
    sums = Room.of(NAME, "sums", sums, n, steps, 1);
    scores = Room.of(NAME, "scores of the labels", scores, n, steps, 1);
    losses = Room.of(NAME, "losses", losses, n, steps, 1);
    count = counted; // now that there is room for what backward reads
    int rows = n * steps;
    double[] x = xs.data();
    KERNEL.forRanges(rows, rowsWorthThreads(), (from, to) -> exponentiate(x, from, to));
    KERNEL.log(rows, sums, 0, losses, 0);
    for (int row = 0; row < rows; row++) {
      losses[row] = this.labels[row] == IGNORE ? 0 : losses[row] - scores[row];
    }
    return KERNEL.sum(rows, losses, 0) / count;
  }

  private void exponentiate(double[] x, int fromRow, int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      int at = row * v;
      double max = KERNEL.max(v, x, at);
      for (int j = at; j < at + v; j++) {
        numerators[j] = x[j] - max;
      }
      scores[row] = labels[row] == IGNORE ? 0 : numerators[at + labels[row]];
      KERNEL.exp(v, numerators, at, numerators, at);
      sums[row] = KERNEL.sum(v, numerators, at);
    }
  }

  private int rowsWorthThreads() {
    return Math.max(2, Pass.WORTH_THREADS / v);
  }

  /**
   * The probabilities of the latest forward.
   *
   * @return a copy (N,T,V)
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 probabilities() {
    checkForwardDone();
    Tensor3 probabilities = new Tensor3(n, steps, v);
    for (int i = 0; i < n * steps * v; i++) {
      probabilities.data()[i] = numerators[i] / sums[i / v];
    }
    return probabilities;
  }

  /**
   * The gradient of {@code dout · loss} with respect to the scores of the latest forward.
   *
   * @param dout gradient of what is made of the loss; 1 for the loss itself
   * @return (N,T,V)
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 backward(double dout) {
    checkForwardDone();
    Tensor3 dxs = new Tensor3(n, steps, v);
    backwardInto(dout, dxs);
    return dxs;
  }

  /**
   * {@link #backward} into a tensor of the caller's.
   *
   * @param dout gradient of what is made of the loss; 1 for the loss itself
   * @param dxs modified: overwritten with the gradient of the scores (N,T,V); may be the scores
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dxs has not the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dxs) {
    checkForwardDone();
    if (dxs.d0() != n || dxs.d1() != steps || dxs.d2() != v) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeSoftmaxWithLoss.backward: dxs must be (%dx%dx%d), not %s",
              n,
              steps,
              v,
              dxs.shape()));
    }
    double scale = dout / count;
    double[] dx = dxs.data();
    KERNEL.forRanges(n * steps, rowsWorthThreads(), (from, to) -> gradient(scale, from, to, dx));
  }

  private void gradient(double scale, int fromRow, int toRow, double[] dx) {
    for (int row = fromRow; row < toRow; row++) {
      int at = row * v;
      if (labels[row] == IGNORE) {
        Arrays.fill(dx, at, at + v, 0);
      } else {
        double rowScale = scale / sums[row];
        for (int j = at; j < at + v; j++) {
          dx[j] = numerators[j] * rowScale;
        }
        dx[at + labels[row]] -= scale;
      }
    }
  }

  /**
   * Refuses labels that {@link #forward} would refuse, before a model spends work or changes its
   * state on the way there.
   *
   * @param xs scores (N,T,V), of which only the shape is read
   * @param labels the right class of each step (N,T), each in 0..V-1 or {@link #IGNORE}
   * @return how many labels count, at least 1
   * @throws IllegalArgumentException if the shapes differ, a label is out of range or none counts
   */
  public static int checkLabels(Tensor3 xs, int[][] labels) {
    int steps = xs.d1();
    if (labels.length != xs.d0()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeSoftmaxWithLoss.forward: scores %s are a batch of %d, labels of %d",
              xs.shape(),
              xs.d0(),
              labels.length));
    }
    int counted = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i].length != steps) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "TimeSoftmaxWithLoss.forward: scores %s have %d steps, labels of row %d have %d",
                xs.shape(),
                steps,
                i,
                labels[i].length));
      }
      for (int t = 0; t < steps; t++) {
        checkLabel(labels[i][t], i, t, xs.d2());
        counted += labels[i][t] == IGNORE ? 0 : 1;
      }
    }
    if (counted == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeSoftmaxWithLoss.forward: all %d labels are %d (ignore): the mean over none is no"
                  + " number",
              labels.length * steps,
              IGNORE));
    }
    return counted;
  }

  private static void checkLabel(int label, int i, int t, int v) {
    if (label != IGNORE && (label < 0 || label >= v)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeSoftmaxWithLoss.forward: label %d at [%d,%d] is neither in 0..%d nor %d"
                  + " (ignore)",
              label,
              i,
              t,
              v - 1,
              IGNORE));
    }
  }

  private void keepLabels(Tensor3 xs, int[][] given) {
    n = xs.d0();
    steps = xs.d1();
    v = xs.d2();
    labels = labels.length == n * steps ? labels : new int[n * steps];
    for (int i = 0; i < n; i++) {
      System.arraycopy(given[i], 0, labels, i * steps, steps);
    }
  }

  private void checkForwardDone() {
    if (count == 0) {
      throw new IllegalStateException(
          "TimeSoftmaxWithLoss: there was no forward yet, or the latest was refused; call forward"
              + " first");
    }
  }
}
