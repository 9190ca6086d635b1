package io.github.unroll.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * Standard output or standard error, which stores why a write failed. Text is written in UTF-8 for
 * any locale, on a Windows console in its code page.
 *
 * <p>After the first failure nothing more is written and nothing is thrown: a {@link PrintWriter}
 * over it has recorded the error.
 */
final class StandardStream extends OutputStream {
  private final FileOutputStream file;
  private final Charset charset;
  private volatile IOException failure; // the progress bar writes on a thread of its own

  StandardStream(FileDescriptor descriptor, Charset charset) {
    this(new FileOutputStream(descriptor), charset);
  }

  StandardStream(FileOutputStream file, Charset charset) {
    this.file = file;
    this.charset = charset;
  }

  /** A writer to this stream; text that is not flushed may be lost. */
  PrintWriter writer(boolean flushedByEachLine) {
    return new PrintWriter(new OutputStreamWriter(this, charset), flushedByEachLine);
  }

  /** The same for {@link System#setErr}. */
  PrintStream printStream() {
    return new PrintStream(this, true, charset);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (failure != null) {
      return;
    }
    try {
      file.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** The reason of the first failure, if there was one. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether it failed because the output is no longer read, as after {@code | head}. */
  boolean isClosedPipe() {
    return failure != null && String.valueOf(failure.getMessage()).equals(ofClosedPipe());
  }

  /**
   * The system's message for a closed pipe: it depends on the language, so a pipe is created to get
   * it.
   */
  private static String ofClosedPipe() {
    try {
      Pipe pipe = Pipe.open();
      try (Pipe.SinkChannel sink = pipe.sink()) {
        pipe.source().close();
        sink.write(ByteBuffer.allocate(1));
        return "";
      }
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
