package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.State;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden states of PyTorch are in TorchTest and TorchFilesTest. */
class TorchStatesTest {

  private final RandomState random = new RandomState(5);

  private Tensor3 tensor(int parts, int n, int size) {
    return Tensor3.of(parts, n, size, random.randn(parts * n, size).data());
  }

  @ParameterizedTest
  @CsvSource({
    "lstm, 1, false, 4",
    "lstm, 2, true, 4",
    "projected, 2, false, 8",
    "projected, 1, true, 8",
    "gru, 2, true, 0",
    "tanh, 1, false, 0"
  })
  void should_go_there_and_back(String kind, int layers, boolean both, int c) {
    RecurrentStack stack = RandomLayers.stack(kind, layers, both, 3, 4, random);
    int parts = both ? 2 * layers : layers;
    Tensor3 h = tensor(parts, 2, 4);
    if (c == 0) {
      State state = TorchStates.toUnroll(stack, h);
      assertThat(TorchStates.h(stack, state)).isEqualTo(h);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TorchStates.c(stack, state))
          .withMessageContaining("an RNN or a GRU h alone");
      assertThatIllegalArgumentException().isThrownBy(() -> TorchStates.toUnroll(stack, h, h));
    } else {
      Tensor3 cells = tensor(parts, 2, c);
      State state = TorchStates.toUnroll(stack, h, cells);
      assertThat(TorchStates.h(stack, state)).isEqualTo(h);
      assertThat(TorchStates.c(stack, state)).isEqualTo(cells);
      assertThat(stack.forward(tensor(2, 3, 3), state).shape()).startsWith("(2x3x");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TorchStates.toUnroll(stack, h))
          .withMessageContaining("every layer and direction of an LSTM has h and c");
    }
  }

  @Test
  void should_put_the_lower_layer_and_the_forward_direction_first() {
    RecurrentStack stack = RandomLayers.stack("lstm", 2, true, 3, 4, random);
    Tensor3 h = tensor(4, 2, 4);
    Tensor3 c = tensor(4, 2, 4);
    State state = TorchStates.toUnroll(stack, h, c);
    for (int i = 0; i < 4; i++) {
      assertThat(state.matrices().get(2 * i)).isEqualTo(h.sequence(i).copy());
      assertThat(state.matrices().get(2 * i + 1)).isEqualTo(c.sequence(i).copy());
    }
    RecurrentLayer one = RandomLayers.layer("lstm", 3, 4, random);
    assertThat(TorchStates.toUnroll(one, tensor(1, 2, 4), tensor(1, 2, 4)).matrices()).hasSize(2);
  }

  @Test
  void should_say_what_does_not_fit() {
    RecurrentStack stack = RandomLayers.stack("projected", 2, false, 3, 4, random);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStates.toUnroll(stack, tensor(2, 5, 4), tensor(1, 5, 8)))
        .withMessage("TorchStates: this layer has 2 layers and directions, but the state (1x5x8)");
    State narrow = TorchStates.toUnroll(stack, tensor(2, 5, 4), tensor(2, 5, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.forward(tensor(5, 1, 3), narrow))
        .withMessageContaining("must be (5x8), not (5x4)");
    RecurrentLayer gru = RandomLayers.layer("gru", 3, 4, random);
    State other = TorchStates.toUnroll(gru, tensor(1, 2, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStates.h(stack, other))
        .withMessageStartingWith("TorchStates: not the state of this layer");
    RecurrentStack narrowing =
        new RecurrentStack(List.of(gru, RandomLayers.layer("gru", 4, 2, random)));
    narrowing.forward(tensor(2, 3, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStates.h(narrowing, narrowing.finalState()));
  }
}
