package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.tensor.Matrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Any bytes begin with a state or give an IllegalArgumentException, also where length and checksum
 * are right; and the state, written, has the same bytes, which are refused for another model.
 */
class StateFuzz {

  private static final long MOST_ALLOCATED = 4L << 20;

  static { // Jazzer rewrites a class when it is loaded, which is not to be counted
    check(State.of(new Matrix(1, 1)).toBytes());
    check(sealed(new byte[40]));
    check(new byte[0]);
  }

  @FuzzTest(maxDuration = "60s")
  void state(byte[] bytes) throws Exception {
    assertThat(Allocation.of(() -> check(bytes))).isLessThan(MOST_ALLOCATED);
    assertThat(Allocation.of(() -> check(sealed(bytes)))).isLessThan(MOST_ALLOCATED);
  }

  /** The same bytes after the right beginning, with their length and checksum. */
  private static byte[] sealed(byte[] bytes) {
    ByteBuffer sealed = ByteBuffer.allocate(bytes.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    sealed.putInt(0x54535255).putInt(1).putInt(sealed.capacity()).put(bytes);
    CRC32 crc = new CRC32();
    crc.update(sealed.array(), 0, sealed.position());
    return sealed.putInt((int) crc.getValue()).array();
  }

  private static void check(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    State state;
    try {
      state = State.read(buffer, 0);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("State: ");
      assertThat(buffer.position()).isZero();
      return;
    }
    byte[] own = Arrays.copyOf(bytes, buffer.position());
    long model = ByteBuffer.wrap(own).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
    long otherModel = model == 1 ? 2 : 1;
    assertThat(state.toBytes(model)).isEqualTo(own);
    assertThat(State.ofBytes(own, model)).isEqualTo(state);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> State.ofBytes(own, otherModel))
        .withMessageStartingWith("State: ");
  }
}
