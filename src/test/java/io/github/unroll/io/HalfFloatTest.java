package io.github.unroll.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfFloatTest {

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0.0",
    "0x8000, -0.0",
    "0x0001, 5.960464477539063E-8",
    "0x03ff, 6.097555160522461E-5",
    "0x0400, 6.103515625E-5",
    "0x3555, 0.333251953125",
    "0x3c00, 1.0",
    "0xc000, -2.0",
    "0x7bff, 65504.0",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void should_read_and_write_the_bits_of_the_standard(String bits, double value) {
    short half = (short) (int) Integer.decode(bits);
    assertThat(HalfFloat.toDouble(half)).isEqualTo(Double.valueOf(value));
    assertThat(HalfFloat.fromDouble(value)).isEqualTo(half);
  }

  @Test
  void should_give_every_half_back_and_round_what_lies_between_to_even() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = HalfFloat.toDouble((short) bits);
      double high = HalfFloat.toDouble((short) (bits + 1));
      double middle = (low + high) / 2;
      int even = bits + (bits & 1);
      assertThat(high).isGreaterThan(low);
      assertThat(HalfFloat.fromDouble(low)).isEqualTo((short) bits);
      assertThat(HalfFloat.fromDouble(-low)).isEqualTo((short) (bits | 0x8000));
      assertThat(HalfFloat.fromDouble(middle)).isEqualTo((short) even);
      assertThat(HalfFloat.fromDouble(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfFloat.fromDouble(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void should_round_to_infinity_from_the_middle_behind_the_largest_on() {
    assertThat(HalfFloat.fromDouble(Math.nextDown(65520.0))).isEqualTo((short) 0x7bff);
    assertThat(HalfFloat.fromDouble(65520)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloat.fromDouble(-Double.MAX_VALUE)).isEqualTo((short) 0xfc00);
    assertThat(HalfFloat.fromDouble(Double.MIN_VALUE)).isZero();
  }
}
