package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;

/**
 * Windows of one or several series, to train a model that answers several steps ahead at once: each
 * shows T steps of the past and asks for the H steps after them.
 *
 * <pre>{@code
 * Windows windows = Windows.of(56, 14, 1, new Windows.Series(inputs, targets, known));
 * Split split = windows.splitAt(inputs.rows() - 100);
 * Batches<SequenceTargets> training = windows.part(split.training()).batches(32, random);
 * }</pre>
 *
 * <p>A window is a sequence of T + H steps, for a model that answers at every step. The features of
 * a step are the inputs, a flag and the known columns:
 *
 * <table>
 *   <caption>The steps of a window</caption>
 *   <tr><th>step</th><th>inputs (D)</th><th>flag</th><th>known (F)</th><th>targets (K)</th></tr>
 *   <tr><td>0 to T − 1</td><td>of the step</td><td>1</td><td>of the step</td><td>NaN, not
 *       asked for</td></tr>
 *   <tr><td>T to T + H − 1</td><td>0</td><td>0</td><td>of the step</td><td>of the step</td></tr>
 * </table>
 *
 * <p>With a horizon of 0 there is no flag, and every step has its targets: for a model that answers
 * step by step what the targets say.
 *
 * <p>The windows are in the order of their first steps; of one step, in that of the series. Windows
 * without a target to learn from are left out.
 */
public final class Windows {

  /**
   * A series at regular steps.
   *
   * @param inputs what is known of the past (steps,D), finite where a window shows it; not copied
   * @param targets what is asked for (steps,K); NaN is ignored; not copied
   * @param known what is known of the future too (steps,F), such as {@link Calendar#columns}, all
   *     finite; it may go on after the last step; not copied; null if there is nothing
   */
  public record Series(Matrix inputs, Matrix targets, Matrix known) {}

  private final int past;
  private final int horizon;
  private final List<Series> series;
  private final int[] owners; // the series of each window
  private final int[] begins; // the first step of each window

  private Windows(int past, int horizon, List<Series> series, int[] owners, int[] begins) {
    this.past = past;
    this.horizon = horizon;
    this.series = series;
    this.owners = owners;
    this.begins = begins;
  }

  /**
   * {@return all windows of series}
   *
   * @param past T, at least 1
   * @param horizon H, at least 0
   * @param stride the steps from one window of a series to the next, at least 1
   * @param series one or several, of the same columns
   * @throws IllegalArgumentException if a number is too small; a series has fewer steps than a
   *     window, T + H; its sizes or those of two series do not fit; an input that a window shows or
   *     a known column is NaN or infinite; or no window has a target
   */
  public static Windows of(int past, int horizon, int stride, Series... series) {
    if (past < 1 || horizon < 0 || stride < 1 || series.length == 0) {
      throw Fault.of(
          "Windows: %d steps, horizon %d, stride %d, %d series; there must be at least 1 step, no"
              + " negative horizon, a stride of at least 1 and a series",
          past, horizon, stride, series.length);
    }
    int longest = 0;
    for (int i = 0; i < series.length; i++) {
      check(series[i], i, past, horizon);
      checkAlike(series[i], i, series[0]);
      longest = Math.max(longest, series[i].inputs.rows());
    }
    int[] owners = new int[16];
    int[] begins = new int[16];
    int count = 0;
    for (long begin = 0; begin + past + horizon <= longest; begin += stride) {
      for (int i = 0; i < series.length; i++) {
        if (hasTarget(series[i].targets, (int) begin, past, horizon)) {
          if (count == begins.length) {
            owners = Arrays.copyOf(owners, 2 * count);
            begins = Arrays.copyOf(begins, 2 * count);
          }
          owners[count] = i;
          begins[count++] = (int) begin;
        }
      }
    }
    if (count == 0) {
      throw Fault.of("Windows: all targets are NaN; there is nothing to learn from");
    }
    return new Windows(
        past, horizon, List.of(series), Arrays.copyOf(owners, count), Arrays.copyOf(begins, count));
  }

