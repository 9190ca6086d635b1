package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.Golden;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.TorchStates;
import io.github.unroll.io.foreign.TorchWeights;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch's recurrent modules, figure by figure: outputs, states and every gradient. */
class TorchTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rnn_tanh_l1_uni",
        "rnn_tanh_l1_bi",
        "rnn_tanh_l2_uni",
        "rnn_tanh_l2_bi",
        "rnn_relu_l1_uni",
        "rnn_relu_l1_bi",
        "rnn_relu_l2_uni",
        "rnn_relu_l2_bi",
        "lstm_l1_uni",
        "lstm_l1_uni_nobias",
        "lstm_l1_bi",
        "lstm_l2_uni",
        "lstm_l2_bi",
        "gru_l1_uni",
        "gru_l1_uni_nobias",
        "gru_l1_bi",
        "gru_l2_uni",
        "gru_l2_bi"
      })
  void should_equal_pytorch(String name) throws IOException {
    Golden golden = Golden.load("torch/" + name);
    RecurrentStack stack = stack(name, "f64");
    boolean lstm = name.startsWith("lstm");

    golden.assertMatches("output", stack.forward(golden.tensor("x"), state(golden, stack, lstm)));
    golden.assertMatches("h_n", TorchStates.h(stack, stack.finalState()));
    golden.assertMatches("grad_x", stack.backward(golden.tensor("G")));
    golden.assertMatches("grad_h0", TorchStates.h(stack, stack.initialStateGradient()));
    if (lstm) {
      golden.assertMatches("c_n", TorchStates.c(stack, stack.finalState()));
      golden.assertMatches("grad_c0", TorchStates.c(stack, stack.initialStateGradient()));
    }
    Map<String, StoredArray> gradients = new TorchWeights().putGradients(stack, "").tensors();
    gradients.forEach(
        (weight, gradient) -> {
          if (golden.has(weight) || !name.endsWith("nobias")) {
            assertThat(gradient.shape()).isEqualTo(shape(golden, weight));
            golden.assertMatches("grad_" + weight, gradient.doubles());
          }
        });
    assertThat(gradients).hasSize(4 * TorchStates.h(stack, stack.finalState()).d0());

    RecurrentStack rounded = stack(name, "f32");
    golden.assertMatches(
        "output_f32_weights", rounded.forward(golden.tensor("x"), state(golden, rounded, lstm)));
  }

  private static long[] shape(Golden golden, String weight) {
    Matrix matrix = golden.matrix(weight);
    return weight.startsWith("bias")
        ? new long[] {matrix.cols()}
        : new long[] {matrix.rows(), matrix.cols()};
  }

  private static RecurrentStack stack(String name, String dtype) throws IOException {
    Path file = Path.of("src/test/resources/golden/torch", name + "." + dtype + ".safetensors");
    TorchWeights weights = TorchWeights.read(file);
    RecurrentStack stack =
        switch (name.substring(0, 3)) {
          case "lst" -> weights.lstm("");
          case "gru" -> weights.gru("");
          default -> weights.rnn("", name.contains("relu") ? Nonlinearity.RELU : Nonlinearity.TANH);
        };
    weights.requireNoneLeft();
    return stack;
  }

  private static State state(Golden golden, RecurrentStack stack, boolean lstm) {
    return lstm
        ? TorchStates.toUnroll(stack, golden.tensor("h0"), golden.tensor("c0"))
        : TorchStates.toUnroll(stack, golden.tensor("h0"));
  }
}
