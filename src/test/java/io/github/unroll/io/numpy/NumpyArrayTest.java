package io.github.unroll.io.numpy;

import static io.github.unroll.io.numpy.NumpyType.BOOL;
import static io.github.unroll.io.numpy.NumpyType.FLOAT16;
import static io.github.unroll.io.numpy.NumpyType.FLOAT32;
import static io.github.unroll.io.numpy.NumpyType.FLOAT64;
import static io.github.unroll.io.numpy.NumpyType.INT64;
import static io.github.unroll.io.numpy.NumpyType.INT8;
import static io.github.unroll.io.numpy.NumpyType.UINT64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NumpyArrayTest {

  private static final int[] SINGLE = {};

  @Test
  void should_hold_what_a_matrix_and_a_tensor_hold() {
    Matrix m = Matrix.ofRows(new double[] {1, 2, 3}, new double[] {4, 5, 6});
    assertThat(NumpyArray.of(m).toMatrix()).isEqualTo(m);
    assertThat(NumpyArray.of(m)).hasToString("float64 (2, 3)");
    Tensor3 t = Tensor3.of(1, 2, 3, 1, 2, 3, 4, 5, 6);
    assertThat(NumpyArray.of(t).toTensor3()).isEqualTo(t);
    assertThat(NumpyArray.of(t)).hasToString("float64 (1, 2, 3)");
  }

  @Test
  void should_turn_one_axis_into_a_row_and_a_number_into_a_matrix_of_one() {
    NumpyArray bias = NumpyArray.ofDoubles(FLOAT64, new int[] {3}, 1, 2, 3);
    assertThat(bias.toMatrix()).isEqualTo(Matrix.of(1, 3, 1, 2, 3));
    assertThat(NumpyArray.ofLongs(INT8, SINGLE, 7).toMatrix()).isEqualTo(Matrix.of(1, 1, 7));
  }

  @Test
  void should_refuse_a_matrix_or_tensor_of_another_shape() {
    NumpyArray cube = NumpyArray.ofDoubles(FLOAT64, new int[] {1, 1, 1}, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(cube::toMatrix)
        .withMessage("toMatrix: the array is (1, 1, 1); a matrix has at most two axes");
    NumpyArray row = NumpyArray.ofDoubles(FLOAT64, new int[] {1}, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(row::toTensor3)
        .withMessage("toTensor3: the array is (1,); a tensor has three axes");
    NumpyArray empty = NumpyArray.ofDoubles(FLOAT64, new int[] {0, 3});
    assertThatIllegalArgumentException().isThrownBy(empty::toMatrix);
  }

  @Test
  void should_round_to_the_type_and_refuse_what_it_cannot_reach() {
    NumpyArray floats = NumpyArray.ofDoubles(FLOAT32, new int[] {2}, 0.1, Double.NaN);
    assertThat(floats.toDoubles()).containsExactly(0.1f, Double.NaN);
    NumpyArray halves =
        NumpyArray.ofDoubles(FLOAT16, new int[] {2}, 65519.99, Double.NEGATIVE_INFINITY);
    assertThat(halves.toDoubles()).containsExactly(65504, Double.NEGATIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofDoubles(FLOAT16, SINGLE, 65520))
        .withMessage(
            "NumpyArray.ofDoubles: value 65520.0 at index 0 is too large for float16; take a wider"
                + " type");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofDoubles(FLOAT32, SINGLE, 1e39));
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, -128, 127",
    "INT16, -32768, 32767",
    "INT32, -2147483648, 2147483647",
    "UINT8, 0, 255",
    "UINT16, 0, 65535",
    "UINT32, 0, 4294967295",
    "BOOL, 0, 1"
  })
  void should_hold_integers_to_the_limits_of_the_type(NumpyType type, long least, long most) {
    assertThat(NumpyArray.ofLongs(type, new int[] {2}, least, most).toLongs())
        .containsExactly(least, most);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofLongs(type, SINGLE, most + 1))
        .withMessageContaining("value %d at index 0 is out of the range of %s", most + 1, type);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofLongs(type, SINGLE, least - 1));
  }

  @Test
  void should_keep_all_bits_of_64_and_round_them_to_doubles_once() {
    long beyond = (1L << 53) + 1;
    // 2^63 + 1025 lies just above the middle of two doubles: rounded twice it would go down.
    long[] values = {beyond, Long.MIN_VALUE, -1, Long.MIN_VALUE + 1025};
    NumpyArray unsigned = NumpyArray.ofLongs(UINT64, new int[] {4}, values);
    assertThat(unsigned.toLongs()).containsExactly(values);
    for (int i = 0; i < values.length; i++) {
      assertThat(unsigned.toDoubles()[i])
          .isEqualTo(new BigInteger(Long.toUnsignedString(values[i])).doubleValue());
    }
    assertThat(NumpyArray.ofLongs(INT64, new int[] {4}, values).toDoubles())
        .containsExactly(values[0], values[1], values[2], values[3]);
  }

  @Test
  void should_refuse_values_of_the_wrong_kind_or_number() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofDoubles(BOOL, SINGLE, 1))
        .withMessageContaining("use ofLongs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofLongs(FLOAT32, SINGLE, 1))
        .withMessageContaining("use ofDoubles");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofLongs(INT8, new int[] {2, 2}, 1, 2, 3))
        .withMessage("NumpyArray.ofLongs: 3 values do not fill the shape (2, 2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofLongs(INT8, new int[] {-1, -1}, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyArray.ofLongs(INT8, new int[] {1 << 16, 1 << 16}));
    assertThatIllegalStateException()
        .isThrownBy(() -> NumpyArray.ofDoubles(FLOAT64, SINGLE, 1).toLongs())
        .withMessageContaining("use toDoubles");
  }

  @Test
  void should_not_change_with_the_arrays_it_was_made_of() {
    int[] shape = {2};
    double[] values = {1, 2};
    NumpyArray array = NumpyArray.ofDoubles(FLOAT64, shape, values);
    NumpyArray same = NumpyArray.ofDoubles(FLOAT64, shape, values);
    shape[0] = 1;
    values[0] = 9;
    array.shape()[0] = 1;
    array.toDoubles()[0] = 9;
    assertThat(array).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(array.shape()).containsExactly(2);
    assertThat(array.toDoubles()).containsExactly(1, 2);
  }

  @Test
  void should_differ_in_type_shape_or_any_bit_that_counts() {
    NumpyArray array = NumpyArray.ofDoubles(FLOAT64, new int[] {1}, 0.0);
    assertThat(array)
        .isNotEqualTo(NumpyArray.ofDoubles(FLOAT64, new int[] {1}, -0.0))
        .isNotEqualTo(NumpyArray.ofDoubles(FLOAT64, SINGLE, 0.0))
        .isNotEqualTo(NumpyArray.ofDoubles(FLOAT32, new int[] {1}, 0.0))
        .isNotEqualTo(NumpyArray.ofLongs(INT64, new int[] {1}, 0));
  }

  @ParameterizedTest
  @EnumSource(NumpyType.class)
  void should_name_types_as_numpy_does(NumpyType type) {
    String bits = type == BOOL ? "" : Integer.toString(8 * type.bytes());
    assertThat(type.toString()).matches("(float|int|uint|bool)" + bits);
  }
}
