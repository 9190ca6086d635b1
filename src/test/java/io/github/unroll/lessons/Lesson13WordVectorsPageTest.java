package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 13: each word has a row of a table; its gradient goes back to that row. */
class Lesson13WordVectorsPageTest {

  private static final int[] IDS = {2, 0, 2};

  private final Matrix w = Matrix.of(4, 2, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
  private final Matrix dx = Matrix.of(3, 2, 1, 0, 0.5, -1, -0.25, 2);
  private final Parameter table = new Parameter("w", w);
  private final TimeEmbedding layer = new TimeEmbedding(table);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("13-word-vectors.md");
    Matrix x = layer.forward(new int[][] {IDS}).sequence(0).copy();
    page.numbers("forward", new MatrixLines(6, 2).with("w", w).with("").with("x", x).lines());
    layer.backward(Tensor3.of(1, 3, 2, dx.data()));
    Matrix dw = table.grad();
    page.numbers("backward", new MatrixLines(6, 2).with("dx", dx).with("").with("dw", dw).lines());

    Matrix oneHot = oneHot();
    assertThat(oneHot.matmul(w)).isEqualTo(x);
    assertThat(oneHot.transposed().matmul(dx)).isEqualTo(dw);
    page.numbers(
        "one-hot",
        new MatrixLines(6, 2).with("o", oneHot).with("").with("o·w", oneHot.matmul(w)).lines());
    page.requireAllChecked();
  }

  @Test
  void a_word_that_comes_twice_collects_both_and_one_that_does_not_come_nothing() {
    layer.forward(new int[][] {IDS});
    layer.backward(Tensor3.of(1, 3, 2, dx.data()));

    assertThat(table.grad().get(2, 0)).isEqualTo(dx.get(0, 0) + dx.get(2, 0));
    assertThat(table.grad().get(2, 1)).isEqualTo(dx.get(0, 1) + dx.get(2, 1));
    assertThat(List.of(table.grad().get(1, 0), table.grad().get(3, 1))).containsOnly(0.0);
  }

  private static Matrix oneHot() {
    Matrix oneHot = new Matrix(IDS.length, 4);
    for (int n = 0; n < IDS.length; n++) {
      oneHot.set(n, IDS[n], 1);
    }
    return oneHot;
  }
}
