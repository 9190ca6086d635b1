package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bidirectional and RecurrentStack; that their figures are right, TorchTest shows. */
class CombinedLayersTest {

  private final RandomState random = new RandomState(51);

  @Test
  void adding_should_be_the_sum_of_what_concatenating_puts_side_by_side() {
    RecurrentLayer ahead = Kind.LSTM.layer(3, 4, random);
    RecurrentLayer back = Kind.LSTM.layer(3, 4, random);
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 beside = new Bidirectional(ahead, back).forward(xs);
    Tensor3 sum = new Bidirectional(ahead, back, Merge.ADD).forward(xs);
    assertThat(sum.shape()).isEqualTo("(2x5x4)");
    for (int i = 0; i < 2; i++) {
      for (int t = 0; t < 5; t++) {
        for (int j = 0; j < 4; j++) {
          assertThat(sum.get(i, t, j)).isEqualTo(beside.get(i, t, j) + beside.get(i, t, 4 + j));
        }
      }
    }
  }

  @Test
  void bidirectional_should_refuse_layers_that_do_not_fit() {
    RecurrentLayer layer = Kind.LSTM.layer(3, 4, random);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bidirectional(layer, Kind.LSTM.layer(3, 4, random, true)))
        .withMessageContaining("a stateful layer cannot read backward");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bidirectional(layer, layer))
        .withMessageContaining("each direction needs its own layer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bidirectional(layer, Kind.LSTM.layer(2, 4, random)))
        .withMessage("Bidirectional: the layers read 3 and 2 features; both must read the same");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bidirectional(layer, Kind.LSTM.layer(3, 5, random), Merge.ADD))
        .withMessage(
            "Bidirectional: outputs of 4 and 5 features can only be concatenated, not merged by"
                + " ADD");
    assertThatNullPointerException()
        .isThrownBy(() -> new Bidirectional(layer, Kind.LSTM.layer(3, 4, random), null))
        .withMessage("merge");
    Bidirectional beside = new Bidirectional(layer, Kind.RNN_TANH.layer(3, 5, random));
    assertThat(beside.outputSize()).isEqualTo(9);
    assertThat(beside.merge()).isEqualTo(Merge.CONCATENATE);
  }

  @Test
  void bidirectional_should_refuse_states_and_calls_that_do_not_fit() {
    Bidirectional both =
        new Bidirectional(Kind.LSTM.layer(3, 4, random), Kind.LSTM.layer(3, 4, random));
    Tensor3 xs = random.randn(2, 5, 3);
    assertThatIllegalStateException()
        .isThrownBy(() -> both.backward(xs))
        .withMessage("Bidirectional.backward: there was no forward yet; call forward first");
    assertThatIllegalStateException()
        .isThrownBy(() -> both.backwardInto(new Tensor3(2, 5, 8), xs))
        .withMessage("Bidirectional.backward: there was no forward yet; call forward first");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.forward(xs, State.of(new Matrix(2, 4))))
        .withMessage("Bidirectional.forward: a state has 4 parts, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.forward(new Tensor3(2, 5, 4)))
        .withMessage(
            "Bidirectional.forward: xs must have 3 features, the last axis; it is (2x5x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.forwardInto(xs, new Tensor3(5, 2, 8)))
        .withMessage("Bidirectional.forward: hs must be (2x5x8), not (5x2x8)");
    both.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.backward(new Tensor3(5, 2, 8)))
        .withMessage("Bidirectional.backward: dhs must be (2x5x8), not (5x2x8)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.backwardInto(new Tensor3(2, 5, 8), new Tensor3(5, 2, 3)))
        .withMessage("Bidirectional.backward: dxs must be (2x5x3), not (5x2x3)");
    assertThatIllegalStateException()
        .isThrownBy(() -> both.setState(Kind.randomState(both, 2, random)))
        .withMessageContaining("not stateful");
  }

  @Test
  void a_stateful_stack_should_carry_the_states_of_all_its_layers() {
    RecurrentStack stack =
        new RecurrentStack(
            List.of(
                Kind.LSTM.layer(3, 4, random, true),
                Kind.GRU_RESET_AFTER.layer(4, 2, random, true)));
    Tensor3 xs = random.randn(2, 5, 3);
    assertThat(stack.stateful()).isTrue();
    assertThat(stack.keptState()).isEmpty();
    Tensor3 first = stack.forward(xs);
    State end = stack.finalState();
    assertThat(stack.keptState()).contains(end);
    assertThat(stack.stateSizes()).containsExactly(4, 4, 2);
    Tensor3 second = stack.forward(xs);
    assertThat(second).isNotEqualTo(first);

    stack.resetState();
    assertThat(stack.forward(xs)).isEqualTo(first);
    stack.setState(end);
    assertThat(stack.forward(xs)).isEqualTo(second);
  }

  @Test
  void what_a_stateful_stack_refuses_should_leave_its_state_and_gradients_alone() {
    RecurrentStack stack =
        new RecurrentStack(
            List.of(Kind.LSTM.layer(3, 4, random, true), Kind.RNN_TANH.layer(4, 2, random, true)));
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 dhs = random.randn(2, 5, 2);
    stack.forward(xs);
    State end = stack.finalState();
    Tensor3 second = stack.forward(xs);
    stack.setState(end);

    State upperTooWide = State.of(new Matrix(2, 4), new Matrix(2, 4), new Matrix(2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.setState(upperTooWide))
        .withMessage("RecurrentStack.setState: part 2 of a state must be (2x2), not (2x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.forward(xs, upperTooWide))
        .withMessage("RecurrentStack.forward: part 2 of a state must be (2x2), not (2x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.forwardInto(xs, new Tensor3(2, 5, 3)))
        .withMessage("RecurrentStack.forward: hs must be (2x5x2), not (2x5x3)");
    assertThat(stack.forward(xs)).isEqualTo(second);

    State lowerTooWide = State.of(new Matrix(2, 4), new Matrix(2, 5), new Matrix(2, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.backward(dhs, lowerTooWide))
        .withMessage("RecurrentStack.backward: dFinal: part 1 of a state must be (2x4), not (2x5)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.backwardInto(dhs, new Tensor3(2, 5, 4)))
        .withMessage("RecurrentStack.backward: dxs must be (2x5x3), not (2x5x4)");
    stack.parameters().forEach(p -> assertThat(p.grad().data()).as(p.name()).containsOnly(0));
    stack.backward(dhs);
  }

  @Test
  void bidirectional_should_check_the_states_of_both_directions_before_it_runs_one() {
    RecurrentLayer ahead = Kind.RNN_TANH.layer(3, 4, random);
    Bidirectional both = new Bidirectional(ahead, Kind.RNN_TANH.layer(3, 5, random));
    Tensor3 xs = random.randn(2, 5, 3);
    State backTooWide = State.of(new Matrix(2, 4), new Matrix(2, 6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.forward(xs, backTooWide))
        .withMessage("Bidirectional.forward: part 1 of a state must be (2x5), not (2x6)");
    assertThatIllegalStateException().as("ran nothing").isThrownBy(ahead::finalState);
    both.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.backward(random.randn(2, 5, 9), backTooWide))
        .withMessage("Bidirectional.backward: dFinal: part 1 of a state must be (2x5), not (2x6)");
    both.parameters().forEach(p -> assertThat(p.grad().data()).as(p.name()).containsOnly(0));
  }

  /** An optimizer changes each parameter of the list once for each time that it stands there. */
  @Test
  void shared_parameters_should_be_listed_once() {
    LstmCell cell = Kind.LSTM.lstmCell(4, 4, random);
    RecurrentLayer one = new TimeLstm(cell);
    RecurrentLayer other = new TimeLstm(cell);
    assertThat(new Bidirectional(one, other).parameters()).isEqualTo(cell.parameters());
    assertThat(new RecurrentStack(List.of(one, other)).parameters()).isEqualTo(cell.parameters());
  }

  @Test
  void dropout_should_act_between_layers_in_training_only() {
    RecurrentLayer lower = Kind.LSTM.layer(3, 30, random);
    RecurrentLayer upper = Kind.LSTM.layer(30, 4, random);
    RecurrentStack stack = new RecurrentStack(List.of(lower, upper), 0.5, new RandomState(1));
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 without = upper.forward(lower.forward(xs));
    assertThat(stack.forward(xs)).isNotEqualTo(without);
    stack.setTraining(false);
    assertThat(stack.forward(xs)).isEqualTo(without);
  }

  @Test
  void a_stack_should_be_its_layers_and_dropouts_one_after_the_other() {
    RecurrentLayer a = Kind.LSTM.layer(3, 4, random);
    RecurrentLayer b = Kind.GRU_RESET_AFTER.layer(4, 4, random);
    RecurrentLayer c = Kind.RNN_TANH.layer(4, 4, random);
    RandomState masks = new RandomState(5);
    TimeDropout ab = new TimeDropout(4, 0.5, masks);
    TimeDropout bc = new TimeDropout(4, 0.5, masks);
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 dhs = random.randn(2, 5, 4);
    Tensor3 hs = c.forward(bc.forward(b.forward(ab.forward(a.forward(xs)))));
    Tensor3 dxs = a.backward(ab.backward(b.backward(bc.backward(c.backward(dhs)))));

    RecurrentStack stack = new RecurrentStack(List.of(a, b, c), 0.5, new RandomState(5));
    assertThat(stack.layers()).containsExactly(a, b, c);
    assertThat(stack.stateful()).isFalse();
    assertThat(stack.forward(xs)).isEqualTo(hs);
    assertThat(stack.backward(dhs)).isEqualTo(dxs);
  }

  @Test
  void stack_should_refuse_layers_that_do_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecurrentStack(List.of()))
        .withMessage("RecurrentStack: no layers; pass at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RecurrentStack(
                    List.of(Kind.LSTM.layer(3, 4, random), Kind.LSTM.layer(5, 2, random))))
        .withMessage("RecurrentStack: layer 0 gives 4 features and layer 1 reads 5");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RecurrentStack(
                    List.of(Kind.LSTM.layer(3, 4, random), Kind.LSTM.layer(4, 2, random, true))))
        .withMessage("RecurrentStack: layers 0 and 1: one is stateful, one is not");
    RecurrentLayer square = Kind.LSTM.layer(4, 4, random);
    RecurrentStack stack = new RecurrentStack(List.of(Kind.LSTM.layer(3, 4, random), square));
    String early = "RecurrentStack.backward: there was no forward yet; call forward first";
    Tensor3 dhs = new Tensor3(2, 5, 4);
    assertThatIllegalStateException().isThrownBy(() -> stack.backward(dhs)).withMessage(early);
    assertThatIllegalStateException()
        .isThrownBy(() -> stack.backwardInto(dhs, new Tensor3(2, 5, 3)))
        .withMessage(early);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.forward(new Tensor3(2, 5, 2)))
        .withMessage(
            "RecurrentStack.forward: xs must have 3 features, the last axis; it is (2x5x2)");
    stack.forward(new Tensor3(2, 5, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.backward(new Tensor3(5, 2, 4)))
        .withMessage("RecurrentStack.backward: dhs must be (2x5x4), not (5x2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecurrentStack(List.of(square, square)))
        .withMessage("RecurrentStack: layer 1 is listed twice; build two over the same cell");
  }

  @Test
  void dropout_should_be_switched_in_layers_within_layers_too() {
    RecurrentStack inner =
        new RecurrentStack(
            List.of(Kind.LSTM.layer(3, 30, random), Kind.LSTM.layer(30, 4, random)),
            0.5,
            new RandomState(1));
    RecurrentStack outer = new RecurrentStack(List.of(inner, Kind.LSTM.layer(4, 2, random)));
    RecurrentStack back =
        new RecurrentStack(
            List.of(Kind.LSTM.layer(3, 30, random), Kind.LSTM.layer(30, 2, random)),
            0.5,
            new RandomState(2));
    Bidirectional both = new Bidirectional(outer, back);
    Tensor3 xs = random.randn(2, 5, 3);
    assertThat(both.forward(xs)).isNotEqualTo(both.forward(xs));
    both.setTraining(false);
    Tensor3 without = both.forward(xs);
    assertThat(both.forward(xs)).isEqualTo(without);
    outer.setTraining(true);
    assertThat(both.forward(xs)).isNotEqualTo(without);
    outer.setTraining(false);
    back.setTraining(true);
    assertThat(both.forward(xs)).isNotEqualTo(without);
  }

  @Test
  void a_stack_should_refuse_a_dropout_rate_that_has_no_meaning_even_of_one_layer() {
    List<RecurrentLayer> one = List.of(Kind.LSTM.layer(3, 4, random));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecurrentStack(one, 1.5, random))
        .withMessage("RecurrentStack: dropout must be in [0, 1), not 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecurrentStack(one, Double.NaN, random));
  }

  @Test
  void a_stack_should_follow_a_changed_batch_and_give_tensors_that_it_never_touches_again() {
    RecurrentLayer lower = Kind.GRU_RESET_BEFORE.layer(3, 4, random);
    RecurrentLayer upper = Kind.LSTM.layer(4, 2, random);
    RecurrentStack stack = new RecurrentStack(List.of(lower, upper));
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 hs = stack.forward(xs);
    Tensor3 copy = hs.copy();
    Tensor3 other = random.randn(3, 2, 3);
    assertThat(stack.forward(other)).isEqualTo(upper.forward(lower.forward(other)));
    assertThat(hs).isEqualTo(copy);
  }

  @Test
  void refused_lengths_should_leave_the_forward_before_them_to_its_backward() {
    RecurrentLayer lower = Kind.GRU_RESET_BEFORE.layer(3, 4, random);
    RecurrentStack stack = new RecurrentStack(List.of(lower, Kind.LSTM.layer(4, 2, random)));
    Tensor3 dhs = random.randn(2, 5, 2);
    Tensor3 xs = random.randn(2, 5, 3);
    stack.forward(xs);
    Tensor3 dxs = stack.backward(dhs);
    stack.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.forward(random.randn(2, 6, 3), new int[] {7, 1}))
        .withMessage("lengths: sequence 0 has length 7, not in 1..6");
    assertThat(stack.backward(dhs)).isEqualTo(dxs);
    Bidirectional both =
        new Bidirectional(Kind.LSTM.layer(3, 1, random), Kind.LSTM.layer(3, 1, random));
    both.forward(xs);
    Tensor3 dxsOfBoth = both.backward(dhs);
    both.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.forward(random.randn(2, 6, 3), new int[] {7, 1}))
        .withMessage("lengths: sequence 0 has length 7, not in 1..6");
    assertThat(both.backward(dhs)).isEqualTo(dxsOfBoth);
  }

  /** The layer, but that it has room for nothing. */
  private static RecurrentLayer withoutRoom(RecurrentLayer layer) {
    return (RecurrentLayer)
        Proxy.newProxyInstance(
            RecurrentLayer.class.getClassLoader(),
            new Class<?>[] {RecurrentLayer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("checkRoom")) {
                throw new IllegalArgumentException("no room");
              }
              return method.invoke(layer, arguments);
            });
  }

  @Test
  void no_layer_should_read_before_all_have_said_that_they_have_room() {
    Tensor3 xs = random.randn(2, 5, 3);
    RecurrentLayer lower = Kind.LSTM.layer(3, 4, random, true);
    RecurrentLayer upper = withoutRoom(Kind.LSTM.layer(4, 2, random, true));
    RecurrentStack stack = new RecurrentStack(List.of(lower, upper));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.forwardInto(xs, new Tensor3(2, 5, 2)))
        .withMessage("no room");
    assertThat(lower.keptState()).isEmpty();

    RecurrentLayer ahead = Kind.LSTM.layer(3, 4, random);
    Bidirectional both = new Bidirectional(ahead, withoutRoom(Kind.LSTM.layer(3, 4, random)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.forwardInto(xs, new Tensor3(2, 5, 8)))
        .withMessage("no room");
    assertThatIllegalStateException().isThrownBy(ahead::finalState);
  }
}
