package io.github.unroll.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.Golden;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import org.junit.jupiter.api.Test;

class RnnCellTest {

  @Test
  void should_equal_the_numpy_original() {
    Golden golden = Golden.load("rows/rnn_step");
    RnnCell cell = new RnnCell(golden.matrix("Wx"), golden.matrix("Wh"), golden.matrix("b"));

    RnnCell.Step step = cell.forward(golden.matrix("x"), golden.matrix("h_prev"));
    golden.assertMatches("h_next", step.hNext());

    RnnCell.InputGradients gradients = cell.backward(golden.matrix("dh_next"), step.cache());
    golden.assertMatches("dx", gradients.dx());
    golden.assertMatches("dh_prev", gradients.dhPrev());
    golden.assertMatches("dWx", cell.wx().grad());
    golden.assertMatches("dWh", cell.wh().grad());
    golden.assertMatches("db", cell.b().grad());
  }

  @Test
  void should_add_to_the_gradients_of_its_parameters() {
    Golden golden = Golden.load("rows/rnn_step");
    RnnCell cell = new RnnCell(golden.matrix("Wx"), golden.matrix("Wh"), golden.matrix("b"));
    RnnCell.Step step = cell.forward(golden.matrix("x"), golden.matrix("h_prev"));
    cell.parameters().forEach(p -> p.grad().fill(0.5));

    cell.backward(golden.matrix("dh_next"), step.cache());
    cell.parameters().forEach(RnnCellTest::subtractHalf);

    golden.assertMatches("dWx", cell.wx().grad());
    golden.assertMatches("dWh", cell.wh().grad());
    golden.assertMatches("db", cell.b().grad());
  }

  private static void subtractHalf(Parameter parameter) {
    for (int i = 0; i < parameter.grad().data().length; i++) {
      parameter.grad().data()[i] -= 0.5;
    }
  }

  @Test
  void should_squash_with_tanh_unless_told_otherwise() {
    Parameter square = new Parameter("w", new Matrix(1, 1));
    assertThat(new RnnCell(new Matrix(1, 1), new Matrix(1, 1), new Matrix(1, 1)).nonlinearity())
        .isEqualTo(RnnCell.Nonlinearity.TANH);
    assertThat(new RnnCell(square, square, square, RnnCell.Nonlinearity.RELU).nonlinearity())
        .isEqualTo(RnnCell.Nonlinearity.RELU);
  }

  /** NaN, which a network that diverges brings forth, must be seen in what comes out. */
  @Test
  void relu_should_not_hide_nan() {
    RnnCell cell =
        new RnnCell(
            new Parameter("wx", Matrix.of(1, 1, 1)),
            new Parameter("wh", new Matrix(1, 1)),
            new Parameter("b", new Matrix(1, 1)),
            RnnCell.Nonlinearity.RELU);
    Matrix x = Matrix.of(3, 1, -2, 3, Double.NaN);
    assertThat(cell.forward(x, new Matrix(3, 1)).hNext().data()).containsExactly(0, 3, Double.NaN);
  }

  @Test
  void should_refuse_parameters_that_do_not_fit_together() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RnnCell(new Matrix(3, 4), new Matrix(4, 5), new Matrix(1, 4)))
        .withMessage("RnnCell of H = 4: wh must be (4x4), not (4x5)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RnnCell(new Matrix(3, 4), new Matrix(4, 4), new Matrix(4, 1)))
        .withMessage("RnnCell of H = 4: b must be (1x4), not (4x1)");
    Parameter square = new Parameter("w", new Matrix(1, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new RnnCell(square, square, square, null))
        .withMessage("nonlinearity");
  }

  @Test
  void should_refuse_inputs_that_do_not_fit() {
    RnnCell cell = new RnnCell(new Matrix(3, 4), new Matrix(4, 4), new Matrix(1, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cell.forward(new Matrix(2, 5), new Matrix(2, 4)))
        .withMessage("matmul: (2x5)·(3x4): inner dimensions 5 and 3 differ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cell.forward(new Matrix(2, 3), new Matrix(1, 4)))
        .withMessageContaining("(1x4)");
    RnnCell.Step step = cell.forward(new Matrix(2, 3), new Matrix(2, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cell.backward(new Matrix(1, 4), step.cache()))
        .withMessage("RnnCell: the gradient of the state must be (2x4), not (1x4)");
  }
}
