package io.github.unroll.io.numpy;

import io.github.unroll.io.bytes.NarrowFloat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** One array in the .npy format, from a stream and to one. */
final class NpyStream {

  /** A multiple of every type's size. */
  private static final int CHUNK = 1 << 16;

  private NpyStream() {}

  /** Reads an array that ends where the stream ends; how long it is shows only then. */
  static NumpyArray read(InputStream in) throws IOException {
    return read(in, NpyHeader.read(in), false);
  }

  /**
   * Reads an array that ends where the stream ends.
   *
   * @param length what the stream is said to have
   * @param certain whether it is known to have so many bytes
   */
  static NumpyArray read(InputStream in, long length, boolean certain) throws IOException {
    return read(in, header(in, length), certain);
  }

  /** Reads the header of an array, which must take up a stream of that length. */
  static NpyHeader header(InputStream in, long length) throws IOException {
    NpyHeader header = NpyHeader.read(in);
    if (header.type() != null) {
      requireLength(header, length - header.length());
    }
    return header;
  }

  /** Reads the values behind a header. */
  static NumpyArray read(InputStream in, NpyHeader header, boolean certain) throws IOException {
    if (!header.unread().isEmpty()) {
      throw new IOException(header.unread());
    }
    ArrivingValues values = new ArrivingValues(header.type(), (int) header.size(), certain);
    byte[] bytes = new byte[(int) Math.min(CHUNK, header.dataLength())];
    long left = header.dataLength();
    while (left > 0) {
      int want = (int) Math.min(bytes.length, left);
      int got = in.readNBytes(bytes, 0, want);
      if (got < want) {
        requireLength(header, header.dataLength() - left + got);
      }
      values.take(ByteBuffer.wrap(bytes, 0, want).order(header.order()));
      left -= want;
    }
    if (in.read() >= 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "bytes follow the %d of the array %s",
              header.dataLength(),
              text(header)));
    }
    return values.toArray(header.intShape(), header.fortran());
  }

  /** Writes an array as NumPy does. */
  static void write(OutputStream out, NumpyArray array) throws IOException {
    NumpyType type = array.type();
    out.write(NpyHeader.bytes(type, array.shape()));
    byte[] bytes = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int size = array.size();
    int most = CHUNK / type.bytes();
    for (int start = 0; start < size; start += most) {
      int count = Math.min(most, size - start);
      put(array, start, count, buffer.clear());
      out.write(bytes, 0, count * type.bytes());
    }
  }

  /** How many bytes {@link #write} writes. */
  static long length(NumpyArray array) {
    return NpyHeader.bytes(array.type(), array.shape()).length
        + (long) array.size() * array.type().bytes();
  }

  private static void put(NumpyArray array, int start, int count, ByteBuffer out) {
    double[] doubles = array.doubles();
    long[] longs = array.longs();
    int end = start + count;
    switch (array.type()) {
      case FLOAT64 -> out.asDoubleBuffer().put(doubles, start, count);
      case INT64, UINT64 -> out.asLongBuffer().put(longs, start, count);
      case FLOAT32 -> {
        for (int i = start; i < end; i++) {
          out.putFloat((float) doubles[i]);
        }
      }
      case FLOAT16 -> {
        for (int i = start; i < end; i++) {
          out.putShort(NarrowFloat.F16.ofDouble(doubles[i]));
        }
      }
      case INT32, UINT32 -> {
        for (int i = start; i < end; i++) {
          out.putInt((int) longs[i]);
        }
      }
      case INT16, UINT16 -> {
        for (int i = start; i < end; i++) {
          out.putShort((short) longs[i]);
        }
      }
      case INT8, UINT8, BOOL -> {
        for (int i = start; i < end; i++) {
          out.put((byte) longs[i]);
        }
      }
    }
  }

  private static void requireLength(NpyHeader header, long found) throws IOException {
    if (found != header.dataLength()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: the array %s takes %d bytes after the header, %d are there",
              found < header.dataLength() ? "cut off" : "too long",
              text(header),
              header.dataLength(),
              found));
    }
  }

  private static String text(NpyHeader header) {
    return header.type() + " " + NumpyArray.shapeText(header.shape());
  }
}
