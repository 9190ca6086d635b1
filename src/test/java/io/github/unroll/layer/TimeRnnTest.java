package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.Golden;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

class TimeRnnTest {

  private static RnnCell goldenCell(Golden golden) {
    return new RnnCell(golden.matrix("Wx"), golden.matrix("Wh"), golden.matrix("b"));
  }

  private static RnnCell randomCell(int d, int h, RandomState random) {
    return new RnnCell(
        random.randn(d, h).times(0.5), random.randn(h, h).times(0.5), random.randn(1, h));
  }

  @Test
  void should_equal_the_numpy_original() {
    Golden golden = Golden.load("rows/time_rnn");
    RnnCell cell = goldenCell(golden);
    TimeRnn layer = new TimeRnn(cell);

    golden.assertMatches("hs", layer.forward(golden.tensor("xs")));
    golden.assertMatches("h", layer.finalState().h());
    golden.assertMatches("dxs", layer.backward(golden.tensor("dhs")));
    golden.assertMatches("dh", layer.initialStateGradient().h());
    golden.assertMatches("dWx", cell.wx().grad());
    golden.assertMatches("dWh", cell.wh().grad());
    golden.assertMatches("db", cell.b().grad());
  }

  @Test
  void should_carry_its_state_as_the_numpy_original_when_stateful() {
    Golden golden = Golden.load("rows/time_rnn_stateful");
    RnnCell cell = goldenCell(golden);
    TimeRnn layer = new TimeRnn(cell, true);

    for (int block = 1; block <= 2; block++) {
      layer.parameters().forEach(Parameter::zeroGrad);
      golden.assertMatches("hs" + block, layer.forward(golden.tensor("xs" + block)));
      golden.assertMatches("h" + block, layer.finalState().h());
      golden.assertMatches("dxs" + block, layer.backward(golden.tensor("dhs" + block)));
      golden.assertMatches("dh" + block, layer.initialStateGradient().h());
      golden.assertMatches("dWx" + block, cell.wx().grad());
      golden.assertMatches("dWh" + block, cell.wh().grad());
      golden.assertMatches("db" + block, cell.b().grad());
    }
  }

  @Test
  void should_start_anew_when_not_stateful() {
    Golden golden = Golden.load("rows/time_rnn_stateful");
    TimeRnn layer = new TimeRnn(goldenCell(golden));
    layer.forward(golden.tensor("xs1"));
    golden.assertMatches("hs2_not_stateful", layer.forward(golden.tensor("xs2")));
  }

  @Test
  void should_start_from_the_state_that_was_set() {
    Golden golden = Golden.load("rows/time_rnn_stateful");
    TimeRnn stateful = new TimeRnn(goldenCell(golden), true);
    stateful.setState(State.of(golden.matrix("h1")));
    golden.assertMatches("hs2", stateful.forward(golden.tensor("xs2")));

    TimeRnn perCall = new TimeRnn(goldenCell(golden));
    golden.assertMatches(
        "hs2", perCall.forward(golden.tensor("xs2"), State.of(golden.matrix("h1"))));
  }

  @Test
  void should_start_from_zeros_after_reset() {
    Golden golden = Golden.load("rows/time_rnn_stateful");
    TimeRnn layer = new TimeRnn(goldenCell(golden), true);
    layer.forward(golden.tensor("xs1"));
    layer.resetState();
    golden.assertMatches("hs2_not_stateful", layer.forward(golden.tensor("xs2")));
  }

  @Test
  void should_go_on_from_a_state_given_to_one_call_when_stateful() {
    Golden golden = Golden.load("rows/time_rnn_stateful");
    TimeRnn layer = new TimeRnn(goldenCell(golden), true);
    layer.forward(golden.tensor("xs2"));
    State zeros = State.of(new Matrix(golden.matrix("h1").rows(), layer.outputSize()));
    layer.forward(golden.tensor("xs1"), zeros);
    golden.assertMatches("hs2", layer.forward(golden.tensor("xs2")));
  }

  @Test
  void should_keep_its_state_apart_from_the_callers_matrix() {
    Golden golden = Golden.load("rows/time_rnn_stateful");
    TimeRnn layer = new TimeRnn(goldenCell(golden), true);
    Matrix h1 = golden.matrix("h1");
    layer.setState(State.of(h1));
    h1.fill(7);
    golden.assertMatches("hs2", layer.forward(golden.tensor("xs2")));
    layer.finalState().h().fill(7);
    golden.assertMatches("h2", layer.finalState().h());
  }

