package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Lesson 12. In use there is often no sequence, only the next value. A cell is made for that: it
 * owns its weights and nothing that changes, and the state is a value that the caller holds.
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
