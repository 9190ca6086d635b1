package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** States as bytes: equal bits, the documented form, and a refusal of all other bytes. */
class StateBytesTest {

  private static final double[] SPECIAL = {
    -0.0,
    Double.MIN_VALUE,
    -Double.MAX_VALUE,
    Double.NEGATIVE_INFINITY,
    Double.longBitsToDouble(0x7ff8_0000_0000_0123L),
    Double.longBitsToDouble(0xfff8_0000_0000_0001L)
  };

  private static State state() {
    return State.of(Matrix.of(2, 3, SPECIAL), Matrix.of(2, 1, 0.1, 1e300));
  }

  private static State random(int seed, int... shapes) {
    RandomState random = new RandomState(seed);
    Matrix[] parts = new Matrix[shapes.length / 2];
    for (int p = 0; p < parts.length; p++) {
      parts[p] = new Matrix(shapes[2 * p], shapes[2 * p + 1]);
      Arrays.setAll(parts[p].data(), i -> random.randn());
    }
    return State.of(parts);
  }

  static Stream<State> states() {
    return Stream.of(
        state(), random(1, 1, 1), random(2, 1, 64, 1, 64), random(3, 9, 5, 9, 2, 9, 1, 9, 700));
  }

  private static void assertSameBits(State state, State other) {
    assertThat(other.matrices()).hasSameSizeAs(state.matrices());
    for (int p = 0; p < state.matrices().size(); p++) {
      Matrix part = state.matrices().get(p);
      Matrix same = other.matrices().get(p);
      assertThat(same.shape()).isEqualTo(part.shape());
      assertThat(bits(same)).isEqualTo(bits(part));
    }
  }

  private static long[] bits(Matrix part) {
    return Arrays.stream(part.data()).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  @ParameterizedTest
  @MethodSource("states")
  void should_have_equal_bits_after_bytes(State state) {
    assertSameBits(state, State.ofBytes(state.toBytes()));
    assertSameBits(state, State.ofBytes(state.toBytes(7), 7));
    assertThat(State.ofBytes(state.toBytes()).toBytes()).isEqualTo(state.toBytes());
  }

  @ParameterizedTest
  @MethodSource("states")
  void should_have_equal_bits_after_buffers_of_any_kind(State state) {
    int size = state.toBytes().length;
    ByteBuffer direct = ByteBuffer.allocateDirect(2 * size + 3).order(ByteOrder.LITTLE_ENDIAN);
    for (ByteBuffer buffer : new ByteBuffer[] {direct, ByteBuffer.allocate(2 * size + 3)}) {
      ByteOrder order = buffer.order();
      buffer.position(3);
      state.write(buffer, 5);
      state.write(buffer, 6);
      assertThat(buffer.hasRemaining()).isFalse();
      ByteBuffer read = buffer.asReadOnlyBuffer().position(3);
      assertSameBits(state, State.read(read, 5));
      assertThat(read.position()).isEqualTo(3 + size);
      assertSameBits(state, State.read(read, 0));
      assertThat(read.hasRemaining()).isFalse();
      assertThat(buffer.order()).isEqualTo(order);
    }
  }

  @Test
  void should_have_the_documented_form() {
    ByteBuffer bytes =
        ByteBuffer.allocate(28 + 8 * 2 + 8 * 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("URST".getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(1).putInt(bytes.capacity()).putInt(2).putLong(-9);
    bytes.putInt(2).putInt(3).putInt(2).putInt(1);
    for (double value : SPECIAL) {
      bytes.putDouble(value);
    }
    bytes.putDouble(0.1).putDouble(1e300);
    assertThat(sealed(bytes.array())).isEqualTo(state().toBytes(-9));
  }

  /** The same bytes with the right checksum at the end. */
  private static byte[] sealed(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - 4, (int) crc.getValue());
    return bytes;
  }

  @Test
  void should_take_28_bytes_and_8_for_each_part_and_value() {
    assertThat(random(1, 1, 64, 1, 64).toBytes()).hasSize(28 + 8 * 2 + 8 * 128);
  }

  @Test
  void should_refuse_bytes_in_which_any_bit_was_changed() {
    byte[] bytes = state().toBytes(3);
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatIllegalArgumentException()
          .as("bit %d", bit)
          .isThrownBy(() -> State.ofBytes(changed))
          .withMessageStartingWith("State: ");
    }
  }

  @Test
  void should_refuse_bytes_that_were_cut_off_or_go_on() {
    byte[] bytes = state().toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> State.ofBytes(cut))
          .withMessageMatching("State: .*(are no state|cut off).*");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> State.ofBytes(Arrays.copyOf(bytes, bytes.length + 1)))
        .withMessageContaining("1 bytes follow the state");
  }

  /** Numbers that do not fit, under a checksum that does. */
  @ParameterizedTest
  @CsvSource({
    "0, 1413829460, no state: they begin with",
    "4, 2, state of version 2; this version of Unroll reads version 1",
    "8, 107, they were changed",
    "8, 109, cut off",
    "8, -1, cut off",
    "12, 0, 0 parts",
    "12, -1, -1 parts",
    "12, 1, bytes of the state belong to no part",
    "12, 2147483647, 2147483647 parts",
    "24, 0, part 0 of (0x3)",
    "24, -2, part 0 of (-2x3)",
    "28, 2147483647, part 0 of (2x2147483647)",
    "28, 4, part 1 of (2x1)",
    "32, 1, 8 bytes of the state belong to no part",
    "36, -1, part 1 of (2x-1)"
  })
  void should_refuse_numbers_that_do_not_fit(int at, int value, String message) {
    byte[] bytes = state().toBytes();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> State.ofBytes(sealed(bytes)))
        .withMessageStartingWith("State: ")
        .withMessageContaining(message);
  }

  @Test
  void should_refuse_the_state_of_another_model() {
    byte[] bytes = state().toBytes(0xabcL);
    assertSameBits(state(), State.ofBytes(bytes));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> State.ofBytes(bytes, 0xdefL))
        .withMessageContaining("a state of model 0000000000000abc, not of 0000000000000def");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> State.ofBytes(state().toBytes(), 1))
        .withMessageContaining("a state of model 0000000000000000, not of");
  }

  @Test
  void a_refusal_should_leave_the_buffer_as_it_was() {
    ByteBuffer small = ByteBuffer.allocate(107);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> state().write(small, 0))
        .withMessage("State: a state of 108 bytes does not go into a buffer with room for 107");
    assertThat(small.position()).isZero();
    assertThat(small.array()).containsOnly(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> state().write(ByteBuffer.allocate(200).asReadOnlyBuffer(), 0))
        .withMessageContaining("with room for 0");
    ByteBuffer read = ByteBuffer.wrap(state().toBytes(4));
    assertThatIllegalArgumentException().isThrownBy(() -> State.read(read, 5));
    assertThat(read.position()).isZero();
    assertSameBits(state(), State.read(read, 4));
  }
}
