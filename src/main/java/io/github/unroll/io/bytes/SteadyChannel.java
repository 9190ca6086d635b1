package io.github.unroll.io.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file channel that an interrupted thread can read and write. An interrupt closes a channel of
 * the JDK permanently, so each call clears the thread's interrupt, opens the file again and repeats
 * if an interrupt comes during the call, and restores the interrupt afterwards.
 */
public final class SteadyChannel implements SeekableByteChannel {

  private final Path file;
  private final Set<OpenOption> reopening;
  private SeekableByteChannel channel;
  private long position;

  /** An operation on a channel, repeated if an interrupt closed the channel. */
  @FunctionalInterface
  private interface Call<T> {
    T on(SeekableByteChannel channel) throws IOException;
  }

  /**
   * Opens a file.
   *
   * @param first one of the options; CREATE_NEW is left out when the file is opened again
   */
  public SteadyChannel(Path file, StandardOpenOption first, StandardOpenOption... others)
      throws IOException {
    EnumSet<StandardOpenOption> options = EnumSet.of(first, others);
    this.file = file;
    this.channel = Files.newByteChannel(file, options);
    options.remove(StandardOpenOption.CREATE_NEW);
    this.reopening = Set.copyOf(options);
  }

  private <T> T steadily(Call<T> call) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return call.on(channel);
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          channel = Files.newByteChannel(file, reopening);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int start = into.position();
    int got = steadily(open -> open.position(position).read(into.position(start)));
    position += Math.max(got, 0);
    return got;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int start = from.position();
    int put = steadily(open -> open.position(position).write(from.position(start)));
    position += put;
    return put;
  }

  /** Forces written bytes to the disk. */
  public void force() throws IOException {
    steadily(
        open -> {
          if (open instanceof FileChannel ofDisk) {
            ofDisk.force(true);
          }
          return open;
        });
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SteadyChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    return steadily(SeekableByteChannel::size);
  }

  @Override
  public SteadyChannel truncate(long size) throws IOException {
    steadily(open -> open.truncate(size));
    position = Math.min(position, size);
    return this;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
