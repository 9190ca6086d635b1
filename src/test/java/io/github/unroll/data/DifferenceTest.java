package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {

  private static final double NAN = Double.NaN;

  @Test
  void should_take_differences() {
    assertThat(new Difference(1).apply(1, 3, 6, NAN, 2, 5)).containsExactly(NAN, 2, 3, NAN, NAN, 3);
    assertThat(new Difference(3).apply(1, 3, 6, 5, 2)).containsExactly(NAN, NAN, NAN, 4, -1);
    assertThat(new Difference(3).apply(1, 3)).containsExactly(NAN, NAN);
    assertThat(new Difference(3).apply()).isEmpty();
  }

  @Test
  void a_season_and_a_trend_should_go() {
    double[] series = new double[50];
    Arrays.setAll(series, t -> 3 * t + new double[] {0, 5, -2, 9, 1, 1, 7}[t % 7]);
    double[] differences = new Difference(7).apply(series);
    assertThat(Arrays.copyOfRange(differences, 7, 50)).containsOnly(21);
  }

  @ParameterizedTest(name = "lag {0}, {1} values ahead")
  @CsvSource({"1, 1", "1, 9", "7, 3", "7, 7", "7, 20", "30, 1", "30, 30"})
  void should_continue_the_series(int lag, int ahead) {
    double[] series = new RandomState(lag).randn(60);
    Difference difference = new Difference(lag);
    int known = series.length - ahead;
    double[] answers = Arrays.copyOfRange(difference.apply(series), known, series.length);
    double[] next = difference.invert(answers, Arrays.copyOf(series, known));
    assertThat(next).hasSize(ahead);
    for (int i = 0; i < ahead; i++) {
      assertThat(next[i]).isCloseTo(series[known + i], within(1e-13));
    }
  }

  @Test
  void two_differences_should_be_undone_in_the_other_order() {
    double[] series = new RandomState(2).randn(40);
    Difference season = new Difference(7);
    Difference trend = new Difference(1);
    double[] weekly = season.apply(series);
    double[] both = trend.apply(weekly);
    double[] answers = Arrays.copyOfRange(both, 30, 40);
    double[] next =
        season.invert(trend.invert(answers, Arrays.copyOf(weekly, 30)), Arrays.copyOf(series, 30));
    for (int i = 0; i < 10; i++) {
      assertThat(next[i]).isCloseTo(series[30 + i], within(1e-12));
    }
  }

  @Test
  void should_read_the_last_values_alone() {
    Difference weekly = new Difference(2);
    assertThat(weekly.invert(new double[] {1, 1, 1}, NAN, NAN, 10, 20)).containsExactly(11, 21, 12);
    assertThat(weekly.invert(new double[0], 10, 20)).isEmpty();
  }

  @Test
  void should_refuse_what_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Difference(0))
        .withMessage("Difference: the lag must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Difference(7).invert(new double[3], 1, 2, 3))
        .withMessage(
            "Difference.invert: a series of 3 values; it takes the last 7; pass a longer one");
  }
}
