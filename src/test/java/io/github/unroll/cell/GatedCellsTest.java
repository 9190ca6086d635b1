package io.github.unroll.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.Golden;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import org.junit.jupiter.api.Test;

class GatedCellsTest {

  @Test
  void lstm_should_equal_the_numpy_original() {
    Golden golden = Golden.load("rows/lstm_step");
    LstmCell cell = new LstmCell(golden.matrix("Wx"), golden.matrix("Wh"), golden.matrix("b"));
    LstmCell.Step step =
        cell.forward(golden.matrix("x"), golden.matrix("h_prev"), golden.matrix("c_prev"));
    golden.assertMatches("h_next", step.hNext());
    golden.assertMatches("c_next", step.cNext());

    LstmCell.InputGradients gradients =
        cell.backward(golden.matrix("dh_next"), golden.matrix("dc_next"), step.cache());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("dh_prev", gradients.dhPrev());
    golden.assertMatches("dc_prev", gradients.dcPrev());
    golden.assertMatches("dWx", cell.wx().grad());
    golden.assertMatches("dWh", cell.wh().grad());
    golden.assertMatches("db", cell.b().grad());
  }

  @Test
  void gru_should_equal_the_numpy_original() {
    Golden golden = Golden.load("rows/gru_step");
    GruCell cell =
        GruCell.resetBefore(golden.matrix("Wx"), golden.matrix("Wh"), golden.matrix("b"));
    GruCell.Step step = cell.forward(golden.matrix("x"), golden.matrix("h_prev"));
    golden.assertMatches("h_next", step.hNext());

    GruCell.InputGradients gradients = cell.backward(golden.matrix("dh_next"), step.cache());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("dh_prev", gradients.dhPrev());
    golden.assertMatches("dWx", cell.wx().grad());
    golden.assertMatches("dWh", cell.wh().grad());
    golden.assertMatches("db", cell.b().grad());
  }

  @Test
  void peephole_lstm_should_give_its_parameters_one_by_one_too() {
    Parameter wx = new Parameter("wx", new Matrix(3, 8));
    Parameter wh = new Parameter("wh", new Matrix(2, 8));
    Parameter b = new Parameter("b", new Matrix(1, 8));
    Parameter p = new Parameter("p", new Matrix(3, 2));
    PeepholeLstmCell cell = new PeepholeLstmCell(wx, wh, b, p);
    assertThat(cell.parameters()).containsExactly(wx, wh, b, p);
    assertThat(cell.wx()).isSameAs(wx);
    assertThat(cell.wh()).isSameAs(wh);
    assertThat(cell.b()).isSameAs(b);
    assertThat(cell.p()).isSameAs(p);
  }

  @Test
  void gru_should_give_its_parameters_one_by_one_too() {
    GruCell cell =
        GruCell.resetAfter(new Matrix(3, 6), new Matrix(2, 6), new Matrix(1, 6), new Matrix(1, 2));
    assertThat(cell.parameters()).containsExactly(cell.wx(), cell.wh(), cell.b(), cell.bhn());
    assertThat(cell.parameters())
        .extracting(Parameter::name)
        .containsExactly("wx", "wh", "b", "bhn");
  }

  @Test
  void should_refuse_parameters_that_do_not_fit_together() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmCell(new Matrix(3, 8), new Matrix(2, 6), new Matrix(1, 8)))
        .withMessage("LstmCell, wh (H,4H): wh must be (2x8), not (2x6)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmCell(new Matrix(3, 6), new Matrix(2, 8), new Matrix(1, 8)))
        .withMessage("LstmCell of H = 2: wx must be (3x8), not (3x6)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmCell(new Matrix(3, 8), new Matrix(2, 8), new Matrix(1, 2)))
        .withMessage("LstmCell of H = 2: b must be (1x8), not (1x2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GruCell.resetBefore(new Matrix(3, 6), new Matrix(2, 8), new Matrix(1, 6)))
        .withMessage("GruCell, wh (H,3H): wh must be (2x6), not (2x8)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GruCell.resetBefore(new Matrix(3, 5), new Matrix(2, 6), new Matrix(1, 6)))
        .withMessage("GruCell of H = 2: wx must be (3x6), not (3x5)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GruCell.resetAfter(
                    new Matrix(3, 6), new Matrix(2, 6), new Matrix(1, 6), new Matrix(1, 6)))
        .withMessage("GruCell of H = 2: bhn must be (1x2), not (1x6)");
  }

  @Test
  void should_not_take_a_missing_bias_for_the_other_convention() {
    Parameter wx = new Parameter("wx", new Matrix(3, 6));
    Parameter wh = new Parameter("wh", new Matrix(2, 6));
    Parameter b = new Parameter("b", new Matrix(1, 6));
    assertThatNullPointerException()
        .isThrownBy(() -> GruCell.resetAfter(wx, wh, b, null))
        .withMessage("bhn");
  }

  @Test
  void should_refuse_inputs_that_do_not_fit() {
    LstmCell lstm = new LstmCell(new Matrix(3, 8), new Matrix(2, 8), new Matrix(1, 8));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.forward(new Matrix(4, 3), new Matrix(4, 2), new Matrix(4, 3)))
        .withMessage("LstmCell: the state must be (4x2) and (4x2), not (4x2) and (4x3)");
    GruCell gru = GruCell.resetBefore(new Matrix(3, 6), new Matrix(2, 6), new Matrix(1, 6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gru.forward(new Matrix(4, 3), new Matrix(3, 2)))
        .withMessage("GruCell: the state must be (4x2), not (3x2)");
  }
}
