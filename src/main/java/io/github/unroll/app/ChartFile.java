package io.github.unroll.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * @throws IllegalArgumentException if it is neither .png nor .svg
   */
  static ChartFile of(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".png")) {
      return new ChartFile(path, Format.PNG);
    }
    if (name.endsWith(".svg")) {
      return new ChartFile(path, Format.SVG);
    }
    throw new IllegalArgumentException(
        path + " ends neither in .png nor in .svg, the two kinds of chart there are");
  }

  /** Throws if the file cannot be written, before an hour of training is spent on it. */
  void requireWritable() throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(directory)) {
      throw new IOException("chart %s: no directory %s; make it first".formatted(path, directory));
    }
    if (Files.isDirectory(path)) {
      throw new IOException("chart %s: is a directory; give a file".formatted(path));
    }
    if (!Files.isWritable(Files.exists(path) ? path : directory)) {
      throw new IOException("chart %s: may not be written; choose another place".formatted(path));
    }
  }

  void write(byte[] chart) throws IOException {
    try {
      Files.write(path, chart);
    } catch (IOException e) {
      throw new IOException("chart %s: cannot be written: %s".formatted(path, e), e);
    }
  }
}
