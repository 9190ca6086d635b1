package io.github.unroll.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** A file that is read piece by piece as strict UTF-8; every error names the file. */
final class TextFile implements Closeable {
  /** The most bytes and characters of a piece. */
  static final int PIECE = 8192;

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Path file;
  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final byte[] bytes = new byte[PIECE];
  // UTF-8 never gives more chars than bytes, so the buffer cannot overflow
  private final char[] chars = new char[PIECE];
  private int undecoded; // bytes of a character that the latest piece cuts off
  private long offset; // of the next piece
  private long begin; // of the latest piece

  TextFile(Path file) throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file; check the path");
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a directory; give a text file");
    }
    this.file = file;
    this.in = Files.newInputStream(file);
  }

  /** {@return a whole file as a string} */
  static String read(Path file) throws IOException {
    try (TextFile text = new TextFile(file)) {
      long size = Files.size(file);
      if (size > LARGEST_ARRAY) {
        throw new IOException(
            file
                + (": " + size + " bytes are too many to hold at once, at most ")
                + (LARGEST_ARRAY + "; split the file"));
      }
      StringBuilder whole = new StringBuilder();
      for (int length = text.next(); length > 0; length = text.next()) {
        whole.append(text.chars, 0, length);
      }
      if (whole.isEmpty()) {
        throw text.empty();
      }
      return whole.toString();
    }
  }

  IOException empty() {
    return new IOException(file + ": the file is empty; give a file with text in it");
  }

  /** Goes on to a byte of a file of which nothing was read, where a character begins. */
  void skip(long bytesBefore) throws IOException {
    in.skipNBytes(bytesBefore);
    offset = bytesBefore;
  }

  /** Reads the next piece; {@return its length, 0 at the end of the file} */
  int next() throws IOException {
    int got = in.readNBytes(bytes, undecoded, PIECE - undecoded);
    ByteBuffer from = ByteBuffer.wrap(bytes, 0, undecoded + got);
    CharBuffer to = CharBuffer.wrap(chars);
    boolean last = from.limit() < PIECE;
    if (decoder.reset().decode(from, to, last).isError()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: not UTF-8: byte 0x%02x at offset %d; save the file as UTF-8",
              file,
              bytes[from.position()],
              offset + from.position()));
    }
    begin = offset;
    offset += from.position();
    undecoded = from.remaining();
    System.arraycopy(bytes, from.position(), bytes, 0, undecoded);
    int length = to.position();
    if (begin == 0 && length > 0 && chars[0] == BYTE_ORDER_MARK) {
      begin = offset(1);
      length--;
      System.arraycopy(chars, 1, chars, 0, length);
    }
    return length;
  }

  /** {@return the characters of the latest piece; the next piece overwrites them} */
  char[] chars() {
    return chars;
  }

  /** {@return where in the file a character of the latest piece stands, in bytes} */
  long offset(int index) {
    return begin + new String(chars, 0, index).getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
