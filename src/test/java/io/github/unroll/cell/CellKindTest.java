package io.github.unroll.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellKindTest {

  /** Zeros, each parameter by its name. */
  private static final CellKind.Weights ZEROS =
      new CellKind.Weights() {
        @Override
        public Parameter weight(String name, int rows, int cols) {
          return new Parameter(name, new Matrix(rows, cols));
        }

        @Override
        public Parameter bias(String name, int size, double start) {
          return weight(name, 1, size);
        }
      };

  @ParameterizedTest
  @CsvSource({"LSTM, 536870912, 2147483648", "GRU, 1000000000, 3000000000"})
  void should_refuse_gates_too_wide_for_an_array(CellKind kind, int hidden, long columns) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind.cell(1, hidden, ZEROS))
        .withMessage(
            "hiddenSize %d is too large: the gates of a cell side by side are %d columns; an array"
                + " holds at most 2147483647 elements",
            hidden, columns);
    assertThat(CellKind.gates(1, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void a_kind_should_be_known_by_its_name() {
    for (CellKind kind : CellKind.all()) {
      assertThat(CellKind.of(kind.name())).isSameAs(kind);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new CellKind(kind.name(), (d, h, w) -> null).cell(1, 1, ZEROS))
          .withMessage(
              "CellKind: %s is the name of a kind of the library; choose another name",
              kind.name());
    }
    assertThat(CellKind.PEEPHOLE_LSTM).hasToString("PEEPHOLE-LSTM");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CellKind.of("mgu"))
        .withMessage("no cell is called \"mgu\"; choose one of " + CellKind.all());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CellKind("My cell", (d, h, w) -> null))
        .withMessageContaining("not \"My cell\"");
    assertThatNullPointerException()
        .isThrownBy(() -> new CellKind("none", (d, h, w) -> null).cell(1, 1, ZEROS))
        .withMessage("CellKind none: its factory gave no cell");
  }

  private static final CellKind.GateBiases BIASES =
      new CellKind.GateBiases(new double[] {3, 4}, new double[] {5, 6});

  @Test
  void a_start_should_set_the_gates_that_keep_and_those_that_let_in() {
    LstmCell lstm = (LstmCell) CellKind.LSTM.cell(1, 2, ZEROS);
    CellKind.LSTM.startGates(lstm, n -> BIASES);
    assertThat(lstm.b().value()).isEqualTo(Matrix.of(1, 8, 3, 4, 0, 0, 5, 6, 0, 0));
    Cell peephole = CellKind.PEEPHOLE_LSTM.cell(1, 2, ZEROS);
    CellKind.PEEPHOLE_LSTM.startGates(peephole, n -> BIASES);
    assertThat(peephole.parameters().get(2).value()).isEqualTo(lstm.b().value());
    GruCell gru = (GruCell) CellKind.GRU.cell(1, 2, ZEROS);
    CellKind.GRU.startGates(gru, n -> BIASES);
    assertThat(gru.b().value()).isEqualTo(Matrix.of(1, 6, -3, -4, 0, 0, 0, 0));
    GruCell after = (GruCell) CellKind.GRU_RESET_AFTER.cell(1, 2, ZEROS);
    CellKind.GRU_RESET_AFTER.startGates(after, n -> BIASES);
    assertThat(after.b().value()).isEqualTo(gru.b().value());
    assertThat(CellKind.RNN.hasGateStart()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> CellKind.RNN.startGates(lstm, n -> BIASES));
  }

  @Test
  void initial_biases_should_be_said_in_words() {
    assertThat(InitialBias.zero()).hasToString("zero");
    assertThat(InitialBias.forgetOne()).hasToString("forget 1");
    assertThat(InitialBias.chrono(50)).hasToString("chrono up to 50 steps");
  }
}
