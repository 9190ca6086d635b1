package io.github.unroll.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ids in memory, in pieces: each id takes as many bytes as the greatest of its piece needs. */
final class PackedIds implements TokenIds {
  private static final int PIECE = 4096;

  private final List<byte[]> pieces = new ArrayList<>(); // least significant bytes first
  private int[] open = new int[PIECE]; // ids that are not packed yet; null when finished
  private int size;
  private long bytes;

  /** Appends the first ids of an array. */
  void add(int[] ids, int count) {
    for (int i = 0; i < count; i++) {
      open[size++ % PIECE] = ids[i];
      if (size % PIECE == 0) {
        pack(PIECE);
      }
    }
  }

  /** {@return these ids, to which no more are added} */
  PackedIds finished() {
    pack(size % PIECE);
    open = null;
    return this;
  }

  private void pack(int count) {
    int bits = 1; // one byte at least
    for (int i = 0; i < count; i++) {
      bits |= open[i];
    }
    int width = (Integer.SIZE + Byte.SIZE - 1 - Integer.numberOfLeadingZeros(bits)) / Byte.SIZE;
    byte[] piece = new byte[count * width];
    for (int i = 0, at = 0; i < count; i++) {
      for (int id = open[i], end = at + width; at < end; id >>>= Byte.SIZE) {
        piece[at++] = (byte) id;
      }
    }
    pieces.add(piece);
    bytes += piece.length;
  }

  /** {@return the memory of the packed ids} */
  long bytes() {
    return bytes;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int id(int index) {
    requirePart("text", index, index + 1L, size);
    byte[] piece = pieces.get(index / PIECE);
    int width = piece.length / Math.min(PIECE, size - index / PIECE * PIECE);
    int start = index % PIECE * width;
    int id = 0;
    for (int i = start + width - 1; i >= start; i--) {
      id = id << Byte.SIZE | Byte.toUnsignedInt(piece[i]);
    }
    return id;
  }

  /** Checks that tokens {@code from} to {@code to - 1} lie in a text. */
  static void requirePart(String what, int from, long to, int size) {
    if (from < 0 || from > to || to > size) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no tokens %d to %d: the %s has %d; 0 <= from <= to <= %d must hold",
              from,
              to,
              what,
              size,
              size));
    }
  }
}
