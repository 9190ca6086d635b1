package io.github.unroll.examples.kafka;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Locale;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Arrays of numbers as the value of a record: 8 bytes each, the most significant first. */
public final class Numbers {

  private Numbers() {}

  /** {@return reads and writes them; bytes that are no whole numbers are refused} */
  public static Serde<double[]> serde() {
    return Serdes.serdeFrom(
        (topic, numbers) -> toBytes(numbers), (topic, bytes) -> ofBytes(topic, bytes));
  }

  private static byte[] toBytes(double[] numbers) {
    if (numbers == null) {
      return null;
    }
    byte[] bytes = new byte[8 * numbers.length];
    ByteBuffer.wrap(bytes).asDoubleBuffer().put(numbers);
    return bytes;
  }

  private static double[] ofBytes(String topic, byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    if (bytes.length % 8 != 0) {
      throw new SerializationException(
          String.format(
              Locale.ROOT,
              "topic %s: a value of %d bytes; numbers take 8 bytes each",
              topic,
              bytes.length));
    }
    DoubleBuffer from = ByteBuffer.wrap(bytes).asDoubleBuffer();
    double[] numbers = new double[from.remaining()];
    from.get(numbers);
    return numbers;
  }
}