  private static void check(Series series, int index, int past, int horizon) {
    int steps = series.inputs.rows();
    Matrix known = series.known;
    if (steps < (long) past + horizon) {
      throw Fault.of(
          "Windows: series %d has %d steps; a window takes %d, %d of the past and %d ahead; give as"
              + " many, or take smaller windows",
          index, steps, (long) past + horizon, past, horizon);
    }
    if (series.targets.rows() != steps || (known != null && known.rows() < steps)) {
      throw Fault.of(
          "Windows: series %d has %d steps of inputs, %d of targets and %s of known columns; give"
              + " as many",
          index, steps, series.targets.rows(), known == null ? "none" : known.rows());
    }
    requireFinite("input", series.inputs, steps - horizon, index);
    if (known != null) {
      requireFinite("known column", known, known.rows(), index);
    }
  }

  private static void requireFinite(String what, Matrix values, int steps, int series) {
    int bad = NotFinite.first(values.data(), 0, steps * values.cols());
    if (bad >= 0) {
      throw Fault.of(
          "Windows: %s %d of series %d is %s at step %d; fill gaps with Gaps.fill, or cut the"
              + " series there",
          what, bad % values.cols(), series, values.data()[bad], bad / values.cols());
    }
  }

  private static void checkAlike(Series series, int index, Series first) {
    String sizes = sizes(series);
    if (!sizes.equals(sizes(first))) {
      throw Fault.of(
          "Windows: series %d has %s, and series 0 has %s; give all the same columns",
          index, sizes, sizes(first));
    }
  }

  private static String sizes(Series series) {
    return series.inputs.cols()
        + " inputs, "
        + series.targets.cols()
        + " targets and "
        + knownColumns(series.known)
        + " known columns";
  }

  private static int knownColumns(Matrix known) {
    return known == null ? 0 : known.cols();
  }

  /** The first step of a window that has targets. */
  private static int asked(int past, int horizon) {
    return horizon == 0 ? 0 : past;
  }

  /** Whether a window lies within the series and has a target to learn from. */
  private static boolean hasTarget(Matrix targets, int begin, int past, int horizon) {
    if (targets.rows() - begin < past + horizon) {
      return false;
    }
    int from = (begin + asked(past, horizon)) * targets.cols();
    int to = (begin + past + horizon) * targets.cols();
    for (int i = from; i < to; i++) {
      if (!Double.isNaN(targets.data()[i])) {
        return true;
      }
    }
    return false;
  }

  // ---- asked ----

  /** {@return the number of windows} */
  public int size() {
    return begins.length;
  }

  /** {@return the number of features of a step: D, the flag and F} */
  public int features() {
    return features(series.get(0).inputs, series.get(0).known, horizon);
  }

  private static int features(Matrix inputs, Matrix known, int horizon) {
    return inputs.cols() + (horizon == 0 ? 0 : 1) + knownColumns(known);
  }

  /**
   * {@return the series of a window, by its index}
   *
   * @throws IndexOutOfBoundsException if there is no such window
   */
  public int seriesOf(int window) {
    return owners[window];
  }

  /**
   * {@return the first step of its series that a window asks for: the first of its horizon, or of
   * the whole window if the horizon is 0}
   *
   * @throws IndexOutOfBoundsException if there is no such window
   */
  public int firstAsked(int window) {
    return begins[window] + asked(past, horizon);
  }

  /**
   * {@return a split in which no step is asked for on both sides: held out are the windows whose
   * first step that is asked for is at or after a step, learned from are those whose last one is
   * before it; the windows between are in neither part}
   *
   * @param steps the step, for all series; or one for each series
   * @throws IllegalArgumentException if there are neither one nor as many steps as series, or a
   *     part has no window
   */
  public Split splitAt(int... steps) {
    if (steps.length != 1 && steps.length != series.size()) {
      throw Fault.of(
          "Windows.splitAt: %d steps for %d series; give one step, or one for each series",
          steps.length, series.size());
    }
    int[] training = new int[size()];
    int[] held = new int[size()];
    int learned = 0;
    int out = 0;
    for (int i = 0; i < size(); i++) {
      int step = steps[steps.length == 1 ? 0 : owners[i]];
      if (firstAsked(i) >= step) {
        held[out++] = i;
      } else if (begins[i] + past + horizon <= step) {
        training[learned++] = i;
      }
    }
    if (learned == 0 || out == 0) {
      throw Fault.of(
          "Windows.splitAt: %d of %d windows end before the step, and %d ask for nothing before it;"
              + " both parts need at least one",
          learned, size(), out);
    }
    return new Split(Arrays.copyOf(training, learned), Arrays.copyOf(held, out));
  }

