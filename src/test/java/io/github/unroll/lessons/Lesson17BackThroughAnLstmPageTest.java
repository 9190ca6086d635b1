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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 17. */
class Lesson17BackThroughAnLstmPageTest {

  private static final Matrix DC = Matrix.of(2, 2, 0.3, -0.4, 0.1, 0.6);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("17-back-through-an-lstm.md");
    LstmCell cell = GatePages.lstm();
    Matrix a = GatePages.sum(cell.wx().value(), cell.wh().value(), cell.b().value());
    Matrix f = GatePages.part(a, 0, 4).sigmoid();
    Matrix g = GatePages.part(a, 1, 4).tanh();
    Matrix i = GatePages.part(a, 2, 4).sigmoid();
    Matrix o = GatePages.part(a, 3, 4).sigmoid();
    LstmCell.Step step = cell.forward(GatePages.X, GatePages.H_PREV, GatePages.C_PREV);
    Matrix tanhC = step.cNext().tanh();
    Matrix throughH = GatePages.DH.times(o).times(GatePages.oneMinus(tanhC.times(tanhC)));
    Matrix ds = DC.plus(throughH);
    Matrix dai = ds.times(g).times(i).times(GatePages.oneMinus(i));
    LstmCell.InputGradients d = cell.backward(GatePages.DH, DC, step.cache());
    assertThat(ds.times(f).allClose(d.dcPrev(), 1e-15)).isTrue();
    assertThat(dai.columnSums().allClose(GatePages.part(cell.b().grad(), 2, 4), 1e-15)).isTrue();

    List<String> into = new ArrayList<>();
    GatePages.rows(into, "dh", GatePages.DH);
    GatePages.rows(into, "dc, next step", DC);
    GatePages.rows(into, "through h", throughH);
    GatePages.rows(into, "ds, their sum", ds);
    GatePages.rows(into, "f", f);
    GatePages.rows(into, "dcPrev = ds⊙f", d.dcPrev());
    page.numbers("into-c", into);

    List<String> gate = new ArrayList<>();
    gate.add(line("ds", ds.get(0, 0)));
    gate.add(line("g", g.get(0, 0)));
    gate.add(line("i", i.get(0, 0)));
    gate.add(line("ds·g", ds.get(0, 0) * g.get(0, 0)));
    gate.add(line("i(1 − i)", i.get(0, 0) * (1 - i.get(0, 0))));
    gate.add(line("da", dai.get(0, 0)));
    page.numbers("input-gate", gate);

    double difference = (lossWithBias(4, 1e-5) - lossWithBias(4, -1e-5)) / 2e-5;
    double gradient = cell.b().grad().get(0, 4);
    assertThat(difference).isCloseTo(gradient, within(1e-9));
    List<String> check = new ArrayList<>();
    check.add(line("first row", dai.get(0, 0)));
    check.add(line("second row", dai.get(1, 0)));
    check.add(line("db", gradient));
    check.add(line("measured", difference));
    page.numbers("check", check);

    List<String> far = new ArrayList<>();
    far.add(String.format(Locale.ROOT, "RNN   %.1e", gradientOfTheFirstInput(rnn())));
    far.add(String.format(Locale.ROOT, "LSTM  %.1e", gradientOfTheFirstInput(lstm())));
    page.numbers("hundred-steps", far);
    page.requireAllChecked();
  }

  private static String line(String name, double value) {
    return String.format(Locale.ROOT, "%-10s%10.6f", name, value);
  }

  /** The loss whose gradients are DH and DC, with one number of the bias moved. */
  private static double lossWithBias(int column, double by) {
    LstmCell cell = GatePages.lstm();
    cell.b().value().add(0, column, by);
    LstmCell.Step step = cell.forward(GatePages.X, GatePages.H_PREV, GatePages.C_PREV);
    return GatePages.loss(step.hNext(), GatePages.DH) + GatePages.loss(step.cNext(), DC);
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
    assertThat(gradientOfTheFirstInput(rnn())).isLessThan(1e-4);
    assertThat(gradientOfTheFirstInput(lstm())).isGreaterThan(1e-2);
    assertThat(1 / (1 + Math.exp(-5))).as("its forget gate").isCloseTo(0.993, within(5e-4));
  }

  private static RecurrentLayer rnn() {
    return new TimeRnn(new RnnCell(Matrix.of(1, 1, 0.5), Matrix.of(1, 1, 0.9), new Matrix(1, 1)));
  }

  private static RecurrentLayer lstm() {
    Matrix b = Matrix.of(1, 4, /* f ≈ 0.993 */ 5, 0, 0, 0);
    return new TimeLstm(new LstmCell(Matrix.of(1, 4, 0, 0.5, 0, 0), new Matrix(1, 4), b));
  }

  /** f = 1 and i = 0, as far as a double can tell. */
  private static LstmCell rememberingCell() {
    return new LstmCell(new Matrix(1, 4), new Matrix(1, 4), Matrix.of(1, 4, 100, 0, -1000, 0));
  }

  /** The gradient of the first input, if the loss is the last state of 100 steps. */
  private static double gradientOfTheFirstInput(RecurrentLayer layer) {
    Tensor3 xs = new Tensor3(1, 100, 1);
    xs.set(0, 0, 0, 0.1);
    layer.forward(xs);
    Tensor3 dhs = new Tensor3(1, 100, 1);
    dhs.set(0, 99, 0, 1);
    return Math.abs(layer.backward(dhs).get(0, 0, 0));
  }
}
