package io.github.unroll.io.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes in pieces of one length, the last perhaps shorter. Arriving bytes need no copy, memory is
 * allocated only for bytes that arrive, and there may be more bytes than one array can hold.
 */
public final class BytePieces {

  /** The length of a piece: a multiple of every number's size, so that no number is split. */
  public static final int LENGTH = 1 << 16;

  private final byte[][] pieces;

  private BytePieces(byte[][] pieces) {
    this.pieces = pieces;
  }

  /** An operation on each piece as soon as it has arrived. */
  @FunctionalInterface
  public interface Arrived {

    /**
     * Checks a piece, or changes it.
     *
     * @param start the index of its first byte among all bytes
     */
    void piece(byte[] bytes, long start) throws IOException;
  }

  /**
   * Reads a number of bytes.
   *
   * @throws CutOffException if the stream ends before
   */
  public static BytePieces read(InputStream in, long length, Arrived arrived) throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    for (long start = 0; start < length; start += LENGTH) {
      byte[] piece = new byte[(int) Math.min(LENGTH, length - start)];
      int got = in.readNBytes(piece, 0, piece.length);
      if (got < piece.length) {
        throw new CutOffException(start + got, length);
      }
      arrived.piece(piece, start);
      pieces.add(piece);
    }
    return new BytePieces(pieces.toArray(new byte[0][]));
  }

  /** A number of zeros, to be overwritten. */
  public static BytePieces zeros(long length) {
    byte[][] pieces = new byte[(int) ((length + LENGTH - 1) / LENGTH)][];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = new byte[(int) Math.min(LENGTH, length - (long) i * LENGTH)];
    }
    return new BytePieces(pieces);
  }

  public int count() {
    return pieces.length;
  }

  /** A piece to be read or written, little endian; the bytes themselves, no copy. */
  public ByteBuffer piece(int number) {
    return ByteBuffer.wrap(pieces[number]).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Copies some bytes from a place in others; neither place may cross the end of a piece. */
  public void copy(long to, BytePieces others, long from, int length) {
    System.arraycopy(
        others.pieces[(int) (from / LENGTH)],
        (int) (from % LENGTH),
        pieces[(int) (to / LENGTH)],
        (int) (to % LENGTH),
        length);
  }

  public void writeTo(OutputStream out) throws IOException {
    for (byte[] piece : pieces) {
      out.write(piece);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BytePieces that && Arrays.deepEquals(pieces, that.pieces);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(pieces);
  }
}
