package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {

  private static final double NAN = Double.NaN;

  /** Step t of series s has the values 1000·s + 10·t + column, plus a beginning. */
  private static Matrix numbered(int series, int steps, int cols, double begin) {
    Matrix m = new Matrix(steps, cols);
    for (int t = 0; t < steps; t++) {
      for (int c = 0; c < cols; c++) {
        m.set(t, c, begin + 1000 * series + 10 * t + c);
      }
    }
    return m;
  }

  private static Windows.Series series(int index, int steps, int d, int k, int f) {
    return new Windows.Series(
        numbered(index, steps, d, 0.25),
        numbered(index, steps, k, 0.5),
        f == 0 ? null : numbered(index, steps, f, 0.75));
  }

  private static Windows.Series column(double... values) {
    Matrix m = Matrix.of(values.length, 1, values);
    return new Windows.Series(m, m, null);
  }

  private static double[] upTo(int count) {
    return IntStream.range(0, count).asDoubleStream().toArray();
  }

  private static int[] all(Windows windows) {
    return IntStream.range(0, windows.size()).toArray();
  }

  @Test
  void a_window_should_show_the_past_and_ask_for_the_future() {
    Matrix inputs = Matrix.of(5, 1, 1, 2, 3, 4, 5);
    Matrix targets = Matrix.of(5, 1, 10, 20, 30, 40, 50);
    Matrix known = Matrix.of(5, 1, -1, -2, -3, -4, -5);
    Windows windows = Windows.of(2, 2, 1, new Windows.Series(inputs, targets, known));
    assertThat(windows.size()).isEqualTo(2);
    SequenceTargets batch = windows.batch(1);
    assertThat(batch.xs()).isEqualTo(Tensor3.of(1, 4, 3, 2, 1, -2, 3, 1, -3, 0, 0, -4, 0, 0, -5));
    assertThat(batch.targets().data()).containsExactly(NAN, NAN, 40, 50);
    assertThat(batch.lengths()).isNull();
  }

  @ParameterizedTest(name = "T {0}, H {1}, stride {2}, D {3}, K {4}, F {5}")
  @CsvSource({
    "4, 3, 1, 2, 1, 2",
    "1, 1, 1, 1, 1, 0",
    "5, 2, 3, 1, 3, 0",
    "3, 0, 1, 2, 2, 1",
    "3, 0, 2, 1, 1, 0",
    "2, 6, 4, 3, 2, 1",
    "9, 3, 1, 1, 1, 1"
  })
  void windows_should_hold_what_their_series_hold(
      int past, int horizon, int stride, int d, int k, int f) {
    int[] steps = {12, 20, 15};
    Windows windows =
        Windows.of(
            past,
            horizon,
            stride,
            series(0, steps[0], d, k, f),
            series(1, steps[1], d, k, f),
            series(2, steps[2], d, k, f));
    int flag = horizon == 0 ? 0 : 1;
    assertThat(windows.features()).isEqualTo(d + flag + f);
    SequenceTargets batch = windows.batch(all(windows));
    List<String> seen = new ArrayList<>();
    int before = -1;
    for (int n = 0; n < windows.size(); n++) {
      int s = windows.seriesOf(n);
      int begin = windows.firstAsked(n) - (horizon == 0 ? 0 : past);
      assertThat(begin).as("in order of time").isGreaterThanOrEqualTo(before);
      before = begin;
      seen.add(s + " " + begin);
      for (int t = 0; t < past + horizon; t++) {
        double value = 1000 * s + 10 * (begin + t);
        for (int c = 0; c < d; c++) {
          assertThat(batch.xs().get(n, t, c)).isEqualTo(t < past ? value + c + 0.25 : 0);
        }
        if (flag == 1) {
          assertThat(batch.xs().get(n, t, d)).isEqualTo(t < past ? 1 : 0);
        }
        for (int c = 0; c < f; c++) {
          assertThat(batch.xs().get(n, t, d + flag + c)).isEqualTo(value + c + 0.75);
        }
        for (int c = 0; c < k; c++) {
          boolean asked = horizon == 0 || t >= past;
          assertThat(batch.targets().get(n, t, c))
              .isEqualTo(Double.valueOf(asked ? value + c + 0.5 : NAN));
        }
      }
    }
    List<String> expected = new ArrayList<>();
    for (int begin = 0; begin < 20; begin += stride) {
      for (int s = 0; s < 3; s++) {
        if (begin + past + horizon <= steps[s]) {
          expected.add(s + " " + begin);
        }
      }
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void the_shortest_series_should_have_one_window() {
    assertThat(Windows.of(3, 2, 1, column(upTo(5))).size()).isEqualTo(1);
    assertThat(Windows.of(3, 2, Integer.MAX_VALUE, column(upTo(50))).size()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(3, 2, 1, column(upTo(9)), column(upTo(4))))
        .withMessage(
            "Windows: series 1 has 4 steps; a window takes 5, 3 of the past and 2 ahead; give as"
                + " many, or take smaller windows");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 1, column(upTo(4))))
        .withMessageContaining("a window takes 4294967294");
  }

  // ---- gaps ----

  @Test
  void a_gap_that_a_window_shows_should_be_named() {
    Matrix inputs = numbered(0, 8, 2, 0);
    Matrix targets = numbered(0, 8, 1, 0);
    inputs.set(6, 0, NAN); // never shown
    inputs.set(7, 1, Double.NEGATIVE_INFINITY);
    Windows.Series good = series(0, 8, 2, 1, 0);
    Windows.Series bad = new Windows.Series(inputs, targets, null);
    assertThat(Windows.of(3, 2, 1, good, bad).size()).isEqualTo(8);
    inputs.set(5, 1, NAN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(3, 2, 1, good, bad))
        .withMessage(
            "Windows: input 1 of series 1 is NaN at step 5; fill gaps with Gaps.fill, or cut the"
                + " series there");
    Matrix known = numbered(0, 9, 1, 0);
    known.set(8, 0, Double.POSITIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Windows.of(3, 2, 1, new Windows.Series(numbered(0, 8, 1, 0), targets, known)))
        .withMessageStartingWith("Windows: known column 0 of series 0 is Infinity at step 8;");
  }

  @Test
  void a_window_without_a_target_should_be_left_out() {
    Matrix inputs = Matrix.of(8, 1, upTo(8));
    Matrix targets = Matrix.of(8, 1, 0, 1, NAN, NAN, 4, 5, NAN, NAN);
    Windows windows = Windows.of(2, 2, 1, new Windows.Series(inputs, targets, null));
    List<Integer> asked = new ArrayList<>();
    for (int i : all(windows)) {
      asked.add(windows.firstAsked(i));
    }
    assertThat(asked).containsExactly(3, 4, 5);
    assertThat(windows.batch(0).targets().data()).containsExactly(NAN, NAN, NAN, 4);
    Matrix none = new Matrix(8, 1);
    none.fill(NAN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(2, 2, 1, new Windows.Series(inputs, none, null)))
        .withMessage("Windows: all targets are NaN; there is nothing to learn from");
  }

  // ---- splits ----

  @ParameterizedTest(name = "T {0}, H {1}, stride {2}, step {3}")
  @CsvSource({"4, 3, 1, 20", "4, 3, 2, 20", "1, 1, 1, 5", "6, 0, 1, 20", "5, 5, 5, 25"})
  void no_step_should_be_asked_for_on_both_sides(int past, int horizon, int stride, int step) {
    Windows windows =
        Windows.of(past, horizon, stride, series(0, 40, 1, 1, 0), series(1, 30, 1, 1, 0));
    Split split = windows.splitAt(step);
    int asks = horizon == 0 ? past : horizon;
    List<Integer> between = new ArrayList<>();
    for (int i : all(windows)) {
      int first = windows.firstAsked(i);
      boolean learned = Arrays.binarySearch(split.training(), i) >= 0;
      boolean held = Arrays.binarySearch(split.heldOut(), i) >= 0;
      assertThat(held).isEqualTo(first >= step);
      assertThat(learned).isEqualTo(first + asks <= step);
      if (!held && !learned) {
        between.add(first);
      }
    }
    assertThat(between).allSatisfy(first -> assertThat(first).isBetween(step - asks + 1, step - 1));
    assertThat(windows.part(split.heldOut()).size()).isEqualTo(split.heldOut().length);
  }

  @Test
  void each_series_may_have_a_step_of_its_own() {
    Windows windows = Windows.of(2, 1, 1, series(0, 10, 1, 1, 0), series(1, 20, 1, 1, 0));
    Split split = windows.splitAt(8, 18);
    assertThat(split.heldOut()).hasSize(4);
    for (int i : split.heldOut()) {
      assertThat(windows.firstAsked(i)).isGreaterThanOrEqualTo(windows.seriesOf(i) == 0 ? 8 : 18);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.splitAt(1, 2, 3))
        .withMessage(
            "Windows.splitAt: 3 steps for 2 series; give one step, or one for each series");
    assertThatIllegalArgumentException().isThrownBy(() -> windows.splitAt());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.splitAt(20))
        .withMessage(
            "Windows.splitAt: 26 of 26 windows end before the step, and 0 ask for nothing before"
                + " it; both parts need at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.splitAt(0))
        .withMessageContaining("0 of 26 windows end before the step, and 26 ask");
  }

  @Test
  void a_part_should_have_the_windows_in_the_wanted_order() {
    Windows windows = Windows.of(2, 1, 1, column(upTo(10)));
    Windows part = windows.part(5, 1, 5);
    assertThat(part.size()).isEqualTo(3);
    assertThat(part.batch(0, 1, 2)).isEqualTo(windows.batch(5, 1, 5));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> windows.part(8));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> windows.batch(8));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> windows.firstAsked(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.part().batches(4, new RandomState(1)));
  }

  // ---- batches ----

  @Test
  void an_epoch_should_have_every_window_once() {
    Windows windows = Windows.of(3, 2, 1, column(upTo(20)));
    Batches<SequenceTargets> batches = windows.batches(6, new RandomState(1));
    assertThat(batches.iterations()).isEqualTo(3);
    batches.beginEpoch();
    List<Double> begins = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      SequenceTargets batch = batches.read(i);
      for (int n = 0; n < batch.xs().batch(); n++) {
        begins.add(batch.xs().get(n, 0, 0));
        assertThat(batch.targets().get(n, 4, 0)).isEqualTo(batch.xs().get(n, 0, 0) + 4);
      }
    }
    assertThat(begins)
        .isNotEqualTo(begins.stream().sorted().toList())
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(upTo(16)).boxed().toList());
    assertThat(windows.batches(100, new RandomState(1)).read(0).xs().batch()).isEqualTo(16);
  }

  @Test
  void should_refuse_batches_beyond_an_int_when_they_are_made() {
    Windows windows = Windows.of(50_000, 1, 1, column(upTo(100_000)));
    assertThat(windows.size()).isEqualTo(50_000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.batches(50_000, new RandomState(1)))
        .withMessageStartingWith("Windows: batches (50000x50001x2) would be 5000100000 elements");
    assertThat(windows.batches(10, new RandomState(1)).iterations()).isEqualTo(5_000);
  }

  // ---- at the end of a series ----

  @Test
  void what_is_asked_at_the_end_should_have_the_form_of_a_window() {
    Windows.Series whole = series(0, 30, 2, 1, 3);
    Windows windows = Windows.of(6, 4, 1, whole);
    Matrix inputs = whole.inputs().rows(0, 26).copy();
    Sequences ahead = Windows.ahead(inputs, whole.known(), 6, 4);
    assertThat(ahead).isEqualTo(windows.batch(windows.size() - 1).inputs());
    Sequences without = Windows.ahead(inputs, null, 26, 1);
    assertThat(without.features().steps()).isEqualTo(27);
    assertThat(without.features().features()).isEqualTo(3);
    assertThat(without.features().step(26).data()).containsExactly(0, 0, 0);
  }

  @Test
  void should_refuse_to_ask_with_too_little() {
    Matrix inputs = numbered(0, 5, 1, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.ahead(inputs, null, 6, 1))
        .withMessage(
            "Windows.ahead: 5 steps of inputs, and a window shows 6 and asks for 1; both must be at"
                + " least 1, and the inputs as many as are shown");
    assertThatIllegalArgumentException().isThrownBy(() -> Windows.ahead(inputs, null, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Windows.ahead(inputs, null, 1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.ahead(inputs, numbered(0, 7, 1, 0), 2, 3))
        .withMessage(
            "Windows.ahead: known columns of 7 steps; they must go on to the horizon, to 8");
    inputs.set(3, 0, NAN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.ahead(inputs, null, 4, 2))
        .withMessage("Windows.ahead: feature 0 is NaN at step 3; fill gaps with Gaps.fill");
    assertThat(Windows.ahead(inputs, null, 1, 2).steps()).isEqualTo(3);
  }

  // ---- what does not fit ----

  @Test
  void should_refuse_what_does_not_fit() {
    for (int[] sizes : new int[][] {{0, 1, 1}, {1, -1, 1}, {1, 1, 0}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Windows.of(sizes[0], sizes[1], sizes[2], column(upTo(9))))
          .withMessageStartingWith(
              "Windows: %d steps, horizon %d, stride %d, 1 series;", sizes[0], sizes[1], sizes[2]);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Windows.of(1, 1, 1));
    Matrix nine = numbered(0, 9, 1, 0);
    Matrix eight = numbered(0, 8, 1, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(2, 1, 1, new Windows.Series(nine, eight, null)))
        .withMessage(
            "Windows: series 0 has 9 steps of inputs, 8 of targets and none of known columns; give"
                + " as many");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(2, 1, 1, new Windows.Series(nine, nine, eight)))
        .withMessageContaining("9 steps of inputs, 9 of targets and 8 of known columns");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Windows.of(2, 1, 1, series(0, 9, 2, 1, 0), series(1, 9, 2, 1, 3)))
        .withMessage(
            "Windows: series 1 has 2 inputs, 1 targets and 3 known columns, and series 0 has 2"
                + " inputs, 1 targets and 0 known columns; give all the same columns");
  }
}
