package io.github.unroll.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * What stands before the values of a .npy file: magic, version, length and a Python dictionary
 * (NumPy Enhancement Proposal 1).
 *
 * @param type what the values are
 * @param order of the bytes of a value
 * @param fortran whether the first axis is the fastest
 * @param shape size of each axis
 * @param length in bytes, all told
 */
record NpyHeader(NumpyType type, ByteOrder order, boolean fortran, int[] shape, int length) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final byte[] ZIP = {'P', 'K'};

  /** What version 1 can have; no array read here needs a longer one. */
  private static final int LONGEST_TEXT = 0xffff;

  private static final int ALIGNMENT = 64;

  /** NumPy leaves room for axis 0 to grow to this many digits. */
  private static final int GROWTH_DIGITS = 21;

  /** The number of values, at most {@code NumpyArray.MOST_VALUES}. */
  int size() {
    return (int) NumpyArray.size(shape);
  }

  /** The number of bytes that follow the header. */
  long dataLength() {
    return (long) size() * type.bytes();
  }

  static NpyHeader read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    requireMagic(start);
    int version = start[MAGIC.length];
    if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "version %d.%d of the .npy format is unknown; 1.0, 2.0 and 3.0 are read",
              version & 0xff,
              start[MAGIC.length + 1] & 0xff));
    }
    int sizeBytes = version == 1 ? 2 : 4;
    byte[] size = in.readNBytes(sizeBytes);
    requireAll("header length", size.length, sizeBytes);
    long textLength =
        Integer.toUnsignedLong(
            ByteBuffer.wrap(Arrays.copyOf(size, 4)).order(ByteOrder.LITTLE_ENDIAN).getInt());
    if (textLength > LONGEST_TEXT) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "header length %d is too large; at most %d can be right",
              textLength,
              LONGEST_TEXT));
    }
    byte[] text = in.readNBytes((int) textLength);
    requireAll("header", text.length, textLength);
    // Version 3 is in UTF-8, but no header that can be read here has other letters than ASCII.
    return NpyHeaderText.parse(
        new String(text, StandardCharsets.ISO_8859_1), start.length + sizeBytes + (int) textLength);
  }

  /** The bytes that NumPy writes before an array in row-major order: version 1, little endian. */
  static byte[] bytes(NumpyType type, int[] shape) {
    String descr = (type.bytes() == 1 ? "|" : "<") + type.code();
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                descr,
                NumpyArray.shapeText(shape)));
    if (shape.length > 0) {
      text.append(" ".repeat(GROWTH_DIGITS - Integer.toString(shape[0]).length()));
    }
    int before = MAGIC.length + 2 + 2;
    int unpadded = before + text.length() + 1;
    text.append(" ".repeat(ALIGNMENT - unpadded % ALIGNMENT)).append('\n');
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an array of %d axes has no .npy header; NumPy has at most 64",
              shape.length));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    out.write(1);
    out.write(0);
    out.write(text.length() & 0xff);
    out.write(text.length() >>> 8);
    out.writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    return out.toByteArray();
  }

  private static void requireMagic(byte[] start) throws IOException {
    int common = Math.min(start.length, MAGIC.length);
    if (common == 0) {
      throw new IOException("empty; an array's file begins with \\x93NUMPY");
    }
    if (start.length >= 2 && Arrays.equals(start, 0, 2, ZIP, 0, 2)) {
      throw new IOException("is a zip archive, so perhaps .npz; read it with readArchive");
    }
    if (!Arrays.equals(start, 0, common, MAGIC, 0, common)) {
      throw new IOException("is no .npy file: it does not begin with \\x93NUMPY");
    }
    requireAll("magic and version", start.length, MAGIC.length + 2);
  }

  private static void requireAll(String part, int got, long want) throws IOException {
    if (got < want) {
      throw new IOException(
          String.format(
              Locale.ROOT, "ends inside the %s: %d of %d bytes are there", part, got, want));
    }
  }
}
