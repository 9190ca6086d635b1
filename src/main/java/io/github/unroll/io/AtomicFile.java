package io.github.unroll.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes a file whole or not at all: into a temporary file of the same directory, forced to the
 * disk, then renamed. Whoever reads meanwhile finds the old file or the new one, never a part.
 */
final class AtomicFile {

  private static final int BUFFER = 1 << 16;

  private AtomicFile() {}

  /** What a file is to hold. */
  @FunctionalInterface
  interface Content {

    /**
     * Writes all of it.
     *
     * @param out buffered; need not be flushed or closed
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Makes or replaces a file. On any error the file is as it was and nothing is left beside it. A
   * symbolic link stays and its target is replaced; a replaced file hands on its permissions.
   *
   * @param file the file, in a directory that exists
   * @param content what it will hold
   * @throws IOException naming the file, if it cannot be written
   */
  static void write(Path file, Content content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.getParent();
    requireReplaceable(file, target, directory);
    Path temporary = directory.resolve(".unroll-" + UUID.randomUUID() + ".tmp");
    try {
      writeThrough(temporary, content);
      copyPermissions(target, temporary);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      force(directory);
    } catch (IOException e) {
      throw new IOException(String.format(Locale.ROOT, "%s: cannot be written: %s", file, e), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void requireReplaceable(Path file, Path target, Path directory)
      throws IOException {
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: no directory %s; make it first", file, directory));
    }
    // A rename would put an ordinary file in the place of a device or a pipe.
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException(file + ": is not an ordinary file; give another name");
    }
  }

  private static void writeThrough(Path temporary, Content content) throws IOException {
    try (FileChannel channel =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)) {
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void copyPermissions(Path from, Path to) throws IOException {
    PosixFileAttributeView old = Files.getFileAttributeView(from, PosixFileAttributeView.class);
    if (old != null && Files.exists(from)) {
      Files.setPosixFilePermissions(to, old.readAttributes().permissions());
    }
  }

  /** Makes the rename itself last. Windows opens no directory, and needs none of this. */
  private static void force(Path directory) throws IOException {
    if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
