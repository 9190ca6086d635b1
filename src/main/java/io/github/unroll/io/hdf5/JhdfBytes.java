package io.github.unroll.io.hdf5;

import io.jhdf.Superblock;
import io.jhdf.storage.HdfBackingStorage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * The bytes of a file, as jhdf asks for them. None are copied, and they are counted: a file whose
 * records refer to themselves, or to the same bytes again and again, comes to an end.
 */
final class JhdfBytes implements HdfBackingStorage {

  private static final int MOST_READS = 3000; // of one record and all that it refers to
  private static final long MOST_ROUNDS = 32;
  private static final long ALWAYS = 1 << 22;
  private static final int COST = 64; // of a read, in bytes

  private final byte[] file;
  private final int base;
  private final Superblock superblock;
  private long left;
  private long untaken;
  private int reads;

  JhdfBytes(byte[] file, int base, Superblock superblock) throws IOException {
    if (superblock.getBaseAddressByte() != base) {
      throw new IOException("begins at byte " + base + ", where it is not said to begin");
    }
    this.file = file;
    this.base = base;
    this.superblock = superblock;
    this.left = ALWAYS + MOST_ROUNDS * file.length;
    this.untaken = 2L * file.length;
  }

  /** Begins to count the reads of the next record. */
  void begin() {
    reads = 0;
  }

  /** Counts bytes that are read. */
  void count(long length) {
    left -= COST + length;
    if (left < 0 || reads > MOST_READS) {
      throw new IllegalStateException("its records refer to each other without an end");
    }
  }

  /** Counts the bytes of values, of which each belongs to one text or array. */
  void take(long length) throws IOException {
    untaken -= length;
    if (length < 0 || untaken < 0) {
      throw new IOException("has " + length + " bytes, more than the file has left");
    }
  }

  ByteArrayInputStream stream(long address, long length) throws IOException {
    Objects.checkFromIndexSize(address, length, file.length - (long) base);
    take(length);
    return new ByteArrayInputStream(file, base + (int) address, (int) length);
  }

  @Override
  public ByteBuffer readBufferFromAddress(long address, int length) {
    return map(address, length);
  }

  @Override
  public ByteBuffer map(long address, long length) {
    return mapNoOffset(Math.addExact(address, (long) base), length);
  }

  @Override
  public ByteBuffer mapNoOffset(long address, long length) {
    Objects.checkFromIndexSize(address, length, (long) file.length);
    reads++;
    count(length);
    return ByteBuffer.wrap(file, (int) address, (int) length)
        .slice()
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public long getUserBlockSize() {
    return base;
  }

  @Override
  public Superblock getSuperblock() {
    return superblock;
  }

  @Override
  public FileChannel getFileChannel() {
    return null; // there is no file
  }

  @Override
  public int getSizeOfOffsets() {
    return superblock.getSizeOfOffsets();
  }

  @Override
  public int getSizeOfLengths() {
    return superblock.getSizeOfLengths();
  }

  @Override
  public void close() {
    // nothing is open
  }

  @Override
  public long size() {
    return file.length;
  }

  @Override
  public boolean inMemory() {
    return true;
  }
}
