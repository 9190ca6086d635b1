package io.github.unroll.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GateOrderTest {

  /** Blocks of two columns named by their gate: f = 1, g = 2, i = 3, o = 4. */
  @Test
  void should_bring_lstm_gates_into_the_librarys_order() {
    Matrix fgio = Matrix.of(1, 8, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5);
    Matrix ifgo = Matrix.of(1, 8, 3, 3.5, 1, 1.5, 2, 2.5, 4, 4.5);
    Matrix iofg = Matrix.of(1, 8, 3, 3.5, 4, 4.5, 1, 1.5, 2, 2.5);
    assertThat(GateOrder.PYTORCH.lstmToUnroll(ifgo)).isEqualTo(fgio);
    assertThat(GateOrder.KERAS.lstmToUnroll(ifgo)).isEqualTo(fgio);
    assertThat(GateOrder.ONNX.lstmToUnroll(iofg)).isEqualTo(fgio);
    assertThat(GateOrder.UNROLL.lstmToUnroll(fgio)).isEqualTo(fgio);
  }

  @Test
  void should_bring_gru_gates_into_the_librarys_order_and_turn_z_round() {
    Matrix rzn = Matrix.of(2, 3, 2, 1, 3, 20, 10, 30);
    assertThat(GateOrder.PYTORCH.gruToUnroll(rzn))
        .isEqualTo(Matrix.of(2, 3, -1, 2, 3, -10, 20, 30));
    Matrix zrh = Matrix.of(2, 3, 1, 2, 3, 10, 20, 30);
    assertThat(GateOrder.KERAS.gruToUnroll(zrh)).isEqualTo(Matrix.of(2, 3, -1, 2, 3, -10, 20, 30));
    assertThat(GateOrder.ONNX.gruToUnroll(zrh)).isEqualTo(Matrix.of(2, 3, -1, 2, 3, -10, 20, 30));
    assertThat(GateOrder.UNROLL.gruToUnroll(zrh)).isEqualTo(zrh);
  }

  @ParameterizedTest
  @EnumSource
  void should_go_there_and_back(GateOrder order) {
    Matrix lstm = new RandomState(1).randn(3, 20);
    assertThat(order.lstmToUnroll(order.lstmFromUnroll(lstm))).isEqualTo(lstm);
    Matrix gru = new RandomState(1).randn(3, 15);
    assertThat(order.gruToUnroll(order.gruFromUnroll(gru))).isEqualTo(gru);
  }

  @Test
  void should_refuse_columns_that_are_no_gates() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GateOrder.PYTORCH.lstmToUnroll(new Matrix(2, 6)))
        .withMessage(
            "GateOrder: (2x6) must have 4 blocks of equal width, but 6 is not a multiple of 4");
  }
}
