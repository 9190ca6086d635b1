package io.github.unroll.io.bytes;

/**
 * A member of a zip archive, as the archive's directory states it.
 *
 * @param name unique in the archive
 * @param deflated or else stored as it is
 * @param crc CRC-32 of the bytes
 * @param compressed bytes in the archive
 * @param size bytes when inflated
 * @param header where its local header begins
 * @param start where its bytes begin
 * @param unread why its bytes cannot be had; empty if they can
 */
public record ZipMember(
    String name,
    boolean deflated,
    long crc,
    long compressed,
    long size,
    long header,
    long start,
    String unread) {

  public long end() {
    return start + compressed;
  }
}
