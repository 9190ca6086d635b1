package io.github.unroll.io.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.Command;
import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX's own tests of its operators, made anew where there is a Python with ONNX. */
class OnnxNodeTest {

  private static final Path SCRIPT = Path.of("src/test/resources/onnx/node_tests.py");
  private static final double TOLERANCE = 1e-5; // their outputs are float32

  @TempDir Path folder;

  @Test
  void should_pass_onnxs_tests_of_rnn_gru_and_lstm() throws Exception {
    List<String> made = made("RNN", "GRU", "LSTM");
    assertThat(made).hasSizeGreaterThanOrEqualTo(12);
    for (String name : made) {
      runAndCompare(name);
    }
  }

  private List<String> made(String... operators) throws Exception {
    List<String> command = new ArrayList<>(List.of(pythonWithOnnx(), "-W", "ignore"));
    command.addAll(List.of(SCRIPT.toString(), folder.toString()));
    command.addAll(List.of(operators));
    assertThat(Command.run(command.toArray(new String[0]))).contains("written ");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".onnx"))
          .map(name -> name.replace(".onnx", ""))
          .sorted()
          .toList();
    }
  }

  private void runAndCompare(String name) throws IOException {
    OnnxModel model = OnnxModel.read(folder.resolve(name + ".onnx"));
    Map<String, StoredArray> got =
        model.run(OnnxModelsTest.arrays(folder.resolve(name + ".in.npz"), ""));
    Map<String, StoredArray> want = OnnxModelsTest.arrays(folder.resolve(name + ".out.npz"), "");
    assertThat(got.keySet()).as(name).isEqualTo(want.keySet());
    want.forEach((output, array) -> OnnxModelsTest.assertClose(got.get(output), array, TOLERANCE));
  }

  /**
   * Not among them: Cast, which rounds to narrow types there and not here, Dropout, of which some
   * are trainings, Identity, of which some are of lists.
   */
  @Test
  void should_pass_onnxs_tests_of_the_other_operators() throws Exception {
    Set<String> operators = Operators.names();
    operators.removeAll(Set.of("Cast", "Dropout", "Identity"));
    List<String> made = made(operators.toArray(new String[0]));
    assertThat(made).hasSizeGreaterThan(200);
    for (String name : made) {
      runAndCompare(name);
    }
  }

  private static String pythonWithOnnx() throws InterruptedException {
    List<String> tried = new ArrayList<>();
    for (String python : List.of("python3", "/usr/bin/python3")) {
      try {
        if (Command.run(python, "-c", "import numpy, onnx; print('here')").endsWith("here")) {
          return python;
        }
      } catch (IOException e) {
        tried.add(e.getMessage());
      }
    }
    assumeTrue(false, "no python3 with ONNX here; install python3-onnx " + tried);
    return "";
  }
}
