package io.github.unroll.app;

import io.github.unroll.job.Forecast;
import io.github.unroll.job.PastForecast;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A chart of a forecast: the latest values, how the last of them would have been forecast, and the
 * forecast of the steps ahead, both with their intervals.
 *
 * @param title the name of the series
 */
record ForecastChart(String title, PastForecast past, Forecast ahead)
    implements ChartDrawing.Chart {

  private static final int WIDTH = 1_000;
  private static final int HEIGHT = 500;
  private static final Color SEEN = new Color(0x444444);
  private static final Color PAST = new Color(0x2e8540);
  private static final Color AHEAD = new Color(0x1f5fa8);
  private static final Color GRID = new Color(0xdddddd);
  private static final BasicStroke LINE = new BasicStroke(1.3f);
  private static final BasicStroke EDGE = new BasicStroke(0.3f);

  @Override
  public byte[] drawn(ChartFile.Format format) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("steps after " + past.times().get(past.times().size() - 1))
            .build();
    XYStyler styler = chart.getStyler();
    styler.setLocale(Locale.ROOT);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(GRID);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    int seen = past.values().length;
    int before = seen - past.forecast().values().length;
    String interval = String.format(Locale.ROOT, "%.0f %% interval", 100 * ahead.coverage());
    addInterval(chart, interval + ", made before", past.forecast(), before + 1 - seen, PAST);
    addInterval(chart, interval, ahead, 1, AHEAD);
    add(chart, "values", 1 - seen, past.values(), SEEN);
    add(chart, "forecast made before", before + 1 - seen, past.forecast().values(), PAST);
    add(chart, "forecast", 1, ahead.values(), AHEAD);
    styler.setXAxisMin(1.0 - seen).setXAxisMax((double) ahead.values().length);
    return ChartImage.of(chart, format);
  }

  private static double[] places(int from, int count) {
    return IntStream.range(from, from + count).asDoubleStream().toArray();
  }

  private static void add(XYChart chart, String name, int from, double[] values, Color color) {
    XYSeries line = chart.addSeries(name, places(from, values.length), values);
    line.setMarker(SeriesMarkers.NONE).setLineColor(color).setLineStyle(LINE);
  }

  /** A band: along the upper ends, and back along the lower ones. */
  private static void addInterval(
      XYChart chart, String name, Forecast forecast, int from, Color color) {
    int steps = forecast.values().length;
    double[] xs = new double[2 * steps + 1];
    double[] ys = new double[2 * steps + 1];
    for (int h = 0; h < steps; h++) {
      xs[h] = from + h;
      ys[h] = forecast.high()[h];
      xs[2 * steps - 1 - h] = from + h;
      ys[2 * steps - 1 - h] = forecast.low()[h];
    }
    xs[2 * steps] = xs[0];
    ys[2 * steps] = ys[0];
    XYSeries band = chart.addSeries(name, xs, ys);
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setMarker(SeriesMarkers.NONE);
    band.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 50));
    band.setLineColor(color).setLineStyle(EDGE);
  }
}
