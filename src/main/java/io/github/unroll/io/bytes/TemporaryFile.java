package io.github.unroll.io.bytes;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A temporary file: written, then moved to its place or deleted. It is deleted when it is closed,
 * at the latest when the program ends; after a kill it is one of the {@link Leftovers}.
 */
final class TemporaryFile implements Closeable {

  private static final int BUFFER = 1 << 16;

  private final Path path;

  private TemporaryFile(Path path) {
    this.path = path;
  }

  /**
   * Creates an empty temporary file and removes those of dead processes in that directory.
   *
   * @param replaced the file whose permissions it will get, which need not exist; until then only
   *     its owner may read it
   */
  static TemporaryFile in(Path directory, Path replaced) throws IOException {
    TemporaryFile made = make(directory, attributes(directory, replaced));
    Leftovers.remove(directory, made.path);
    return made;
  }

  private static FileAttribute<?>[] attributes(Path directory, Path replaced) {
    return Files.exists(replaced) && posix(directory) != null
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static TemporaryFile make(Path directory, FileAttribute<?>... attributes)
      throws IOException {
    for (int number = 0; ; number++) {
      Path path = directory.resolve(Leftovers.name(number));
      try {
        Files.createFile(path, attributes);
        deleteAtExit(path);
        return new TemporaryFile(path);
      } catch (FileAlreadyExistsException e) {
        // used by another thread; names are reused, so the JVM's list of files to delete stays
        // short
      }
    }
  }

  private static void deleteAtExit(Path path) throws IOException {
    try {
      path.toFile().deleteOnExit(); // done after all hooks: one of them may be saving, too
    } catch (UnsupportedOperationException e) {
      // in an archive or in memory
    } catch (IllegalStateException e) {
      Files.deleteIfExists(path);
      throw new IOException("the program is ending", e);
    }
  }

  Path path() {
    return path;
  }

  /** Writes the content and forces it to the disk. */
  void write(AtomicFile.Content content) throws IOException {
    try (SteadyChannel channel = new SteadyChannel(path, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)) {
      content.writeTo(out);
      out.flush();
      channel.force();
    }
  }

  /**
   * Replaces a file atomically and takes its permissions and, if the system allows it, its owner.
   */
  void moveTo(Path target) throws IOException {
    PosixFileAttributeView old = posix(target);
    if (old != null && Files.exists(target)) {
      takeOver(old.readAttributes());
    }
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private void takeOver(PosixFileAttributes old) throws IOException {
    PosixFileAttributeView mine = posix(path);
    PosixFileAttributes made = mine.readAttributes();
    if (!made.owner().equals(old.owner()) || !made.group().equals(old.group())) {
      try {
        mine.setGroup(old.group());
        mine.setOwner(old.owner());
      } catch (IOException e) {
        // only root may change owners
      }
    }
    if (!made.permissions().equals(old.permissions())) {
      mine.setPermissions(old.permissions());
    }
  }

  /** Null if files have no such permissions. */
  private static PosixFileAttributeView posix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}
