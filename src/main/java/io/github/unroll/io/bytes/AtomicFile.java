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
 * Writes a file completely or not at all: to a temporary file in the same directory, which is
 * forced to the disk and then renamed. A reader at the same time, or after a crash, finds the old
 * file or the new one, never a part.
 *
 * <p>A symbolic link stays, and its target is created or replaced. A new file gets the permissions
 * and, if the system allows it, the owner of the file that it replaces. A file without write
 * permission is not replaced.
 *
 * <p>If a file cannot be replaced by a rename (a single file mounted into a container, a writable
 * file in a read-only directory), the finished bytes are copied over the old ones. Only then can a
 * reader find a part; if copying fails or is killed, the complete content remains in a file whose
 * name ends in {@code .whole}.
 *
 * <p>An interrupt does not stop a write and is not lost. Temporary files are deleted when the
 * program ends; those of a killed program are deleted by the next write to that directory.
 */
public final class AtomicFile {

  /** The limit of Linux. */
  private static final int MOST_LINKS = 40;

  private AtomicFile() {}

  /** The content of a file. */
  @FunctionalInterface
  public interface Content {

    /**
     * Writes the whole content.
     *
     * @param out buffered; need not be flushed or closed
     * @throws IOException if it cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file. After an error the old file is unchanged and no other file is left,
   * unless bytes were being copied over it.
   *
   * @param file the file, in a directory that exists
   * @param content its content
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
   * Checks early, before hours are spent on the content, that {@link #write} will work: an existing
   * file is replaced by a copy of itself, a new one is created and removed again.
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
   * The file that is written for a name: the name itself or the target of its symbolic links,
   * whether it exists or not.
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
    // A rename would ignore a missing write permission.
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

  /**
   * A temporary file in the target's directory or, if that is not possible, elsewhere, to be
   * copied.
   */
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

  /**
   * Forces the rename to the disk where possible; errors are ignored, as the file is written
   * already.
   */
  private static void force(Path directory) {
    try (SteadyChannel channel = new SteadyChannel(directory, StandardOpenOption.READ)) {
      channel.force();
    } catch (IOException e) {
      // Windows cannot open directories; some network and FUSE file systems cannot sync them.
    }
  }

  private static IOException cannotBeWritten(Path file, IOException e) {
    return new IOException(
        String.format(Locale.ROOT, "%s: cannot be written: %s", file, reason(e)), e);
  }

  /** The reason without the names of temporary files, which the user does not know. */
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
