package io.github.unroll.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves in one picture. */
final class Picture {

  static final Color BLUE = new Color(0x1f5fa8);
  static final Color ORANGE = new Color(0xb3541e);
  static final Color GRAY = new Color(0x999999);

  private static final Color GRID = new Color(0xdddddd);
  private static final BasicStroke LINE = new BasicStroke(2);
  private static final BasicStroke DASHES =
      new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {8, 6}, 0);

  private final XYChart chart;

  Picture(String title, String xTitle, String yTitle) {
    chart =
        new XYChartBuilder()
            .width(800)
            .height(500)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart.getStyler().setLocale(Locale.ROOT);
    chart.getStyler().setPlotGridLinesColor(GRID).setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
  }

  /** For values that fall far. */
  void logarithmic() {
    chart.getStyler().setYAxisLogarithmic(true);
  }

  /** For values from 0 to 100. */
  void percent() {
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(105.0);
  }

  void curve(String name, double[] xs, double[] ys, Color color) {
    chart
        .addSeries(name, xs, ys)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(color)
        .setLineStyle(LINE);
  }

  void dashes(String name, double[] xs, double[] ys, Color color) {
    curve(name, xs, ys, color);
    chart.getSeriesMap().get(name).setLineStyle(DASHES);
  }

  /** Writes a PNG file; its folder is made if there is none. */
  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
    }
  }
}
