package io.github.unroll.app;

import io.github.unroll.train.TrainingListener.EpochEnd;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of a training: perplexity over epochs, on a logarithmic scale if it falls far. */
final class LearningCurve implements ChartDrawing.Chart {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 500;
  private static final double LOGARITHMIC_FROM = 20; // times the least perplexity
  private static final double DECADE_LABELS_FROM = 40; // 8, 9 and 10 would overlap
  private static final double MARGIN = 0.05; // equal perplexities must not make an empty axis
  private static final Color TRAINING = new Color(0x1f5fa8);
  private static final Color VALIDATION = new Color(0x2e8540);
  private static final Color BEST = new Color(0xb3541e);
  private static final Color GRID = new Color(0xdddddd);
  private static final BasicStroke DASHES =
      new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {8, 6}, 0);

  private final String title;
  private final List<EpochEnd> drawable;
  private final List<EpochEnd> validated;
  private final OptionalDouble best;

  /**
   * The curve of a training.
   *
   * @param title the name of the model
   * @param epochs the ends of the epochs, in order; epochs with infinite perplexity are left out
   * @param best the best possible perplexity, if known
   */
  LearningCurve(String title, List<EpochEnd> epochs, OptionalDouble best) {
    this.title = title;
    this.drawable = epochs.stream().filter(end -> Double.isFinite(end.perplexity())).toList();
    this.validated = epochs.stream().filter(end -> Double.isFinite(validation(end))).toList();
    this.best = best;
  }

  @Override
  public byte[] drawn(ChartFile.Format format) throws IOException {
    if (drawable.isEmpty()) {
      throw new IOException("no epoch has a finite perplexity");
    }
    return ChartImage.of(chart(), format);
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("epoch")
            .yAxisTitle(fall() > LOGARITHMIC_FROM ? "perplexity (log scale)" : "perplexity")
            .build();
    addCurve(chart, "training text", TRAINING, drawable, EpochEnd::perplexity);
    if (!validated.isEmpty()) {
      addCurve(chart, "validation text", VALIDATION, validated, LearningCurve::validation);
    }
    best.ifPresent(perplexity -> addBest(chart, perplexity));
    XYStyler styler = chart.getStyler();
    styler.setLocale(Locale.ROOT);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(GRID);
    styler.setLegendPosition(LegendPosition.InsideNE);
    styler.setXAxisMin(0.0).setXAxisMax(afterLastEpoch());
    if (fall() > LOGARITHMIC_FROM) {
      styler.setYAxisLogarithmic(true).setYAxisLogarithmicDecadeOnly(fall() > DECADE_LABELS_FROM);
    } else {
      styler.setYAxisMin(least() * (1 - MARGIN)).setYAxisMax(greatest() * (1 + MARGIN));
      styler.setYAxisDecimalPattern("0.###");
    }
    return chart;
  }

  private static void addCurve(
      XYChart chart,
      String name,
      Color color,
      List<EpochEnd> ends,
      ToDoubleFunction<EpochEnd> perplexity) {
    double[] xs = ends.stream().mapToDouble(EpochEnd::epoch).toArray();
    double[] ys = ends.stream().mapToDouble(perplexity).toArray();
    XYSeries curve = chart.addSeries(name, xs, ys);
    curve.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(color).setLineColor(color);
  }

  private static double validation(EpochEnd end) {
    return end.validation().orElse(Double.NaN);
  }

  private void addBest(XYChart chart, double perplexity) {
    String name = String.format(Locale.ROOT, "best possible, the grammar's own: %.4f", perplexity);
    double[] xs = {0, afterLastEpoch()};
    double[] ys = {perplexity, perplexity};
    XYSeries line = chart.addSeries(name, xs, ys);
    line.setMarker(SeriesMarkers.NONE).setLineColor(BEST).setLineStyle(DASHES);
  }

  private double afterLastEpoch() {
    return drawable.get(drawable.size() - 1).epoch() + 1.0;
  }

  private double fall() {
    return greatest() / least();
  }

  private double greatest() {
    return perplexities().max().orElseThrow();
  }

  private double least() {
    double trained = perplexities().min().orElseThrow();
    return Math.min(trained, best.orElse(trained));
  }

  private DoubleStream perplexities() {
    return DoubleStream.concat(
        drawable.stream().mapToDouble(EpochEnd::perplexity),
        validated.stream().mapToDouble(LearningCurve::validation));
  }
}
