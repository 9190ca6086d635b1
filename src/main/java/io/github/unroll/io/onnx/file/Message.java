package io.github.unroll.io.onnx.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One message of a protocol buffer, read field after field: {@link #next} goes to a field, then one
 * of the other methods takes its value. Every length is checked before it is used.
 */
final class Message {

  // Wire types: how a value is stored.
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final int LARGEST_FIELD = (1 << 29) - 1;

  private final ByteBuffer bytes;
  private final int end;
  private int at;
  private int field;
  private int wireType;

  /** A whole file. */
  Message(byte[] bytes) {
    this(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, bytes.length);
  }

  private Message(ByteBuffer bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Goes to the next field; false at the end. */
  boolean next() throws IOException {
    if (at == end) {
      return false;
    }
    long tag = readVarint();
    long number = tag >>> 3;
    if (number < 1 || number > LARGEST_FIELD) {
      throw wrong("no field has the number " + number);
    }
    field = (int) number;
    wireType = (int) (tag & 7);
    if (wireType != VARINT && wireType != FIXED64 && wireType != BYTES && wireType != FIXED32) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "field %d is %s",
              field,
              wireType < FIXED32 ? "a group, which ONNX does not have" : "of no known type"));
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** An integer. */
  long integer() throws IOException {
    require(VARINT);
    return readVarint();
  }

  /** A float. */
  float real() throws IOException {
    require(FIXED32);
    return Float.intBitsToFloat((int) readFixed(Integer.BYTES));
  }

  /** A message within this one, or bytes. */
  Message message() throws IOException {
    require(BYTES);
    int length = readLength();
    at += length;
    return new Message(bytes, at - length, at);
  }

  /** A text in UTF-8. */
  String text() throws IOException {
    Message text = message();
    return new String(bytes.array(), text.at, text.left(), StandardCharsets.UTF_8);
  }

  /** Adds the numbers of a repeated field, of which each stands alone or all are packed. */
  void numbers(PackedNumbers into, int type) throws IOException {
    if (wireType != BYTES) {
      require(type);
      into.add(read(type));
      return;
    }
    Message packed = message();
    into.reserve(packed.count(type));
    while (packed.at < packed.end) {
      into.add(packed.read(type));
    }
  }

  private int count(int type) {
    if (type != VARINT) {
      return left() / (type == FIXED32 ? Integer.BYTES : Long.BYTES);
    }
    int ends = 0;
    for (int i = at; i < end; i++) {
      ends += bytes.get(i) >= 0 ? 1 : 0;
    }
    return ends;
  }

  /** Passes over the value. */
  void skip() throws IOException {
    if (wireType == BYTES) {
      message();
    } else {
      read(wireType);
    }
  }

  /** The bytes that are left. */
  int left() {
    return end - at;
  }

  /** A copy that does not keep the bytes of the file. */
  Message copy() {
    return new Message(Arrays.copyOfRange(bytes.array(), at, end));
  }

  /** The bytes that are left, as a stream of their own. */
  InputStream stream() {
    return new ByteArrayInputStream(bytes.array(), at, left());
  }

  private void require(int type) throws IOException {
    if (wireType != type) {
      throw wrong(
          String.format(Locale.ROOT, "field %d is of wire type %d, not %d", field, wireType, type));
    }
  }

  private long read(int type) throws IOException {
    return switch (type) {
      case FIXED32 -> readFixed(Integer.BYTES);
      case FIXED64 -> readFixed(Long.BYTES);
      default -> readVarint();
    };
  }

  private long readFixed(int width) throws IOException {
    if (left() < width) {
      throw wrong("the file ends, or the message, amid a number");
    }
    at += width;
    return width == Long.BYTES ? bytes.getLong(at - width) : bytes.getInt(at - width);
  }

  private long readVarint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == end) {
        throw wrong("the file ends, or the message, amid a number");
      }
      byte next = bytes.get(at++);
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw wrong("a number of more than ten bytes");
  }

  private int readLength() throws IOException {
    long length = readVarint();
    if (length < 0 || length > left()) {
      throw wrong(
          String.format(
              Locale.ROOT, "field %d is %d bytes long, and %d are left", field, length, left()));
    }
    return (int) length;
  }

  private IOException wrong(String what) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "no .onnx file, or a damaged one: at byte %d: %s; export or fetch it again",
            at,
            what));
  }
}
