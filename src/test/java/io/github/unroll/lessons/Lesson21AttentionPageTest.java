package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.layer.TimeAttention;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 21. */
class Lesson21AttentionPageTest {

  private static final Matrix STATES = Matrix.of(3, 2, 1, 0, 0, 1, -1, 0.5);
  private static final Matrix QUERIES = Matrix.of(2, 2, 1.5, 0.5, 0, 2);
  private static final double[] DA = {1, 0.5, -0.5};

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("21-attention.md");
    page.numbers("by-hand", byHand());
    page.numbers("zeros", look(new Matrix(1, 2)));
    page.numbers("long", look(Matrix.of(1, 2, 15, 5)));
    page.numbers("one-score", oneScore());
    page.requireAllChecked();
  }

  private static List<String> byHand() {
    List<String> lines = new ArrayList<>();
    rows(lines, "states", STATES);
    rows(lines, "queries", QUERIES);
    rows(lines, "scores", QUERIES.matmul(STATES.transposed()));
    lines.addAll(look(QUERIES));
    return lines;
  }

  private static List<String> look(Matrix queries) {
    TimeAttention attention = new TimeAttention();
    Matrix contexts = attention.forward(one(STATES), one(queries)).sequence(0).copy();
    List<String> lines = new ArrayList<>();
    rows(lines, "a", attention.weights().sequence(0).copy());
    rows(lines, "contexts", contexts);
    return lines;
  }

  /** The slopes of the weights along score 0, times da; then the gradients of all three scores. */
  private static List<String> oneScore() {
    Matrix s = QUERIES.matmul(STATES.transposed());
    double[] a = shares(s.get(0, 0), s.get(0, 1), s.get(0, 2));
    List<String> lines = new ArrayList<>();
    double sum = 0;
    for (int k = 0; k < 3; k++) {
      double move = k == 0 ? a[0] * (1 - a[0]) : -a[0] * a[k];
      lines.add(
          String.format(
              Locale.ROOT, "slope of a[%d] %7.4f, times da[%d] %7.4f", k, move, k, move * DA[k]));
      sum += move * DA[k];
    }
    lines.add(String.format(Locale.ROOT, "ds[0] = %.4f", sum));
    assertThat(sum).isCloseTo(centralDifference(s, 0), within(1e-9));
    double all = centralDifference(s, 0) + centralDifference(s, 1) + centralDifference(s, 2);
    assertThat(all).as("all three together").isCloseTo(0, within(1e-9));
    lines.add(String.format(Locale.ROOT, "ds[1] = %.4f", centralDifference(s, 1)));
    lines.add(String.format(Locale.ROOT, "ds[2] = %.4f", centralDifference(s, 2)));
    return lines;
  }

  private static double centralDifference(Matrix s, int j) {
    double eps = 1e-5;
    double[] up = {s.get(0, 0), s.get(0, 1), s.get(0, 2)};
    double[] down = up.clone();
    up[j] += eps;
    down[j] -= eps;
    return (loss(up) - loss(down)) / (2 * eps);
  }

  /** A loss whose gradient with respect to the weights is DA. */
  private static double loss(double... scores) {
    double[] a = shares(scores);
    return DA[0] * a[0] + DA[1] * a[1] + DA[2] * a[2];
  }

  private static double[] shares(double... scores) {
    Matrix row = Matrix.of(1, scores.length, scores.clone());
    row.softmaxRows();
    return row.data();
  }

  @Test
  void a_query_of_zeros_should_take_the_mean_and_a_long_one_pick() {
    TimeAttention attention = new TimeAttention();

    Matrix mean = attention.forward(one(STATES), one(new Matrix(1, 2))).sequence(0).copy();
    assertThat(mean.allClose(STATES.columnSums().times(1.0 / 3), 1e-12)).isTrue();

    attention.forward(one(STATES), one(Matrix.of(1, 2, 15, 5)));
    assertThat(attention.weights().get(0, 0, 0)).isGreaterThan(0.9999);
  }

  @Test
  void the_order_of_the_states_should_not_matter() {
    Matrix turned = Matrix.of(3, 2, -1, 0.5, 1, 0, 0, 1);

    Matrix contexts = new TimeAttention().forward(one(turned), one(QUERIES)).sequence(0).copy();

    Matrix before = new TimeAttention().forward(one(STATES), one(QUERIES)).sequence(0).copy();
    assertThat(contexts.allClose(before, 1e-12)).isTrue();
  }

  private static Tensor3 one(Matrix m) {
    Tensor3 batch = new Tensor3(1, m.rows(), m.cols());
    for (int i = 0; i < m.rows(); i++) {
      for (int j = 0; j < m.cols(); j++) {
        batch.set(0, i, j, m.get(i, j));
      }
    }
    return batch;
  }

  private static void rows(List<String> lines, String name, Matrix m) {
    for (int i = 0; i < m.rows(); i++) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-9s", i == 0 ? name : ""));
      for (int j = 0; j < m.cols(); j++) {
        row.append(String.format(Locale.ROOT, "%9.4f", m.get(i, j)));
      }
      lines.add(row.toString());
    }
  }
}
