package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesWindowsTest {

  private static double[] upTo(int count) {
    return IntStream.range(0, count).asDoubleStream().toArray();
  }

  private static List<Double> beginnings(SeriesWindows windows) {
    List<Double> beginnings = new ArrayList<>();
    for (int i = 0; i < windows.iterations(); i++) {
      SequenceTargets batch = windows.read(i);
      for (int n = 0; n < batch.xs().d0(); n++) {
        for (int t = 0; t < batch.xs().d1(); t++) {
          assertThat(batch.xs().get(n, t, 0)).isEqualTo(batch.xs().get(n, 0, 0) + t);
          assertThat(batch.targets().get(n, t, 0)).isEqualTo(batch.xs().get(n, t, 0) + 1);
        }
        beginnings.add(batch.xs().get(n, 0, 0));
      }
    }
    return beginnings;
  }

  @Test
  void an_epoch_should_go_through_every_place_in_an_order_of_its_own() {
    SeriesWindows windows = new SeriesWindows(upTo(12), 4, 2, new RandomState(1));
    assertThat(windows.iterations()).isEqualTo(4);
    windows.beginEpoch();
    List<Double> first = beginnings(windows);
    assertThat(first).containsExactlyInAnyOrder(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
    assertThat(beginnings(windows)).isEqualTo(first);
    windows.beginEpoch();
    assertThat(beginnings(windows)).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void should_take_the_shortest_series_of_which_a_batch_can_be_made() {
    SeriesWindows windows = new SeriesWindows(upTo(6), 4, 2, new RandomState(1));
    assertThat(windows.iterations()).isEqualTo(1);
    assertThat(beginnings(windows)).containsExactlyInAnyOrder(0.0, 1.0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeriesWindows(upTo(5), 4, 2, new RandomState(1)))
        .withMessageStartingWith("a series of 5 steps is shorter than one batch: 2 windows of 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeriesWindows(upTo(5), 0, 2, new RandomState(1)))
        .withMessage("batch size 2 and steps 0: both must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.read(1))
        .withMessage("no batch 1: an epoch has batches 0 to 0");
  }

  @Test
  void should_refuse_a_series_with_a_gap_and_say_where_it_is() {
    double[] series = upTo(12);
    series[7] = Double.NaN;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeriesWindows(series, 4, 2, new RandomState(1)))
        .withMessage(
            "the series is NaN at step 7, feature 0; fill such gaps, or cut the series where they"
                + " are");
    Matrix vectors = Matrix.of(4, 2, 0, 10, 1, 11, 2, 12, 3, Double.NEGATIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeriesWindows(vectors, 3, 1, new RandomState(1)))
        .withMessageStartingWith("the series is -Infinity at step 3, feature 1;");
  }

  @Test
  void should_cut_a_series_of_vectors() {
    Matrix series = Matrix.of(4, 2, 0, 10, 1, 11, 2, 12, 3, 13);
    SequenceTargets batch = new SeriesWindows(series, 3, 1, new RandomState(1)).read(0);
    assertThat(batch.xs().data()).containsExactly(0, 10, 1, 11, 2, 12);
    assertThat(batch.targets().data()).containsExactly(1, 11, 2, 12, 3, 13);
  }

  /** Windows overlap: few values make a batch of many. */
  @Test
  void should_refuse_batches_beyond_an_int_when_it_is_made() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeriesWindows(upTo(100_000), 50_000, 50_000, new RandomState(1)))
        .withMessageStartingWith(
            "SeriesWindows: batches (50000x50000x1) would be 2500000000 elements; an array holds at"
                + " most 2147483647");
  }
}
