package io.github.unroll.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file for a chart.
 *
 * @param path the file
 * @param format the format of its extension
 */
record ChartFile(Path path, Format format) {

  /** The file formats of charts. */
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

  void requireWritable() throws IOException {
    WritableFile.require("chart", path);
  }

  void write(byte[] chart) throws IOException {
    WritableFile.write("chart", path, chart);
  }
}
