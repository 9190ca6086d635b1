package io.github.unroll.io.numpy;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The header of a .npy file: magic, version, length and a Python dictionary (NumPy Enhancement
 * Proposal 1).
 *
 * @param typeName the name of the type: NumPy's, or for an unsupported type that of the header
 * @param type the type of the values; null if it is not supported
 * @param order the byte order of a value
 * @param fortran whether the first axis is the fastest
 * @param shape the size of each axis; the product, also in bytes, fits in a long
 * @param length the length of the whole header in bytes
 */
record NpyHeader(
    String typeName, ElementType type, ByteOrder order, boolean fortran, long[] shape, int length) {

  /** The first bytes of a .npy file. */
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The greatest length of a Java array. */
  static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  /** The limit of version 1; no array that is written here needs more. */
  private static final int LONGEST_TEXT = 0xffff;

  /** Enough for a record of tens of thousands of fields; longer headers are rejected unread. */
  private static final int LONGEST_READ = 1 << 20;

  private static final int ALIGNMENT = 64;

  /** NumPy leaves room for axis 0 to grow to this many digits. */
  private static final int GROWTH_DIGITS = 21;

  /** The number of values; at most {@link #MOST_VALUES} if the array is readable. */
  long size() {
    return Arrays.stream(shape).reduce(1, (size, axis) -> size * axis);
  }

  /** The number of bytes after the header, if the type is supported. */
  long dataLength() {
    return size() * type.bytes();
  }

  /** Why the values cannot be read, and what to do; empty if they can. */
  String unread() {
    if (type == null) {
      return String.format(
          Locale.ROOT, "holds values of type '%s', which are not read; %s", typeName, advice());
    }
    if (Arrays.stream(shape).anyMatch(axis -> axis > Integer.MAX_VALUE)) {
      return String.format(
          Locale.ROOT,
          "shape %s has a size of more than the %d that an axis may have; save it in parts",
          shapeText(shape),
          Integer.MAX_VALUE);
    }
    if (size() > MOST_VALUES) {
      return String.format(
          Locale.ROOT,
          "shape %s has more values than the %d that an array holds; save it in parts",
          shapeText(shape),
          MOST_VALUES);
    }
    return "";
  }

  /** Advice for the kind of the type, numpy.dtype.kind, which follows the byte order. */
  private String advice() {
    String kind = typeName.replaceFirst("^[<>|=]", "");
    return switch (kind.isEmpty() ? '?' : kind.charAt(0)) {
      case 'O' -> "these are pickled Python objects; save numbers";
      case '[', '(' -> "save each field of the records as an array";
      case 'U', 'S', 'a' -> "keep texts in a file of text, such as .json";
      case 'c' -> "save .real and .imag";
      case 'M', 'm' -> "save .astype('int64')";
      default -> "save .astype('float64') or another type of ElementType";
    };
  }

  /** The entry of an array in a listing. */
  FileListing.Entry entry(String name) {
    return new FileListing.Entry(name, typeName, Arrays.stream(shape).boxed().toList(), unread());
  }

  static NpyHeader read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    requireMagic(start, in);
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
    if (textLength > LONGEST_READ) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "header length %d is too large; at most %d can be right",
              textLength,
              LONGEST_READ));
    }
    byte[] text = in.readNBytes((int) textLength);
    requireAll("header", text.length, textLength);
    // Version 3 is in UTF-8, but only names of a record's fields have other letters than ASCII.
    return NpyHeaderText.parse(
        new String(text, StandardCharsets.ISO_8859_1), start.length + sizeBytes + (int) textLength);
  }

  /** The bytes that NumPy writes before an array in row-major order: version 1, little endian. */
  static byte[] bytes(ElementType type, long... shape) {
    String descr = (type.bytes() == 1 ? "|" : "<") + NpyCode.of(type);
    if (Arrays.stream(shape).anyMatch(axis -> axis > Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "shape %s has an axis longer than %d, which an .npy or .npz cannot hold here; write"
                  + " a .safetensors",
              shapeText(shape),
              Integer.MAX_VALUE));
    }
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                descr,
                shapeText(shape)));
    if (shape.length > 0) {
      text.append(" ".repeat(GROWTH_DIGITS - Long.toString(shape[0]).length()));
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

  private static void requireMagic(byte[] start, InputStream in) throws IOException {
    int common = Math.min(start.length, MAGIC.length);
    if (common == 0 || !Arrays.equals(start, 0, common, MAGIC, 0, common)) {
      throw new IOException(FileKind.NPY.butIs(FileKind.of(begun(start, in))));
    }
    requireAll("magic and version", start.length, MAGIC.length + 2);
  }

  /** The first bytes, some of which have already been read. */
  private static byte[] begun(byte[] start, InputStream in) throws IOException {
    byte[] begun = Arrays.copyOf(start, FileKind.START);
    int more = in.readNBytes(begun, start.length, FileKind.START - start.length);
    return Arrays.copyOf(begun, start.length + more);
  }

  private static void requireAll(String part, int got, long want) throws IOException {
    if (got < want) {
      throw new IOException(
          String.format(
              Locale.ROOT, "ends inside the %s: %d of %d bytes are there", part, got, want));
    }
  }

  /** A shape as Python writes a tuple. */
  static String shapeText(long... shape) {
    return Arrays.stream(shape)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "(", shape.length == 1 ? ",)" : ")"));
  }
}
