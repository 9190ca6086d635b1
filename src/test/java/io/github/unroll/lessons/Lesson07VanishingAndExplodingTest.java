package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Lesson 7. Why a plain RNN forgets, or bursts: the gradient goes through the same matrix at every
 * step.
 *
 * <pre>{@code
 * dh_{t−1} = (dh_t ⊙ (1 − h_t²))·whᵀ      without the tanh:  dh_{t−k} = dh_t·(whᵀ)^k
 * }</pre>
 *
 * <p>A power grows or shrinks: for a single weight of 1.1 it is 1.1^k, for 0.9 it is 0.9^k. For a
 * matrix its largest eigenvalue (by magnitude) decides in the end. The figures are those of the
 * book "Deep Learning from Scratch 2", chapter 6: N = 2, H = 3, weights drawn after {@code
 * np.random.seed(3)}.
 */
class Lesson07VanishingAndExplodingTest {

  private static final int N = 2;
  private static final int H = 3;
  private static final int T = 20;

  @Test
  void with_weights_of_deviation_one_the_gradient_explodes() {
    double[] norms = norms(new RandomState(3).randn(H, H));

    assertThat(norms[0]).isCloseTo(2.4684, within(1e-4));
    assertThat(norms[T - 1]).isCloseTo(249.4956, within(1e-4));
  }

  @Test
  void with_half_of_them_it_vanishes() {
    double[] norms = norms(new RandomState(3).randn(H, H).times(0.5));

    assertThat(norms[0]).isCloseTo(1.2342, within(1e-4));
    assertThat(norms[T - 1]).isCloseTo(0.000238, within(1e-6));
  }

  @Test
  void in_the_end_each_step_multiplies_by_the_largest_eigenvalue() {
    // Its magnitude is 1.2552 for these weights (numpy.linalg.eigvals), and half that for half of
    // them.
    double[] exploding = norms(new RandomState(3).randn(H, H));
    double[] vanishing = norms(new RandomState(3).randn(H, H).times(0.5));

    assertThat(exploding[T - 1] / exploding[T - 2]).isCloseTo(1.2552, within(1e-3));
    assertThat(vanishing[T - 1] / vanishing[T - 2]).isCloseTo(0.6276, within(1e-3));
  }

  @Test
  void the_picture_of_both() throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(500)
            .title("The gradient of the state, t steps back")
            .xAxisTitle("time steps back")
            .yAxisTitle("norm of dh (log scale)")
            .build();
    draw(chart, "wh of deviation 1", new Color(0xb3541e), new RandomState(3).randn(H, H));
    draw(chart, "half of it", new Color(0x1f5fa8), new RandomState(3).randn(H, H).times(0.5));
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    Path file = Path.of("target", "lessons", "vanishing-exploding.png");
    Files.createDirectories(file.getParent());
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);

    assertThat(file).isNotEmptyFile();
  }

  private static void draw(XYChart chart, String name, Color colour, Matrix wh) {
    double[] steps = IntStream.rangeClosed(1, T).asDoubleStream().toArray();
    chart
        .addSeries(name, steps, norms(wh))
        .setMarker(SeriesMarkers.CIRCLE)
        .setMarkerColor(colour)
        .setLineColor(colour);
  }

  /** The norm of dh, divided by N as the book divides it, after 1 to T steps back. */
  private static double[] norms(Matrix wh) {
    Matrix dh = new Matrix(N, H);
    dh.fill(1);
    double[] norms = new double[T];
    for (int t = 0; t < T; t++) {
      dh = dh.matmul(wh.transposed()); // dh·whᵀ
      double squares = 0;
      for (double value : dh.data()) {
        squares += value * value;
      }
      norms[t] = Math.sqrt(squares) / N;
    }
    return norms;
  }
}
