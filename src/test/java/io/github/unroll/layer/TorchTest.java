package io.github.unroll.layer;

import io.github.unroll.Golden;
import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.foreign.TorchWeights;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch's recurrent modules, figure by figure: outputs, states and every gradient. */
class TorchTest {

  private static final int HIDDEN = 4;

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

    golden.assertMatches("output", stack.forward(golden.tensor("x"), state(golden, "0", lstm)));
    assertState(golden, "h_n", stack.finalState(), 0, lstm);
    golden.assertMatches("grad_x", stack.backward(golden.tensor("G")));
    assertState(golden, "grad_h0", stack.initialStateGradient(), 0, lstm);
    if (lstm) {
      assertState(golden, "c_n", stack.finalState(), 1, true);
      assertState(golden, "grad_c0", stack.initialStateGradient(), 1, true);
    }
    for (int l = 0; l < stack.layers().size(); l++) {
      if (stack.layers().get(l) instanceof Bidirectional both) {
        assertParameterGradients(name, golden, "_l" + l, both.ahead());
        assertParameterGradients(name, golden, "_l" + l + "_reverse", both.back());
      } else {
        assertParameterGradients(name, golden, "_l" + l, stack.layers().get(l));
      }
    }

    RecurrentStack rounded = stack(name, "f32");
    golden.assertMatches(
        "output_f32_weights", rounded.forward(golden.tensor("x"), state(golden, "0", lstm)));
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

  /** torch keeps h of all layers in one (layers·directions, N, H), and so c. */
  private static State state(Golden golden, String when, boolean lstm) {
    Tensor3 h = golden.tensor("h" + when);
    List<Matrix> parts = new ArrayList<>();
    for (int part = 0; part < h.d0(); part++) {
      parts.add(plane(h, part));
      if (lstm) {
        parts.add(plane(golden.tensor("c" + when), part));
      }
    }
    return new State(parts);
  }

  private static Matrix plane(Tensor3 x, int i) {
    Matrix plane = new Matrix(x.d1(), x.d2());
    System.arraycopy(x.data(), i * plane.data().length, plane.data(), 0, plane.data().length);
    return plane;
  }

  private static void assertState(Golden golden, String key, State state, int which, boolean lstm) {
    int perLayer = lstm ? 2 : 1;
    Tensor3 want = golden.tensor(key);
    Tensor3 got = new Tensor3(want.d0(), want.d1(), want.d2());
    int size = want.d1() * want.d2();
    for (int part = 0; part < want.d0(); part++) {
      double[] values = state.matrices().get(part * perLayer + which).data();
      System.arraycopy(values, 0, got.data(), part * size, size);
    }
    golden.assertMatches(key, got);
  }

  private static void assertParameterGradients(
      String name, Golden golden, String suffix, RecurrentLayer part) {
    List<Parameter> parameters = part.parameters();
    Matrix dwx = inTorchsOrder(name, parameters.get(0).grad());
    Matrix dwh = inTorchsOrder(name, parameters.get(1).grad());
    golden.assertMatches("grad_weight_ih" + suffix, dwx.transposed().copy());
    golden.assertMatches("grad_weight_hh" + suffix, dwh.transposed().copy());
    if (golden.has("bias_ih" + suffix)) {
      Matrix db = inTorchsOrder(name, parameters.get(2).grad());
      golden.assertMatches("grad_bias_ih" + suffix, db.data());
      if (parameters.size() == 4) {
        double[] dbhn = parameters.get(3).grad().data();
        System.arraycopy(dbhn, 0, db.data(), 2 * HIDDEN, HIDDEN);
      }
      golden.assertMatches("grad_bias_hh" + suffix, db.data());
    }
  }

  /** The gradient of a negated weight is the negated gradient: as weights go, so they go. */
  private static Matrix inTorchsOrder(String name, Matrix gradient) {
    return switch (name.substring(0, 3)) {
      case "lst" -> GateOrder.PYTORCH.lstmFromUnroll(gradient);
      case "gru" -> GateOrder.PYTORCH.gruFromUnroll(gradient);
      default -> gradient;
    };
  }
}
