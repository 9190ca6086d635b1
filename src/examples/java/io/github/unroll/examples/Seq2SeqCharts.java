package io.github.unroll.examples;

import io.github.unroll.examples.Seq2SeqTraining.Epoch;
import io.github.unroll.tensor.Tensor3;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pictures of the sequence-to-sequence examples, PNG files under target/. */
final class Seq2SeqCharts {

  private static final Path FOLDER = Path.of("target");
  private static final Color BLUE = new Color(0x1f5fa8);
  private static final Color GRID = new Color(0xdddddd);

  private Seq2SeqCharts() {}

  /** The share of exact matches over epochs. */
  static Path learningCurve(String file, String title, List<Epoch> epochs) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(640)
            .height(400)
            .title(title)
            .xAxisTitle("epoch")
            .yAxisTitle("exact match on unseen questions, %")
            .build();
    chart
        .addSeries(
            "exact match",
            epochs.stream().mapToDouble(Epoch::epoch).toArray(),
            epochs.stream().mapToDouble(epoch -> 100 * epoch.exactMatch()).toArray())
        .setMarker(SeriesMarkers.CIRCLE)
        .setMarkerColor(BLUE)
        .setLineColor(BLUE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendVisible(false);
    chart.getStyler().setPlotGridLinesColor(GRID);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(epochs.size() + 1.0);
    Path path = path(file);
    BitmapEncoder.saveBitmap(chart, path.toString(), BitmapFormat.PNG);
    return path;
  }

  /** Where the answer looked: a row for each of its characters, a column for each asked. */
  static Path attentionMap(String file, String question, String answer, Tensor3 weights, int sample)
      throws IOException {
    String asked = question.stripTrailing();
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(120 + 32 * asked.length())
            .height(120 + 32 * answer.length())
            .title("%s → %s".formatted(asked, answer))
            .xAxisTitle("question")
            .yAxisTitle("answer")
            .build();
    List<Number[]> cells = new ArrayList<>();
    for (int e = 0; e < asked.length(); e++) {
      for (int t = 0; t < answer.length(); t++) {
        cells.add(new Number[] {e, answer.length() - 1 - t, weights.get(sample, t, e)});
      }
    }
    chart.addSeries("attention", characters(asked), upwards(answer), cells);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setRangeColors(new Color[] {Color.WHITE, BLUE});
    chart.getStyler().setMin(0).setMax(1);
    Path path = path(file);
    BitmapEncoder.saveBitmap(chart, path.toString(), BitmapFormat.PNG);
    return path;
  }

  private static List<String> characters(String text) {
    return text.codePoints().mapToObj(Character::toString).toList();
  }

  /** The axis grows upwards, the answer is read downwards. */
  private static List<String> upwards(String answer) {
    return characters(new StringBuilder(answer).reverse().toString());
  }

  private static Path path(String file) throws IOException {
    return Files.createDirectories(FOLDER).resolve(file);
  }
}
