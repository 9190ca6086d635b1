package io.github.unroll.io.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NarrowFloatTest {

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
  void should_read_and_write_the_bits_of_the_standard_half(String bits, double value) {
    short half = (short) (int) Integer.decode(bits);
    assertThat(NarrowFloat.F16.toDouble(half)).isEqualTo(Double.valueOf(value));
    assertThat(NarrowFloat.F16.ofDouble(value)).isEqualTo(half);
  }

  @ParameterizedTest
  @EnumSource(NarrowFloat.class)
  void should_keep_every_narrow_value(NarrowFloat format) {
    for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
      double value = format.toDouble((short) bits);
      if (Double.isNaN(value)) {
        assertThat(format.toDouble(format.ofDouble(value))).isNaN();
      } else {
        assertThat(format.ofDouble(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void should_widen_bfloat16_as_the_upper_half_of_a_float() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertThat(NarrowFloat.BF16.toDouble((short) bits))
          .isEqualTo(Double.valueOf(Float.intBitsToFloat(bits << 16)));
    }
  }

  @ParameterizedTest
  @EnumSource(NarrowFloat.class)
  void should_round_to_the_nearest_and_ties_to_even(NarrowFloat format) {
    for (int bits = 0; bits < Short.MAX_VALUE; bits++) {
      double low = format.toDouble((short) bits);
      double high = format.toDouble((short) (bits + 1));
      if (Double.isInfinite(low) || !Double.isFinite(high)) {
        break;
      }
      double middle = (low + high) / 2; // exact: a double has bits to spare
      short even = (short) (bits % 2 == 0 ? bits : bits + 1);
      assertThat(format.ofDouble(middle)).isEqualTo(even);
      assertThat(format.ofDouble(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(format.ofDouble(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(format.ofDouble(-middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 65504, 7bff",
    "F16, 65519.99, 7bff",
    "F16, 65520, 7c00",
    "F16, 1e300, 7c00",
    "F16, Infinity, 7c00",
    "F16, -Infinity, fc00",
    "F16, -0.0, 8000",
    "F16, 1e-300, 0",
    "F16, 4.9e-324, 0",
    "F16, 2.98e-8, 0",
    "F16, 2.99e-8, 1",
    "BF16, 3.3895e38, 7f7f",
    "BF16, 3.4e38, 7f80",
    "BF16, 1e308, 7f80",
    "BF16, -1e-45, 8000"
  })
  void should_round_at_the_ends(NarrowFloat format, double value, String hex) {
    assertThat(format.ofDouble(value)).isEqualTo((short) Integer.parseInt(hex, 16));
  }
}
