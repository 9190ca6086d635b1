package io.github.unroll.data.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.task.SeasonalSeries.Season;
import io.github.unroll.random.RandomState;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeasonalSeriesTest {

  private static final List<Season> SEASONS = List.of(new Season(12, 1), new Season(40, 0.5));

  @Test
  void its_signal_should_be_the_sum_of_its_waves() {
    SeasonalSeries series = new SeasonalSeries(SEASONS, 0.1);
    assertThat(series.signal(0)).isZero();
    assertThat(series.signal(3)).isCloseTo(1 + 0.5 * Math.sin(0.15 * Math.PI), within(1e-14));
    assertThat(series.signal(10)).isCloseTo(0.5 - Math.sin(Math.PI / 3), within(1e-14));
    for (int t = 0; t < 120; t++) {
      assertThat(series.signal(t + 120)).isCloseTo(series.signal(t), within(1e-12));
    }
  }

  @Test
  void should_put_noise_of_the_given_size_on_the_signal() {
    SeasonalSeries series = new SeasonalSeries(SEASONS, 0.1);
    double[] values = series.draw(20_000, new RandomState(1));
    double sum = 0;
    double squares = 0;
    for (int t = 0; t < values.length; t++) {
      double noise = values[t] - series.signal(t);
      sum += noise;
      squares += noise * noise;
    }
    assertThat(sum / values.length).isCloseTo(0, within(0.003));
    assertThat(squares / values.length).isCloseTo(0.01, within(0.0005));
    assertThat(series.draw(20_000, new RandomState(1))).isEqualTo(values);
    assertThat(new SeasonalSeries(SEASONS, 0).draw(4, new RandomState(1)))
        .containsExactly(series.signal(0), series.signal(1), series.signal(2), series.signal(3));
  }

  @Test
  void should_refuse_what_is_no_series() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeasonalSeries(List.of(), 0.1))
        .withMessage("SeasonalSeries: no seasons; pass at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeasonalSeries(SEASONS, -1))
        .withMessage("SeasonalSeries: noise must be finite and not below 0, not -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Season(0, 1))
        .withMessage("Season: period must be positive and finite, not 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Season(12, Double.NaN))
        .withMessage("Season: amplitude must be finite, not NaN");
  }
}
