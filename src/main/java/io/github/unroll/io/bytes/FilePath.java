package io.github.unroll.io.bytes;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Checks, opens and measures the file of a path. */
public final class FilePath {

  /** The size of something whose length is known only at its end, such as a pipe. */
  public static final long UNKNOWN_SIZE = Long.MAX_VALUE;

  private FilePath() {}

  /**
   * Rejects a path that cannot be read as a file.
   *
   * @throws IOException naming it, if it is not there or a directory
   */
  public static void requireReadable(Path file) throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file; check the path");
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a directory; give a file");
    }
  }

  /** Opens a file, or a pipe, as a stream that can be looked ahead in. */
  public static InputStream open(Path file) throws IOException {
    requireReadable(file);
    // The file system's own stream needs a position, which a pipe does not have.
    return new BufferedInputStream(
        Files.isRegularFile(file)
            ? Files.newInputStream(file)
            : new FileInputStream(file.toFile()));
  }

  /** {@return the number of bytes, or UNKNOWN_SIZE if only the end of the stream tells} */
  public static long size(Path file) throws IOException {
    return Files.isRegularFile(file) ? Files.size(file) : UNKNOWN_SIZE;
  }

  /** {@return the part of a file's name after the last dot, in lower case; may be empty} */
  public static String ending(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
