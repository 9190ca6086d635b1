package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.CellKind;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Test;

class SequenceEncoderTest {

  @Test
  void the_last_output_should_be_the_highest_layers_after_each_questions_last_step() {
    for (CellKind cell : CellKind.all()) {
      for (int layers = 1; layers <= 3; layers++) {
        RandomState random = new RandomState(layers);
        Seq2SeqDescription d = new Seq2SeqDescription(5, 2, 3).withCell(cell).withLayers(layers);
        SequenceEncoder encoder =
            new SequenceEncoder(d, Seq2SeqWeights.drawn(d, random), new RandomState(0));
        encoder.forward(new int[][] {{1, 2, 3, 4}, {4, 0, 0, 0}}, new int[] {4, 2});
        Matrix last = encoder.lastOutput();
        for (int j = 0; j < 3; j++) {
          assertThat(last.get(0, j)).isEqualTo(encoder.outputs().get(0, 3, j));
          assertThat(last.get(1, j)).isEqualTo(encoder.outputs().get(1, 1, j));
        }
        encoder.beginBackward();
        encoder.dLastOutput().fill(1);
        int top = encoder.finalState().matrices().indexOf(last);
        assertThat(encoder.dFinal().matrices().get(top).get(0, 0)).isEqualTo(1);
      }
    }
  }
}
