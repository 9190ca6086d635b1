package io.github.unroll.examples;

import io.github.unroll.tensor.Tensor3;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/**
 * Where an answer looked: a row for each of its characters, a column for each of the question's.
 */
final class AttentionMap {

  private static final int CELL = 32;
  private static final int MARGINS = 120;

  private final HeatMapChart chart;

  /** Of a question without its padding, and weights (1,Td,Te) of which the padding is left out. */
  AttentionMap(String question, String answer, Tensor3 weights) {
    chart =
        new HeatMapChartBuilder()
            .width(MARGINS + CELL * question.length())
            .height(MARGINS + CELL * answer.length())
            .title(String.format(Locale.ROOT, "%s → %s", question, answer))
            .xAxisTitle("question")
            .yAxisTitle("answer")
            .build();
    int last = answer.length() - 1;
    List<Number[]> cells = new ArrayList<>();
    for (int e = 0; e < question.length(); e++) {
      for (int t = 0; t <= last; t++) {
        // The axis grows upwards, the answer is read downwards.
        cells.add(new Number[] {e, last - t, weights.get(0, t, e)});
      }
    }
    String upwards = new StringBuilder(answer).reverse().toString();
    chart.addSeries("attention", characters(question), characters(upwards), cells);
    chart.getStyler().setLocale(Locale.ROOT);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setRangeColors(new Color[] {Color.WHITE, Picture.BLUE});
    chart.getStyler().setMin(0).setMax(1);
  }

  private static List<String> characters(String text) {
    return text.codePoints().mapToObj(Character::toString).toList();
  }

  /** Writes a PNG file; its folder is made if there is none. */
  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
    }
  }
}
