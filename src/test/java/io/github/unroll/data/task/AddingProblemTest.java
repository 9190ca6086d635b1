package io.github.unroll.data.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.Batches;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddingProblemTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 11})
  void should_mark_one_step_of_each_half_and_ask_for_the_sum_of_their_values(int steps) {
    SequenceTargets drawn = new AddingProblem(steps).draw(200, new RandomState(1));
    Tensor3 xs = drawn.xs();
    assertThat(xs.shape()).isEqualTo(String.format(Locale.ROOT, "(200x%dx2)", steps));
    assertThat(drawn.targets().shape()).isEqualTo("(200x1x1)");
    assertThat(drawn.lengths()).isNull();
    boolean[] everMarked = new boolean[steps];
    for (int i = 0; i < 200; i++) {
      double sum = 0;
      int[] marks = new int[2];
      for (int t = 0; t < steps; t++) {
        assertThat(xs.get(i, t, 0)).isBetween(0.0, 1.0);
        assertThat(xs.get(i, t, 1)).isIn(0.0, 1.0);
        sum += xs.get(i, t, 0) * xs.get(i, t, 1);
        if (xs.get(i, t, 1) == 1) {
          marks[t < steps / 2 ? 0 : 1]++;
          everMarked[t] = true;
        }
      }
      assertThat(marks).containsExactly(1, 1);
      assertThat(drawn.targets().get(i, 0, 0)).isEqualTo(sum);
    }
    assertThat(everMarked).doesNotContain(false);
  }

  @Test
  void always_to_answer_1_should_score_a_sixth() {
    Tensor3 targets = new AddingProblem(4).draw(20_000, new RandomState(2)).targets();
    double squares = 0;
    for (double target : targets.data()) {
      squares += (target - 1) * (target - 1);
    }
    assertThat(squares / 20_000).isCloseTo(AddingProblem.BLIND_ERROR, within(0.005));
  }

  @Test
  void should_give_batches_that_are_fresh_in_each_epoch_and_the_same_from_the_same_seed() {
    Batches<SequenceTargets> batches = new AddingProblem(6).batches(3, 2, new RandomState(3));
    batches.beginEpoch();
    Tensor3 first = batches.read(0).xs();
    assertThat(first.d0()).isEqualTo(3);
    assertThat(batches.iterations()).isEqualTo(2);
    assertThat(batches.read(0).xs()).isEqualTo(first);
    assertThat(batches.read(1).xs()).isNotEqualTo(first);
    Batches<SequenceTargets> again = new AddingProblem(6).batches(3, 2, new RandomState(3));
    again.beginEpoch();
    assertThat(again.read(0).xs()).isEqualTo(first);
    batches.beginEpoch();
    assertThat(batches.read(0).xs()).isNotEqualTo(first);
  }

  @Test
  void should_refuse_what_is_no_task() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AddingProblem(1))
        .withMessage("AddingProblem: steps must be at least 2, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AddingProblem(6).batches(3, 0, new RandomState(1)))
        .withMessage("DrawnBatches: an epoch must have at least 1 batch, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AddingProblem(6).batches(0, 2, new RandomState(1)))
        .withMessage("batch size 0: it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AddingProblem(6).batches(3, 2, new RandomState(1)).read(2))
        .withMessage("no batch 2: an epoch has batches 0 to 1");
  }
}
