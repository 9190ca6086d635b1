package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientClippingTest {

  @ParameterizedTest
  @ValueSource(strings = {"active", "inactive", "at_limit"})
  void should_equal_the_numpy_original(String form) {
    Golden golden = Golden.load("optim/clip_grads_" + form);
    List<Parameter> parameters =
        IntStream.range(0, 3).mapToObj(i -> withGradient(golden.matrix("grad" + i))).toList();
    double norm = GradientClipping.byGlobalNorm(golden.scalar("max_norm")).clip(parameters);
    golden.assertMatches("total_norm", norm);
    for (int i = 0; i < 3; i++) {
      golden.assertMatches("clipped" + i, parameters.get(i).grad());
    }
  }

  private static Parameter withGradient(Matrix gradient) {
    Parameter parameter = new Parameter("p", new Matrix(gradient.rows(), gradient.cols()));
    parameter.grad().copyFrom(gradient);
    return parameter;
  }

  @Test
  void by_value_should_cut_off_what_is_too_large() {
    Parameter p = withGradient(Matrix.of(1, 4, -3, -0.5, 0.5, 3));
    double norm = GradientClipping.byValue(1).clip(List.of(p));
    assertThat(p.grad()).isEqualTo(Matrix.of(1, 4, -1, -0.5, 0.5, 1));
    assertThat(norm).isCloseTo(Math.sqrt(18.5), within(1e-15));
  }

  @Test
  void scaling_should_leave_untouched_rows_so_and_scale_one_listed_twice_once() {
    Parameter p = new Parameter("p", new Matrix(3, 2));
    p.addToGradRow(1, Matrix.of(1, 2, 3, -4), 0);
    GradientClipping.scale(List.of(p, p), 0.5);
    assertThat(p.gradOfTouchedRows()).isEqualTo(Matrix.of(3, 2, 0, 0, 1.5, -2, 0, 0));
    assertThat(p.nextTouchedRow(0)).isEqualTo(1);
    assertThat(p.nextUntouchedRow(1)).isEqualTo(2);
  }

  /** Threads share the norm and the step of so many elements. */
  @Test
  void a_factor_that_waits_should_be_applied_once_whoever_reads_the_gradient() {
    int size = 4 * Settings.NORM_BLOCK;
    Matrix ones = new Matrix(1, size);
    ones.fill(1);
    Parameter p = new Parameter("p", new Matrix(1, size));
    Parameter looked = withGradient(ones);
    Sgd sgd = new Sgd(1);
    for (int run = 0; run < 20; run++) {
      p.zeroGrad();
      p.addMatmulToGrad(Matrix.of(1, 1, 1), ones);
      looked.grad().copyFrom(ones);
      for (Parameter parameter : List.of(p, looked)) {
        GradientClipping.scale(List.of(parameter), 0.5);
        double norm = GradientClipping.byGlobalNorm(1).clip(List.of(parameter));
        assertThat(norm).isEqualTo(0.5 * Math.sqrt(size));
        sgd.update(List.of(parameter));
      }
    }
    assertThat(p.value()).isEqualTo(looked.value());
  }

  @Test
  void none_should_only_measure() {
    Parameter p = withGradient(Matrix.of(1, 2, 3, 4));
    assertThat(GradientClipping.none().clip(List.of(p))).isEqualTo(5);
    assertThat(p.grad()).isEqualTo(Matrix.of(1, 2, 3, 4));
  }

  @Test
  void the_norm_should_count_every_entry_of_any_size() {
    int block = Settings.NORM_BLOCK;
    IntStream sizes = IntStream.of(block - 1, block, block + 1, 2 * block);
    IntStream.concat(IntStream.rangeClosed(1, 20), sizes)
        .forEach(
            size -> {
              Matrix gradient = new Matrix(1, size);
              gradient.fill(2);
              assertThat(GradientClipping.globalNorm(List.of(withGradient(gradient))))
                  .isEqualTo(2 * Math.sqrt(size), within(1e-14));
            });
  }

  @Test
  void the_norm_should_keep_what_a_single_sum_would_lose() {
    // A square of 2^-54 is lost beside 1; seven sums of eight begin without the 1.
    assertThat(normOfOneBesideSmall(64)).isEqualTo(Math.sqrt(1 + 7 * 8 * 0x1p-54));
    // So do all eight of the next block.
    assertThat(normOfOneBesideSmall(Settings.NORM_BLOCK + 4096))
        .isEqualTo(Math.sqrt(1 + (7 * Settings.NORM_BLOCK / 8 + 4096) * 0x1p-54));
  }

  private static double normOfOneBesideSmall(int size) {
    Matrix gradient = new Matrix(1, size);
    gradient.fill(0x1p-27);
    gradient.set(0, 0, 1);
    return GradientClipping.globalNorm(List.of(withGradient(gradient)));
  }

  @Test
  void a_plain_sum_of_squares_should_be_doubted_where_it_overflowed_or_is_as_good_as_zero() {
    assertThat(ScaledNorm.isDue(0x1p-960)).isFalse();
    assertThat(ScaledNorm.isDue(Math.nextDown(0x1p-960))).isTrue();
    assertThat(ScaledNorm.isDue(Double.MAX_VALUE)).isFalse();
    assertThat(ScaledNorm.isDue(Double.POSITIVE_INFINITY)).isTrue();
    assertThat(ScaledNorm.isDue(Double.NaN)).isTrue();
  }

  @Test
  void a_parameter_listed_twice_should_be_counted_and_clipped_once() {
    Parameter p = withGradient(Matrix.of(1, 2, 3, 4));
    Parameter twin = withGradient(Matrix.of(1, 2, 3, 4));
    assertThat(GradientClipping.none().clip(List.of(p, p))).isEqualTo(5);
    assertThat(GradientClipping.none().clip(List.of(p, twin))).isEqualTo(Math.sqrt(50));
    GradientClipping.byGlobalNorm(2.5).clip(List.of(p, p));
    assertThat(p.grad().allClose(Matrix.of(1, 2, 1.5, 2), 1e-6)).isTrue();
  }

  private static Parameter withGradient(double... values) {
    return withGradient(Matrix.of(1, values.length, values));
  }

  @Test
  void gradients_whose_squares_overflow_should_be_scaled_as_any_others() {
    List<Parameter> parameters = List.of(withGradient(3e200, 0), withGradient(-4e200));
    double norm = GradientClipping.byGlobalNorm(5).clip(parameters);

    assertThat(norm).isCloseTo(5e200, within(1e185));
    assertThat(parameters.get(0).grad().allClose(Matrix.of(1, 2, 3, 0), 1e-12)).isTrue();
    assertThat(parameters.get(1).grad().allClose(Matrix.of(1, 1, -4), 1e-12)).isTrue();
  }

  @Test
  void gradients_should_be_scaled_even_by_a_factor_that_no_double_holds() {
    Parameter p = withGradient(3e200, 4e200);
    GradientClipping.byGlobalNorm(1e-150).clip(List.of(p));

    assertThat(p.grad().times(1e150).allClose(Matrix.of(1, 2, 0.6, 0.8), 1e-12)).isTrue();
  }

  @Test
  void the_least_factor_without_lost_digits_should_be_used_as_it_is() {
    Parameter p = withGradient(0x1p901);
    GradientClipping.byGlobalNorm(0x1p-121).clip(List.of(p)); // the factor is 2^-1022

    assertThat(p.grad()).isEqualTo(Matrix.of(1, 1, 0x1p-121));
  }

  @Test
  void the_norm_should_be_right_where_squares_overflow_or_vanish() {
    for (double size : new double[] {Double.MIN_VALUE * 1e6, 1e-200, 1e-150, 1e150, 1e200, 1e307}) {
      Parameter sparse = new Parameter("sparse", new Matrix(4, 2));
      sparse.addToGradRow(2, Matrix.of(1, 2, 2 * size, 4 * size), 0);
      Parameter p = withGradient(size, 0, 2 * size);

      assertThat(GradientClipping.globalNorm(List.of(p, sparse, p)) / size)
          .isCloseTo(5, within(1e-12));
    }
    assertThat(GradientClipping.globalNorm(List.of(withGradient(0, -0.0)))).isZero();
  }

  static Stream<GradientClipping> rules() {
    return Stream.of(
        GradientClipping.byGlobalNorm(1), GradientClipping.byValue(1), GradientClipping.none());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void gradients_without_a_finite_norm_should_be_refused_and_left_as_they_are(
      GradientClipping rule) {
    double infinity = Double.POSITIVE_INFINITY;
    assertRefused(rule, "NaN: the first bad gradient is p[0,0] = Infinity", infinity, Double.NaN);
    assertRefused(rule, "NaN: the first bad gradient is p[0,0] = NaN", Double.NaN, 1e200);
    assertRefused(rule, "Infinity: the first bad gradient is p[0,1] = -Infinity", 7, -infinity);
    assertRefused(
        rule,
        "Infinity: each is finite, but their norm is too large for a double",
        Double.MAX_VALUE,
        Double.MAX_VALUE);
  }

  private static void assertRefused(GradientClipping rule, String message, double... gradients) {
    Parameter p = withGradient(gradients);
    assertThatExceptionOfType(UnusableGradientsException.class)
        .isThrownBy(() -> rule.clip(List.of(p)))
        .withMessageStartingWith("the norm of the gradients is ")
        .withMessageContaining(message)
        .satisfies(refused -> assertThat(message).startsWith(refused.norm() + ": "));
    assertThat(p.grad().data()).containsExactly(gradients);
  }

  @Test
  void should_refuse_limits_that_are_not_positive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GradientClipping.byGlobalNorm(0))
        .withMessage("GradientClipping: maxNorm must be positive and finite, not 0.0");
    assertThatIllegalArgumentException().isThrownBy(() -> GradientClipping.byValue(-1));
  }
}
