package io.github.unroll.app;

import io.github.unroll.io.bytes.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files that a command is to write; errors say what the file was for. */
final class WritableFile {
  private WritableFile() {}

  /** Tries what {@link #write} will do, before an hour of training; leaves the file as it was. */
  static void require(String what, Path path) throws IOException {
    try {
      AtomicFile.rehearse(path);
    } catch (IOException e) {
      throw new IOException(what + " " + e.getMessage(), e);
    }
  }

  /** Whether two names, either of which may be missing, are those of one file. */
  static boolean same(Path a, Path b) {
    if (a == null || b == null) {
      return false;
    }
    try {
      Path first = AtomicFile.target(a);
      Path second = AtomicFile.target(b);
      return first.normalize().equals(second.normalize())
          || sameNewFile(first, second)
          || (Files.exists(first) && Files.exists(second) && Files.isSameFile(first, second));
    } catch (IOException e) {
      return false; // what cannot be looked at is reported where it is read or written
    }
  }

  private static boolean sameNewFile(Path a, Path b) throws IOException {
    return Objects.equals(a.getFileName(), b.getFileName()) // null of a root
        && Files.isSameFile(a.resolveSibling(""), b.resolveSibling(""));
  }

  /** Makes or replaces a file. */
  static void write(String what, Path path, byte[] bytes) throws IOException {
    try {
      AtomicFile.write(path, out -> out.write(bytes));
    } catch (IOException e) {
      throw new IOException(what + " " + e.getMessage(), e);
    }
  }
}
