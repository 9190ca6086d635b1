package io.github.unroll.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.Golden;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.column.ColumnLstm.GateGradients;
import io.github.unroll.column.ColumnLstm.Gradients;
import io.github.unroll.column.ColumnLstm.Parameters;
import io.github.unroll.column.ColumnLstm.Sequence;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnLstmTest {

  private static Parameters parameters(Golden golden) {
    return new Parameters(
        golden.matrix("Wf"),
        golden.matrix("bf"),
        golden.matrix("Wi"),
        golden.matrix("bi"),
        golden.matrix("Wc"),
        golden.matrix("bc"),
        golden.matrix("Wo"),
        golden.matrix("bo"),
        golden.matrix("Wy"),
        golden.matrix("by"));
  }

  private static void assertGates(Golden golden, GateGradients gradients) {
    golden.assertMatches("dWf", gradients.dWf());
    golden.assertMatches("dbf", gradients.dbf());
    golden.assertMatches("dWi", gradients.dWi());
    golden.assertMatches("dbi", gradients.dbi());
    golden.assertMatches("dWc", gradients.dWc());
    golden.assertMatches("dbc", gradients.dbc());
    golden.assertMatches("dWo", gradients.dWo());
    golden.assertMatches("dbo", gradients.dbo());
  }

  @Test
  void should_equal_the_notebook_forward() {
    Golden golden = Golden.load("notebook/lstm");
    Sequence sequence =
        ColumnLstm.forward(golden.tensor("x"), golden.matrix("a0"), parameters(golden));
    assertSequence(golden, sequence);
    assertGatesOfEveryStep(golden, sequence);

    Gradients gradients = ColumnLstm.backward(golden.tensor("da"), sequence.caches());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("da0", gradients.da0());
    golden.assertMatches("dc0", gradients.dc0());
    assertGates(golden, gradients.gates());
  }

  @Test
  void should_equal_the_notebook_with_every_gradient() {
    Golden golden = Golden.load("notebook/lstm_full");
    Sequence sequence =
        ColumnLstm.forward(
            golden.tensor("x"), golden.matrix("a0"), golden.matrix("c0"), parameters(golden));
    assertSequence(golden, sequence);
    assertGatesOfEveryStep(golden, sequence);

    Gradients gradients =
        ColumnLstm.backward(
            golden.tensor("da"), golden.tensor("dy"), golden.matrix("dc_last"), sequence.caches());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("da0", gradients.da0());
    golden.assertMatches("dc0", gradients.dc0());
    assertGates(golden, gradients.gates());
    golden.assertMatches("dWy", gradients.dWy());
    golden.assertMatches("dby", gradients.dby());
  }

  private static void assertSequence(Golden golden, Sequence sequence) {
    golden.assertMatches("a", sequence.a());
    golden.assertMatches("y", sequence.yPred());
    golden.assertMatches("c", sequence.c());
  }

  private static void assertGatesOfEveryStep(Golden golden, Sequence sequence) {
    golden.assertMatches("ft", overTime(sequence, ColumnLstm.Cache::ft));
    golden.assertMatches("it", overTime(sequence, ColumnLstm.Cache::it));
    golden.assertMatches("cct", overTime(sequence, ColumnLstm.Cache::cct));
    golden.assertMatches("ot", overTime(sequence, ColumnLstm.Cache::ot));
  }

  private static Tensor3 overTime(Sequence sequence, Function<ColumnLstm.Cache, Matrix> gate) {
    List<ColumnLstm.Cache> caches = sequence.caches();
    Matrix first = gate.apply(caches.get(0));
    Tensor3 all = new Tensor3(first.rows(), first.cols(), caches.size());
    for (int t = 0; t < caches.size(); t++) {
      all.setSlice(t, gate.apply(caches.get(t)));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"course_lstm_cell_forward", "course_unit_lstm_cell_forward"})
  void should_equal_the_course_in_one_step_forward(String name) {
    Golden golden = Golden.load("notebook/" + name);
    ColumnLstm.Step step =
        ColumnLstm.cellForward(
            golden.matrix("xt"),
            golden.matrix("a_prev"),
            golden.matrix("c_prev"),
            parameters(golden));
    golden.assertMatches("a_next", step.aNext());
    golden.assertMatches("c_next", step.cNext());
    golden.assertMatches("yt_pred", step.yPred());
    golden.assertMatches("ft", step.cache().ft());
    golden.assertMatches("it", step.cache().it());
    golden.assertMatches("cct", step.cache().cct());
    golden.assertMatches("ot", step.cache().ot());
  }

  @ParameterizedTest
  @ValueSource(strings = {"course_lstm_forward", "course_unit_lstm_forward"})
  void should_equal_the_course_over_a_sequence(String name) {
    Golden golden = Golden.load("notebook/" + name);
    assertSequence(
        golden, ColumnLstm.forward(golden.tensor("x"), golden.matrix("a0"), parameters(golden)));
  }

  @Test
  void should_equal_the_course_in_one_step_backward() {
    Golden golden = Golden.load("notebook/course_lstm_cell_backward");
    ColumnLstm.Step step =
        ColumnLstm.cellForward(
            golden.matrix("xt"),
            golden.matrix("a_prev"),
            golden.matrix("c_prev"),
            parameters(golden));
    ColumnLstm.StepGradients gradients =
        ColumnLstm.cellBackward(golden.matrix("da_next"), golden.matrix("dc_next"), step.cache());
    golden.assertMatches("dxt", gradients.dxt());
    golden.assertMatches("da_prev", gradients.daPrev());
    golden.assertMatches("dc_prev", gradients.dcPrev());
    assertGates(golden, gradients.gates());
  }

  /** The course's da has 4 steps, its x 7: the gradient of a loss of the first four. */
  @Test
  void should_equal_the_course_backward_over_a_sequence() {
    Golden golden = Golden.load("notebook/course_lstm_backward");
    Tensor3 da = golden.tensor("da");
    Sequence sequence =
        ColumnLstm.forward(
            firstSteps(golden.tensor("x"), da.d2()), golden.matrix("a0"), parameters(golden));
    Gradients gradients = ColumnLstm.backward(da, sequence.caches());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("da0", gradients.da0());
    golden.assertMatches("dc0", gradients.dc0());
    assertGates(golden, gradients.gates());
  }

  private static Tensor3 firstSteps(Tensor3 x, int steps) {
    Tensor3 first = new Tensor3(x.d0(), x.d1(), steps);
    for (int t = 0; t < steps; t++) {
      first.setSlice(t, x.slice(t));
    }
    return first;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "4, 6, 3, 5", "7, 3, 9, 8"})
  void should_equal_the_row_layout_with_its_gates_permuted(int m, int steps, int nx, int na) {
    RandomState random = new RandomState(23);
    Parameters p = randomParameters(nx, na, 2, random);
    Tensor3 x = random.randn(nx, m, steps);
    Matrix a0 = random.randn(na, m);
    Matrix c0 = random.randn(na, m);
    Tensor3 da = random.randn(na, m, steps);
    Matrix dcLast = random.randn(na, m);
    Sequence sequence = ColumnLstm.forward(x, a0, c0, p);
    Gradients gradients =
        ColumnLstm.backward(da, new Tensor3(2, m, steps), dcLast, sequence.caches());

    Matrix w = beside(p.wf(), p.wc(), p.wi(), p.wo()); // f, g, i, o; state above input
    LstmCell cell =
        new LstmCell(rows(w, na, na + nx), rows(w, 0, na), beside(p.bf(), p.bc(), p.bi(), p.bo()));
    TimeLstm layer = new TimeLstm(cell);
    State initial = State.of(a0.transposed().copy(), c0.transposed().copy());
    assertClose(rowLayout(sequence.a()), layer.forward(rowLayout(x), initial));
    assertClose(sequence.c().slice(steps - 1).transposed().copy(), layer.finalState().c());
    State dFinal = State.of(new Matrix(m, na), dcLast.transposed().copy());
    assertClose(rowLayout(gradients.dx()), layer.backward(rowLayout(da), dFinal));
    assertClose(gradients.da0().transposed().copy(), layer.initialStateGradient().h());
    assertClose(gradients.dc0().transposed().copy(), layer.initialStateGradient().c());
    GateGradients gates = gradients.gates();
    Matrix dw = beside(gates.dWf(), gates.dWc(), gates.dWi(), gates.dWo());
    assertClose(rows(dw, na, na + nx), cell.wx().grad());
    assertClose(rows(dw, 0, na), cell.wh().grad());
    assertClose(beside(gates.dbf(), gates.dbc(), gates.dbi(), gates.dbo()), cell.b().grad());
  }

  static Parameters randomParameters(int nx, int na, int ny, RandomState random) {
    return new Parameters(
        random.randn(na, na + nx).times(0.4),
        random.randn(na, 1),
        random.randn(na, na + nx).times(0.4),
        random.randn(na, 1),
        random.randn(na, na + nx).times(0.4),
        random.randn(na, 1),
        random.randn(na, na + nx).times(0.4),
        random.randn(na, 1),
        random.randn(ny, na),
        random.randn(ny, 1));
  }

  /** The transposes side by side. */
  private static Matrix beside(Matrix... gates) {
    int h = gates[0].rows();
    Matrix all = new Matrix(gates[0].cols(), gates.length * h);
    for (int g = 0; g < gates.length; g++) {
      for (int i = 0; i < all.rows(); i++) {
        for (int j = 0; j < h; j++) {
          all.set(i, g * h + j, gates[g].get(j, i));
        }
      }
    }
    return all;
  }

  private static Matrix rows(Matrix m, int from, int to) {
    Matrix some = new Matrix(to - from, m.cols());
    System.arraycopy(m.data(), from * m.cols(), some.data(), 0, some.data().length);
    return some;
  }

  /** (n, m, T) to (m, T, n). */
  private static Tensor3 rowLayout(Tensor3 column) {
    Tensor3 rows = new Tensor3(column.d1(), column.d2(), column.d0());
    for (int t = 0; t < column.d2(); t++) {
      rows.setStep(t, column.slice(t).transposed().copy());
    }
    return rows;
  }

  private static void assertClose(Matrix want, Matrix got) {
    assertThat(got.allClose(want, 1e-13)).as("%s%n%s", got, want).isTrue();
  }

  private static void assertClose(Tensor3 want, Tensor3 got) {
    assertThat(got.allClose(want, 1e-13)).as("%s %s", got, want).isTrue();
  }

  @Test
  void should_refuse_what_does_not_fit() {
    Golden golden = Golden.load("notebook/lstm");
    Parameters p = parameters(golden);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnLstm.forward(golden.tensor("x"), new Matrix(6, 5), p))
        .withMessage("ColumnLstm: state (6x5) and input (3x4): batches of 5 and 4");
    assertThatIllegalArgumentException()
        .as("as many rows as wf has columns, but parted otherwise")
        .isThrownBy(
            () -> ColumnLstm.cellForward(new Matrix(4, 4), new Matrix(5, 4), new Matrix(6, 4), p))
        .withMessage("ColumnLstm: state (5x4), wf (6x9): a state has 6 rows");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnLstm.backward(golden.tensor("da"), List.of()))
        .withMessage("ColumnLstm.backward: no caches; pass those that forward returned");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ColumnLstm.backward(
                    golden.tensor("da"), new Tensor3(2, 4, 5), new Matrix(6, 4), List.of()))
        .withMessage("ColumnLstm.backward: no caches; pass those that forward returned");
    Sequence sequence = ColumnLstm.forward(golden.tensor("x"), golden.matrix("a0"), p);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnLstm.backward(new Tensor3(6, 4, 3), sequence.caches()))
        .withMessage(
            "ColumnLstm.backward: forward had 5 steps, da (6x4x3) has 3 and dy (2x4x3) has 3");
  }
}
