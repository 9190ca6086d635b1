package io.github.unroll.examples.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A failure that happens once, in whichever process comes first. */
final class Once implements Serializable {

  private static final long serialVersionUID = 1;

  private final String file;
  private final boolean ofProcess;

  /**
   * A failure to come.
   *
   * @param file which is there once it has happened
   * @param ofProcess whether the whole process ends, or only the task
   */
  Once(Path file, boolean ofProcess) {
    this.file = file.toString();
    this.ofProcess = ofProcess;
  }

  void happen() throws IOException {
    try {
      Files.createFile(Path.of(file));
    } catch (FileAlreadyExistsException e) {
      return;
    }
    if (ofProcess) {
      Runtime.getRuntime().halt(1);
    }
    throw new IOException("a failure that a test wants");
  }
}
