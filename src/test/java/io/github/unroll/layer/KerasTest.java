package io.github.unroll.layer;

import io.github.unroll.Golden;
import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Test;

/** The layers of Keras 3, figure by figure. */
class KerasTest {

  @Test
  void should_equal_simple_rnn() {
    Golden golden = Golden.load("keras/simple_rnn");
    RnnCell cell =
        new RnnCell(
            golden.matrix("kernel"), golden.matrix("recurrent_kernel"), golden.matrix("bias"));
    assertOutput(golden, new TimeRnn(cell), State.of(golden.matrix("h0")));
  }

  @Test
  void should_equal_lstm() {
    Golden golden = Golden.load("keras/lstm");
    TimeLstm layer =
        new TimeLstm(
            new LstmCell(
                GateOrder.KERAS.lstmToUnroll(golden.matrix("kernel")),
                GateOrder.KERAS.lstmToUnroll(golden.matrix("recurrent_kernel")),
                GateOrder.KERAS.lstmToUnroll(golden.matrix("bias"))));
    assertOutput(golden, layer, State.of(golden.matrix("h0"), golden.matrix("c0")));
    golden.assertMatches("c_last", layer.finalState().c());
  }

  @Test
  void should_equal_gru_with_reset_before() {
    Golden golden = Golden.load("keras/gru_reset_before");
    GruCell cell =
        GruCell.resetBefore(
            GateOrder.KERAS.gruToUnroll(golden.matrix("kernel")),
            GateOrder.KERAS.gruToUnroll(golden.matrix("recurrent_kernel")),
            GateOrder.KERAS.gruToUnroll(golden.matrix("bias")));
    assertOutput(golden, new TimeGru(cell), State.of(golden.matrix("h0")));
  }

  /** Keras keeps the biases of input and recurrent product as two rows. */
  @Test
  void should_equal_gru_with_reset_after() {
    Golden golden = Golden.load("keras/gru_reset_after");
    Matrix biases = golden.matrix("bias");
    int h = 4;
    Matrix b = new Matrix(1, 3 * h);
    Matrix bhn = new Matrix(1, h);
    for (int j = 0; j < 3 * h; j++) {
      b.set(0, j, biases.get(0, j) + (j < 2 * h ? biases.get(1, j) : 0));
    }
    for (int j = 0; j < h; j++) {
      bhn.set(0, j, biases.get(1, 2 * h + j));
    }
    GruCell cell =
        GruCell.resetAfter(
            GateOrder.KERAS.gruToUnroll(golden.matrix("kernel")),
            GateOrder.KERAS.gruToUnroll(golden.matrix("recurrent_kernel")),
            GateOrder.KERAS.gruToUnroll(b),
            bhn);
    assertOutput(golden, new TimeGru(cell), State.of(golden.matrix("h0")));
  }

  private static void assertOutput(Golden golden, RecurrentLayer layer, State initial) {
    golden.assertMatches("output", layer.forward(golden.tensor("x"), initial));
  }
}
