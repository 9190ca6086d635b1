package io.github.unroll.io.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.io.safetensors.StoredTensor.Dtype;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredTensorTest {

  private static StoredTensor floats(Dtype dtype, double... values) {
    return StoredTensor.of(dtype, new long[] {values.length}, values);
  }

  private static StoredTensor integers(Dtype dtype, long... values) {
    return StoredTensor.of(dtype, new long[] {values.length}, values);
  }

  @Test
  void should_round_floats() {
    assertThat(floats(Dtype.F32, 0.1, 1e300, -0.0).doubles())
        .containsExactly(0.1f, Double.POSITIVE_INFINITY, -0.0);
    assertThat(floats(Dtype.F16, 0.1).doubles()).containsExactly(0.0999755859375);
    assertThat(floats(Dtype.BF16, 0.1).doubles()).containsExactly(0.10009765625);
  }

  // ---- integers ----

  @Test
  void should_keep_every_bit_of_a_long() {
    long[] values = new long[1000];
    RandomState random = new RandomState(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong();
    }
    assertThat(integers(Dtype.I64, values).longs()).isEqualTo(values);
    assertThat(integers(Dtype.U64, values).longs()).isEqualTo(values);
  }

  @ParameterizedTest
  @CsvSource({
    "I64, 9007199254740993", "I64, -9007199254740993", "I64, 9223372036854775807",
    "U64, 9007199254740993", "U64, -1", "U64, -9223372036854775807"
  })
  void should_not_turn_a_long_into_another_double(Dtype dtype, long value) {
    String text = dtype == Dtype.U64 ? Long.toUnsignedString(value) : "" + value;
    assertThatIllegalStateException()
        .isThrownBy(() -> integers(dtype, value).doubles())
        .withMessage("doubles: " + text + " is not a double; take longs()");
  }

  @Test
  void should_turn_a_long_into_the_same_double_where_there_is_one() {
    assertThat(integers(Dtype.I64, 0, -1, 1L << 53, Long.MIN_VALUE, 3L << 60).doubles())
        .containsExactly(0, -1, 0x1p53, -0x1p63, 0x3p60);
    assertThat(integers(Dtype.U64, 0, Long.MIN_VALUE, -2048).doubles())
        .containsExactly(0, 0x1p63, 0x1p64 - 2048);
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 0, 1",
    "U8, 0, 255",
    "I8, -128, 127",
    "U16, 0, 65535",
    "I16, -32768, 32767",
    "U32, 0, 4294967295",
    "I32, -2147483648, 2147483647"
  })
  void should_hold_its_range_and_no_more(Dtype dtype, long lowest, long highest) {
    assertThat(integers(dtype, lowest, highest).longs()).containsExactly(lowest, highest);
    assertThat(integers(dtype, lowest, highest).doubles()).containsExactly(lowest, highest);
    for (long outside : new long[] {lowest - 1, highest + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> integers(dtype, outside))
          .withMessage(
              String.format(
                  Locale.ROOT,
                  "StoredTensor.of: %d is outside the range of %s, %d to %d",
                  outside,
                  dtype,
                  lowest,
                  highest));
    }
  }

  // ---- shapes ----

  @Test
  void should_be_a_matrix_of_one_axis_or_two() {
    StoredTensor row = floats(Dtype.F32, 1, 2);
    assertThat(row.matrix()).isEqualTo(Matrix.of(1, 2, 1, 2));
    assertThatIllegalStateException()
        .isThrownBy(row::tensor3)
        .withMessage("tensor3: (2) is none; it takes three axes and at least one value");
    StoredTensor number = StoredTensor.of(Dtype.F64, new long[0], 3.0);
    assertThatIllegalStateException()
        .isThrownBy(number::matrix)
        .withMessage("matrix: () is no matrix; it takes one axis or two and at least one value");
    StoredTensor empty = StoredTensor.of(Dtype.F64, new long[] {0, 3}, new double[0]);
    assertThatIllegalStateException().isThrownBy(empty::matrix);
  }

  @Test
  void should_refuse_a_shape_that_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredTensor.of(Dtype.F64, new long[] {2, 2}, 1.0, 2.0))
        .withMessage("StoredTensor.of: (2x2) takes 4 values, not 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredTensor.of(Dtype.I64, new long[] {-1}, 1L))
        .withMessage("StoredTensor.of: no tensor has the shape (-1)");
    long half = 1L << 32;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredTensor.of(Dtype.I64, new long[] {half, half}, new long[0]))
        .withMessageContaining("no tensor has the shape");
  }

  @Test
  void should_refuse_the_wrong_kind_of_number() {
    assertThatIllegalArgumentException().isThrownBy(() -> floats(Dtype.I32, 1.5));
    assertThatIllegalArgumentException().isThrownBy(() -> integers(Dtype.F32, 1));
    assertThatIllegalStateException()
        .isThrownBy(() -> floats(Dtype.F64, 1).longs())
        .withMessage("longs: the elements are F64, not integers; take doubles()");
  }

  @Test
  void should_be_equal_by_type_shape_and_bits() {
    assertThat(floats(Dtype.F64, 1, Double.NaN))
        .isEqualTo(floats(Dtype.F64, 1, Double.NaN))
        .hasSameHashCodeAs(floats(Dtype.F64, 1, Double.NaN))
        .hasToString("F64 (2)")
        .isNotEqualTo(floats(Dtype.F32, 1, Double.NaN));
    assertThat(floats(Dtype.F64, 0.0)).isNotEqualTo(floats(Dtype.F64, -0.0));
    assertThat(integers(Dtype.U64, 1)).isNotEqualTo(integers(Dtype.I64, 1));
  }
}
