package io.github.unroll.loss;

import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
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
 * <p>Classes may have weights, such as larger ones for rare classes. The mean is then weighted, as
 * PyTorch's {@code CrossEntropyLoss(weight=…)} does it: with w the weight of each label, {@code
 * loss = Σ −w·log y[label] / Σ w} and {@code dx = w·(y − onehot(label)) · dout / Σ w}. Labels of
 * classes of weight 0 are ignored.
 *
 * <p>Computed as {@code log Σ exp(x − max x) − (x[label] − max x)}, so that no score is too large
 * and no probability too small. The loss is in nats.
 */
public final class TimeSoftmaxWithLoss {

  /** The label of a step that does not count. */
  public static final int IGNORE = -1;

  private static final String NAME = "TimeSoftmaxWithLoss";

  private int n;
  private int steps;
  private int v;
  private final double[] weights; // (V); null if all classes count alike
  private double total; // the weights of all labels, or their number; 0 without a forward
  private Matrix room; // (N·T,V) or more rows
  // (N·T,V): exp(x − max x), in room or in place of the scores; null once gradients stand there
  private MatrixView numerators;
  private Matrix sums; // (1,N·T): of the numerators of a row
  private double[] scores = {}; // (N·T): x[label] − max x
  private Matrix losses; // (1,N·T)
  private int[] labels = {}; // (N·T)

  /** A loss with its own buffers and no parameters. */
  public TimeSoftmaxWithLoss() {
    this.weights = null;
  }

