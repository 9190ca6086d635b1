package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import org.junit.jupiter.api.Test;

class SequenceConfigurationTest {

  private final SequenceConfiguration least = new SequenceConfiguration(1, 2, 3);

  @Test
  void should_change_one_thing_at_a_time() {
    assertThat(least)
        .isEqualTo(new SequenceConfiguration(1, 2, 3, CellKind.LSTM, 1, Readout.LAST, 0, 0));
    assertThat(
            least
                .withCell(CellKind.GRU)
                .withLayers(4)
                .withReadout(Readout.MEAN)
                .withDropout(0.5)
                .withLongestLag(6))
        .isEqualTo(new SequenceConfiguration(1, 2, 3, CellKind.GRU, 4, Readout.MEAN, 0.5, 6));
  }

  @Test
  void should_refuse_what_cannot_be_built() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceConfiguration(0, 2, 3))
        .withMessage("SequenceConfiguration: inputSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceConfiguration(1, 0, 3))
        .withMessage("SequenceConfiguration: hiddenSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceConfiguration(1, 2, 0))
        .withMessage("SequenceConfiguration: outputSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> least.withLayers(0))
        .withMessage("SequenceConfiguration: layers must be at least 1, not 0");
    for (double dropout : new double[] {-0.1, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> least.withDropout(dropout))
          .withMessage("SequenceConfiguration: dropout must be in [0, 1), not " + dropout);
    }
    for (int lag : new int[] {-1, 1, 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> least.withLongestLag(lag))
          .withMessageContaining("longestLag must be above 2 steps, or 0 for none, not " + lag);
    }
  }
}
