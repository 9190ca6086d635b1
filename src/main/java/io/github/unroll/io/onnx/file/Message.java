package io.github.unroll.io.onnx.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.LongStream;

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

  private final byte[] bytes;
  private final int end;
  private int at;
  private int field;
  private int wireType;

  /** The bytes from one place to another. */
  Message(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Goes to the next field; false at the end. */
  boolean next() throws IOException {
    if (at == end) {
      return false;
    }
    long tag = read(VARINT);
    field = (int) Math.min(tag >>> 3, Integer.MAX_VALUE);
    wireType = (int) (tag & 7);
    boolean known = wireType <= BYTES || wireType == FIXED32; // others are groups, or nothing
    if (field < 1 || field > LARGEST_FIELD || !known) {
      throw wrong("ONNX has no field %d of type %d", field, wireType);
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
    return read(VARINT);
  }

  /** A float. */
  double real() throws IOException {
    require(FIXED32);
    return Float.intBitsToFloat((int) read(FIXED32));
  }

  /** A message within this one, or bytes. */
  Message message() throws IOException {
    require(BYTES);
    long length = read(VARINT);
    if (length < 0 || length > left()) {
      throw wrong("field %d has %d bytes, and there are only %d", field, length, left());
    }
    at += (int) length;
    return new Message(bytes, at - (int) length, at);
  }

  /** A text in UTF-8. */
  String text() throws IOException {
    Message text = message();
    return new String(bytes, text.at, text.left(), StandardCharsets.UTF_8);
  }

  /** Adds the numbers of a repeated field, of which each stands alone or all are packed. */
  void numbers(LongStream.Builder into, int type) throws IOException {
    if (wireType != BYTES) {
      require(type);
      into.add(read(type));
      return;
    }
    Message packed = message();
    while (packed.at < packed.end) {
      into.add(packed.read(type));
    }
  }

  /** Passes over the value. */
  void skip() throws IOException {
    if (wireType == BYTES) {
      message();
    } else {
      read(wireType);
    }
  }

  /** The number of bytes that are left. */
  int left() {
    return end - at;
  }

  /** The bytes that are left, as a stream of their own. */
  InputStream stream() {
    return new ByteArrayInputStream(bytes, at, left());
  }

  private void require(int type) throws IOException {
    if (wireType != type) {
      throw wrong("field %d is of type %d, not %d", field, wireType, type);
    }
  }

  /** A number: in as many bytes as its type has, or of a varint as many as say that one follows. */
  private long read(int type) throws IOException {
    int bits = type == VARINT ? 7 : 8;
    int most = type == VARINT ? 10 : type == FIXED32 ? Integer.BYTES : Long.BYTES;
    long value = 0;
    for (int i = 0; i < most; i++) {
      if (at == end) {
        throw wrong("it ends amid a number");
      }
      byte next = bytes[at++];
      value |= (next & ((1L << bits) - 1)) << (bits * i);
      if (type == VARINT && next >= 0) {
        return value;
      }
    }
    if (type == VARINT) {
      throw wrong("a number has more than ten bytes");
    }
    return type == FIXED32 ? (int) value : value;
  }

  private IOException wrong(String what, Object... details) {
    return new IOException(
        String.format(Locale.ROOT, what, details)
            + (" at byte "
                + at
                + ": it is no .onnx file, or a damaged one; export or fetch it"
                + " again"));
  }
}