  /**
   * {@return some of the windows}
   *
   * @param which their indices, in the wanted order
   * @throws IndexOutOfBoundsException if there is no such window
   */
  public Windows part(int... which) {
    int[] theirs = new int[which.length];
    int[] steps = new int[which.length];
    for (int i = 0; i < which.length; i++) {
      theirs[i] = owners[which[i]];
      steps[i] = begins[which[i]];
    }
    return new Windows(past, horizon, series, theirs, steps);
  }

  /**
   * {@return some of the windows as one batch}
   *
   * @param which their indices, in the wanted order; at least one
   * @throws IndexOutOfBoundsException if there is no such window
   */
  public SequenceTargets batch(int... which) {
    int steps = past + horizon;
    int outputs = series.get(0).targets.cols();
    Tensor3 xs = new Tensor3(which.length, steps, features());
    Tensor3 targets = new Tensor3(which.length, steps, outputs);
    targets.fill(Double.NaN);
    int asked = asked(past, horizon);
    for (int n = 0; n < which.length; n++) {
      Series from = series.get(owners[which[n]]);
      int begin = begins[which[n]];
      show(from.inputs, from.known, begin, past, xs, n);
      System.arraycopy(
          from.targets.data(),
          (begin + asked) * outputs,
          targets.data(),
          (n * steps + asked) * outputs,
          (steps - asked) * outputs);
    }
    return new SequenceTargets(Sequences.of(xs), targets);
  }

  /**
   * {@return batches of all windows, in a new order in every epoch}
   *
   * @param batchSize N, at least 1; the last batch of an epoch may be smaller
   * @param random modified: the source of the order
   * @throws IllegalArgumentException if there is no window, N is below 1, or a batch has more than
   *     {@code Integer.MAX_VALUE} values
   */
  public Batches<SequenceTargets> batches(int batchSize, RandomState random) {
    int largest = Math.min(batchSize, size());
    int width = Math.max(features(), series.get(0).targets.cols());
    Room.size("Windows", "batches", largest, past + horizon, width); // windows overlap
    return new ShuffledBatches<>(size(), batchSize, random, this::batch);
  }

  // ---- at the end of a series ----

  /**
   * {@return the sequence that asks for the steps after the end of a series, in the form of a
   * window (1,T + H,D + 1 + F)}
   *
   * @param inputs of the series (steps,D), of which the last T are shown
   * @param known (at least steps + H, F), its first row at the first of the inputs; null if there
   *     is nothing known
   * @param past T, at least 1
   * @param horizon H, at least 1
   * @throws IllegalArgumentException if T or H is below 1, there are too few steps of either, or a
   *     value that is shown is NaN or infinite
   */
  public static Sequences ahead(Matrix inputs, Matrix known, int past, int horizon) {
    int begin = inputs.rows() - past;
    if (past < 1 || horizon < 1 || begin < 0) {
      throw Fault.of(
          "Windows.ahead: %d steps of inputs, and a window shows %d and asks for %d; both must be"
              + " at least 1, and the inputs as many as are shown",
          inputs.rows(), past, horizon);
    }
    if (known != null && known.rows() < (long) inputs.rows() + horizon) {
      throw Fault.of(
          "Windows.ahead: known columns of %d steps; they must go on to the horizon, to %d",
          known.rows(), (long) inputs.rows() + horizon);
    }
    Tensor3 xs = new Tensor3(1, past + horizon, features(inputs, known, horizon));
    show(inputs, known, begin, past, xs, 0);
    int bad = NotFinite.first(xs.data(), 0, xs.data().length);
    if (bad >= 0) {
      throw Fault.of(
          "Windows.ahead: feature %d is %s at step %d; fill gaps with Gaps.fill",
          bad % xs.features(), xs.data()[bad], begin + bad / xs.features());
    }
    return Sequences.of(xs);
  }

  /** Copies the features of a window into a sequence of zeros. */
  private static void show(Matrix inputs, Matrix known, int begin, int past, Tensor3 xs, int n) {
    int width = xs.features();
    int cols = inputs.cols();
    int knownCols = knownColumns(known);
    for (int t = 0; t < xs.steps(); t++) {
      int at = (n * xs.steps() + t) * width;
      if (t < past) {
        System.arraycopy(inputs.data(), (begin + t) * cols, xs.data(), at, cols);
        if (past < xs.steps()) {
          xs.data()[at + cols] = 1;
        }
      }
      if (known != null) {
        System.arraycopy(
            known.data(), (begin + t) * knownCols, xs.data(), at + width - knownCols, knownCols);
      }
    }
  }
}
