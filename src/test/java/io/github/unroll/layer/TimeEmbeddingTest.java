package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.Golden;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

class TimeEmbeddingTest {

  @Test
  void should_equal_the_numpy_original() {
    Golden golden = Golden.load("rows/time_embedding");
    Parameter w = new Parameter("w", golden.matrix("W"));
    TimeEmbedding layer = new TimeEmbedding(w);
    assertThat(layer.vectors()).isSameAs(w.value());
    golden.assertMatches("out", layer.forward(golden.ids("xs")));
    layer.backward(golden.tensor("dout"));
    golden.assertMatches("dW", w.grad());
  }

  @Test
  void should_not_mind_what_the_caller_does_to_its_ids() {
    Golden golden = Golden.load("rows/time_embedding");
    Parameter w = new Parameter("w", golden.matrix("W"));
    TimeEmbedding layer = new TimeEmbedding(w);
    int[][] ids = golden.ids("xs");
    layer.forward(ids);
    ids[0][0] = (ids[0][0] + 1) % 7;
    layer.backward(golden.tensor("dout"));
    golden.assertMatches("dW", w.grad());
  }

  @Test
  void should_serve_batches_of_changing_size() {
    Parameter w = new Parameter("w", new Matrix(4, 1));
    TimeEmbedding layer = new TimeEmbedding(w);
    layer.forward(new int[][] {{0, 1, 2}, {0, 1, 2}});
    layer.forward(new int[][] {{3, 3, 2}});
    layer.backward(Tensor3.of(1, 3, 1, 1, 10, 100));
    assertThat(w.grad()).isEqualTo(Matrix.of(4, 1, 0, 0, 100, 11));
    layer.forward(new int[][] {{0, 1}});
    layer.backward(Tensor3.of(1, 2, 1, 7, 8));
    assertThat(w.grad()).isEqualTo(Matrix.of(4, 1, 7, 8, 100, 11));
  }

  @Test
  void should_refuse_ids_that_have_no_row() {
    TimeEmbedding layer = new TimeEmbedding(new Parameter("w", new Matrix(20, 3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new int[][] {{1, 2}, {3, 20}}))
        .withMessage("TimeEmbedding: id 20 at [1,1] is not in 0..19");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new int[][] {{-1}}))
        .withMessage("TimeEmbedding: id -1 at [0,0] is not in 0..19");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forwardInto(new int[][] {{20}}, new Tensor3(1, 1, 3)))
        .withMessage("TimeEmbedding: id 20 at [0,0] is not in 0..19");
  }

  @Test
  void should_refuse_ids_that_are_no_block() {
    TimeEmbedding layer = new TimeEmbedding(new Parameter("w", new Matrix(20, 3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new int[0][]))
        .withMessageContaining("no ids");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new int[][] {{1, 2}, {3}}))
        .withMessage("TimeEmbedding: row 0 has 2 ids and row 1 has 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forwardInto(new int[][] {{1, 2}}, new Tensor3(2, 1, 3)))
        .withMessage("TimeEmbedding.forward: xs must be (1x2x3), not (2x1x3)");
    assertThatIllegalStateException().isThrownBy(() -> layer.backward(new Tensor3(1, 1, 3)));
    layer.forward(new int[][] {{1, 2}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backward(new Tensor3(1, 3, 3)))
        .withMessage("TimeEmbedding.backward: dxs must be (1x2x3), not (1x3x3)");
  }
}
