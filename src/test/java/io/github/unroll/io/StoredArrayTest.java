package io.github.unroll.io;

import static io.github.unroll.io.ElementType.BFLOAT16;
import static io.github.unroll.io.ElementType.BOOL;
import static io.github.unroll.io.ElementType.FLOAT16;
import static io.github.unroll.io.ElementType.FLOAT32;
import static io.github.unroll.io.ElementType.FLOAT64;
import static io.github.unroll.io.ElementType.INT16;
import static io.github.unroll.io.ElementType.INT32;
import static io.github.unroll.io.ElementType.INT64;
import static io.github.unroll.io.ElementType.INT8;
import static io.github.unroll.io.ElementType.UINT64;
import static io.github.unroll.io.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.Allocation;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StoredArrayTest {

  private static final long[] SINGLE = {};

  private static StoredArray floats(ElementType type, double... values) {
    return StoredArray.ofDoubles(type, new long[] {values.length}, values);
  }

  private static StoredArray integers(ElementType type, long... values) {
    return StoredArray.ofLongs(type, new long[] {values.length}, values);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void should_name_types_as_numpy_does(ElementType type) {
    String bits = type == BOOL ? "" : Integer.toString(8 * type.bytes());
    assertThat(type.toString()).matches("(float|bfloat|int|uint|bool)" + bits);
    assertThat(type.isFloating()).isEqualTo(type.toString().contains("float"));
  }

  // ---- floating-point numbers ----

  @Test
  void should_round_to_the_type_and_refuse_what_it_cannot_reach() {
    assertThat(floats(FLOAT32, 0.1, Double.NaN, -0.0).doubles())
        .containsExactly(0.1f, Double.NaN, -0.0);
    assertThat(floats(FLOAT16, 0.1).doubles()).containsExactly(0.0999755859375);
    assertThat(floats(BFLOAT16, 0.1).doubles()).containsExactly(0.10009765625);
    assertThat(floats(FLOAT16, 65519.99, Double.NEGATIVE_INFINITY).doubles())
        .containsExactly(65504, Double.NEGATIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofDoubles(FLOAT16, SINGLE, 65520))
        .withMessage(
            "StoredArray.ofDoubles: value 65520.0 at index 0 is too large for float16; take a wider"
                + " type");
    assertThatIllegalArgumentException().isThrownBy(() -> floats(FLOAT32, 0.1, 1e39));
    assertThatIllegalArgumentException().isThrownBy(() -> floats(BFLOAT16, -3.4e38));
  }

  // ---- integers ----

  @Test
  void should_keep_every_bit_of_a_long() {
    long[] values = new long[1000];
    RandomState random = new RandomState(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong();
    }
    assertThat(integers(INT64, values).longs()).isEqualTo(values);
    assertThat(integers(UINT64, values).longs()).isEqualTo(values);
  }

  @ParameterizedTest
  @CsvSource({
    "INT64, 9007199254740993", "INT64, -9007199254740993", "INT64, 9223372036854775807",
    "UINT64, 9007199254740993", "UINT64, -1", "UINT64, -9223372036854775807"
  })
  void should_not_turn_a_long_into_another_double(ElementType type, long value) {
    String text = type == UINT64 ? Long.toUnsignedString(value) : "" + value;
    String refusal =
        "doubles: " + text + " is not a double; take longs(), or nearestDoubles(), which rounds";
    assertThatIllegalStateException()
        .isThrownBy(() -> integers(type, value).doubles())
        .withMessage(refusal);
    assertThatIllegalStateException()
        .isThrownBy(() -> integers(type, value).matrix())
        .withMessage(refusal);
  }

  @Test
  void should_turn_a_long_into_the_same_double_where_there_is_one() {
    assertThat(integers(INT64, 0, -1, 1L << 53, Long.MIN_VALUE, 3L << 60).doubles())
        .containsExactly(0, -1, 0x1p53, -0x1p63, 0x3p60);
    assertThat(integers(UINT64, 0, Long.MIN_VALUE, -2048).doubles())
        .containsExactly(0, 0x1p63, 0x1p64 - 2048);
  }

  @Test
  void should_keep_all_bits_of_64_and_round_them_to_doubles_once() {
    long beyond = (1L << 53) + 1;
    // 2^63 + 1025 lies just above the middle of two doubles: rounded twice it would go down.
    long[] values = {beyond, Long.MIN_VALUE, -1, Long.MIN_VALUE + 1025};
    StoredArray unsigned = integers(UINT64, values);
    assertThat(unsigned.longs()).containsExactly(values);
    for (int i = 0; i < values.length; i++) {
      assertThat(unsigned.nearestDoubles()[i])
          .isEqualTo(new BigInteger(Long.toUnsignedString(values[i])).doubleValue());
    }
    assertThat(integers(INT64, values).nearestDoubles())
        .containsExactly(values[0], values[1], values[2], values[3]);
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 0, 1",
    "UINT8, 0, 255",
    "INT8, -128, 127",
    "UINT16, 0, 65535",
    "INT16, -32768, 32767",
    "UINT32, 0, 4294967295",
    "INT32, -2147483648, 2147483647"
  })
  void should_hold_its_range_and_no_more(ElementType type, long lowest, long highest) {
    assertThat(integers(type, lowest, highest).longs()).containsExactly(lowest, highest);
    assertThat(integers(type, lowest, highest).doubles()).containsExactly(lowest, highest);
    for (long outside : new long[] {lowest - 1, highest + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> integers(type, lowest, outside))
          .withMessage(
              String.format(
                  Locale.ROOT,
                  "StoredArray.ofLongs: value %d at index 1 is outside the range of %s, %d to %d;"
                      + " take a wider type",
                  outside,
                  type,
                  lowest,
                  highest));
    }
  }

  // ---- shapes ----

  @Test
  void should_hold_what_a_matrix_and_a_tensor_hold() {
    Matrix m = Matrix.ofRows(new double[] {1, 2, 3}, new double[] {4, 5, 6});
    assertThat(StoredArray.of(m).matrix()).isEqualTo(m);
    assertThat(StoredArray.of(m)).hasToString("float64 (2x3)");
    Tensor3 t = Tensor3.of(1, 2, 3, 1, 2, 3, 4, 5, 6);
    assertThat(StoredArray.of(t).tensor3()).isEqualTo(t);
    assertThat(StoredArray.of(t)).hasToString("float64 (1x2x3)");
  }

  @Test
  void should_turn_one_axis_into_a_row_and_a_number_into_a_matrix_of_one() {
    assertThat(floats(FLOAT32, 1, 2, 3).matrix()).isEqualTo(Matrix.of(1, 3, 1, 2, 3));
    assertThat(StoredArray.ofLongs(INT8, SINGLE, 7).matrix()).isEqualTo(Matrix.of(1, 1, 7));
  }

  @Test
  void should_refuse_a_matrix_or_tensor_of_another_shape() {
    StoredArray cube = StoredArray.of(Tensor3.of(1, 1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(cube::matrix)
        .withMessage(
            "matrix: (1x1x1) is no matrix; it takes at most two axes and at least one value");
    assertThatIllegalArgumentException()
        .isThrownBy(floats(FLOAT64, 1, 2)::tensor3)
        .withMessage("tensor3: (2) is none; it takes three axes and at least one value");
    StoredArray empty = StoredArray.ofDoubles(FLOAT64, new long[] {0, 3});
    assertThatIllegalArgumentException().isThrownBy(empty::matrix);
    assertThatIllegalArgumentException()
        .isThrownBy(StoredArray.ofDoubles(FLOAT64, new long[] {1, 0, 3})::tensor3);
  }

  @Test
  void should_refuse_a_shape_that_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofDoubles(FLOAT64, new long[] {2, 2}, 1, 2))
        .withMessage("StoredArray.ofDoubles: the shape (2x2) takes 4 values, not 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofLongs(INT8, new long[] {2, 2}, 1, 2, 3))
        .withMessage("StoredArray.ofLongs: the shape (2x2) takes 4 values, not 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofLongs(INT64, new long[] {-1}, 1))
        .withMessage("StoredArray.ofLongs: no array has the shape (-1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofLongs(INT8, new long[] {-1, -1}, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofLongs(INT8, new long[] {1 << 16, 1 << 16}));
    long half = 1L << 32;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofLongs(INT64, new long[] {half, half}))
        .withMessageContaining("no array has the shape");
  }

  @Test
  void should_refuse_the_wrong_kind_of_number() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> floats(INT32, 1.5))
        .withMessageContaining("use ofLongs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StoredArray.ofDoubles(BOOL, SINGLE, 1))
        .withMessageContaining("use ofLongs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> integers(FLOAT32, 1))
        .withMessageContaining("use ofDoubles");
    assertThatIllegalStateException()
        .isThrownBy(() -> floats(FLOAT64, 1).longs())
        .withMessage("longs: the elements are float64, not integers; take doubles()");
  }

  // ---- never changed, and compared ----

  @Test
  void should_not_change_with_the_arrays_it_was_made_of() {
    long[] shape = {2};
    double[] values = {1, 2};
    StoredArray array = StoredArray.ofDoubles(FLOAT64, shape, values);
    StoredArray same = StoredArray.ofDoubles(FLOAT64, shape, values);
    shape[0] = 1;
    values[0] = 9;
    array.shape()[0] = 1;
    array.doubles()[0] = 9;
    assertThat(array).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(array.shape()).containsExactly(2);
    assertThat(array.doubles()).containsExactly(1, 2);
  }

  @Test
  void should_be_equal_by_type_shape_and_bits() {
    assertThat(floats(FLOAT64, 1, Double.NaN))
        .isEqualTo(floats(FLOAT64, 1, Double.NaN))
        .hasSameHashCodeAs(floats(FLOAT64, 1, Double.NaN))
        .hasToString("float64 (2)")
        .isNotEqualTo(floats(FLOAT32, 1, Double.NaN));
    assertThat(floats(FLOAT64, 0.0))
        .isNotEqualTo(floats(FLOAT64, -0.0))
        .isNotEqualTo(StoredArray.ofDoubles(FLOAT64, SINGLE, 0.0))
        .isNotEqualTo(floats(FLOAT32, 0.0))
        .isNotEqualTo(integers(INT64, 0));
    assertThat(integers(UINT64, 1)).isNotEqualTo(integers(INT64, 1));
  }

  @Test
  void should_refuse_values_that_were_not_read_and_equal_only_itself() {
    StoredArray odd = StoredArray.unread("<U5", new long[] {2}, "array \"a\" holds texts");
    assertThat(odd.isReadable()).isFalse();
    assertThat(odd).hasToString("<U5 (2)").isEqualTo(odd);
    assertThat(odd).isNotEqualTo(StoredArray.unread("<U5", new long[] {2}, odd.unread()));
    assertThatIllegalStateException().isThrownBy(odd::size).withMessage(odd.unread());
    assertThatIllegalStateException()
        .isThrownBy(() -> odd.write(new ByteArrayOutputStream()))
        .withMessage(odd.unread());
    assertThat(StoredArray.unread("", null, "why")).hasToString("not read");
  }

  // ---- other arrays of it ----

  @Test
  void should_become_another_type_or_refuse() {
    assertThat(floats(BFLOAT16, 0.1, -2).to(FLOAT32)).isEqualTo(floats(FLOAT32, 0.10009765625, -2));
    assertThat(integers(INT16, 1, -2).to(INT8)).isEqualTo(integers(INT8, 1, -2));
    assertThat(integers(BOOL, 1, 0).to(FLOAT64)).isEqualTo(floats(FLOAT64, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> integers(INT16, -1).to(UINT8));
    assertThatIllegalStateException().isThrownBy(() -> floats(FLOAT64, 1).to(INT8));
  }

  @Test
  void should_show_some_of_its_elements_by_strides() {
    StoredArray array = StoredArray.ofLongs(ElementType.INT32, new long[] {6}, 0, 1, 2, 3, 4, 5);
    assertThat(strided(array, 0, new long[] {2, 3}, 3, 1)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(strided(array, 1, new long[] {2, 2}, 1, 2)).containsExactly(1, 3, 2, 4);
    assertThat(strided(array, 5, new long[] {2}, 0)).containsExactly(5, 5);
    assertThat(strided(array, 9, new long[] {0, 7}, 8, 8)).isEmpty();
    assertThat(strided(array, 4, new long[] {})).containsExactly(4);
    long most = Long.MAX_VALUE;
    assertNotStrided(array, "its elements lie at 1 to 6, and there are 6", 1, new long[] {6}, 1);
    assertNotStrided(array, "its elements lie at -1 to 0", -1, new long[] {2}, 1);
    assertNotStrided(array, "negative size or stride", 5, new long[] {2}, -1);
    assertNotStrided(array, "negative size or stride", 0, new long[] {-2, -3}, 1, 1);
    assertNotStrided(array, "has 1 sizes and 2 strides", 0, new long[] {1}, 1, 1);
    assertNotStrided(array, "beyond all bounds", 0, new long[] {1L << 32, 1L << 32}, 0, 0);
    assertNotStrided(array, "beyond all bounds", 0, new long[] {3}, most);
    assertNotStrided(array, "more than 2147483639 values", 0, new long[] {1L << 31}, 0);
  }

  private static long[] strided(StoredArray array, long offset, long[] shape, long... strides) {
    StoredArray some = array.strided(offset, shape, strides);
    assertThat(some.shape()).isEqualTo(shape);
    assertThat(some.elementType()).isEqualTo(array.elementType());
    return some.longs();
  }

  private static void assertNotStrided(
      StoredArray array, String why, long offset, long[] shape, long... strides) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> array.strided(offset, shape, strides))
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void should_be_transposed_in_any_number_of_axes(ElementType type) {
    long[] shape = {3, 5, 1, 4};
    StoredArray array = counted(type, shape);
    StoredArray turned = array.transposed();
    assertThat(turned.shape()).containsExactly(4, 1, 5, 3);
    double[] from = array.doubles();
    double[] to = turned.doubles();
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 5; j++) {
        for (int k = 0; k < 4; k++) {
          assertThat(to[(k * 5 + j) * 3 + i]).isEqualTo(from[(i * 5 + j) * 4 + k]);
        }
      }
    }
    assertThat(turned.transposed()).isEqualTo(array);
    assertThat(counted(type, 7).transposed()).isEqualTo(counted(type, 7));
    assertThat(counted(type, 0, 3).transposed().shape()).containsExactly(3, 0);
  }

  private static StoredArray counted(ElementType type, long... shape) {
    int size = (int) Arrays.stream(shape).reduce(1, (product, axis) -> product * axis);
    int most = type == BOOL ? 2 : 100;
    return type.isFloating()
        ? StoredArray.ofDoubles(
            type, shape, LongStream.range(0, size).mapToDouble(i -> i % most).toArray())
        : StoredArray.ofLongs(type, shape, LongStream.range(0, size).map(i -> i % most).toArray());
  }

  // ---- bytes ----

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void should_give_back_its_bytes_and_read_those_of_other_machines(ElementType type)
      throws IOException {
    StoredArray array = counted(type, 30_011); // in more than one piece, if a value takes 4 bytes
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    array.write(out);
    byte[] bytes = out.toByteArray();
    assertThat(bytes).hasSize(30_011 * type.bytes());
    assertThat(read(bytes, type, ByteOrder.LITTLE_ENDIAN, 30_011)).isEqualTo(array);
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int within = i % type.bytes();
      reversed[i] = bytes[i - within + type.bytes() - 1 - within];
    }
    assertThat(read(reversed, type, ByteOrder.BIG_ENDIAN, 30_011)).isEqualTo(array);
  }

  private static StoredArray read(byte[] bytes, ElementType type, ByteOrder order, long... shape)
      throws IOException {
    return StoredArray.read(new ByteArrayInputStream(bytes), type, order, shape);
  }

  @Test
  void should_keep_the_bits_of_a_nan() throws IOException {
    byte[] bytes = ByteBuffer.allocate(8).putLong(0x7ff0_0000_0000_0001L).array();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    read(bytes, FLOAT64, ByteOrder.BIG_ENDIAN, 1).write(out);
    assertThat(ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN).getLong())
        .isEqualTo(0x7ff0_0000_0000_0001L);
  }

  @Test
  void should_say_how_far_it_came_and_take_no_memory_for_the_rest() throws Exception {
    byte[] bytes = new byte[100_000];
    assertThat(
            Allocation.of(
                () ->
                    assertThatExceptionOfType(EOFException.class)
                        .isThrownBy(
                            () -> read(bytes, INT64, ByteOrder.LITTLE_ENDIAN, 2_147_483, 1000))
                        .withMessage("ends after 100000 of 17179864000 bytes")))
        .isLessThan(1 << 20);
    assertThatIOException()
        .isThrownBy(() -> read(new byte[] {0, 1, 2}, BOOL, ByteOrder.LITTLE_ENDIAN, 3))
        .withMessage("value 2 at index 2 is no boolean; 0 and 1 are");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(bytes, INT8, ByteOrder.LITTLE_ENDIAN, 1L << 31));
  }

  @Test
  void should_hold_no_more_than_its_bytes() throws Exception {
    byte[] bytes = new byte[4_000_000];
    assertThat(
            Allocation.of(
                () -> read(bytes, FLOAT32, ByteOrder.LITTLE_ENDIAN, 1_000_000).elementType()))
        .isBetween(4_000_000L, 4_050_000L);
  }
}
