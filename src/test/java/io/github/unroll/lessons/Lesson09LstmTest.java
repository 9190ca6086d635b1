package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

/**
 * Lesson 9. The LSTM keeps a second state, c, that is only ever multiplied by a gate and added to:
 *
 * <pre>{@code
 * f = σ(a_f)  forget: how much of c to keep        i = σ(a_i)  input: how much of g to take
 * g = tanh(a_g)  what there is to take             o = σ(a_o)  output: how much of c to show
 * c = f ⊙ cPrev + g ⊙ i                            h = o ⊙ tanh(c)
 * }</pre>
 *
 * <p>Values to compute by hand with: σ(0) = ½, σ(ln 3) = ¾, tanh(½·ln 3) = ½.
 */
class Lesson09LstmTest {

  private static final double LOG_3 = Math.log(3);

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

  @Test
  void along_the_cell_state_the_gradient_is_multiplied_by_the_forget_gate_and_nothing_else() {
    LstmCell cell = rememberingCell();
    LstmCell.Step step = cell.forward(Matrix.of(1, 1, 1), new Matrix(1, 1), Matrix.of(1, 1, 0.7));

    LstmCell.InputGradients d = cell.backward(new Matrix(1, 1), Matrix.of(1, 1, 1), step.cache());

    assertThat(d.dcPrev().get(0, 0)).isEqualTo(1); // f = 1
  }

  @Test
  void so_after_a_hundred_steps_the_lstm_still_learns_where_the_rnn_has_gone_silent() {
    RecurrentLayer rnn =
        new TimeRnn(new RnnCell(Matrix.of(1, 1, 0.5), Matrix.of(1, 1, 0.9), new Matrix(1, 1)));
    Matrix b = Matrix.of(1, 4, /* f ≈ 0.99 */ 5, 0, 0, 0);
    RecurrentLayer lstm =
        new TimeLstm(new LstmCell(Matrix.of(1, 4, 0, 0.5, 0, 0), new Matrix(1, 4), b));

    assertThat(gradientOfTheFirstInput(rnn)).isLessThan(1e-4);
    assertThat(gradientOfTheFirstInput(lstm)).isGreaterThan(1e-2);
  }

  /** f = 1 and i = 0, as far as a double can tell. */
  private static LstmCell rememberingCell() {
    return new LstmCell(new Matrix(1, 4), new Matrix(1, 4), Matrix.of(1, 4, 100, 0, -1000, 0));
  }

  /** What the last state of 100 steps wants of the first input. */
  private static double gradientOfTheFirstInput(RecurrentLayer layer) {
    Tensor3 xs = new Tensor3(1, 100, 1);
    xs.set(0, 0, 0, 0.1);
    layer.forward(xs);
    Tensor3 dhs = new Tensor3(1, 100, 1);
    dhs.set(0, 99, 0, 1);
    return Math.abs(layer.backward(dhs).get(0, 0, 0));
  }
}
