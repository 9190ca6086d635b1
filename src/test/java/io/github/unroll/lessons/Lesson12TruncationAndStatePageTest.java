package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Lesson 12. A text has a million words; nobody unrolls a million steps. It is cut into blocks of T
 * steps, and then
 *
 * <ul>
 *   <li>the <b>state</b> goes on from block to block: nothing is forgotten going forward;
 *   <li>the <b>gradient</b> stops at the block's edge: nothing is learned from further back.
 * </ul>
 *
 * <p>This is truncated backpropagation through time.
 */
class Lesson12TruncationAndStatePageTest {

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

  private static final String TEXT = "unrollthetext";

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("12-truncation-and-state.md");
    page.numbers("layout", layout());
    page.numbers("state", states());
    page.numbers("gradient", gradients());
    page.numbers("one-step", List.of(oneStepBack()));
    page.requireAllChecked();
  }

  private static List<String> layout() {
    int[] ids = TEXT.chars().toArray();
    BpttBatches batches = new BpttBatches(ids, 3, 2);
    List<String> lines =
        new ArrayList<>(
            List.of("       block 0         block 1", "       input  target   input  target"));
    for (int n = 0; n < 3; n++) {
      StringBuilder line = new StringBuilder("row " + n + "  ");
      for (int k = 0; k < batches.iterations(); k++) {
        line.append(letters(batches.batch(k).xs()[n])).append("   ");
        line.append(letters(batches.batch(k).ts()[n])).append(k == 0 ? "     " : "");
      }
      lines.add(line.toString().stripTrailing());
    }
    assertThat(batches.iterations()).isEqualTo(2);
    return lines;
  }

  private static String letters(int[] ids) {
    StringBuilder letters = new StringBuilder();
    for (int id : ids) {
      letters.append((char) id).append(' ');
    }
    return letters.toString();
  }

  /** The cell of lesson 2, and four steps of two sequences. */
  private static RnnCell small() {
    return new RnnCell(
        Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8),
        Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7),
        Matrix.of(1, 2, 0.1, -0.1));
  }

  private static Tensor3 inputs() {
    return Tensor3.of(2, 4, 2, 1, 0, 0.5, -1, -0.5, 0.5, 0, 1, 0, 1, -1, 0.5, 1, 0, 0.5, 0);
  }

  private static List<String> states() {
    Tensor3 xs = inputs();
    Tensor3 whole = new TimeRnn(small()).forward(xs);
    TimeRnn carried = new TimeRnn(small(), true);
    carried.forward(steps(xs, 0));
    Tensor3 goesOn = carried.forward(steps(xs, 2));
    Tensor3 anew = new TimeRnn(small()).forward(steps(xs, 2));
    assertThat(goesOn.step(1)).isEqualTo(whole.step(3));
    MatrixLines lines = new MatrixLines(31, 4);
    lines.with("h[3], all four steps at once", whole.step(3));
    lines.with("h[3], the state goes on", goesOn.step(1));
    return lines.with("h[3], block 1 begins with zeros", anew.step(1)).lines();
  }

  private static Tensor3 steps(Tensor3 xs, int from) {
    Tensor3 two = new Tensor3(xs.d0(), 2, xs.d2());
    two.setStep(0, xs.step(from));
    two.setStep(1, xs.step(from + 1));
    return two;
  }

  /** The loss is the sum of all numbers of the last state. */
  private static List<String> gradients() {
    RnnCell cell = small();
    Tensor3 xs = inputs();
    RnnCell.Step[] steps = new RnnCell.Step[4];
    Matrix h = new Matrix(2, 2);
    for (int t = 0; t < 4; t++) {
      steps[t] = cell.forward(xs.step(t), h);
      h = steps[t].hNext();
    }
    Matrix[] whole = new Matrix[4];
    whole[3] = Matrix.of(2, 2, 1, 1, 1, 1);
    for (int t = 3; t > 0; t--) {
      whole[t - 1] = cell.backward(whole[t], steps[t].cache()).dhPrev();
    }
    MatrixLines all = new MatrixLines(7, 4).with("one block of four steps");
    MatrixLines cut = new MatrixLines(7, 4).with("").with("two blocks of two steps");
    for (int t = 0; t < 4; t++) {
      all.with("dh[" + t + "]", whole[t]);
      cut.with("dh[" + t + "]", t < 2 ? new Matrix(2, 2) : whole[t]);
    }
    TimeRnn block = new TimeRnn(cell);
    block.forward(steps(xs, 2), State.of(steps[1].hNext()));
    Tensor3 dhs = new Tensor3(2, 2, 2);
    dhs.setStep(1, whole[3]);
    block.backward(dhs);
    assertThat(block.initialStateGradient().h()).isEqualTo(whole[1]); // computed, then dropped
    return Stream.concat(all.lines().stream(), cut.lines().stream()).toList();
  }

  /** One number of dh[2], where dh[3] is all ones. */
  private static String oneStepBack() {
    RnnCell cell = small();
    Matrix before = new TimeRnn(cell).forward(inputs()).step(2).copy();
    RnnCell.Step step = cell.forward(inputs().step(3), before);
    Matrix h = step.hNext();
    Matrix wh = cell.wh().value();
    double sum = 0;
    for (int j = 0; j < 2; j++) {
      sum += (1 - h.get(0, j) * h.get(0, j)) * wh.get(0, j);
    }
    Matrix dhPrev = cell.backward(Matrix.of(2, 2, 1, 1, 1, 1), step.cache()).dhPrev();
    assertThat(dhPrev.get(0, 0)).isCloseTo(sum, within(1e-15));
    return String.format(
        Locale.ROOT,
        "dh[2][0,0] = 1·(1 − %.4f²)·%.1f + 1·(1 − %.4f²)·%.1f = %.4f",
        h.get(0, 0),
        wh.get(0, 0),
        h.get(0, 1),
        wh.get(0, 1),
        sum);
  }

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
