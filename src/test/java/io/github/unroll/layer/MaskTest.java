package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.check.CellCheck;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.layer.Recurrent.SkippedOutput;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps that do not count; that they touch nothing, {@link CellCheck} shows. */
class MaskTest {

  private static final int D = 2;
  private static final int H = 3;
  private static final boolean[][] HOLES = {
    {false, true, false, true, false},
    {true, true, false, false, true},
    {false, false, false, false, false}
  };

  private final RandomState random = new RandomState(12);
  private final Tensor3 xs = random.randn(3, 5, D);

  @ParameterizedTest
  @EnumSource
  void a_hole_should_give_zeros_or_by_choice_the_latest_output(Kind kind) {
    Recurrent<?> layer = (Recurrent<?>) kind.layer(D, H, random);
    Tensor3 zeros = layer.forward(xs, Mask.of(HOLES), null);
    layer.setSkippedOutput(SkippedOutput.LAST);
    Tensor3 latest = layer.forward(xs, Mask.of(HOLES), null);
    for (int i = 0; i < 3; i++) {
      Matrix before = new Matrix(1, H);
      for (int t = 0; t < 5; t++) {
        Matrix output = zeros.sequence(i).rows(t, 1).copy();
        assertThat(output.equals(new Matrix(1, H))).isEqualTo(!HOLES[i][t]);
        before = HOLES[i][t] ? output : before;
        assertThat(latest.sequence(i).rows(t, 1).copy()).isEqualTo(before);
      }
    }
  }

