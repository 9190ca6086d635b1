package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll.layer.TimeAffine;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Lesson 1: everything is a matrix, and many a mistake shows in a shape. */
class Lesson01MatricesAndShapesPageTest {

  private final Matrix x = Matrix.of(2, 2, 1, 2, 3, -1);
  private final Matrix w = Matrix.of(2, 2, 3, 5, 4, 6);
  private final Matrix b = Matrix.of(1, 2, 10, 20);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("01-matrices-and-shapes.md");
    page.numbers("by-hand", byHand());
    page.numbers("element", List.of(element()));
    page.numbers("moved", moved());
    page.numbers("refused", List.of(refused()));
    page.requireAllChecked();
  }

  private Matrix layer(Matrix inputs, Matrix weights) {
    TimeAffine layer = new TimeAffine(new Parameter("w", weights), new Parameter("b", b));
    Tensor3 xs = new Tensor3(inputs.rows(), 1, inputs.cols());
    xs.setStep(0, inputs);
    return layer.forward(xs).step(0);
  }

  private List<String> byHand() {
    Matrix product = x.matmul(w);
    Matrix y = layer(x, w);
    assertThat(layer(Matrix.of(1, 2, 1, 2), w))
        .isEqualTo(Matrix.of(1, 2, y.get(0, 0), y.get(0, 1)));
    return new MatrixLines(6, 0)
        .with("x", x)
        .with("w", w)
        .with("b", b)
        .with("x·w", product)
        .with("y", y)
        .lines();
  }

  private String element() {
    double sum = x.get(0, 0) * w.get(0, 1) + x.get(0, 1) * w.get(1, 1);
    assertThat(x.matmul(w).get(0, 1)).isEqualTo(sum);
    return String.format(
        Locale.ROOT,
        "x[0,0]·w[0,1] + x[0,1]·w[1,1] = %.0f·%.0f + %.0f·%.0f = %.0f",
        x.get(0, 0),
        w.get(0, 1),
        x.get(0, 1),
        w.get(1, 1),
        sum);
  }

  /** One weight larger by 1. */
  private List<String> moved() {
    Matrix larger = w.copy();
    larger.add(0, 1, 1);
    Matrix change = layer(x, larger).minus(layer(x, w));
    assertThat(change).isEqualTo(Matrix.of(2, 2, 0, x.get(0, 0), 0, x.get(1, 0)));
    return new MatrixLines(18, 0).with("what y changes by", change).lines();
  }

  private static String refused() {
    try {
      new Matrix(2, 3).matmul(new Matrix(4, 5));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    throw new AssertionError("a product that does not fit was not refused");
  }

  @Test
  void an_element_of_a_product_is_a_row_times_a_column() {
    Matrix x = Matrix.of(1, 2, /* one sample: */ 1, 2);
    Matrix w =
        Matrix.of(
            2, 3, //
            3, 5, 7, //
            4, 6, 8);

    // 1·3 + 2·4 = 11     1·5 + 2·6 = 17     1·7 + 2·8 = 23
    assertThat(x.matmul(w)).isEqualTo(Matrix.of(1, 3, 11, 17, 23));
  }

  @Test
  void a_batch_is_several_samples_at_once_each_row_for_itself() {
    Matrix w = Matrix.of(2, 1, 10, 1);
    Matrix batch = Matrix.ofRows(new double[] {1, 2}, new double[] {3, 4});

    assertThat(batch.matmul(w)).isEqualTo(Matrix.ofRows(new double[] {12}, new double[] {34}));
  }

  @Test
  void a_bias_is_one_row_added_to_every_sample_so_its_gradient_sums_over_the_samples() {
    Matrix y = new Matrix(3, 2);
    y.addRow(Matrix.of(1, 2, 5, 7));
    assertThat(y).isEqualTo(Matrix.of(3, 2, 5, 7, 5, 7, 5, 7));

    // What is used three times is answered for three times.
    assertThat(y.columnSums()).isEqualTo(Matrix.of(1, 2, 15, 21));
  }

  @Test
  void shapes_that_do_not_fit_are_refused_with_both_shapes_named() {
    assertThatThrownBy(() -> new Matrix(2, 3).matmul(new Matrix(4, 5)))
        .hasMessage("matmul: (2x3)·(4x5): inner dimensions 3 and 4 differ");
  }

  @Test
  void a_transpose_in_a_product_needs_no_transposed_copy() {
    Matrix a = Matrix.of(2, 2, 1, 2, 3, 4);
    Matrix b = Matrix.of(2, 2, 5, 6, 7, 8);

    assertThat(a.transposed().matmul(b)).isEqualTo(a.transposed().copy().matmul(b)); // aᵀ·b
    assertThat(a.matmul(b.transposed())).isEqualTo(a.matmul(b.transposed().copy())); // a·bᵀ
  }

  @Test
  void a_batch_of_sequences_is_a_tensor_batch_first_and_a_step_of_it_is_a_matrix() {
    // N = 2 sequences of T = 3 steps with D = 1 feature.
    Tensor3 xs =
        Tensor3.of(
            2, 3, 1, //
            1, 2, 3, //
            4, 5, 6);

    assertThat(xs.step(0)).isEqualTo(Matrix.of(2, 1, 1, 4));
    assertThat(xs.step(2)).isEqualTo(Matrix.of(2, 1, 3, 6));
  }
}
