package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

/**
 * Lesson 8. A text has a million words; nobody unrolls a million steps. It is cut into blocks of T
 * steps, and then
 *
 * <ul>
 *   <li>the <b>state</b> goes on from block to block: nothing is forgotten going forward;
 *   <li>the <b>gradient</b> stops at the block's edge: nothing is learned from further back.
 * </ul>
 *
 * <p>This is truncated backpropagation through time.
 */
class Lesson08TruncationAndStateTest {

  private static final int N = 2;
  private static final int T = 3;
  private static final int D = 2;
  private static final int H = 4;

  private final RandomState random = new RandomState(8);
  private final RnnCell cell =
      new RnnCell(
          Initializers.normal(D, H, random), Initializers.normal(H, H, random), new Matrix(1, H));
  private final Tensor3 first = random.randn(N, T, D);
  private final Tensor3 second = random.randn(N, T, D);
  private final Tensor3 both = joined(first, second);

  @Test
  void a_stateful_layer_reads_blocks_as_one_long_sequence() {
    Tensor3 whole = new TimeRnn(cell).forward(both);

    TimeRnn stateful = new TimeRnn(cell, true);
    stateful.forward(first);
    Tensor3 secondPart = stateful.forward(second);

    assertThat(secondPart.step(0)).isEqualTo(whole.step(T));
    assertThat(secondPart.step(T - 1)).isEqualTo(whole.step(2 * T - 1));
  }

  @Test
  void a_new_text_starts_with_a_reset_state() {
    TimeRnn stateful = new TimeRnn(cell, true);
    Tensor3 fresh = stateful.forward(first);
    stateful.forward(second);

    stateful.resetState();

    assertThat(stateful.forward(first)).isEqualTo(fresh);
  }

  @Test
  void the_whole_sequence_learns_from_its_end_what_its_beginning_should_have_been() {
    TimeRnn layer = new TimeRnn(cell);
    layer.forward(both);

    Tensor3 dxs = layer.backward(lossOnTheLastStepOf(2 * T));

    assertThat(dxs.step(0)).isNotEqualTo(new Matrix(N, D));
  }

  @Test
  void a_block_does_not_what_it_would_have_sent_back_stands_in_the_gradient_of_its_first_state() {
    TimeRnn whole = new TimeRnn(cell);
    whole.forward(both);
    Tensor3 dxs = whole.backward(lossOnTheLastStepOf(2 * T));

    TimeRnn block = new TimeRnn(cell);
    block.forward(first);
    State edge = block.finalState();
    block.forward(second, edge);
    Tensor3 dSecond = block.backward(lossOnTheLastStepOf(T));
    Matrix lost = block.initialStateGradient().h();

    // Inside the block the gradient is exact.
    assertThat(dSecond.step(0)).isEqualTo(dxs.step(T));

    // Handed to the first block as the gradient of its final state, the lost part completes it.
    block.forward(first);
    Tensor3 dFirst = block.backward(new Tensor3(N, T, H), State.of(lost));
    assertThat(dFirst.step(0)).isEqualTo(dxs.step(0));
  }

  private static Tensor3 lossOnTheLastStepOf(int steps) {
    Tensor3 dhs = new Tensor3(N, steps, H);
    Matrix ones = new Matrix(N, H);
    ones.fill(1);
    dhs.setStep(steps - 1, ones);
    return dhs;
  }

  private static Tensor3 joined(Tensor3 a, Tensor3 b) {
    Tensor3 both = new Tensor3(a.d0(), a.d1() + b.d1(), a.d2());
    for (int t = 0; t < a.d1(); t++) {
      both.setStep(t, a.step(t));
    }
    for (int t = 0; t < b.d1(); t++) {
      both.setStep(a.d1() + t, b.step(t));
    }
    return both;
  }
}
