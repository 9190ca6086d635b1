package io.github.unroll.io.bytes;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Copies a finished file over another if a rename is not possible. During the copy the finished
 * file has a name that is not cleaned up, and a program that is asked to end waits for the copy.
 */
final class CopyInPlace {

  private final Path finished;
  private final Path target;

  private CopyInPlace(Path finished, Path target) {
    this.finished = finished;
    this.target = target;
  }

  /**
   * Copies, and removes the finished file.
   *
   * @param finished left as it is if the target cannot be opened
   * @param target made or overwritten
   * @throws IOException if the target cannot be opened; or if copying fails in the middle, saying
   *     where the finished file is now
   */
  static void copy(Path finished, Path target) throws IOException {
    CopyInPlace copy = new CopyInPlace(finished, target);
    Thread atExit = new Thread(null, copy::awaitEnd, "unroll-copy", 0, false);
    boolean added = add(atExit);
    try {
      copy.copy();
    } finally {
      if (added) {
        remove(atExit);
      }
    }
  }

  private synchronized void copy() throws IOException {
    boolean isNew = Files.notExists(target);
    try (SteadyChannel to =
        new SteadyChannel(
            target,
            StandardOpenOption.WRITE,
            isNew ? StandardOpenOption.CREATE_NEW : StandardOpenOption.WRITE)) {
      try {
        overwrite(to);
      } catch (IOException e) {
        if (isNew) {
          Files.deleteIfExists(target);
        }
        throw e;
      }
    }
  }

  private void overwrite(SteadyChannel to) throws IOException {
    Path whole = finished.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".whole");
    Files.move(finished, whole);
    try {
      // truncated at the end, not emptied before: copying the same bytes then never changes the
      // file
      Files.copy(whole, Channels.newOutputStream(to));
      to.truncate(to.position());
      to.force();
    } catch (IOException e) {
      throw new IOException(
          String.format(
              Locale.ROOT, "%s, in the middle; whole, it is in %s", AtomicFile.reason(e), whole),
          e);
    }
    Files.delete(whole);
  }

  /** Returns when no copy is running. */
  @SuppressWarnings("EmptyMethod")
  private synchronized void awaitEnd() {}

  private static boolean add(Thread atExit) {
    try {
      Runtime.getRuntime().addShutdownHook(atExit);
      return true;
    } catch (IllegalStateException e) {
      return false; // the program is ending, and this is one of its last acts
    }
  }

  private static void remove(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the program is already ending and need not wait longer
    }
  }
}
