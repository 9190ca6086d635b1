package io.github.unroll.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Saves hours of work to another file if the given file cannot be written. */
final class SecondPlace {
  private static final List<String> PLACES = List.of("java.io.tmpdir", "user.home");

  private SecondPlace() {}

  /** Writes a file of any name. */
  @FunctionalInterface
  interface Saving {
    void to(Path file) throws IOException;
  }

  /**
   * Saves to a file or, if that fails, to a new one in the first directory that takes it.
   *
   * @param what the saved thing in words, such as "the model"
   * @throws IOException if it is not in the file; the message says why, and where it is
   */
  static void save(String what, Path file, Saving saving) throws IOException {
    try {
      saving.to(file);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; " + elsewhere(what, file, saving, e), e);
    }
  }

  private static String elsewhere(String what, Path file, Saving saving, IOException first) {
    for (String place : PLACES) {
      try {
        String name = "unroll-" + UUID.randomUUID() + "-" + file.getFileName();
        Path other = Path.of(System.getProperty(place), name);
        saving.to(other);
        return what + " is in " + other;
      } catch (IOException e) {
        first.addSuppressed(e);
      }
    }
    return what + " is lost: neither the temporary directory nor the home directory takes it";
  }
}
