package io.github.unroll.io.bytes;

/**
 * A member of a zip archive, as the archive's directory states it.
 *
 * @param name unique in the archive
 * @param deflated whether it is deflated or stored as it is
 * @param crc CRC-32 of the bytes
 * @param compressed bytes in the archive
 * @param size bytes when inflated
 * @param header the position of its local header
 * @param start the position of its first byte
 * @param unread why its bytes cannot be read; empty if they can
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
