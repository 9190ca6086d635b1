package io.github.unroll.io.numpy;

import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.CutOffException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;

/** Reads and writes one array in the .npy format from and to a stream. */
final class NpyStream {

  private NpyStream() {}

  /** Reads an array from a stream of unknown length, which must end after it. */
  static StoredArray read(InputStream in) throws IOException {
    return read(in, NpyHeader.read(in));
  }

  /** Reads an array that must fill a stream of a known length. */
  static StoredArray read(InputStream in, long length) throws IOException {
    return read(in, header(in, length));
  }

  /** Reads the header of an array that must fill a stream of a known length. */
  static NpyHeader header(InputStream in, long length) throws IOException {
    NpyHeader header = NpyHeader.read(in);
    if (header.type() != null) {
      requireLength(header, length - header.length());
    }
    return header;
  }

  /** Reads the values after a header. */
  static StoredArray read(InputStream in, NpyHeader header) throws IOException {
    if (!header.unread().isEmpty()) {
      throw new IOException(header.unread());
    }
    StoredArray array = elements(in, header);
    if (in.read() >= 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "bytes follow the %d of the array %s",
              header.dataLength(),
              text(header)));
    }
    // Column-major order is the row-major order of the axes in reverse.
    return header.fortran() ? array.transposed() : array;
  }

  private static StoredArray elements(InputStream in, NpyHeader header) throws IOException {
    long[] shape = header.fortran() ? reversed(header.shape()) : header.shape();
    try {
      return StoredArray.read(in, header.type(), header.order(), shape);
    } catch (CutOffException e) {
      throw wrongLength(header, e.found());
    }
  }

  private static long[] reversed(long[] shape) {
    long[] reversed = new long[shape.length];
    for (int axis = 0; axis < shape.length; axis++) {
      reversed[axis] = shape[shape.length - 1 - axis];
    }
    return reversed;
  }

  /** Writes an array as NumPy does. */
  static void write(OutputStream out, StoredArray array) throws IOException {
    out.write(NpyHeader.bytes(array.elementType(), array.shape()));
    array.write(out);
  }

  /** The number of bytes that {@link #write} writes. */
  static long length(StoredArray array) {
    return NpyHeader.bytes(array.elementType(), array.shape()).length
        + (long) array.size() * array.elementType().bytes();
  }

  private static void requireLength(NpyHeader header, long found) throws IOException {
    if (found != header.dataLength()) {
      throw wrongLength(header, found);
    }
  }

  private static IOException wrongLength(NpyHeader header, long found) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "%s: the array %s takes %d bytes after the header, %d are there",
            found < header.dataLength() ? "cut off" : "too long",
            text(header),
            header.dataLength(),
            found));
  }

  private static String text(NpyHeader header) {
    return header.type() + " " + NpyHeader.shapeText(header.shape());
  }
}
