package io.github.unroll.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.check.GradientCheck.Entry;
import io.github.unroll.check.GradientCheck.Report;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class GradientCheckTest {

  private static final String NUMBER = "-?\\d\\S*";

  /** What can go wrong in a backward pass. */
  private enum Slip {
    NONE,
    SIGN_FLIPPED,
    TRANSPOSE_FORGOTTEN,
    OVERWRITTEN,
    FACTOR_MISSING,
    NAN,
    INFINITE
  }

  /** y = tanh(x·w + b) and the loss Σ c ⊙ y, with x (2x3), wh (3x3), b (1x3). */
  private static final class AffineTanh {
    final Parameter wh =
        new Parameter("wh", Matrix.of(3, 3, 0.3, -0.2, 0.5, 0.1, 0.4, -0.6, -0.5, 0.2, 0.7));
    final Parameter b = new Parameter("b", Matrix.of(1, 3, 0.1, -0.3, 0.2));
    final Matrix x = Matrix.of(2, 3, 0.5, -1, 0.25, 0.75, 0.1, -0.4);
    final Matrix c = Matrix.of(2, 3, 1, -2, 0.5, 0.3, 0.7, -1.1);
    final Slip slip;
    Matrix y;
    Matrix dx;

    AffineTanh(Slip slip) {
      this.slip = slip;
    }

    double loss() {
      Matrix z = x.matmul(wh.value());
      z.addRow(b.value());
      y = z.tanh();
      double loss = 0;
      for (int i = 0; i < y.data().length; i++) {
        loss += c.data()[i] * y.data()[i];
      }
      return loss;
    }

    void backward() {
      Matrix dz = c.minus(c.times(y).times(y)); // c ⊙ (1 - y²)
      dx =
          slip == Slip.TRANSPOSE_FORGOTTEN
              ? dz.matmul(wh.value())
              : dz.matmul(wh.value().transposed());
      if (slip == Slip.OVERWRITTEN) {
        b.zeroGrad();
      }
      b.grad().addColumnSums(slip == Slip.FACTOR_MISSING ? c : dz);
      Matrix dwh = x.transposed().matmul(dz);
      switch (slip) {
        case SIGN_FLIPPED -> dwh.set(2, 1, -dwh.get(2, 1));
        case NAN -> dwh.set(1, 2, Double.NaN);
        case INFINITE -> dwh.set(1, 2, Double.NEGATIVE_INFINITY);
        default -> {}
      }
      wh.grad().add(dwh);
    }

    GradientCheck check() {
      return new GradientCheck(this::loss, this::backward)
          .parameters(List.of(wh, b))
          .input("x", x, () -> dx);
    }
  }

  @Test
  void should_pass_a_right_layer() {
    Report report = new AffineTanh(Slip.NONE).check().run();

    assertThat(report.assertBelow(1e-7)).isSameAs(report);
    assertThat(report.entries()).isEqualTo(9 + 3 + 6);
    assertThat(report.overwritten()).isEmpty();
    assertThat(report.worstOfEach()).extracting(Entry::name).containsExactly("wh", "b", "x");
    assertThat(report.worstOfEach()).contains(report.worst());
    assertThat(report).hasToString("18 entries, worst " + report.worst());
  }

  @Test
  void should_name_a_flipped_sign_by_array_and_index() {
    Report report = new AffineTanh(Slip.SIGN_FLIPPED).check().run();

    assertThat(report.worst().name()).isEqualTo("wh");
    assertThat(report.worst().index()).isEqualTo("[2,1]");
    assertThat(report.worst().analytic()).isNotZero();
    assertThat(report.worst().relativeError()).isBetween(1.999, 2.001);
    assertFails(
        report,
        String.format(
            Locale.ROOT,
            "wh\\[2,1]: analytic %s, numeric %s, relative error 2.00e\\+00, more than 1.00e-07"
                + " allowed",
            NUMBER,
            NUMBER));
    assertRightApartFrom("wh", report);
  }

  @Test
  void should_name_the_input_of_a_forgotten_transpose() {
    Report report = new AffineTanh(Slip.TRANSPOSE_FORGOTTEN).check().run();

    assertFails(report, "x\\[\\d,\\d]: analytic .*");
    assertRightApartFrom("x", report);
  }

  @Test
  void should_name_a_parameter_whose_gradient_is_overwritten() {
    Report report = new AffineTanh(Slip.OVERWRITTEN).check().run();

    assertThat(report.overwritten()).containsExactly("b");
    assertThat(report.worst().relativeError()).as("apart from that, right").isLessThan(1e-7);
    assertFails(
        report, "backward must add to the gradients of parameters; it did not add to those of b");
  }

  @Test
  void should_notice_that_a_gradient_of_zero_is_overwritten() {
    Parameter unused = new Parameter("unused", new Matrix(1, 2));
    Report report = new GradientCheck(() -> 0, unused::zeroGrad).parameters(List.of(unused)).run();

    assertThat(report.overwritten()).containsExactly("unused");
  }

  @Test
  void should_name_the_array_of_a_missing_factor() {
    Report report = new AffineTanh(Slip.FACTOR_MISSING).check().run();

    assertFails(report, "b\\[0,\\d]: analytic .*");
    assertRightApartFrom("b", report);
  }

  @Test
  void should_name_a_nan_by_array_and_index() {
    Report report = new AffineTanh(Slip.NAN).check().run();

    assertFails(
        report,
        String.format(
            Locale.ROOT,
            "wh\\[1,2]: analytic NaN, numeric %s, relative error Infinity, more than .*",
            NUMBER));
    assertRightApartFrom("wh", report);
  }

  @Test
  void should_name_an_infinity_by_array_and_index() {
    Report report = new AffineTanh(Slip.INFINITE).check().run();

    assertFails(
        report,
        String.format(
            Locale.ROOT,
            "wh\\[1,2]: analytic -Infinity, numeric %s, relative error Infinity, more than .*",
            NUMBER));
    assertRightApartFrom("wh", report);
  }

  @Test
  void should_fail_if_the_loss_is_not_finite_whatever_the_gradient() {
    for (double notFinite : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Matrix x = Matrix.of(1, 2, 0, 1);
      // p overflows above 1 only: its numeric gradient is as infinite as the analytic one
      Matrix dx = Matrix.of(1, 2, 0, notFinite);
      Report report =
          new GradientCheck(() -> x.get(0, 1) > 1 ? notFinite : 0, () -> {})
              .input("x", x, () -> dx)
              .run();

      assertThat(report.worst())
          .isEqualTo(new Entry("x", "[0,1]", notFinite, notFinite, Double.POSITIVE_INFINITY));
    }
  }

  @Test
  void should_not_divide_by_the_rounding_error_of_a_small_entry() {
    // beside a gradient of 1, one of 1e-9 may be wrong by 1e-9: the floor is 0.01
    Matrix x = Matrix.of(1, 2, 0, 0);
    Matrix dx = Matrix.of(1, 2, 1, 1e-9);
    Report report = new GradientCheck(() -> x.get(0, 0), () -> {}).input("x", x, () -> dx).run();

    assertThat(report.worst().index()).isEqualTo("[0,1]");
    assertThat(report.worst().relativeError()).isBetween(0.99e-7, 1.01e-7);
  }

  @Test
  void should_pass_a_right_gradient_where_the_loss_bends_sharply_and_notice_a_millionth_there() {
    for (double p : new double[] {3e-4, -1e-3, 0.02, 0.7}) {
      Matrix x = Matrix.of(1, 1, p);
      Matrix dx = Matrix.of(1, 1, p / Math.hypot(p, 1e-3));
      GradientCheck check =
          new GradientCheck(() -> Math.hypot(x.get(0, 0), 1e-3), () -> {}).input("x", x, () -> dx);

      check.run().assertBelow(1e-8);

      dx.set(0, 0, dx.get(0, 0) * (1 + 1e-6));
      assertThat(check.run().worst().relativeError()).isBetween(0.9e-6, 1.1e-6);
    }
  }

  @Test
  void should_restore_every_value_exactly() {
    AffineTanh layer = new AffineTanh(Slip.NONE);
    // values that (v + 1e-5) - 1e-5 would not bring back
    layer.x.set(0, 0, 1e-13);
    layer.wh.value().set(1, 1, -1.0 / 3);
    layer.b.value().set(0, 0, -0.0);
    Matrix x = layer.x.copy();
    Matrix wh = layer.wh.value().copy();
    Matrix b = layer.b.value().copy();

    layer.check().run().assertBelow(1e-7);

    assertThat(layer.x).isEqualTo(x);
    assertThat(layer.wh.value()).isEqualTo(wh);
    assertThat(layer.b.value()).isEqualTo(b);
  }

  @Test
  void should_restore_every_value_even_if_the_loss_throws() {
    Matrix x = Matrix.of(1, 3, 1, 2, 3);
    Matrix before = x.copy();
    GradientCheck check =
        new GradientCheck(
                () -> {
                  if (x.get(0, 1) != 2) {
                    throw new ArithmeticException("no loss here");
                  }
                  return 0;
                },
                () -> {})
            .input("x", x, () -> new Matrix(1, 3));

    assertThatExceptionOfType(ArithmeticException.class).isThrownBy(check::run);
    assertThat(x).isEqualTo(before);
  }

  @Test
  void should_name_entries_of_a_tensor_by_sequence_step_and_feature() {
    // loss Σ x², dx = 2x, wrong at one entry
    Tensor3 x = Tensor3.of(2, 3, 4, new double[24]);
    for (int i = 0; i < 24; i++) {
      x.data()[i] = 0.1 * (i + 1);
    }
    for (int n = 0; n < 2; n++) {
      for (int t = 0; t < 3; t++) {
        for (int d = 0; d < 4; d++) {
          Tensor3 dx = x.copy();
          for (int i = 0; i < 24; i++) {
            dx.data()[i] *= 2;
          }
          new GradientCheck(() -> sumOfSquares(x), () -> {})
              .input("xs", x, () -> dx)
              .run()
              .assertBelow(1e-7);

          dx.set(n, t, d, 3 * x.get(n, t, d));
          Report report =
              new GradientCheck(() -> sumOfSquares(x), () -> {}).input("xs", x, () -> dx).run();
          assertFails(report, String.format(Locale.ROOT, "xs\\[%d,%d,%d]: analytic .*", n, t, d));
        }
      }
    }
  }

  private static double sumOfSquares(Tensor3 x) {
    double sum = 0;
    for (double value : x.data()) {
      sum += value * value;
    }
    return sum;
  }

  @Test
  void should_say_analytic_numeric_and_relative_error() {
    assertThat(new Entry("wh", "[2,1]", 0.5, -0.25, 1.5))
        .hasToString(
            "wh[2,1]: analytic 0.5000000000, numeric -0.2500000000, relative error 1.50e+00");
  }

  @Test
  void should_allow_exactly_the_tolerance() {
    Entry entry = new Entry("x", "[0,0]", 1, 2, 0.5);
    Report report = new Report(entry, List.of(entry), List.of(), 1);

    assertThat(report.assertBelow(0.5)).isSameAs(report);
    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> report.assertBelow(0.499));
  }

  @Test
  void should_refuse_to_run_with_nothing_to_check() {
    GradientCheck check = new GradientCheck(() -> 0, () -> {}).parameters(List.of());

    assertThatIllegalStateException()
        .isThrownBy(check::run)
        .withMessage("GradientCheck: nothing to check; add parameters(...) or input(...)");
  }

  @Test
  void should_refuse_a_gradient_that_is_missing_or_of_another_shape() {
    GradientCheck check = new GradientCheck(() -> 0, () -> {});
    check.input("x", new Matrix(2, 3), () -> new Matrix(3, 2));
    assertThatIllegalStateException()
        .isThrownBy(check::run)
        .withMessage("GradientCheck: x is (2x3), but its gradient after backward is (3x2)");

    GradientCheck tensors = new GradientCheck(() -> 0, () -> {});
    tensors.input("xs", new Tensor3(2, 3, 4), () -> new Tensor3(3, 2, 4));
    assertThatIllegalStateException()
        .isThrownBy(tensors::run)
        .withMessage("GradientCheck: xs is (2x3x4), but its gradient after backward is (3x2x4)");

    GradientCheck missing = new GradientCheck(() -> 0, () -> {});
    missing.input("h0", new Matrix(2, 3), () -> (Matrix) null);
    assertThatIllegalStateException()
        .isThrownBy(missing::run)
        .withMessage("GradientCheck: h0 is (2x3), but its gradient after backward is null");
  }

  private static void assertFails(Report report, String messagePattern) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> report.assertBelow(1e-7))
        .satisfies(error -> assertThat(error.getMessage()).matches(messagePattern));
  }

  private static void assertRightApartFrom(String name, Report report) {
    assertThat(report.worst().name()).isEqualTo(name);
    assertThat(report.overwritten()).isEmpty();
    assertThat(report.worstOfEach())
        .filteredOn(entry -> !entry.name().equals(name))
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry.relativeError()).isLessThan(1e-7));
  }
}
