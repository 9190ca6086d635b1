package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellKindTest {

  @ParameterizedTest
  @CsvSource({"LSTM, 536870912, 2147483648", "GRU, 1000000000, 3000000000"})
  void should_refuse_gates_too_wide_for_an_array(CellKind cell, int hidden, long columns) {
    SequenceConfiguration configuration = new SequenceConfiguration(1, hidden, 1).withCell(cell);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceRegressor(configuration, new RandomState(1)))
        .withMessage(
            "%s: hiddenSize %d is too large: its gates side by side are %d columns; an array holds"
                + " at most 2147483647 elements",
            cell, hidden, columns);
  }
}
