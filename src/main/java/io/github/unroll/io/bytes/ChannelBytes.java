package io.github.unroll.io.bytes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Locale;

/** The bytes of a channel from one position to another, as a stream. */
public final class ChannelBytes extends InputStream {

  private final SeekableByteChannel channel;
  private final long end;
  private long position;

  public ChannelBytes(SeekableByteChannel channel, long start, long end) {
    this.channel = channel;
    this.position = start;
    this.end = end;
  }

  /** Bytes from a position on, little endian. */
  public static ByteBuffer at(SeekableByteChannel channel, long position, int length)
      throws IOException {
    return new ChannelBytes(channel, position, position + length).next(length);
  }

  /** The next bytes, little endian. */
  public ByteBuffer next(int length) throws IOException {
    byte[] bytes = readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException(
          String.format(Locale.ROOT, "ends at byte %d, amid a record", position));
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public long left() {
    return end - position;
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
    if (left() <= 0) {
      return -1;
    }
    ByteBuffer buffer = ByteBuffer.wrap(into, offset, (int) Math.min(length, left()));
    int got = channel.position(position).read(buffer);
    if (got > 0) {
      position += got;
    }
    return got;
  }
}
