package io.github.unroll.io.bytes;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;

/**
 * Temporary files of killed processes. Their names say which process made them: {@code
 * .unroll-MACHINE-PID-NUMBER.tmp}. For a process of this machine it is known whether it is alive;
 * one of another machine or container counts as dead if its file was not written to for an hour.
 */
final class Leftovers {

  private static final Duration ABANDONED = Duration.ofHours(1);
  private static final int NAME_PARTS = 4;

  private Leftovers() {}

  /** The name of this process's temporary file with a number. */
  static String name(int number) {
    return ".unroll-" + machine() + "-" + ProcessHandle.current().pid() + "-" + number + ".tmp";
  }

  /**
   * An id of the scope of process ids: one boot of a system and a container in it. 0 if unknown, as
   * on all systems except Linux.
   */
  static String machine() {
    try {
      String start = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
      Path container = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      return Integer.toHexString((start + container).hashCode());
    } catch (IOException | UnsupportedOperationException e) {
      return "0";
    }
  }

  /**
   * Removes those in a directory; what cannot be listed or removed stays.
   *
   * @param mine a file that this process has just made there; its time is the current time of that
   *     disk's clock
   */
  static void remove(Path directory, Path mine) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".unroll-*-*-*.tmp")) {
      for (Path file : files) {
        removeIfLeft(file, mine);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // a directory can be written to and yet not be listed
    }
  }

  private static void removeIfLeft(Path file, Path mine) {
    try {
      if (isLeft(file, mine)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | NumberFormatException | UnsupportedOperationException e) {
      // already gone, of another user or program, or on a disk without owners
    }
  }

  private static boolean isLeft(Path file, Path mine) throws IOException {
    String[] name = file.getFileName().toString().split("-", -1);
    if (name.length != NAME_PARTS) {
      return false;
    }
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      return false;
    }
    String machine = machine();
    // Processes of other users can be hidden and would seem dead.
    if (!machine.equals("0")
        && machine.equals(name[1])
        && Files.getOwner(file).equals(Files.getOwner(mine))) {
      return ProcessHandle.of(Long.parseLong(name[2])).isEmpty();
    }
    FileTime now = Files.getLastModifiedTime(mine);
    return attributes.lastModifiedTime().toInstant().isBefore(now.toInstant().minus(ABANDONED));
  }
}
