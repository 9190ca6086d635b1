package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.Command;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PyTorch's modules answer as the layers here of the same weights do, where there is a PyTorch. */
class TorchExchangeTest {

  private static final Path SCRIPT = Path.of("src/test/resources/torch/exchange.py");
  private static final List<String> KINDS = List.of("tanh", "relu", "lstm", "gru");
  private static final int VOCABULARY = 7;

  @TempDir Path folder;

  @Test
  void should_answer_as_pytorch_from_pytorchs_state_dict() throws Exception {
    String python = pythonWithTorch();
    assertThat(Command.run(python, SCRIPT.toString(), "write", folder.toString()))
        .isEqualTo("write 64");
    int cases = 0;
    for (String kind : KINDS) {
      for (String form : List.of("1_uni", "1_bi", "2_uni", "2_bi")) {
        for (String saved : List.of("bias_32", "bias_64", "nobias_32", "nobias_64")) {
          String name = String.format(Locale.ROOT, "%s_%s_%s", kind, form, saved);
          TorchWeights weights = TorchWeights.read(folder.resolve(name + ".npz"));
          TimeEmbedding embedding = weights.embedding("embedding.");
          RecurrentStack rnn = rnn(weights, kind, "rnn.");
          TimeAffine head = weights.linear("head.");
          weights.requireNoneLeft();
          Tensor3 want = NumpyFile.read(folder.resolve(name + ".out.npy")).tensor3();
          Tensor3 got = head.forward(rnn.forward(embedding.forward(ids())));
          assertThat(got.allClose(want, 1e-12)).as(name).isTrue();
          cases++;
        }
      }
    }
    assertThat(cases).isEqualTo(64);
  }

  @Test
  void should_have_pytorchs_states_and_gradients_of_a_pt_file() throws Exception {
    String python = pythonWithTorch();
    assertThat(Command.run(python, SCRIPT.toString(), "gradients", folder.toString()))
        .isEqualTo("gradients 20");
    for (String kind : List.of("tanh", "relu", "lstm", "gru", "projected")) {
      for (String form : List.of("1_uni", "1_bi", "2_uni", "2_bi")) {
        String name = kind + "_" + form;
        TorchWeights weights = TorchWeights.read(folder.resolve(name + ".pt"));
        RecurrentStack layer = kind.equals("projected") ? weights.lstm("") : rnn(weights, kind, "");
        weights.requireNoneLeft();
        Map<String, StoredArray> want = NumpyFile.readArchive(folder.resolve(name + ".npz"));
        Tensor3 h0 = want.get("h_0").tensor3();
        boolean hasC = want.containsKey("c_0");
        State initial =
            hasC
                ? TorchStates.toUnroll(layer, h0, want.get("c_0").tensor3())
                : TorchStates.toUnroll(layer, h0);
        assertClose(name, want, "y", layer.forward(want.get("x").tensor3(), initial));
        assertClose(name, want, "h_n", TorchStates.h(layer, layer.finalState()));
        assertClose(name, want, "grad_x", layer.backward(want.get("slopes").tensor3()));
        assertClose(name, want, "grad_h_0", TorchStates.h(layer, layer.initialStateGradient()));
        if (hasC) {
          assertClose(name, want, "c_n", TorchStates.c(layer, layer.finalState()));
          assertClose(name, want, "grad_c_0", TorchStates.c(layer, layer.initialStateGradient()));
        }
        Map<String, StoredArray> gradients = new TorchWeights().putGradients(layer, "").tensors();
        assertThat(gradients.keySet()).isEqualTo(weights.tensors().keySet());
        gradients.forEach(
            (weight, gradient) -> {
              StoredArray torchs = want.get("grad_" + weight);
              assertThat(gradient.shape()).as(weight).isEqualTo(torchs.shape());
              assertThat(gradient.matrix().allClose(torchs.matrix(), 1e-12)).as(weight).isTrue();
            });
      }
    }
  }

  private static void assertClose(
      String name, Map<String, StoredArray> want, String key, Tensor3 got) {
    assertThat(got.allClose(want.get(key).tensor3(), 1e-12)).as(name + " " + key).isTrue();
  }

  @Test
  void pytorch_should_answer_as_the_layers_whose_weights_were_written() throws Exception {
    String python = pythonWithTorch();
    RandomState random = new RandomState(4);
    for (String kind : KINDS) {
      for (int layers = 1; layers <= 2; layers++) {
        for (boolean both : List.of(false, true)) {
          write(
              String.format(Locale.ROOT, "%s_%d_%s", kind, layers, both ? "bi" : "uni"),
              kind,
              layers,
              both,
              random);
        }
      }
    }
    assertThat(Command.run(python, SCRIPT.toString(), "check", folder.toString()))
        .isEqualTo("check 32");
  }

  private void write(String name, String kind, int layers, boolean both, RandomState random)
      throws IOException {
    int outputs = both ? 8 : 4;
    RecurrentStack rnn = RandomLayers.stack(kind, layers, both, 3, 4, random);
    TimeEmbedding embedding = new TimeEmbedding(RandomLayers.parameter("w", random, VOCABULARY, 3));
    TimeAffine head =
        new TimeAffine(
            RandomLayers.parameter("w", random, outputs, 5),
            RandomLayers.parameter("b", random, 1, 5));
    TorchWeights weights =
        new TorchWeights().put(embedding, "embedding.").put(rnn, "rnn.").put(head, "head.");
    weights.write(folder.resolve(name + ".safetensors"));
    weights.write(folder.resolve(name + ".npz"));
    Tensor3 out = head.forward(rnn.forward(embedding.forward(ids())));
    NumpyFile.write(folder.resolve(name + ".out.npy"), StoredArray.of(out));
  }

  private static RecurrentStack rnn(TorchWeights weights, String kind, String prefix) {
    return switch (kind) {
      case "lstm" -> weights.lstm(prefix);
      case "gru" -> weights.gru(prefix);
      case "relu" -> weights.rnn(prefix, Nonlinearity.RELU);
      default -> weights.rnn(prefix, Nonlinearity.TANH);
    };
  }

  /** The script's words. */
  private static int[][] ids() {
    int[][] ids = new int[2][6];
    for (int i = 0; i < 12; i++) {
      ids[i / 6][i % 6] = i * 5 % VOCABULARY;
    }
    return ids;
  }

  private static String pythonWithTorch() throws InterruptedException {
    List<String> tried = new ArrayList<>();
    for (String python : List.of("python3", "/usr/bin/python3")) {
      try {
        if (Command.run(python, "-c", "import numpy, torch; print('here')").endsWith("here")) {
          return python;
        }
      } catch (IOException e) {
        tried.add(e.getMessage());
      }
    }
    assumeTrue(false, "no python3 with PyTorch here " + tried);
    return "";
  }
}
