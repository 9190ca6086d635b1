package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.Golden;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeAffineTest {

  @Test
  void should_equal_the_numpy_original() {
    Golden golden = Golden.load("rows/time_affine");
    Parameter w = new Parameter("w", golden.matrix("W"));
    Parameter b = new Parameter("b", golden.matrix("b"));
    TimeAffine layer = new TimeAffine(w, b);
    golden.assertMatches("out", layer.forward(golden.tensor("x")));
    golden.assertMatches("dx", layer.backward(golden.tensor("dout")));
    golden.assertMatches("dW", w.grad());
    golden.assertMatches("db", b.grad());
  }

  @Test
  void should_not_mind_what_the_caller_does_to_its_tensors_between_forward_and_backward() {
    Golden golden = Golden.load("rows/time_affine");
    Parameter w = new Parameter("w", golden.matrix("W"));
    TimeAffine layer = new TimeAffine(w, new Parameter("b", golden.matrix("b")));
    Tensor3 xs = golden.tensor("x");
    layer.forward(xs);
    xs.fill(Double.NaN);
    layer.backward(golden.tensor("dout"));
    golden.assertMatches("dW", w.grad());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void should_overwrite_what_its_results_held(boolean tied) {
    RandomState random = new RandomState(5);
    Parameter b = new Parameter("b", random.randn(1, 4));
    TimeAffine layer =
        tied
            ? TimeAffine.tied(new Parameter("w", random.randn(4, 3)), b)
            : new TimeAffine(new Parameter("w", random.randn(3, 4)), b);
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 dys = random.randn(2, 5, 4);
    Tensor3 ys = random.randn(2, 5, 4);
    Tensor3 dxs = random.randn(2, 5, 3);
    layer.forwardInto(xs, ys);
    layer.backwardInto(dys, dxs);
    assertThat(ys).isEqualTo(layer.forward(xs));
    assertThat(dxs).isEqualTo(layer.backward(dys));
  }

  @Test
  void should_refuse_to_overwrite_the_gradient_that_it_reads() {
    RandomState random = new RandomState(4);
    TimeAffine layer =
        new TimeAffine(
            new Parameter("w", random.randn(3, 3)), new Parameter("b", random.randn(1, 3)));
    Tensor3 dys = layer.forward(random.randn(2, 2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backwardInto(dys, dys))
        .withMessageContaining("dxs and dys are the same tensor");
  }

  @Test
  void should_serve_batches_of_changing_size_and_length() {
    Golden golden = Golden.load("rows/time_affine");
    Parameter w = new Parameter("w", golden.matrix("W"));
    TimeAffine layer = new TimeAffine(w, new Parameter("b", golden.matrix("b")));
    Tensor3 xs = golden.tensor("x");
    RandomState random = new RandomState(6);
    layer.forward(random.randn(xs.d0() + 1, xs.d1() + 2, xs.d2()));
    layer.forward(random.randn(xs.d0(), xs.d1() + 2, xs.d2()));
    golden.assertMatches("out", layer.forward(xs));
    golden.assertMatches("dx", layer.backward(golden.tensor("dout")));
    golden.assertMatches("dW", w.grad());
  }

  @Test
  void should_refuse_what_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TimeAffine(
                    new Parameter("w", new Matrix(3, 4)), new Parameter("b", new Matrix(4, 1))))
        .withMessage("TimeAffine: w (3x4), so b must be (1x4); got b (4x1)");
    TimeAffine layer =
        new TimeAffine(new Parameter("w", new Matrix(3, 4)), new Parameter("b", new Matrix(1, 4)));
    assertThatIllegalStateException().isThrownBy(() -> layer.backward(new Tensor3(1, 1, 4)));
    assertThatIllegalStateException()
        .isThrownBy(() -> layer.backwardInto(new Tensor3(1, 1, 4), new Tensor3(1, 1, 3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new Tensor3(2, 2, 4)))
        .withMessage("TimeAffine.forward: xs must have 3 features, the last axis; it is (2x2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forwardInto(new Tensor3(2, 2, 3), new Tensor3(1, 4, 4)))
        .withMessage("TimeAffine.forward: ys must be (2x2x4), not (1x4x4)");
    layer.forward(new Tensor3(2, 2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backward(new Tensor3(2, 3, 4)))
        .withMessage("TimeAffine.backward: dys must be (2x2x4), not (2x3x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backwardInto(new Tensor3(2, 2, 4), new Tensor3(1, 4, 3)))
        .withMessage("TimeAffine.backward: dxs must be (2x2x3), not (1x4x3)");
  }

  @Test
  void tied_to_an_embedding_should_be_the_layer_of_the_transposed_weights() {
    Golden golden = Golden.load("rows/time_affine");
    Parameter vectors = new Parameter("embed.w", golden.matrix("W").transposed().copy());
    Parameter b = new Parameter("b", golden.matrix("b"));
    TimeAffine tied = TimeAffine.tied(vectors, b);
    assertThat(tied.isTied()).isTrue();
    assertThat(tied.inputSize()).isEqualTo(4);
    assertThat(tied.outputSize()).isEqualTo(6);
    assertThat(tied.parameters()).containsExactly(vectors, b);
    golden.assertMatches("out", tied.forward(golden.tensor("x")));
    golden.assertMatches("dx", tied.backward(golden.tensor("dout")));
    golden.assertMatches("dW", vectors.grad().transposed().copy());
    golden.assertMatches("db", b.grad());

    TimeAffine separate = new TimeAffine(new Parameter("w", golden.matrix("W")), b);
    assertThat(separate.isTied()).isFalse();
    assertThat(tied.forward(golden.tensor("x"))).isEqualTo(separate.forward(golden.tensor("x")));
  }

  @Test
  void tied_should_refuse_a_bias_that_does_not_fit_the_words() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TimeAffine.tied(
                    new Parameter("embed.w", new Matrix(7, 4)),
                    new Parameter("affine.b", new Matrix(1, 4))))
        .withMessage("TimeAffine, tied: embed.w (7x4), so b must be (1x7); got affine.b (1x4)");
  }
}
