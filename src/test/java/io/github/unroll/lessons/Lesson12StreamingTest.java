package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.model.SequenceConfiguration;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.SequenceSession;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Lesson 12. In use there is often no sequence, only the next value. A cell is made for that: it
 * owns its weights and nothing that changes, and the state is a value that the caller holds. A
 * session is the same for a whole model: it holds the state, and the model's weights are shared.
 */
class Lesson12StreamingTest {

  private static final int D = 3;
  private static final int H = 6;
  private static final int T = 20;

  private final RandomState random = new RandomState(12);
  private final LstmCell cell =
      new LstmCell(
          Initializers.normal(D, 4 * H, random),
          Initializers.normal(H, 4 * H, random),
          Initializers.lstmBias(H, 1));

  @Test
  void step_by_step_gives_the_bits_of_the_whole_sequence() {
    Tensor3 xs = random.randn(1, T, D);

    assertThat(last(xs)).isEqualTo(new TimeLstm(cell).forward(xs).step(T - 1));
  }

  @Test
  void one_cell_serves_many_streams_on_many_threads() {
    List<Tensor3> streams = IntStream.range(0, 100).mapToObj(i -> random.randn(1, T, D)).toList();
    List<Matrix> oneAfterTheOther = streams.stream().map(this::last).toList();

    List<Matrix> allAtOnce = streams.parallelStream().map(this::last).toList();

    assertThat(allAtOnce).isEqualTo(oneAfterTheOther);
  }

  @Test
  void a_state_can_be_put_aside_and_taken_up_again() {
    Matrix x = random.randn(1, D);
    LstmCell.Step before = cell.forward(x, new Matrix(1, H), new Matrix(1, H));
    Matrix savedH = before.hNext().copy();
    Matrix savedC = before.cNext().copy();

    cell.forward(random.randn(1, D), before.hNext(), before.cNext()); // another stream goes on

    assertThat(cell.forward(x, savedH, savedC).hNext())
        .isEqualTo(cell.forward(x, before.hNext(), before.cNext()).hNext());
  }

  @Test
  void a_session_streams_through_a_whole_model() {
    SequenceRegressor model =
        new SequenceRegressor(new SequenceConfiguration(D, H, 1).withLayers(2), random);
    Tensor3 xs = random.randn(1, T, D);
    SequenceSession session = model.newSession();

    Matrix answer = null;
    for (int t = 0; t < T; t++) {
      answer = session.step(xs.step(t)); // an answer after every value, not only the last
    }

    assertThat(answer).isEqualTo(model.predict(xs).step(0));
  }

  @Test
  void sessions_of_one_model_are_stepped_as_one_and_stay_apart() {
    SequenceRegressor model = new SequenceRegressor(new SequenceConfiguration(D, H, 1), random);
    SequenceSession old = model.newSession();
    SequenceSession young = model.newSession();
    old.step(random.randn(1, D));
    State before = old.state();
    Matrix xs = random.randn(2, D);

    Matrix together = SequenceSession.stepTogether(List.of(old, young), xs);

    old.setState(before); // the same step again, alone
    assertThat(old.step(xs.get(0, 0), xs.get(0, 1), xs.get(0, 2)))
        .containsExactly(together.get(0, 0));
    young.reset();
    assertThat(young.step(xs.get(1, 0), xs.get(1, 1), xs.get(1, 2)))
        .containsExactly(together.get(1, 0));
  }

  /** The state after all steps of one stream, stepped by hand. */
  private Matrix last(Tensor3 xs) {
    Matrix h = new Matrix(1, H);
    Matrix c = new Matrix(1, H);
    for (int t = 0; t < xs.d1(); t++) {
      LstmCell.Step step = cell.forward(xs.step(t), h, c);
      h = step.hNext();
      c = step.cNext();
    }
    return h;
  }
}
