package io.github.unroll.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** A reader of whole files as strict UTF-8; every error names the file. */
final class TextFile {
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private TextFile() {}

  static String read(Path file) throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file; check the path");
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a directory; give a text file");
    }
    long size = Files.size(file);
    if (size > LARGEST_ARRAY) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: %d bytes are too many to hold at once, at most %d; split the file",
              file,
              size,
              LARGEST_ARRAY));
    }
    String text = decode(Files.readAllBytes(file), file);
    if (text.isEmpty()) {
      throw new IOException(file + ": the file is empty; give a file with text in it");
    }
    return text;
  }

  private static String decode(byte[] bytes, Path file) throws IOException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // UTF-8 never gives more chars than bytes, so the buffer cannot overflow
    CharBuffer out = CharBuffer.allocate(bytes.length);
    if (decoder.decode(in, out, true).isError()) {
      int offset = in.position();
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: not UTF-8: byte 0x%02x at offset %d; save the file as UTF-8",
              file,
              bytes[offset],
              offset));
    }
    String text = out.flip().toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }
}
