package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The numbers of lesson 10. Those of wh and half of it are the figures of the book "Deep Learning
 * from Scratch 2", chapter 6: N = 2, H = 3, weights drawn after {@code np.random.seed(3)}.
 */
class Lesson10VanishingAndExplodingPageTest {

  private static final int N = 2;
  private static final int T = 20;

  private final Matrix wh = new RandomState(3).randn(3, 3);
  private final Matrix half = wh.times(0.5);
  private final Matrix oneLarge = Matrix.of(2, 2, 0.5, 10, 0, 0.4);
  private final Matrix turning = Matrix.of(2, 2, 0, 1.62, -0.5, 0);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("10-vanishing-and-exploding.md");
    int[] steps = {1, 2, 5, 10, 20};
    page.numbers(
        "norms",
        List.of(
            heads(steps),
            row("wh", norms(N, wh, 20), steps, 1.0 / N),
            row("half of wh", norms(N, half, 20), steps, 1.0 / N)));
    page.numbers(
        "one-large-number", List.of(heads(steps), row("norm", norms(1, oneLarge, 20), steps, 1)));
    page.numbers("radii", radii());
    page.numbers("turning", turningFactors());
    page.requireAllChecked();
  }

  private static String heads(int[] steps) {
    StringBuilder line = new StringBuilder("steps back  ");
    for (int step : steps) {
      line.append(String.format(Locale.ROOT, "%10d", step));
    }
    return line.toString();
  }

  private static String row(String name, double[] norms, int[] steps, double factor) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-12s", name));
    for (int step : steps) {
      double norm = factor * norms[step - 1];
      line.append(String.format(Locale.ROOT, norm < 0.001 ? "%10.6f" : "%10.4f", norm));
    }
    return line.toString();
  }

  private List<String> radii() {
    List<String> lines = new ArrayList<>();
    lines.add("                          wh   half of wh   (0.5 10; 0 0.4)");
    double[] radius = new double[3];
    double[] singular = new double[3];
    Matrix[] all = {wh, half, oneLarge};
    for (int i = 0; i < 3; i++) {
      radius[i] = spectralRadius(all[i]);
      singular[i] = Math.sqrt(spectralRadius(all[i].matmul(all[i].transposed())));
    }
    String format = "%-18s%10.4f%13.4f%18.4f";
    lines.add(
        String.format(Locale.ROOT, format, "spectral radius", radius[0], radius[1], radius[2]));
    lines.add(
        String.format(
            Locale.ROOT, format, "largest singular", singular[0], singular[1], singular[2]));
    return lines;
  }

  private List<String> turningFactors() {
    double[] factors = factors(turning, 400);
    StringBuilder line = new StringBuilder();
    for (int i = 396; i < 400; i++) {
      line.append(String.format(Locale.ROOT, "%.4f ", factors[i]));
    }
    line.append(String.format(Locale.ROOT, "  %.4f", spectralRadius(turning)));
    return List.of(
        "(0 1.62; -0.5 0): factors of the last four rounds, and their geometric mean",
        line.toString());
  }

  @Test
  void a_power_of_a_single_weight_should_explode_or_vanish() {
    assertThat(Math.pow(1.1, 100)).isCloseTo(13781, within(1.0));
    assertThat(Math.pow(0.9, 100)).isCloseTo(0.00003, within(0.000005));
  }

  @Test
  void with_weights_of_deviation_one_the_gradient_explodes() {
    double[] norms = norms(N, wh, T);

    assertThat(norms[0] / N).isCloseTo(2.4684, within(1e-4));
    assertThat(norms[T - 1] / N).isCloseTo(249.4956, within(1e-4));
  }

  @Test
  void with_half_of_them_it_vanishes() {
    double[] norms = norms(N, half, T);

    assertThat(norms[0] / N).isCloseTo(1.2342, within(1e-4));
    assertThat(norms[T - 1] / N).isCloseTo(0.000238, within(1e-6));
  }

  @Test
  void in_the_end_each_step_multiplies_by_the_spectral_radius() {
    // 1.2552 for these weights (numpy.linalg.eigvals), and half that for half of them.
    double[] exploding = norms(N, wh, T);
    double[] vanishing = norms(N, half, T);

    assertThat(exploding[T - 1] / exploding[T - 2]).isCloseTo(1.2552, within(1e-3));
    assertThat(vanishing[T - 1] / vanishing[T - 2]).isCloseTo(0.6276, within(1e-3));
    assertThat(spectralRadius(wh)).isCloseTo(1.2552, within(1e-4));
    assertThat(spectralRadius(half)).isCloseTo(0.6276, within(1e-4));
  }

  @Test
  void a_large_singular_value_alone_should_let_it_grow_at_first_and_vanish_all_the_same() {
    double[] norms = norms(1, oneLarge, 40);

    assertThat(norms[0]).isGreaterThan(7 * Math.sqrt(2));
    assertThat(norms[39]).isLessThan(1e-9);
    assertThat(norms[39] / norms[38]).isCloseTo(0.5, within(1e-4));
    assertThat(Math.sqrt(spectralRadius(oneLarge.matmul(oneLarge.transposed()))))
        .isCloseTo(10, within(0.05));
  }

  @Test
  void half_of_the_weights_should_vanish_though_their_singular_value_is_above_one() {
    assertThat(Math.sqrt(spectralRadius(half.matmul(half.transposed())))).isGreaterThan(1.3);
    assertThat(spectralRadius(half)).isLessThan(1);
  }

  @Test
  void a_matrix_that_turns_should_have_its_radius_as_geometric_mean_only() {
    double[] factors = factors(turning, 400);

    assertThat(spectralRadius(turning)).isCloseTo(0.9, within(1e-12));
    assertThat(Math.abs(factors[399] - 0.9)).isGreaterThan(0.2);
    assertThat((factors[398] + factors[399]) / 2).isGreaterThan(0.92);
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
    draw(chart, "wh of deviation 1", new Color(0xb3541e), wh);
    draw(chart, "half of it", new Color(0x1f5fa8), half);
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
    double[] norms = IntStream.range(0, T).mapToDouble(t -> norms(N, wh, T)[t] / N).toArray();
    chart
        .addSeries(name, steps, norms)
        .setMarker(SeriesMarkers.CIRCLE)
        .setMarkerColor(colour)
        .setLineColor(colour);
  }

  /** The norm of dh, which begins with ones (N,H), after 1 to T steps back, without a tanh. */
  private static double[] norms(int n, Matrix wh, int steps) {
    Matrix dh = new Matrix(n, wh.rows());
    dh.fill(1);
    double[] norms = new double[steps];
    for (int t = 0; t < steps; t++) {
      dh = dh.matmul(wh.transposed()); // dh·whᵀ
      norms[t] = norm(dh);
    }
    return norms;
  }

  /** By how much a row gets longer in each round of power iteration. */
  private static double[] factors(Matrix wh, int rounds) {
    Matrix v = new Matrix(1, wh.rows());
    v.fill(Math.sqrt(1.0 / wh.rows()));
    double[] factors = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      v = v.matmul(wh.transposed());
      factors[round] = norm(v);
      v = v.times(1 / factors[round]);
    }
    return factors;
  }

  private static double spectralRadius(Matrix wh) {
    double[] factors = factors(wh, 400);
    double logs = 0;
    for (int round = 200; round < 400; round++) {
      logs += Math.log(factors[round]);
    }
    return Math.exp(logs / 200);
  }

  private static double norm(Matrix m) {
    return Math.sqrt(m.sumOfSquares(0, m.rows() * m.cols()));
  }
}