  @Test
  void a_sequence_of_which_no_step_counts_should_end_where_it_began() {
    RecurrentLayer layer = Kind.LSTM.layer(D, H, random);
    State initial = Kind.randomState(layer, 3, random);
    layer.forward(xs, Mask.of(HOLES), initial);
    for (int p = 0; p < 2; p++) {
      assertThat(layer.finalState().matrices().get(p).rows(2, 1).copy())
          .isEqualTo(initial.matrices().get(p).rows(2, 1).copy());
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients_should_flow_through_outputs_that_are_given_again(Kind kind) {
    Recurrent<?> layer = (Recurrent<?>) kind.layer(D, H, random);
    layer.setSkippedOutput(SkippedOutput.LAST);
    State initial = Kind.randomState(layer, 3, random);
    Tensor3 dhs = random.randn(3, 5, H);
    Tensor3 dxs = new Tensor3(3, 5, D);
    new GradientCheck(
            () -> dot(layer.forward(xs, Mask.of(HOLES), initial), dhs),
            () -> layer.backwardInto(dhs, dxs))
        .parameters(layer.parameters())
        .input("xs", xs, () -> dxs)
        .input("h", initial.h(), () -> layer.initialStateGradient().h())
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void what_skipped_steps_give_should_change_from_the_next_forward_on() {
    Recurrent<?> layer = (Recurrent<?>) Kind.LSTM.layer(D, H, random);
    Tensor3 dhs = random.randn(3, 5, H);
    layer.forward(xs, Mask.of(HOLES), null);
    Tensor3 want = layer.backward(dhs);
    layer.forward(xs, Mask.of(HOLES), null);
    layer.setSkippedOutput(SkippedOutput.LAST); // not for the forward that stands
    assertThat(layer.backward(dhs)).isEqualTo(want);
  }

  @Test
  void should_name_the_row_that_is_null() {
    assertThatNullPointerException()
        .isThrownBy(() -> Mask.of(new boolean[2], null))
        .withMessage("counts[1]");
  }

  private static double dot(Tensor3 a, Tensor3 b) {
    double sum = 0;
    for (int i = 0; i < a.data().length; i++) {
      sum += a.data()[i] * b.data()[i];
    }
    return sum;
  }

  @Test
  void lengths_should_be_the_mask_that_begins_with_so_many_steps() {
    RecurrentLayer layer = Kind.LSTM.layer(D, H, random);
    boolean[][] first = {
      {true, true, false, false, false},
      {true, true, true, true, true},
      {true, false, false, false, false}
    };
    assertThat(layer.forward(xs, new int[] {2, 5, 1}))
        .isEqualTo(layer.forward(xs, Mask.of(first), null));
  }

  @Test
  void should_refuse_a_mask_of_another_batch_or_length() {
    RecurrentLayer layer = Kind.LSTM.layer(D, H, random);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, Mask.of(new boolean[2][5]), null))
        .withMessage("mask: there are rows for 2 sequences, the batch has 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, Mask.of(new boolean[3][4]), null))
        .withMessage("mask: row 0 has 4 steps, the sequences have 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, Mask.ofLengths(5, 6, 1), null))
        .withMessage("lengths: sequence 1 has length 6, not in 1..5");
  }

  // ---- reading backward ----

  @ParameterizedTest
  @EnumSource
  void a_reversed_layer_should_read_as_the_layer_reads_the_sequence_turned_round(Kind kind) {
    RecurrentLayer layer = kind.layer(D, H, random);
    Tensor3 turned = turned(xs, new int[] {5, 5, 5});
    Tensor3 asRead = layer.forward(turned);
    State last = layer.finalState();
    Reversed reversed = new Reversed(layer);
    assertThat(reversed.forward(xs)).isEqualTo(turned(asRead, new int[] {5, 5, 5}));
    assertThat(reversed.finalState()).isEqualTo(last);
    assertThat(new Reversed(layer, Reversed.Order.AS_READ).forward(xs)).isEqualTo(asRead);
  }

  @Test
  void a_reversed_layer_should_begin_at_the_last_step_that_counts() {
    int[] lengths = {2, 5, 1};
    RecurrentLayer layer = Kind.GRU_RESET_AFTER.layer(D, H, random);
    Tensor3 asRead = layer.forward(turned(xs, lengths), lengths);
    assertThat(new Reversed(layer).forward(xs, lengths)).isEqualTo(turned(asRead, lengths));
  }

  @Test
  void a_reversed_layer_should_have_the_gradients_of_what_it_gives() {
    for (Reversed.Order order : Reversed.Order.values()) {
      for (Mask mask : new Mask[] {null, Mask.ofLengths(2, 5, 1), Mask.of(HOLES)}) {
        Reversed layer = new Reversed(Kind.LSTM.layer(D, H, random), order);
        Tensor3 dhs = random.randn(3, 5, H);
        Tensor3 dxs = new Tensor3(3, 5, D);
        new GradientCheck(
                () -> dot(layer.forward(xs, mask, null), dhs), () -> layer.backwardInto(dhs, dxs))
            .parameters(layer.parameters())
            .input("xs", xs, () -> dxs)
            .run()
            .assertBelow(1e-7);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_reversed_layer_should_go_back_as_the_layer_that_read_turned_round(Reversed.Order order) {
    int[] whole = {5, 5, 5};
    RecurrentLayer layer = Kind.LSTM.layer(D, H, random);
    Tensor3 dhs = random.randn(3, 5, H);
    layer.forward(turned(xs, whole));
    Tensor3 dTurned = order == Reversed.Order.AS_READ ? dhs : turned(dhs, whole);
    Tensor3 dxs = turned(layer.backward(dTurned), whole);

    Reversed reversed = new Reversed(layer, order);
    assertThat(reversed.stateful()).isFalse();
    reversed.forward(xs);
    assertThat(reversed.backward(dhs)).isEqualTo(dxs);
  }

  @ParameterizedTest
  @EnumSource
  void a_reversed_layer_should_refuse_what_does_not_fit(Reversed.Order order) {
    Reversed layer = new Reversed(Kind.LSTM.layer(D, H, random), order);
    Tensor3 dhs = random.randn(3, 5, H);
    String early = "Reversed.backward: there was no forward yet; call forward first";
    assertThatIllegalStateException().isThrownBy(() -> layer.backward(dhs)).withMessage(early);
    assertThatIllegalStateException()
        .isThrownBy(() -> layer.backwardInto(dhs, new Tensor3(3, 5, D)))
        .withMessage(early);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(new Tensor3(3, 5, D + 1)))
        .withMessage("Reversed.forward: xs must have 2 features, the last axis; it is (3x5x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forwardInto(xs, new Tensor3(5, 3, H)))
        .withMessage("Reversed.forward: hs must be (3x5x3), not (5x3x3)");
    layer.forward(xs);
    Tensor3 dxs = layer.backward(dhs);
    layer.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, new int[] {1, 6, 1}))
        .withMessage("lengths: sequence 1 has length 6, not in 1..5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backward(new Tensor3(5, 3, H)))
        .withMessage("Reversed.backward: dhs must be (3x5x3), not (5x3x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.backwardInto(dhs, new Tensor3(5, 3, D)))
        .withMessage("Reversed.backward: dxs must be (3x5x2), not (5x3x2)");
    assertThat(layer.backward(dhs)).as("what was refused changed nothing").isEqualTo(dxs);
  }

  private static Tensor3 turned(Tensor3 x, int[] lengths) {
    Tensor3 turned = new Tensor3(x.d0(), x.d1(), x.d2());
    for (int i = 0; i < x.d0(); i++) {
      for (int t = 0; t < lengths[i]; t++) {
        turned.sequence(i).copyRow(t, x.sequence(i), lengths[i] - 1 - t);
      }
    }
    return turned;
  }
}
