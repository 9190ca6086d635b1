package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class Tensor3Test {

  /** (2x3x4) with 100·i + 10·j + k at [i,j,k] */
  private final Tensor3 x = new Tensor3(2, 3, 4);

  Tensor3Test() {
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          x.set(i, j, k, 100 * i + 10 * j + k);
        }
      }
    }
  }

  @Test
  void should_begin_as_zeros() {
    Tensor3 zeros = new Tensor3(2, 3, 4);

    assertThat(zeros.d0()).isEqualTo(2);
    assertThat(zeros.d1()).isEqualTo(3);
    assertThat(zeros.d2()).isEqualTo(4);
    assertThat(zeros.shape()).isEqualTo("(2x3x4)");
    assertThat(zeros).hasToString("Tensor3 (2x3x4)");
    assertThat(zeros.data()).hasSize(24).containsOnly(0.0);
  }

  @Test
  void should_name_its_sizes_batch_first() {
    assertThat(x.batch()).isEqualTo(2);
    assertThat(x.steps()).isEqualTo(3);
    assertThat(x.features()).isEqualTo(4);
  }

  @Test
  void should_be_row_major_the_last_axis_fastest() {
    assertThat(x.data())
        .containsExactly(
            0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, //
            100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123);
    assertThat(x.get(1, 2, 0)).isEqualTo(120);
    x.data()[23] = -1;
    assertThat(x.get(1, 2, 3)).isEqualTo(-1);
  }

  @Test
  void should_copy_the_values_it_is_made_of() {
    double[] values = x.data().clone();
    Tensor3 of = Tensor3.of(2, 3, 4, values);
    Tensor3 copy = x.copy();
    values[0] = 99;
    assertThat(of).isEqualTo(x);

    x.fill(7);
    assertThat(x.data()).containsOnly(7.0);
    assertThat(copy).isEqualTo(of);
  }

  @Test
  void should_copy_a_step_out() {
    Matrix step = x.step(1);

    assertThat(step).isEqualTo(Matrix.of(2, 4, 10, 11, 12, 13, 110, 111, 112, 113));
    step.fill(-1);
    assertThat(x.get(0, 1, 0)).isEqualTo(10);
  }

  @Test
  void should_copy_a_step_in_and_leave_the_others() {
    Matrix m = Matrix.of(2, 4, -1, -2, -3, -4, -5, -6, -7, -8);
    Matrix first = x.step(0);
    Matrix last = x.step(2);
    x.setStep(1, m);

    assertThat(x.step(0)).isEqualTo(first);
    assertThat(x.step(1)).isEqualTo(m);
    assertThat(x.step(2)).isEqualTo(last);
    m.fill(9);
    assertThat(x.get(1, 1, 3)).isEqualTo(-8);
  }

  @Test
  void should_copy_a_slice_out() {
    Matrix slice = x.slice(3);

    assertThat(slice).isEqualTo(Matrix.of(2, 3, 3, 13, 23, 103, 113, 123));
    slice.fill(-1);
    assertThat(x.get(0, 0, 3)).isEqualTo(3);
  }

  @Test
  void should_copy_a_slice_in_and_leave_the_others() {
    Matrix m = Matrix.of(2, 3, -1, -2, -3, -4, -5, -6);
    Tensor3 before = x.copy();
    x.setSlice(2, m);

    assertThat(x.slice(2)).isEqualTo(m);
    for (int k : new int[] {0, 1, 3}) {
      assertThat(x.slice(k)).isEqualTo(before.slice(k));
    }
    m.fill(9);
    assertThat(x.get(1, 2, 2)).isEqualTo(-6);
  }

  @Test
  void should_equal_a_tensor_of_the_same_shape_and_values() {
    Tensor3 same = x.copy();

    assertThat(x).isEqualTo(same).hasSameHashCodeAs(same);
    same.set(1, 2, 3, Math.nextUp(123.0));
    assertThat(x).isNotEqualTo(same).doesNotHaveSameHashCodeAs(same);
    assertThat(x).isNotEqualTo(x.step(0)).isNotEqualTo(null);
    for (Tensor3 other :
        new Tensor3[] {
          Tensor3.of(3, 2, 4, x.data()),
          Tensor3.of(2, 4, 3, x.data()),
          Tensor3.of(4, 3, 2, x.data())
        }) {
      assertThat(x).isNotEqualTo(other).doesNotHaveSameHashCodeAs(other);
    }
  }

  @Test
  void should_hold_nan_equal_to_nan_and_apart_zero_and_minus_zero() {
    assertThat(Tensor3.of(1, 1, 1, Double.NaN)).isEqualTo(Tensor3.of(1, 1, 1, Double.NaN));
    assertThat(Tensor3.of(1, 1, 1, 0.0)).isNotEqualTo(Tensor3.of(1, 1, 1, -0.0));
  }

  @Test
  void should_be_close_within_the_tolerance() {
    assertThat(x.allClose(x.copy(), 0)).isTrue();
    for (int i : IntStream.range(0, 24).toArray()) {
      Tensor3 other = x.copy();
      other.data()[i] += 1;
      assertThat(x.allClose(other, 1)).as("element %d", i).isTrue();
      assertThat(x.allClose(other, 0.001)).as("element %d", i).isFalse();
    }
    assertThat(x.allClose(Tensor3.of(3, 2, 4, x.data()), 1)).isFalse();
    assertThat(x.allClose(Tensor3.of(2, 4, 3, x.data()), 1)).isFalse();
    assertThat(x.allClose(Tensor3.of(4, 3, 2, x.data()), 1)).isFalse();
  }

  @Test
  void should_hold_an_infinity_close_to_itself_only() {
    Tensor3 infinite = x.copy();
    infinite.set(0, 0, 0, Double.POSITIVE_INFINITY);

    assertThat(infinite.allClose(infinite.copy(), 0)).isTrue();
    assertThat(x.allClose(infinite, 1)).isFalse();
    assertThat(infinite.allClose(x, 1)).isFalse();
  }

  @Test
  void should_refuse_values_that_do_not_fill_it() {
    assertRefused(() -> Tensor3.of(2, 3, 4, 1, 2), "Tensor3.of: (2x3x4) takes 24 values, not 2");
  }

  @Test
  void should_refuse_an_empty_shape() {
    assertRefused(
        () -> new Tensor3(0, 3, 4), "Tensor3: (0x3x4) is empty; all sizes must be at least 1");
    assertRefused(
        () -> new Tensor3(2, 0, 4), "Tensor3: (2x0x4) is empty; all sizes must be at least 1");
    assertRefused(
        () -> new Tensor3(2, 3, -1), "Tensor3: (2x3x-1) is empty; all sizes must be at least 1");
  }

  @Test
  void should_refuse_a_size_that_overflows_before_anything_is_allocated() {
    // products that wrap round to 0, to a negative int and, even as a long, to 0
    assertTooLarge("4294967296", 65536, 256, 256);
    assertTooLarge("4294967295", 65537, 65535, 1);
    assertTooLarge("2^64 or more", 1 << 30, 1 << 30, 16);
    assertTooLarge("4294967296", 65536, 65536, 1);
  }

  private static void assertTooLarge(String elements, int d0, int d1, int d2) {
    assertRefused(
        () -> new Tensor3(d0, d1, d2),
        String.format(
            Locale.ROOT,
            "Tensor3: (%dx%dx%d) would be %s elements; an array holds at most 2147483647; for"
                + " sequences (batch x steps x features) use a smaller batch, or shorter pieces one"
                + " after the other, with the state kept (a stateful layer, or a session)",
            d0,
            d1,
            d2,
            elements));
  }

  @Test
  void should_refuse_an_element_it_does_not_have() {
    assertOutside(() -> x.get(2, 0, 0), "no element [2,0,0] in (2x3x4)");
    assertOutside(() -> x.get(0, 3, 0), "no element [0,3,0] in (2x3x4)");
    assertOutside(() -> x.get(0, 0, 4), "no element [0,0,4] in (2x3x4)");
    assertOutside(() -> x.set(-1, 0, 0, 1), "no element [-1,0,0] in (2x3x4)");
    assertOutside(() -> x.set(1, -1, 0, 1), "no element [1,-1,0] in (2x3x4)");
    assertOutside(() -> x.set(1, 1, -1, 1), "no element [1,1,-1] in (2x3x4)");
  }

  @Test
  void should_refuse_a_step_or_slice_it_does_not_have() {
    Matrix step = new Matrix(2, 4);
    Matrix slice = new Matrix(2, 3);

    assertOutside(() -> x.step(3), "step: 3 is not in 0..2 of (2x3x4)");
    assertOutside(() -> x.step(-1), "step: -1 is not in 0..2 of (2x3x4)");
    assertOutside(() -> x.setStep(3, step), "setStep: 3 is not in 0..2 of (2x3x4)");
    assertOutside(() -> x.slice(4), "slice: 4 is not in 0..3 of (2x3x4)");
    assertOutside(() -> x.setSlice(-1, slice), "setSlice: -1 is not in 0..3 of (2x3x4)");
  }

  @Test
  void should_refuse_a_matrix_of_another_shape() {
    assertRefused(
        () -> x.setStep(0, new Matrix(4, 2)), "setStep: (2x3x4) takes a matrix (2x4), not (4x2)");
    assertRefused(
        () -> x.setStep(0, new Matrix(2, 3)), "setStep: (2x3x4) takes a matrix (2x4), not (2x3)");
    assertRefused(
        () -> x.setSlice(0, new Matrix(2, 4)), "setSlice: (2x3x4) takes a matrix (2x3), not (2x4)");
    assertRefused(
        () -> x.setSlice(0, new Matrix(3, 3)), "setSlice: (2x3x4) takes a matrix (2x3), not (3x3)");
  }

  @Test
  void should_swap_its_first_two_axes() {
    Tensor3 swapped = x.swapAxes01();
    assertThat(swapped.shape()).isEqualTo("(3x2x4)");
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          assertThat(swapped.get(j, i, k)).isEqualTo(x.get(i, j, k));
        }
      }
    }
    assertThat(swapped.swapAxes01()).isEqualTo(x);
  }

  @Test
  void should_reverse_the_steps_of_every_sequence_within_its_length() {
    Tensor3 all = x.reversedSteps();
    Tensor3 some = x.reversedSteps(new int[] {2, 0});
    for (int t = 0; t < 3; t++) {
      assertThat(all.step(t)).isEqualTo(x.step(2 - t));
    }
    Tensor3 want = x.copy();
    want.sequence(0).rows(0, 1).copyFrom(x.sequence(0).rows(1, 1));
    want.sequence(0).rows(1, 1).copyFrom(x.sequence(0).rows(0, 1));
    assertThat(some).isEqualTo(want).isNotEqualTo(x);
    assertThat(x.reversedSteps(new int[] {3, 3})).isEqualTo(all);
    assertRefused(
        () -> x.reversedSteps(new int[] {1}),
        "reversedSteps: 1 lengths for the 2 sequences of (2x3x4)");
    assertRefused(
        () -> x.reversedSteps(new int[] {1, 4}), "reversedSteps: length 4 is not in 0..3");
    assertRefused(
        () -> x.reversedSteps(new int[] {-1, 1}), "reversedSteps: length -1 is not in 0..3");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  private static void assertOutside(ThrowingCallable call, String message) {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(call)
        .withMessage(message);
  }
}
