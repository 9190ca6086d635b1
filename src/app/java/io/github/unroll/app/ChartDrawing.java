package io.github.unroll.app;

import io.github.unroll.train.TrainingListener.EpochEnd;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * Draws charts, which not every Java runtime can do: some lack the module, some its native
 * libraries, some fonts. This class loads without them.
 */
final class ChartDrawing {

  /** What is drawn. */
  interface Chart {

    /**
     * The bytes of a file.
     *
     * @throws IOException if it cannot be drawn; a Java runtime without fonts throws errors of many
     *     kinds besides
     */
    byte[] drawn(ChartFile.Format format) throws IOException;
  }

  private ChartDrawing() {}

  /**
   * Draws a trial chart, to find out before the training whether drawing works.
   *
   * @throws IOException if none can be drawn; the message names the chart and the reason
   */
  static void require(ChartFile file) throws IOException {
    EpochEnd first = new EpochEnd(1, 2, 8, 0.1, OptionalDouble.of(9), true);
    EpochEnd second = new EpochEnd(2, 1, 3, 0.1, OptionalDouble.of(4), true);
    draw(file, () -> new LearningCurve("trial", List.of(first, second), OptionalDouble.of(2)));
  }

  /**
   * Draws a chart, and writes it.
   *
   * @param chart loaded only when it is drawn
   * @throws IOException if that fails; the message names the chart and the reason
   */
  static void write(ChartFile file, Supplier<Chart> chart) throws IOException {
    file.write(draw(file, chart));
  }

  private static byte[] draw(ChartFile file, Supplier<Chart> chart) throws IOException {
    if (ModuleLayer.boot().findModule("java.desktop").isEmpty()) {
      throw cannotBeDrawn(file, "this Java runtime has no module java.desktop", null);
    }
    try {
      return chart.get().drawn(file.format());
    } catch (IOException e) {
      throw cannotBeDrawn(file, e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      if (e instanceof VirtualMachineError && !(e instanceof InternalError)) {
        throw e; // such as no memory; only an InternalError comes from the drawing
      }
      throw cannotBeDrawn(file, root(e).toString(), e);
    }
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null ? e : root(e.getCause());
  }

  private static IOException cannotBeDrawn(ChartFile file, String why, Throwable cause) {
    return new IOException(
        String.format(Locale.ROOT, "chart %s: cannot be drawn: %s", file.path(), why), cause);
  }
}
