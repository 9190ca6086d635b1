package io.github.unroll.app;

import io.github.unroll.train.TrainingListener.EpochEnd;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The picture of a training: perplexity over epochs.
 *
 * @param title what was trained
 * @param epochs the ends of the epochs, in order
 * @param best the least perplexity that can be expected, if known
 */
record LearningCurve(String title, List<EpochEnd> epochs, OptionalDouble best) {

  void write(ChartFile file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    switch (file.format()) {
      case PNG -> BitmapEncoder.saveBitmap(chart(), bytes, BitmapFormat.PNG);
      case SVG ->
          VectorGraphicsEncoder.saveVectorGraphic(chart(), bytes, VectorGraphicsFormat.SVG);
    }
    file.write(bytes.toByteArray());
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(500)
            .title(title)
            .xAxisTitle("epoch")
            .yAxisTitle("perplexity")
            .build();
    double[] xs = epochs.stream().mapToDouble(EpochEnd::epoch).toArray();
    double[] ys = epochs.stream().mapToDouble(EpochEnd::perplexity).toArray();
    chart.addSeries("training", xs, ys);
    return chart;
  }
}
