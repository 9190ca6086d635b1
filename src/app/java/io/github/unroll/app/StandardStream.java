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
 * Standard output or standard error; it remembers why what was printed did not arrive. Text goes
 * out in UTF-8 whatever the locale, as texts are read; on a Windows console in its own code page.
 *
 * <p>After the first failure nothing more is tried, and nothing is thrown: a {@link PrintWriter}
 * upon it has taken note.
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

  /** Text for this stream; of what is printed and not flushed part may stay behind. */
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

  /** Why something did not arrive, if so. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether it failed because nobody reads any more what is written, as after {@code | head}. */
  boolean isClosedPipe() {
    return failure != null && String.valueOf(failure.getMessage()).equals(ofClosedPipe());
  }

  /** What the system says of a closed pipe: each language says it otherwise, so one is made. */
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
