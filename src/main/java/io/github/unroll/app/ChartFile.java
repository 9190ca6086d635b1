package io.github.unroll.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * A file for a chart.
 *
 * @param path the file
 * @param format what its extension says
 */
record ChartFile(Path path, Format format) {

  /** What a chart can be written as. */
  enum Format {
    PNG,
    SVG
  }

  /**
   * Takes the format from the extension.
   *
   * @throws WrongUse if it is neither .png nor .svg
   */
  static ChartFile of(Path path) throws WrongUse {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".png")) {
      return new ChartFile(path, Format.PNG);
    }
    if (name.endsWith(".svg")) {
      return new ChartFile(path, Format.SVG);
    }
    throw new WrongUse(
        "--chart: " + path + " ends neither in .png nor in .svg, the two kinds of chart there are");
  }

  /** Tries to write, before an hour of training is spent on the file; leaves it as it was. */
  void requireWritable() throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(directory)) {
      throw new IOException("chart %s: no directory %s; make it first".formatted(path, directory));
    }
    if (Files.isDirectory(path)) {
      throw new IOException("chart %s: is a directory; give a file".formatted(path));
    }
    boolean isNew = Files.notExists(path);
    write(new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (isNew) {
      Files.delete(path);
    }
  }

  void write(byte[] chart) throws IOException {
    write(
        chart,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private void write(byte[] bytes, StandardOpenOption... options) throws IOException {
    try {
      Files.write(path, bytes, options);
    } catch (IOException e) {
      throw new IOException("chart %s: cannot be written: %s".formatted(path, e), e);
    }
  }
}
