package io.github.unroll.layer;

import io.github.unroll.tensor.Matrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/** The form of a {@link State} as bytes, which {@link State#toBytes(long)} documents. */
final class StateFormat {

  private static final int MAGIC = 0x54535255; // "URST", the lowest byte first
  private static final int VERSION = 1;
  private static final int HEAD = 24; // magic, version, length, number of parts, model
  private static final int SHAPE = 8; // rows and columns of a part
  private static final int TAIL = 4; // the checksum
  private static final int LEAST = HEAD + SHAPE + Double.BYTES + TAIL;

  private StateFormat() {}

  /** The number of bytes of a state. */
  static int size(State state) {
    long size = HEAD + TAIL;
    for (Matrix part : state.matrices()) {
      size += SHAPE + (long) Double.BYTES * part.data().length;
    }
    if (size > Integer.MAX_VALUE) {
      throw wrong("a state of %d bytes; an array holds at most %d", size, Integer.MAX_VALUE);
    }
    return (int) size;
  }

  /** Writes a state at the buffer's position, which moves behind it. */
  static void write(State state, long model, ByteBuffer to) {
    int size = size(state);
    if (to.isReadOnly() || to.remaining() < size) {
      throw wrong(
          "a state of %d bytes does not go into a buffer with room for %d",
          size, to.isReadOnly() ? 0 : to.remaining());
    }
    ByteBuffer bytes = to.slice().order(ByteOrder.LITTLE_ENDIAN);
    List<Matrix> parts = state.matrices();
    bytes.putInt(MAGIC).putInt(VERSION).putInt(size).putInt(parts.size()).putLong(model);
    for (Matrix part : parts) {
      bytes.putInt(part.rows()).putInt(part.cols());
    }
    for (Matrix part : parts) {
      bytes.asDoubleBuffer().put(part.data());
      bytes.position(bytes.position() + Double.BYTES * part.data().length);
    }
    bytes.putInt(checksum(bytes, size));
    to.position(to.position() + size);
  }

  /** Reads the state at the buffer's position, which moves behind it unless it is refused. */
  static State read(ByteBuffer from, long model) {
    ByteBuffer bytes = from.slice().order(ByteOrder.LITTLE_ENDIAN);
    int size = checkedSize(bytes);
    int count = bytes.getInt();
    long writtenFor = bytes.getLong();
    if (model != 0 && writtenFor != model) {
      throw wrong(
          "the bytes are a state of model %016x, not of %016x; begin with a new state, or use the"
              + " model that it belongs to",
          writtenFor, model);
    }
    List<Matrix> parts = new ArrayList<>();
    for (int[] shape : shapes(bytes, size, count)) {
      Matrix part = new Matrix(shape[0], shape[1]);
      bytes.asDoubleBuffer().get(part.data());
      bytes.position(bytes.position() + Double.BYTES * part.data().length);
      parts.add(part);
    }
    from.position(from.position() + size);
    return new State(parts);
  }

  /** Checks everything that does not depend on the parts, and reads up to their number. */
  private static int checkedSize(ByteBuffer bytes) {
    int there = bytes.remaining();
    if (there < LEAST) {
      throw wrong("%d bytes are no state, which has at least %d", there, LEAST);
    }
    int magic = bytes.getInt();
    if (magic != MAGIC) {
      throw wrong(
          "the bytes are no state: they begin with %08x and those of a state with %08x",
          Integer.reverseBytes(magic), Integer.reverseBytes(MAGIC));
    }
    int version = bytes.getInt();
    if (version != VERSION) {
      throw wrong(
          "the bytes are a state of version %d; this version of Unroll reads version %d",
          version, VERSION);
    }
    int size = bytes.getInt();
    if (size < LEAST || size > there) {
      throw wrong(
          "the state should have %d bytes and there are %d; it was cut off or changed",
          size, there);
    }
    int found = checksum(bytes, size);
    int kept = bytes.getInt(size - TAIL);
    if (found != kept) {
      throw wrong(
          "the checksum of the bytes is %08x, and they say %08x; they were changed", found, kept);
    }
    return size;
  }

  /** The CRC-32 of all but the last bytes of a state that begins at 0. */
  private static int checksum(ByteBuffer bytes, int size) {
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(0, size - TAIL));
    return (int) crc.getValue();
  }

  /** The shapes of the parts, which together take exactly the bytes that there are. */
  private static List<int[]> shapes(ByteBuffer bytes, int size, int count) {
    long left = size - HEAD - TAIL - (long) SHAPE * count;
    if (count < 1 || left < 0) {
      throw wrong("%d parts do not go into a state of %d bytes", count, size);
    }
    List<int[]> shapes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int rows = bytes.getInt();
      int cols = bytes.getInt();
      long values = (long) rows * cols;
      left -= Double.BYTES * Math.min(values, Integer.MAX_VALUE);
      if (rows < 1 || cols < 1 || left < 0) {
        throw wrong("part %d of (%dx%d) does not go into a state of %d bytes", i, rows, cols, size);
      }
      shapes.add(new int[] {rows, cols});
    }
    if (left != 0) {
      throw wrong("%d bytes of the state belong to no part", left);
    }
    return shapes;
  }

  static IllegalArgumentException wrong(String format, Object... details) {
    return new IllegalArgumentException("State: " + String.format(Locale.ROOT, format, details));
  }
}
