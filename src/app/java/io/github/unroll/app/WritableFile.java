package io.github.unroll.app;

import io.github.unroll.io.bytes.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files that a command writes; errors name the purpose of the file. */
final class WritableFile {
  private WritableFile() {}

  /** Checks before the training that {@link #write} will work; does not change the file. */
  static void require(String what, Path path) throws IOException {
    try {
      AtomicFile.rehearse(path);
    } catch (IOException e) {
      throw new IOException(what + " " + e.getMessage(), e);
    }
  }

  /** Whether two names, each of which may be null, are of the same file. */
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
      return false; // errors are reported when the file is read or written
    }
  }

  private static boolean sameNewFile(Path a, Path b) throws IOException {
    return Objects.equals(a.getFileName(), b.getFileName()) // null of a root
        && Files.isSameFile(a.resolveSibling(""), b.resolveSibling(""));
  }

  /** Creates or replaces a file. */
  static void write(String what, Path path, byte[] bytes) throws IOException {
    try {
      AtomicFile.write(path, out -> out.write(bytes));
    } catch (IOException e) {
      throw new IOException(what + " " + e.getMessage(), e);
    }
  }
}
