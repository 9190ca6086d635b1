package io.github.unroll.io.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** A stream of the bytes of a member that checks their number and CRC. */
public final class ZipMemberStream extends InputStream {

  private static final int BUFFER = 1 << 13;

  private final ZipMember member;
  private final ChannelBytes raw;
  private final Inflater inflater;
  private final InputStream source;
  private final CRC32 crc = new CRC32();
  private long count;

  public ZipMemberStream(SeekableByteChannel channel, ZipMember member) throws IOException {
    if (!member.unread().isEmpty()) {
      throw new IOException(member.unread());
    }
    this.member = member;
    raw = new ChannelBytes(channel, member.start(), member.end());
    inflater = member.deflated() ? new Inflater(true) : null;
    source = member.deflated() ? new InflaterInputStream(raw, inflater, BUFFER) : raw;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int got = inflate(into, offset, length);
    if (got < 0) {
      requireAll();
      return -1;
    }
    crc.update(into, offset, got);
    count += got;
    if (count > member.size()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "inflates to more than the %d bytes that the directory states",
              member.size()));
    }
    return got;
  }

  private int inflate(byte[] into, int offset, int length) throws IOException {
    try {
      return source.read(into, offset, length);
    } catch (IOException e) {
      throw new IOException("its deflate stream is broken: " + e.getMessage(), e);
    }
  }

  private void requireAll() throws IOException {
    if (count != member.size()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "has %d bytes, not the %d that the directory states",
              count,
              member.size()));
    }
    if (crc.getValue() != member.crc()) {
      throw new IOException(
          String.format(
              Locale.ROOT, "is damaged: its CRC is %08x, not %08x", crc.getValue(), member.crc()));
    }
    if (inflater != null && inflater.getRemaining() + raw.left() > 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "has %d bytes behind its deflate stream",
              inflater.getRemaining() + raw.left()));
    }
  }

  /** Leaves the channel open. */
  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
    }
  }
}
