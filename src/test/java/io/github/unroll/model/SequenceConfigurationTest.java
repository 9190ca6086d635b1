package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import org.junit.jupiter.api.Test;

class SequenceDescriptionTest {

  private final SequenceDescription least = SequenceDescription.classifier(Input.features(1), 2, 3);

  @Test
  void should_change_one_thing_at_a_time() {
    assertThat(least)
        .isEqualTo(SequenceDescription.classifier(Input.features(1), 2, 3, CellKind.LSTM, 1, Readout.LAST, 0, 0));
    assertThat(
            least
                .withCell(CellKind.GRU)
                .withLayers(4)
                .withReadout(Readout.MEAN)
                .withDropout(0.5)
                .withInitialBias(InitialBias.chrono(6)))
        .isEqualTo(SequenceDescription.classifier(Input.features(1), 2, 3, CellKind.GRU, 4, Readout.MEAN, 0.5, 6));
  }

  @Test
  void should_refuse_what_cannot_be_built() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.classifier(Input.features(0), 2, 3))
        .withMessage("SequenceDescription: inputSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.classifier(Input.features(1), 0, 3))
        .withMessage("SequenceDescription: hiddenSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.classifier(Input.features(1), 2, 0))
        .withMessage("SequenceDescription: outputSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> least.withLayers(0))
        .withMessage("SequenceDescription: layers must be at least 1, not 0");
    for (double dropout : new double[] {-0.1, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> least.withDropout(dropout))
          .withMessage("SequenceDescription: dropout must be in [0, 1), not " + dropout);
    }
    for (int lag : new int[] {-1, 1, 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> least.withInitialBias(InitialBias.chrono(lag)))
          .withMessageContaining("longestLag must be above 2 steps, or 0 for none, not " + lag);
    }
  }
}
