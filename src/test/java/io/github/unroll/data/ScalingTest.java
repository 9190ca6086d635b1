package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingTest {

  private static final double NAN = Double.NaN;

  private static final Map<String, Scaling> SCALINGS =
      Map.of(
          "none", Scaling.NONE,
          "standardise", Scaling.STANDARDISE,
          "min-max", Scaling.MIN_MAX,
          "log", Scaling.LOG,
          "log, standardise", Scaling.LOG.then(Scaling.STANDARDISE),
          "min-max, standardise, none",
              Scaling.MIN_MAX.then(Scaling.STANDARDISE).then(Scaling.NONE));

  static Stream<Arguments> scalings() {
    return SCALINGS.entrySet().stream().map(s -> Arguments.of(s.getKey(), s.getValue()));
  }

  private static double[] positive(int count) {
    double[] values = new RandomState(4).randn(count);
    return Arrays.stream(values).map(x -> 50 + 10 * x * x).toArray();
  }

  @Test
  void should_standardise() {
    double[] training = {1, 3, NAN, 5, 7};
    FittedScaling scaling = Scaling.STANDARDISE.fit(training);
    double width = Math.sqrt(5);
    assertThat(scaling.apply(training))
        .usingElementComparator(ScalingTest::compare)
        .containsExactly(-3 / width, -1 / width, NAN, 1 / width, 3 / width);
    assertThat(scaling.apply(4)).isZero();
    assertThat(scaling.invert(0)).isEqualTo(4);
  }

  private static int compare(double a, double b) {
    return Math.abs(a - b) < 1e-15 ? 0 : Double.compare(a, b);
  }

  @Test
  void should_scale_from_0_to_1() {
    FittedScaling scaling = Scaling.MIN_MAX.fit(10, NAN, 20, 14);
    assertThat(scaling.apply(10.0, 20, 14, 15, 30, NAN)).containsExactly(0, 1, 0.4, 0.5, 2, NAN);
    assertThat(scaling.invert(0.5)).isEqualTo(15);
  }

  @Test
  void should_take_logarithms() {
    FittedScaling scaling = Scaling.LOG.fit(1, 2, NAN);
    assertThat(scaling.apply(1)).isZero();
    assertThat(scaling.apply(8)).isEqualTo(StrictMath.log(8));
    assertThat(scaling.invert(0)).isEqualTo(1);
    assertThat(scaling).hasToString("log");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scalings")
  void should_be_inverted(String name, Scaling scaling) {
    double[] values = positive(200);
    FittedScaling fitted = scaling.fit(values);
    double[] back = fitted.invert(fitted.apply(values));
    for (int i = 0; i < values.length; i++) {
      assertThat(back[i]).isCloseTo(values[i], within(1e-12 * values[i]));
    }
    assertThat(fitted.apply(NAN)).isNaN();
    assertThat(fitted.invert(NAN)).isNaN();
    assertThat(fitted.apply()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scalings")
  void a_text_should_give_the_same_bits(String name, Scaling scaling) {
    double[] values = positive(200);
    FittedScaling fitted = scaling.fit(values);
    FittedScaling read = FittedScaling.of(fitted.toString());
    assertThat(read).isEqualTo(fitted).hasSameHashCodeAs(fitted).hasToString(fitted.toString());
    assertThat(read.apply(values)).isEqualTo(fitted.apply(values));
    assertThat(read.invert(values)).isEqualTo(fitted.invert(values));
  }

  @Test
  void any_figures_should_be_read_again_with_the_same_bits() {
    RandomState random = new RandomState(8);
    for (int round = 0; round < 500; round++) {
      double scale = StrictMath.pow(10, random.randint(-300, 300));
      FittedScaling fitted = FittedScaling.linear(random.randn() * scale, random.rand() * scale);
      assertThat(FittedScaling.of(fitted.toString())).isEqualTo(fitted);
    }
    assertThat(FittedScaling.of("linear -0.0 4.9E-324")).hasToString("linear -0.0 4.9E-324");
  }

  /** The mean of equal values may be rounded to another one: 0.1 + 0.1 + 0.1 is more than 0.3. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {0.1, 0, -0.0, 7, -1e300, 1e-300, 1.1e9, Double.MAX_VALUE})
  void equal_values_should_become_zeros(double value) {
    for (int count : new int[] {1, 2, 3, 7, 100}) {
      double[] values = new double[count];
      Arrays.fill(values, value);
      for (Scaling scaling : new Scaling[] {Scaling.STANDARDISE, Scaling.MIN_MAX}) {
        FittedScaling fitted = scaling.fit(values);
        assertThat(fitted.apply(value)).isZero();
        assertThat(fitted.invert(0)).isEqualTo(value);
        assertThat(fitted.apply(value + 1)).isBetween(0.0, 1.1);
      }
    }
  }

  @Test
  void equal_logarithms_should_become_zeros() {
    FittedScaling fitted = Scaling.LOG.then(Scaling.STANDARDISE).fit(0.1, 0.1, 0.1);
    assertThat(fitted.apply(0.1)).isZero();
    assertThat(fitted.invert(0)).isCloseTo(0.1, within(1e-15));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {0, -0.0, -1})
  void what_has_no_logarithm_should_be_refused(double value) {
    String message =
        "the scaling takes logarithms, and "
            + value
            + " has none; all values must be positive: add a number to them, or scale without a"
            + " logarithm";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.LOG.fit(1, NAN, value))
        .withMessage(message);
    FittedScaling fitted = Scaling.LOG.then(Scaling.STANDARDISE).fit(1, 2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fitted.apply(2.0, value))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.STANDARDISE.then(Scaling.LOG).fit(1, 2, 3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scalings")
  void should_refuse_what_is_infinite_or_unknown(String name, Scaling scaling) {
    if (name.equals("none")) {
      assertThat(scaling.fit()).hasToString("none");
      return;
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scaling.fit(1, 2, Double.POSITIVE_INFINITY))
        .withMessage("Scaling.fit: value 2 is Infinity; give finite values, and NaN for a gap");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scaling.fit(NAN, NAN))
        .withMessage("Scaling.fit: none of 2 values is known; there is nothing to fit to");
    assertThatIllegalArgumentException().isThrownBy(scaling::fit);
  }

  @Test
  void should_refuse_values_that_cannot_be_scaled() {
    String message = "are the values too large or too close together?";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.MIN_MAX.fit(-1.7e308, 1.7e308))
        .withMessageEndingWith(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.STANDARDISE.fit(1e-200, 2e-200))
        .withMessageEndingWith(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.STANDARDISE.fit(1e200, 2e200))
        .withMessageEndingWith(message);
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(
      strings = {
        "",
        "log,log",
        "linear",
        "linear 1",
        "linear 1 0",
        "linear 1 -1",
        "linear NaN 1",
        "linear 1 NaN",
        "linear Infinity 1",
        "linear 1 Infinity",
        "linear a b",
        "linear  1 2",
        "linear 1 2 3",
        "Log",
        "log, ",
        "none, log",
        "log, none",
        "linear 1e999 1"
      })
  void should_refuse_another_text(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FittedScaling.of(text))
        .withMessageContaining(
            "is no scaling; write none, log or linear with offset and width, such as \"log, linear"
                + " 4.78 0.44\"");
  }

  @Test
  void different_scalings_should_differ() {
    assertThat(FittedScaling.of("log"))
        .isNotEqualTo(FittedScaling.of("none"))
        .isNotEqualTo(FittedScaling.of("log, log"));
    assertThat(FittedScaling.of("linear 1.0 2.0")).isNotEqualTo(FittedScaling.of("linear 1 3"));
  }

  @Test
  void a_scaling_of_ones_own_should_be_a_line() {
    Scaling thousands = training -> FittedScaling.of("linear 0 1000");
    assertThat(thousands.then(Scaling.MIN_MAX).fit(1000, 3000))
        .hasToString("linear 0.0 1000.0, linear 1.0 2.0");
  }
}
