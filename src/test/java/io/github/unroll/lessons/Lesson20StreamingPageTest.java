package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.SequenceSession;
import io.github.unroll.model.WordChoice;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Lesson 20: the numbers of its page, and what it says of streams. In use there is often no
 * sequence, only the next value. A cell is made for that: it owns its weights and nothing that
 * changes, and the state is a value that the caller holds. A session is the same for a whole model:
 * it holds the state, and the model's weights are shared.
 */
class Lesson20StreamingPageTest {

  private static final int D = 3;
  private static final int H = 6;
  private static final int T = 20;
  private static final double[] SCORES = {2, 1, -1};
  private static final double[] TEMPERATURES = {0.5, 1, 2};

  private final RandomState random = new RandomState(12);
  private final LstmCell cell =
      new LstmCell(
          Initializers.normal(D, 4 * H, random),
          Initializers.normal(H, 4 * H, random),
          Initializers.lstmBias(H, 1));

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("20-streaming.md");
    page.numbers("sequence", sequenceLines());
    page.numbers("temperature", temperatureLines());
    page.numbers("chosen", chosenLines());
    page.requireAllChecked();
  }

  private static List<String> sequenceLines() {
    RnnCell cell =
        new RnnCell(
            Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8),
            Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7),
            Matrix.of(1, 2, 0.1, -0.1));
    Tensor3 xs = new Tensor3(2, 2, 2);
    xs.setStep(0, Matrix.of(2, 2, 1, 0, 0.5, -1));
    xs.setStep(1, Matrix.of(2, 2, -0.5, 1, 1, 0.5));
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 whole = layer.forward(xs);
    RecurrentSession session = new RecurrentSession(layer, 2);
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      Matrix h = session.step(xs.step(t));
      assertThat(h).as("to the last bit").isEqualTo(whole.step(t));
      rows(lines, "x[" + t + "]", xs.step(t));
      rows(lines, "call " + t + ": h", h);
    }
    lines.add("the whole sequence at once:");
    for (int t = 0; t < 2; t++) {
      rows(lines, "h[" + t + "]", whole.step(t));
    }
    return lines;
  }

  private static double[] ends(double temperature) {
    double[] ends = WordChoice.sampled().withTemperature(temperature).probabilities(SCORES);
    for (int i = 1; i < ends.length; i++) {
      ends[i] += ends[i - 1];
    }
    return ends;
  }

  private static List<String> temperatureLines() {
    List<String> lines = new ArrayList<>();
    lines.add("temperature    p[0]     p[1]     p[2]      ends of the pieces");
    for (double temperature : TEMPERATURES) {
      double[] p = WordChoice.sampled().withTemperature(temperature).probabilities(SCORES);
      double[] end = ends(temperature);
      lines.add(
          String.format(
              Locale.ROOT,
              "%11.1f%8.4f%9.4f%9.4f%10.4f%9.4f%9.4f",
              temperature,
              p[0],
              p[1],
              p[2],
              end[0],
              end[1],
              end[2]));
    }
    return lines;
  }

  private static List<String> chosenLines() {
    List<String> lines = new ArrayList<>();
    for (double temperature : TEMPERATURES) {
      double[] end = ends(temperature);
      int word = 0;
      while (end[word] <= 0.9) {
        word++;
      }
      lines.add(
          String.format(Locale.ROOT, "u = 0.9, temperature %.1f: word %d", temperature, word));
    }
    assertThat(lines.get(2)).as("the word that is worth least").endsWith("word 2");
    return lines;
  }

  private static void rows(List<String> lines, String name, Matrix m) {
    for (int i = 0; i < m.rows(); i++) {
      StringBuilder row =
          new StringBuilder(String.format(Locale.ROOT, "%-12s", i == 0 ? name : ""));
      for (int j = 0; j < m.cols(); j++) {
        row.append(String.format(Locale.ROOT, "%9.4f", m.get(i, j)));
      }
      lines.add(row.toString());
    }
  }

  @Test
  void the_library_draws_the_word_in_whose_piece_u_lies() {
    RandomState draws = new RandomState(20);
    RandomState same = new RandomState(20);
    for (int i = 0; i < 100; i++) {
      double u = same.nextDouble();
      double[] end = ends(1);
      int word = u < end[0] ? 0 : u < end[1] ? 1 : 2;
      assertThat(WordChoice.sampled().choose(SCORES, draws)).isEqualTo(word);
    }
    assertThat(WordChoice.greedy().choose(new double[] {1, 3, 2, 3}, draws)).isEqualTo(1);
  }

  @Test
  void the_sum_of_all_probabilities_can_end_just_below_one() {
    double sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += 0.1;
    }

    assertThat(sum).isEqualTo(0.9999999999999999);
    assertThat(Math.exp(800)).isInfinite();
  }

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
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(D), H, 1).withLayers(2), random);
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
    SequenceRegressor model =
        new SequenceRegressor(SequenceDescription.regressor(Input.features(D), H, 1), random);
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
