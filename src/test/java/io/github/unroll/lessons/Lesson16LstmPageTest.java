package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The numbers of lesson 16. The LSTM keeps a second state, c, that is only ever multiplied by a
 * gate and added to:
 *
 * <pre>{@code
 * f = σ(a_f)  forget: how much of c to keep        i = σ(a_i)  input: how much of g to take
 * g = tanh(a_g)  what there is to take             o = σ(a_o)  output: how much of c to show
 * c = f ⊙ cPrev + g ⊙ i                            h = o ⊙ tanh(c)
 * }</pre>
 *
 * <p>Values to compute by hand with: σ(0) = ½, σ(ln 3) = ¾, tanh(½·ln 3) = ½.
 */
class Lesson16LstmPageTest {

  private static final double LOG_3 = Math.log(3);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("16-lstm.md");
    LstmCell cell = GatePages.lstm();
    Matrix a = GatePages.sum(cell.wx().value(), cell.wh().value(), cell.b().value());
    Matrix f = GatePages.part(a, 0, 4).sigmoid();
    Matrix g = GatePages.part(a, 1, 4).tanh();
    Matrix i = GatePages.part(a, 2, 4).sigmoid();
    Matrix o = GatePages.part(a, 3, 4).sigmoid();
    LstmCell.Step step = cell.forward(GatePages.X, GatePages.H_PREV, GatePages.C_PREV);
    Matrix c = step.cNext();
    Matrix h = step.hNext();
    assertThat(f.times(GatePages.C_PREV).plus(i.times(g)).allClose(c, 1e-15)).isTrue();
    assertThat(o.times(c.tanh()).allClose(h, 1e-15)).isTrue();

    List<String> given = new ArrayList<>();
    GatePages.rows(given, "x", GatePages.X);
    GatePages.rows(given, "hPrev", GatePages.H_PREV);
    GatePages.rows(given, "cPrev", GatePages.C_PREV);
    GatePages.heading(given, "f", "g", "i", "o");
    GatePages.rows(given, "wx", cell.wx().value());
    GatePages.rows(given, "wh", cell.wh().value());
    GatePages.rows(given, "b", cell.b().value());
    page.numbers("given", given);
    List<String> lines = new ArrayList<>();
    GatePages.heading(lines, "a_f", "a_g", "a_i", "a_o");
    GatePages.rows(lines, "a", a);
    GatePages.rows(lines, "f", f);
    GatePages.rows(lines, "g", g);
    GatePages.rows(lines, "i", i);
    GatePages.rows(lines, "o", o);
    GatePages.rows(lines, "c", c);
    GatePages.rows(lines, "h", h);
    page.numbers("by-hand", lines);
    page.requireAllChecked();

    assertThat(f.get(1, 1)).isLessThan(0.5);
    assertThat(i.times(g).get(1, 1)).isNegative();
    assertThat(c.get(1, 1)).isGreaterThan(h.get(1, 1)).isLessThan(GatePages.C_PREV.get(1, 1));
  }

  @Test
  void one_step_by_hand() {
    // No weights, only biases, in the order f, g, i, o.
    Matrix b = Matrix.of(1, 4, /* f = ½ */ 0, /* g = ½ */ LOG_3 / 2, /* i = ¾ */ LOG_3, /* o */ 0);
    LstmCell cell = new LstmCell(new Matrix(1, 4), new Matrix(1, 4), b);
    double cPrev = 2 * (LOG_3 / 2 - 0.375); // so that c comes out where tanh is one half

    LstmCell.Step step = cell.forward(Matrix.of(1, 1, 7), new Matrix(1, 1), Matrix.of(1, 1, cPrev));

    // c = ½·cPrev + ½·¾ = ½·ln 3        h = ½·tanh(½·ln 3) = ¼
    assertThat(step.cNext().get(0, 0)).isCloseTo(LOG_3 / 2, within(1e-15));
    assertThat(step.hNext().get(0, 0)).isCloseTo(0.25, within(1e-15));
  }

  @Test
  void with_forget_open_and_input_shut_it_remembers_for_ever() {
    LstmCell cell = rememberingCell();
    Matrix c = Matrix.of(1, 1, 0.7);
    Matrix h = new Matrix(1, 1);
    for (int t = 0; t < 1000; t++) {
      LstmCell.Step step = cell.forward(Matrix.of(1, 1, t), h, c);
      h = step.hNext();
      c = step.cNext();
    }

    assertThat(c.get(0, 0)).isEqualTo(0.7);
  }

  /** f = 1 and i = 0, as far as a double can tell. */
  private static LstmCell rememberingCell() {
    return new LstmCell(new Matrix(1, 4), new Matrix(1, 4), Matrix.of(1, 4, 100, 0, -1000, 0));
  }
}
