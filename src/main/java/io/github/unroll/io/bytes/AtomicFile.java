package io.github.unroll.io.bytes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Writes a file whole or not at all: into a temporary file of the same directory, forced to the
 * disk, then renamed. Whoever reads meanwhile finds the old file or the new one, never a part. So
 * does whoever comes after a crash.
 *
 * <p>A symbolic link stays, and the file at its end is made or replaced. A replaced file hands on
 * its permissions and, where the system lets, its owner. A file that may not be written is not
 * replaced.
 *
 * <p>Where no file can be put in the place of another (a single file mounted into a container, a
 * writable file in a directory that is not), the bytes are copied over the old ones once they are
 * whole elsewhere. Only there a reader can find a part; should copying fail or be killed, the whole
 * is left as a file whose name ends in {@code .whole}.
 *
 * <p>An interrupt neither stops a write nor is lost. A temporary file goes when the program ends;
 * of a killed one it is removed by the next write to that directory.
 */
public final class AtomicFile {

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private AtomicFile() {}

  /** What a file is to hold. */
  @FunctionalInterface
  public interface Content {

    /**
     * Writes all of it.
     *
     * @param out buffered; need not be flushed or closed
     * @throws IOException if it cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Makes or replaces a file. On any error the file is as it was and nothing is left beside it,
   * unless bytes were being copied over it.
   *
   * @param file the file, in a directory that exists
   * @param content what it will hold
   * @throws IOException naming the file, if it cannot be written
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = replaceable(file);
    try {
      replace(target, content);
      force(target.getParent());
    } catch (IOException e) {
      throw cannotBeWritten(file, e);
    }
  }

  /**
   * Does what {@link #write} will do, before hours are spent on what it is to write: a file that
   * exists is replaced by a copy of itself, one that does not is made and removed again.
   *
   * @param file the file, in a directory that exists
   * @throws IOException naming the file, if it cannot be written
   */
  public static void rehearse(Path file) throws IOException {
    Path target = replaceable(file);
    try {
      if (Files.exists(target)) {
        replace(target, out -> Files.copy(target, out));
      } else {
        replace(target, out -> {});
        Files.delete(target);
      }
      force(target.getParent());
    } catch (IOException e) {
      throw cannotBeWritten(file, e);
    }
  }

  /**
   * The file that is made or replaced under a name: the name itself, or what is at the end of its
   * symbolic links, whether it exists or not.
   *
   * @param file any name
   * @return its file, absolute and no link
   * @throws IOException naming the file, if its links lead round in a circle or cannot be read
   */
  public static Path target(Path file) throws IOException {
    Path at = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(at); links++) {
      if (links == MOST_LINKS) {
        throw new IOException(file + ": is a symbolic link that leads round in a circle");
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  private static Path replaceable(Path file) throws IOException {
    Path target = target(file);
    Path directory = target.getParent();
    if (Files.isDirectory(target)) {
      throw new IOException(file + ": is a directory; give a file");
    }
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: no directory %s; make it first", file, directory));
    }
    // A rename would put an ordinary file in the place of a device or a pipe.
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException(file + ": is not an ordinary file; give another name");
    }
    // A rename would not ask, either.
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new IOException(file + ": may not be written; change its permissions or its name");
    }
    return target;
  }

  private static void replace(Path target, Content content) throws IOException {
    try (TemporaryFile temporary = temporary(target)) {
      temporary.write(content);
      try {
        temporary.moveTo(target);
      } catch (IOException refused) {
        try {
          CopyInPlace.copy(temporary.path(), target);
        } catch (IOException e) {
          e.addSuppressed(refused);
          throw e;
        }
      }
    }
  }

  /** In the target's directory or, if that takes no file, somewhere else, to be copied. */
  private static TemporaryFile temporary(Path target) throws IOException {
    try {
      return TemporaryFile.in(target.getParent(), target);
    } catch (IOException refused) {
      if (Files.notExists(target)) {
        throw refused;
      }
      try {
        return TemporaryFile.in(Path.of(System.getProperty("java.io.tmpdir")), target);
      } catch (IOException e) {
        refused.addSuppressed(e);
        throw refused;
      }
    }
  }

  /** Makes the rename itself last, where that can be had: the file is written, whatever it says. */
  private static void force(Path directory) {
    try (SteadyChannel channel = new SteadyChannel(directory, StandardOpenOption.READ)) {
      channel.force();
    } catch (IOException e) {
      // Windows opens no directory; some network file systems and FUSE ones sync none.
    }
  }

  private static IOException cannotBeWritten(Path file, IOException e) {
    return new IOException(
        String.format(Locale.ROOT, "%s: cannot be written: %s", file, reason(e)), e);
  }

  /** Without the names of temporary files, which nobody has given. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "access denied";
    }
    if (e instanceof FileSystemException ofFile && ofFile.getReason() != null) {
      return ofFile.getReason();
    }
    return e instanceof FileSystemException || e.getMessage() == null
        ? e.toString()
        : e.getMessage();
  }
}