  @Test
  void should_not_mind_what_the_caller_does_to_its_tensors_between_forward_and_backward() {
    Golden golden = Golden.load("rows/time_rnn");
    RnnCell cell = goldenCell(golden);
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 xs = golden.tensor("xs");
    Tensor3 hs = layer.forward(xs);
    xs.fill(Double.NaN);
    hs.fill(Double.NaN);
    golden.assertMatches("dxs", layer.backward(golden.tensor("dhs")));
    golden.assertMatches("dWx", cell.wx().grad());
    golden.assertMatches("dWh", cell.wh().grad());
  }

  @Test
  void should_serve_batches_of_changing_size() {
    RandomState random = new RandomState(14);
    RnnCell cell = randomCell(3, 4, random);
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 large = random.randn(4, 6, 3);
    Tensor3 small = random.randn(2, 3, 3);
    Tensor3 dhs = random.randn(2, 3, 4);
    layer.forward(large);
    layer.backward(random.randn(4, 6, 4));

    TimeRnn fresh = new TimeRnn(cell);
    assertThat(layer.forward(small)).isEqualTo(fresh.forward(small));
    assertThat(layer.backward(dhs)).isEqualTo(fresh.backward(dhs));
  }

  @Test
  void should_say_so_when_the_batch_size_changes_under_a_kept_state() {
    TimeRnn layer = new TimeRnn(randomCell(3, 4, new RandomState(1)), true);
    layer.forward(new Tensor3(2, 5, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new Tensor3(3, 5, 3)))
        .withMessage(
            "TimeRnn.forward: the kept state has a batch of 2, the inputs have a batch of 3; "
                + "keep the batch size, or call resetState()");
    layer.resetState();
    assertThat(layer.forward(new Tensor3(3, 5, 3)).shape()).isEqualTo("(3x5x4)");
  }

  @Test
  void should_refuse_tensors_that_do_not_fit() {
    TimeRnn layer = new TimeRnn(randomCell(3, 4, new RandomState(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new Tensor3(2, 5, 4)))
        .withMessage("TimeRnn.forward: xs must have 3 features, the last axis; it is (2x5x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new Tensor3(2, 5, 3), State.of(new Matrix(2, 3))))
        .withMessage("TimeRnn.forward: part 0 of a state must be (2x4), not (2x3)");
    layer.forward(new Tensor3(2, 5, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backward(new Tensor3(2, 4, 4)))
        .withMessage("TimeRnn.backward: dhs must be (2x5x4), not (2x4x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backwardInto(new Tensor3(2, 5, 4), new Tensor3(5, 2, 3)))
        .withMessage("TimeRnn.backward: dxs must be (2x5x3), not (5x2x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forwardInto(new Tensor3(2, 5, 3), new Tensor3(5, 2, 4)))
        .withMessage("TimeRnn.forward: hs must be (2x5x4), not (5x2x4)");
  }

  @Test
  void should_refuse_what_has_no_meaning_yet() {
    TimeRnn layer = new TimeRnn(randomCell(3, 4, new RandomState(1)));
    assertThatIllegalStateException()
        .isThrownBy(() -> layer.backward(new Tensor3(2, 5, 4)))
        .withMessageContaining("call forward first");
    assertThatIllegalStateException()
        .isThrownBy(() -> layer.backwardInto(new Tensor3(2, 5, 4), new Tensor3(2, 5, 3)))
        .withMessageContaining("call forward first");
    assertThatIllegalStateException().isThrownBy(layer::finalState);
    layer.forward(new Tensor3(2, 5, 3));
    assertThatIllegalStateException()
        .isThrownBy(layer::initialStateGradient)
        .withMessageContaining("call backward");
    layer.backward(new Tensor3(2, 5, 4));
    layer.forward(new Tensor3(2, 5, 3));
    assertThatIllegalStateException().isThrownBy(layer::initialStateGradient); // the older one's
    assertThatIllegalStateException()
        .isThrownBy(() -> layer.setState(State.of(new Matrix(2, 4))))
        .withMessageContaining("forward(xs, initial)");
  }
}
