package io.github.unroll.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.column.ColumnRnn.Gradients;
import io.github.unroll.column.ColumnRnn.Parameters;
import io.github.unroll.column.ColumnRnn.Sequence;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnRnnTest {

  private static Parameters parameters(Golden golden) {
    return new Parameters(
        golden.matrix("Waa"),
        golden.matrix("Wax"),
        golden.matrix("Wya"),
        golden.matrix("ba"),
        golden.matrix("by"));
  }

  @Test
  void should_equal_the_notebook() {
    Golden golden = Golden.load("notebook/rnn");
    Sequence sequence =
        ColumnRnn.forward(golden.tensor("x_test"), golden.matrix("a0_test"), parameters(golden));
    golden.assertMatches("a_out", sequence.a());
    golden.assertMatches("y_pred_out", sequence.yPred());

    Gradients gradients = ColumnRnn.backward(golden.tensor("da_test"), sequence.caches());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("da0", gradients.da0());
    golden.assertMatches("dWax", gradients.dWax());
    golden.assertMatches("dWaa", gradients.dWaa());
    golden.assertMatches("dba", gradients.dba());
  }

  /** {@code np.random.seed(1)} and the notebook's draws, in its order, give its inputs. */
  @Test
  void should_draw_the_notebooks_inputs() {
    Golden golden = Golden.load("notebook/rnn");
    RandomState random = new RandomState(1);
    golden.assertMatches("x_test", random.randn(3, 10, 4));
    golden.assertMatches("a0_test", random.randn(5, 10));
    golden.assertMatches("Waa", random.randn(5, 5));
    golden.assertMatches("Wax", random.randn(5, 3));
    golden.assertMatches("Wya", random.randn(2, 5));
    golden.assertMatches("ba", random.randn(5, 1));
    golden.assertMatches("by", random.randn(2, 1));
    golden.assertMatches("da_test", new RandomState(2).randn(5, 10, 4));
  }

  @Test
  void should_equal_the_course_in_one_step_forward() {
    Golden golden = Golden.load("notebook/course_rnn_cell_forward");
    ColumnRnn.Step step =
        ColumnRnn.cellForward(golden.matrix("xt"), golden.matrix("a_prev"), parameters(golden));
    golden.assertMatches("a_next", step.aNext());
    golden.assertMatches("yt_pred", step.yPred());
    assertThat(step.aNext().get(4, 0)).isCloseTo(0.59584544, within(1e-8)); // as printed there
    assertThat(step.yPred().get(1, 0)).isCloseTo(0.9888161, within(1e-8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"course_rnn_forward", "course_unit_rnn_forward"})
  void should_equal_the_course_over_a_sequence(String name) {
    Golden golden = Golden.load("notebook/" + name);
    Sequence sequence =
        ColumnRnn.forward(golden.tensor("x"), golden.matrix("a0"), parameters(golden));
    golden.assertMatches("a", sequence.a());
    golden.assertMatches("y_pred", sequence.yPred());
  }

  @ParameterizedTest
  @ValueSource(strings = {"course_rnn_cell_backward", "course_rnn_cell_backward_v3"})
  void should_equal_the_course_in_one_step_backward(String name) {
    Golden golden = Golden.load("notebook/" + name);
    ColumnRnn.Step step =
        ColumnRnn.cellForward(golden.matrix("xt"), golden.matrix("a_prev"), parameters(golden));
    ColumnRnn.StepGradients gradients =
        ColumnRnn.cellBackward(golden.matrix("da_next"), step.cache());
    golden.assertMatches("dxt", gradients.dxt());
    golden.assertMatches("da_prev", gradients.daPrev());
    golden.assertMatches("dWax", gradients.dWax());
    golden.assertMatches("dWaa", gradients.dWaa());
    golden.assertMatches("dba", gradients.dba());
  }

  @Test
  void should_equal_the_course_backward_over_a_sequence() {
    Golden golden = Golden.load("notebook/course_rnn_backward");
    Sequence sequence =
        ColumnRnn.forward(golden.tensor("x"), golden.matrix("a0"), parameters(golden));
    Gradients gradients = ColumnRnn.backward(golden.tensor("da"), sequence.caches());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("da0", gradients.da0());
    golden.assertMatches("dWax", gradients.dWax());
    golden.assertMatches("dWaa", gradients.dWaa());
    golden.assertMatches("dba", gradients.dba());
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "4, 6, 3, 5", "7, 3, 9, 8"})
  void should_equal_the_row_layout_transposed(int m, int steps, int nx, int na) {
    RandomState random = new RandomState(22);
    Parameters p =
        new Parameters(
            random.randn(na, na).times(0.4),
            random.randn(na, nx).times(0.4),
            random.randn(2, na),
            random.randn(na, 1),
            random.randn(2, 1));
    Tensor3 x = random.randn(nx, m, steps);
    Matrix a0 = random.randn(na, m);
    Tensor3 da = random.randn(na, m, steps);
    Sequence sequence = ColumnRnn.forward(x, a0, p);
    Gradients gradients = ColumnRnn.backward(da, sequence.caches());

    RnnCell cell =
        new RnnCell(
            p.wax().transposed().copy(), p.waa().transposed().copy(), p.ba().transposed().copy());
    TimeRnn layer = new TimeRnn(cell);
    assertClose(
        rowLayout(sequence.a()), layer.forward(rowLayout(x), State.of(a0.transposed().copy())));
    assertClose(rowLayout(gradients.dx()), layer.backward(rowLayout(da)));
    assertClose(gradients.da0().transposed().copy(), layer.initialStateGradient().h());
    assertClose(gradients.dWax().transposed().copy(), cell.wx().grad());
    assertClose(gradients.dWaa().transposed().copy(), cell.wh().grad());
    assertClose(gradients.dba().transposed().copy(), cell.b().grad());
  }

  /** (n, m, T) to (m, T, n). */
  private static Tensor3 rowLayout(Tensor3 column) {
    Tensor3 rows = new Tensor3(column.d1(), column.d2(), column.d0());
    for (int t = 0; t < column.d2(); t++) {
      rows.setStep(t, column.slice(t).transposed().copy());
    }
    return rows;
  }

  private static void assertClose(Matrix got, Matrix want) {
    assertThat(got.allClose(want, 1e-13)).as("%s%n%s", got, want).isTrue();
  }

  private static void assertClose(Tensor3 got, Tensor3 want) {
    assertThat(got.allClose(want, 1e-13)).as("%s %s", got, want).isTrue();
  }

  @Test
  void should_refuse_gradients_of_another_length() {
    Golden golden = Golden.load("notebook/rnn");
    Sequence sequence =
        ColumnRnn.forward(golden.tensor("x_test"), golden.matrix("a0_test"), parameters(golden));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnRnn.backward(new Tensor3(5, 10, 3), sequence.caches()))
        .withMessage(
            "ColumnRnn.backward: forward had 4 steps, da (5x10x3) has 3 and dy (2x10x3) has 3");
  }

  @Test
  void should_refuse_to_go_back_without_caches() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnRnn.backward(new Tensor3(5, 10, 3), List.of()))
        .withMessage("ColumnRnn.backward: no caches; pass those that forward returned");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ColumnRnn.backward(new Tensor3(5, 10, 3), new Tensor3(2, 10, 3), List.of()))
        .withMessage("ColumnRnn.backward: no caches; pass those that forward returned");
  }

  @Test
  void should_predict_surely_for_scores_far_apart() {
    Matrix one = Matrix.of(1, 1, 1);
    Parameters p = new Parameters(one, one, Matrix.of(2, 1, 1, -1), one, Matrix.of(2, 1, 900, 0));
    assertThat(ColumnRnn.cellForward(one, one, p).yPred()).isEqualTo(Matrix.of(2, 1, 1, 0));
  }

  @Test
  void should_refuse_an_initial_state_that_does_not_fit() {
    Golden golden = Golden.load("notebook/rnn");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ColumnRnn.forward(golden.tensor("x_test"), new Matrix(5, 9), parameters(golden)))
        .withMessage(
            "addMatmul: the product of (5x5) and (5x9) is (5x9), but the receiver is (5x10)");
  }
}