  /**
   * A loss with a weight for each class.
   *
   * @param weights the weights (V), each finite and at least 0, one of them positive; copied
   * @throws IllegalArgumentException if a weight is negative or not finite, or none is positive
   */
  public TimeSoftmaxWithLoss(double[] weights) {
    boolean positive = false;
    for (int k = 0; k < weights.length; k++) {
      if (!(weights[k] >= 0 && weights[k] <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "TimeSoftmaxWithLoss: the weight of class %d is %s; it must be finite and at least"
                    + " 0",
                k,
                weights[k]));
      }
      positive |= weights[k] > 0;
    }
    if (!positive) {
      throw new IllegalArgumentException(
          "TimeSoftmaxWithLoss: no class has a weight above 0; then nothing can be learned");
    }
    this.weights = weights.clone();
  }

  /**
   * {@return weights that let every class count alike in sum: n / (K·count) for each, with n the
   * sum of all K counts} The mean weight of all examples is 1.
   *
   * @param counts how many examples of each class there are, each at least 1
   * @throws IllegalArgumentException if there is no class, or one without examples
   */
  public static double[] balancedWeights(int... counts) {
    long n = 0;
    for (int k = 0; k < counts.length; k++) {
      if (counts[k] < 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "balancedWeights: class %d has %d examples, so that no weight balances it; give it"
                    + " at least 1, or set the weights by hand",
                k,
                counts[k]));
      }
      n += counts[k];
    }
    if (n == 0) {
      throw new IllegalArgumentException("balancedWeights: no counts; give one for each class");
    }
    double[] weights = new double[counts.length];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = n / ((double) counts.length * counts[k]);
    }
    return weights;
  }

  /**
   * {@return the mean of −log probability over the labels that count, in nats; weighted, if there
   * are weights}
   *
   * @param xs scores (N,T,V)
   * @param labels the right class of each step (N,T), each in 0..V-1 or {@link #IGNORE}
   * @throws IllegalArgumentException if the shapes differ, a label is out of range, none counts, or
   *     there are not V weights
   */
  public double forward(Tensor3 xs, int[][] labels) {
    return forward(xs, labels, false);
  }

  /**
   * Runs {@link #forward} in the memory of the scores, and so without a buffer as large as they
   * are: they are overwritten with what backward needs, and must not be changed before it. After a
   * {@link #backwardInto} that writes the gradient there too, only the loss and its {@link #weight}
   * are left.
   *
   * <p>The scores of a step stay as they are if the greatest or that of the label is not finite, or
   * the two are too far apart for a double, so that one can look for the reason. Their gradient is
   * NaN then, if the step counts.
   *
   * @param xs modified: scores (N,T,V)
   * @param labels the right class of each step (N,T), each in 0..V-1 or {@link #IGNORE}
   * @return as {@link #forward}
   * @throws IllegalArgumentException as {@link #forward}, before any score is changed
   */
  public double forwardInPlace(Tensor3 xs, int[][] labels) {
    return forward(xs, labels, true);
  }

  private double forward(Tensor3 xs, int[][] labels, boolean inPlace) {
    total = 0; // until all labels are checked, so that a refused forward has no gradient
    int counted = checkLabels(xs, labels);
    checkWeights(xs);
    keepLabels(xs, labels);
    double sum = weights == null ? counted : sumOfWeights(counted);
    int rows = n * steps;
    if (!inPlace) {
      room = Room.rows(NAME, "numerators", room, n, steps, v);
    }
    sums = Room.rows(NAME, "sums", sums, 1, 1, rows);
    losses = Room.rows(NAME, "losses", losses, 1, 1, rows);
    scores = scores.length == rows ? scores : new double[rows];
    total = sum; // only now that the buffers for backward exist
    MatrixView x = xs.asRows();
    numerators = inPlace ? x : room.rows(0, rows);
    Arithmetic.share(rows, rowsWorthThreads(), (from, to) -> exponentiate(x, from, to));
    losses.setLog(sums);
    for (int row = 0; row < rows; row++) {
      double weight = weight(row);
      losses.set(0, row, weight == 0 ? 0 : weight * lossOf(row));
    }
    return losses.sumOfRow(0) / total;
  }

  /** The weight of the label of a row: 0 if it is ignored, 1 if all classes count alike. */
  private double weight(int row) {
    if (labels[row] == IGNORE) {
      return 0;
    }
    return weights == null ? 1 : weights[labels[row]];
  }

  private void checkWeights(Tensor3 xs) {
    if (weights != null && weights.length != xs.d2()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeSoftmaxWithLoss.forward: %d weights of classes for scores %s; give one for each"
                  + " of their %d classes",
              weights.length,
              xs.shape(),
              xs.d2()));
    }
  }

  private double sumOfWeights(int counted) {
    double sum = 0;
    for (int row = 0; row < n * steps; row++) {
      sum += weight(row);
    }
    if (sum == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeSoftmaxWithLoss.forward: all %d labels that count are of classes of weight 0:"
                  + " there is nothing to average",
              counted));
    }
    return sum;
  }

  private void exponentiate(MatrixView x, int fromRow, int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      double max = x.maxOfRow(row);
      double score = labels[row] == IGNORE ? 0 : x.get(row, labels[row]) - max;
      scores[row] = Double.isFinite(max) ? score : Double.NaN;
      boolean kept = numerators == x && !Double.isFinite(scores[row]);
      sums.set(0, row, kept ? Double.NaN : numerators.setExpRow(row, x, max));
    }
  }

  /** −log of the probability of a row's label, infinite if that is 0. */
  private double lossOf(int row) {
    boolean impossible = scores[row] == Double.NEGATIVE_INFINITY;
    return impossible ? Double.POSITIVE_INFINITY : losses.get(0, row) - scores[row];
  }

  private int rowsWorthThreads() {
    return Math.max(2, Pass.WORTH_THREADS / v);
  }

  /**
   * {@return how many labels the latest loss is the mean of; with weights of classes, their sum}
   *
   * @throws IllegalStateException if there was no forward
   */
  public double weight() {
    checkForwardDone();
    return total;
  }

  /**
   * {@return a copy of the probabilities of the latest forward (N,T,V)}
   *
   * @throws IllegalStateException if there was no forward, or its probabilities were overwritten
   */
  public Tensor3 probabilities() {
    checkNumerators();
    Tensor3 probabilities = new Tensor3(n, steps, v);
    MatrixView p = probabilities.asRows();
    for (int row = 0; row < n * steps; row++) {
      for (int j = 0; j < v; j++) {
        p.set(row, j, numerators.get(row, j) / sums.get(0, row));
      }
    }
    return probabilities;
  }

  /**
   * The gradient of {@code dout · loss} with respect to the scores of the latest forward.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @return (N,T,V)
   * @throws IllegalStateException if there was no forward, or its probabilities were overwritten
   */
  public Tensor3 backward(double dout) {
    checkNumerators();
    Tensor3 dxs = new Tensor3(n, steps, v);
    backwardInto(dout, dxs);
    return dxs;
  }

  /**
   * Runs {@link #backward} and writes the gradient to {@code dxs}.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @param dxs modified: overwritten with the gradient of the scores (N,T,V); may be the scores
   * @throws IllegalStateException if there was no forward, or its probabilities were overwritten
   * @throws IllegalArgumentException if dxs does not have the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dxs) {
    checkNumerators();
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
    double scale = dout / total;
    MatrixView dx = dxs.asRows();
    Arithmetic.share(n * steps, rowsWorthThreads(), (from, to) -> gradient(scale, from, to, dx));
    if (dx == numerators) {
      numerators = null;
    }
  }

  private void gradient(double scale, int fromRow, int toRow, MatrixView dx) {
    for (int row = fromRow; row < toRow; row++) {
      double weight = weight(row);
      if (weight == 0) {
        dx.fillRow(row, 0); // what is ignored may be infinite
      } else {
        dx.copyRow(row, numerators, row, scale * weight / sums.get(0, row));
        dx.add(row, labels[row], -scale * weight);
      }
    }
  }

  /**
   * Checks labels as {@link #forward} does, before a model computes its scores and changes its
   * state.
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
              "TimeSoftmaxWithLoss.forward: scores %s have a batch of %d, labels a batch of %d",
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
              "TimeSoftmaxWithLoss.forward: all %d labels are %d (ignore): there is nothing to"
                  + " average",
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
    if (total == 0) {
      throw new IllegalStateException(
          "TimeSoftmaxWithLoss: there was no forward yet, or the latest was refused; call forward"
              + " first");
    }
  }

  private void checkNumerators() {
    checkForwardDone();
    if (numerators == null) {
      throw new IllegalStateException(
          "TimeSoftmaxWithLoss: after forwardInPlace the gradient was written over the scores, and"
              + " the probabilities are gone; compute the scores again and call forward");
    }
  }
}
