package io.github.unroll.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Files that a command is to write; errors say what the file was for. */
final class WritableFile {
  private WritableFile() {}

  /** Tries to write, before an hour of training is spent on the file; leaves it as it was. */
  static void require(String what, Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(
          String.format(Locale.ROOT, "%s %s: is a directory; give a file", what, path));
    }
    Path directory = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          String.format(
              Locale.ROOT, "%s %s: no directory %s; make it first", what, path, directory));
    }
    boolean isNew = Files.notExists(path);
    write(what, path, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (isNew) {
      Files.delete(path);
    }
  }

  /** Whether two names, either of which may be missing, are those of one file. */
  static boolean same(Path a, Path b) {
    if (a == null || b == null) {
      return false;
    }
    try {
      return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize())
          || (Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b));
    } catch (IOException e) {
      return false; // what cannot be looked at is reported where it is read or written
    }
  }

  /** Makes or overwrites a file. */
  static void write(String what, Path path, byte[] bytes) throws IOException {
    write(
        what,
        path,
        bytes,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static void write(String what, Path path, byte[] bytes, OpenOption... options)
      throws IOException {
    try {
      Files.write(path, bytes, options);
    } catch (IOException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s %s: cannot be written: %s", what, path, e), e);
    }
  }
}
