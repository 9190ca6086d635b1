package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GapsTest {

  private static final double NAN = Double.NaN;

  private static double[] of(double... values) {
    return values;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("series")
  void should_fill(Gaps gaps, String where, double[] series, double[] filled) {
    double[] before = series.clone();
    assertThat(gaps.fill(series)).isEqualTo(filled).isNotSameAs(series);
    assertThat(series).isEqualTo(before);
  }

  static Stream<Arguments> series() {
    double[] begin = {NAN, NAN, 3, 4};
    double[] end = {1, 2, NAN, NAN};
    double[] inside = {1, NAN, NAN, NAN, 3, NAN, 0};
    double[] one = {NAN, 5, NAN};
    return Stream.of(
        Arguments.of(Gaps.INTERPOLATE, "begin", begin, of(3, 3, 3, 4)),
        Arguments.of(Gaps.INTERPOLATE, "end", end, of(1, 2, 2, 2)),
        Arguments.of(Gaps.INTERPOLATE, "inside", inside, of(1, 1.5, 2, 2.5, 3, 1.5, 0)),
        Arguments.of(Gaps.INTERPOLATE, "one value", one, of(5, 5, 5)),
        Arguments.of(Gaps.CARRY_ON, "begin", begin, of(3, 3, 3, 4)),
        Arguments.of(Gaps.CARRY_ON, "end", end, of(1, 2, 2, 2)),
        Arguments.of(Gaps.CARRY_ON, "inside", inside, of(1, 1, 1, 1, 3, 3, 0)),
        Arguments.of(Gaps.CARRY_ON, "one value", one, of(5, 5, 5)),
        Arguments.of(Gaps.ZERO, "begin", begin, of(0, 0, 3, 4)),
        Arguments.of(Gaps.ZERO, "end", end, of(1, 2, 0, 0)),
        Arguments.of(Gaps.ZERO, "inside", inside, of(1, 0, 0, 0, 3, 0, 0)),
        Arguments.of(Gaps.ZERO, "nothing but gaps", of(NAN, NAN), of(0, 0)));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void should_leave_values_and_nothing_as_they_are(Gaps gaps) {
    double[] series = new RandomState(1).randn(30);
    assertThat(gaps.fill(series)).isEqualTo(series);
    assertThat(gaps.fill()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"INTERPOLATE", "CARRY_ON"})
  void should_refuse_nothing_but_gaps(Gaps gaps) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gaps.fill(NAN, NAN, NAN))
        .withMessage("Gaps.fill: all 3 values are gaps; there is nothing to fill with");
  }

  @Test
  void a_line_should_be_interpolated_as_a_line() {
    RandomState random = new RandomState(2);
    for (int round = 0; round < 50; round++) {
      double[] series = new double[40];
      for (int t = 0; t < series.length; t++) {
        boolean gap = t > 0 && t < series.length - 1 && random.rand() < 0.6;
        series[t] = gap ? NAN : 3 * t - 20;
      }
      double[] filled = Gaps.INTERPOLATE.fill(series);
      for (int t = 0; t < series.length; t++) {
        assertThat(filled[t]).isCloseTo(3 * t - 20, within(1e-12));
      }
    }
  }
}
