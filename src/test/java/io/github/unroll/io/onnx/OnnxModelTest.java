package io.github.unroll.io.onnx;

import static io.github.unroll.io.onnx.OnnxBytes.FLOAT;
import static io.github.unroll.io.onnx.OnnxBytes.INT64;
import static io.github.unroll.io.onnx.OnnxBytes.attribute;
import static io.github.unroll.io.onnx.OnnxBytes.integers;
import static io.github.unroll.io.onnx.OnnxBytes.model;
import static io.github.unroll.io.onnx.OnnxBytes.reals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.Allocation;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.foreign.OnnxWeights;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {

  private static final Path FOLDER = OnnxModelsTest.FOLDER;

  @TempDir private Path folder;

  private OnnxModel written(OnnxBytes model) throws IOException {
    return OnnxModel.read(Files.write(folder.resolve("made.onnx"), model.toBytes()));
  }

  private static StoredArray ones(long... shape) {
    long size = 1;
    for (long dim : shape) {
      size *= dim;
    }
    double[] values = new double[(int) size];
    Arrays.fill(values, 1);
    return StoredArray.ofDoubles(ElementType.FLOAT32, shape, values);
  }

  // ---- what it says of itself ----

  @Test
  void should_tell_inputs_outputs_and_nodes() throws IOException {
    OnnxModel model = OnnxModel.read(FOLDER.resolve("export_lm_op17.onnx"));
    assertThat(model.inputs()).hasToString("[ids: int64 (batch x time)]");
    assertThat(model.outputs()).hasSize(1);
    assertThat(model.outputs().get(0).name()).isEqualTo("logits");
    assertThat(model.outputs().get(0).type()).isEqualTo("float32");
    assertThat(model.outputs().get(0).shape()).containsExactly("batch", "time", "9");
    assertThat(model.toString().lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "node operator output parameters options",
            "ids input (batchxtime) int64",
            "/emb/Gather Gather 36",
            "/lstm/LSTM LSTM 220 hidden_size=5",
            "/lstm/Transpose_1 Transpose perm=[1, 0, 2]",
            "/fc/Add Add (batchxtimex9) 9",
            "logits output (batchxtimex9) float32")
        .endsWith("together 310 opset 17 pytorch 1.13.0");
  }

  // ---- running ----

  @Test
  void should_run_a_tensor_and_ids_as_the_map_of_the_only_input() throws IOException {
    OnnxModel words = OnnxModel.read(FOLDER.resolve("export_lm_op17.onnx"));
    int[][] ids = {{0, 3, 8}, {1, 1, 2}};
    StoredArray stored =
        StoredArray.ofLongs(ElementType.INT32, new long[] {2, 3}, 0, 3, 8, 1, 1, 2);
    assertThat(words.run(ids)).isEqualTo(words.run(Map.of("ids", stored)).get("logits"));

    OnnxModel features = OnnxModel.read(FOLDER.resolve("export_lstm_dynamic_op17.onnx"));
    Tensor3 x = Tensor3.of(2, 4, 3, new RandomState(1).randn(8, 3).data());
    assertThat(features.run(x)).isEqualTo(features.run(Map.of("x", StoredArray.of(x))).get("y"));
  }

  @Test
  void should_refuse_inputs_that_do_not_fit_by_name() throws IOException {
    OnnxModel model = OnnxModel.read(FOLDER.resolve("export_lstm1_op17.onnx"));
    refuses(
        model, Map.of(), "the input \"x\" is missing; the model reads [x: float32 (2 x 5 x 3)]");
    refuses(model, Map.of("x", ones(2, 5, 3), "z", ones(1)), "there are no inputs [z]");
    refuses(model, Map.of("x", ones(2, 5)), "the input \"x\" is float32 (2x5)");
    refuses(model, Map.of("x", ones(2, 6, 3)), "the input \"x\" is float32 (2x6x3)");
    StoredArray whole = StoredArray.ofLongs(ElementType.INT64, new long[] {0, 5, 3});
    refuses(model, Map.of("x", whole), "must be floating-point numbers, not int64 (0x5x3)");
    StoredArray text = StoredArray.unread("<U5", new long[] {2}, "a is a text");
    refuses(model, Map.of("x", text), "\"x\" has no values: a is a text");
    OnnxModel states = OnnxModel.read(FOLDER.resolve("export_lstm_states_op17.onnx"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> states.run(new Tensor3(1, 1, 3)))
        .withMessageContaining("one input is given; the model reads [x: ");
    OnnxModel words = OnnxModel.read(FOLDER.resolve("export_lm_op17.onnx"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> words.run(new int[][] {{1, 2}, {1}}))
        .withMessageContaining("row 0 has 2 ids and row 1 other");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> words.run(new int[][] {{1, 9}}))
        .withMessageContaining("node \"/emb/Gather\" (Gather) of [(9x4), integers (1x2)]: ")
        .withMessageContaining("the index 9 is not in 0..8");
  }

  private static void refuses(OnnxModel model, Map<String, StoredArray> inputs, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.run(inputs))
        .withMessageStartingWith("OnnxModel.run: ")
        .withMessageContaining(why);
  }

  @Test
  void should_name_node_and_shapes_where_states_do_not_fit() throws IOException {
    OnnxModel model = OnnxModel.read(FOLDER.resolve("export_lstm_states_op17.onnx"));
    Map<String, StoredArray> inputs =
        Map.of("x", ones(2, 3, 3), "h0", ones(1, 3, 4), "c0", ones(1, 2, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.run(inputs))
        .withMessageContaining("node \"/lstm/LSTM\" (LSTM) of [(3x2x3), ")
        .withMessageContaining("an initial state is (1x3x4); it must be (1x2x4)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lens_bidirectional", "lens_layout1", "lens_reverse"})
  void should_take_lengths_of_zero_and_refuse_those_beyond(String options) throws IOException {
    for (String kind : List.of("rnn", "gru", "lstm")) {
      Path file = FOLDER.resolve(kind + "_" + options + ".onnx");
      OnnxModel model = OnnxModel.read(file);
      Map<String, StoredArray> inputs =
          new LinkedHashMap<>(
              OnnxModelsTest.arrays(FOLDER.resolve(kind + "_" + options + ".npz"), "input."));
      Map<String, StoredArray> full = model.run(inputs);
      inputs.put("sequence_lens", StoredArray.ofLongs(ElementType.INT32, new long[] {2}, 5, 0));
      Map<String, StoredArray> got = model.run(inputs);
      boolean batchFirst = options.endsWith("layout1");
      StoredArray y = got.get("Y");
      long[] shape = y.shape();
      int directions = (int) shape[batchFirst ? 2 : 1];
      int hidden = (int) shape[3];
      for (int t = 0; t < 5; t++) {
        for (int d = 0; d < directions; d++) {
          for (int j = 0; j < hidden; j++) {
            int row = batchFirst ? (1 * 5 + t) * directions + d : (t * directions + d) * 2 + 1;
            assertThat(y.doubles()[row * hidden + j]).isZero();
          }
        }
      }
      StoredArray start = inputs.get("initial_h");
      for (int d = 0; d < directions; d++) {
        for (int j = 0; j < hidden; j++) {
          int at = (batchFirst ? directions + d : 2 * d + 1) * hidden + j;
          assertThat(got.get("Y_h").doubles()[at])
              .isEqualTo(start == null ? 0 : start.doubles()[at]);
        }
      }
      assertThat(full.keySet()).isEqualTo(got.keySet());
      inputs.put("sequence_lens", StoredArray.ofLongs(ElementType.INT32, new long[] {2}, 5, 6));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.run(inputs))
          .withMessageContaining("sequence 1 has the length 6, and there are 5 steps");
    }
  }

  @Test
  void should_run_no_steps_and_no_sequences() throws IOException {
    OnnxModel model = OnnxModel.read(FOLDER.resolve("export_lstm_dynamic_op17.onnx"));
    StoredArray none = StoredArray.ofDoubles(ElementType.FLOAT64, new long[] {2, 0, 3});
    assertThat(model.run(Map.of("x", none)).get("y").shape()).containsExactly(2, 0, 2);
    StoredArray nobody = StoredArray.ofDoubles(ElementType.FLOAT64, new long[] {0, 4, 3});
    assertThat(model.run(Map.of("x", nobody)).get("y").shape()).containsExactly(0, 4, 2);
  }

  @Test
  void should_give_the_same_bits_to_all_threads() throws Exception {
    OnnxModel model = OnnxModel.read(FOLDER.resolve("export_lstm2bi_op17.onnx"));
    Tensor3 x = Tensor3.of(2, 6, 4, new RandomState(2).randn(12, 4).data());
    StoredArray want = model.run(x);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<StoredArray>> runs = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        runs.add(() -> model.run(x));
      }
      for (Future<StoredArray> run : threads.invokeAll(runs)) {
        assertThat(run.get()).isEqualTo(want);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void should_neither_copy_nor_convert_weights_in_a_run() throws Exception {
    int hidden = 200;
    OnnxBytes graph =
        new OnnxBytes()
            .node("LSTM", List.of("x", "W", "R"), List.of("Y"))
            .input("x", FLOAT, -1, 2, 3)
            .output("Y")
            .constant(reals("W", 0.5f, 1, 4 * hidden, 3))
            .constant(reals("R", 0.5f, 1, 4 * hidden, hidden));
    OnnxModel model = written(model(14, graph));
    // no step, because vectors that are not compiled yet allocate what they like
    Map<String, StoredArray> inputs = Map.of("x", ones(0, 2, 3));
    model.run(inputs); // classes are loaded, once
    long weights = 4L * hidden * hidden * Double.BYTES;
    assertThat(Allocation.of(() -> model.run(inputs))).isLessThan(weights / 10);
  }

  // ---- sizes ----

  @ParameterizedTest
  @ValueSource(longs = {1L << 60, 1L << 31, 1L << 28})
  void should_refuse_a_shape_out_of_all_proportion(long size) throws Exception {
    for (String operator : List.of("Expand", "ConstantOfShape")) {
      boolean expands = operator.equals("Expand");
      OnnxBytes graph =
          new OnnxBytes()
              .node("Mul", List.of("s", "s"), List.of("shape"))
              .node(operator, expands ? List.of("x", "shape") : List.of("shape"), List.of("y"))
              .input("s", INT64, 1)
              .input("x", FLOAT, 1)
              .output("y");
      OnnxModel model = written(model(13, graph));
      long root = (long) Math.ceil(Math.sqrt(size));
      StoredArray s = StoredArray.ofLongs(ElementType.INT64, new long[] {1}, root);
      Map<String, StoredArray> inputs = Map.of("s", s, "x", ones(1));
      assertThat(
              Allocation.of(
                  () ->
                      assertThatIllegalArgumentException()
                          .isThrownBy(() -> model.run(inputs))
                          .withMessageContaining("node \"the " + operator + "\"")))
          .isLessThan(4L << 20);
    }
  }

  @Test
  void should_refuse_a_tensor_that_is_doubled_again_and_again() throws Exception {
    OnnxBytes graph = new OnnxBytes();
    for (int i = 0; i < 60; i++) {
      String x = i == 0 ? "x" : "y" + i;
      graph.node("Concat", List.of(x, x), List.of("y" + (i + 1)), attribute("axis", 0));
    }
    OnnxModel model = written(model(13, graph.input("x", FLOAT, 8).output("y60")));
    assertThat(
            Allocation.of(
                () ->
                    assertThatIllegalArgumentException()
                        .isThrownBy(() -> model.run(Map.of("x", ones(8))))
                        .withMessageContaining("more than inputs of this size can need")))
        .isLessThan(64L << 20);
  }

  @Test
  void should_leave_what_is_large_to_the_run_when_constants_are_computed() throws Exception {
    OnnxBytes graph =
        new OnnxBytes()
            .node("ConstantOfShape", List.of("shape"), List.of("large"))
            .node("ReduceSum", List.of("large"), List.of("y"), attribute("keepdims", 0))
            .constant(integers("shape", 1000, 1000))
            .output("y");
    Path file = Files.write(folder.resolve("large.onnx"), model(13, graph).toBytes());
    assertThat(Allocation.of(() -> OnnxModel.read(file))).isLessThan(4L << 20);
    assertThat(OnnxModel.read(file).run(Map.of()).get("y").doubles()).containsExactly(0);
  }

  @Test
  void should_refuse_what_does_not_fit_after_what_is_left_to_the_run() {
    OnnxBytes graph =
        new OnnxBytes()
            .node("ConstantOfShape", List.of("shape"), List.of("large"))
            .node("Reshape", List.of("shape", "three"), List.of("y"))
            .constant(integers("shape", 1000, 1000))
            .constant(integers("three", 3))
            .output("y");
    assertThatIOException()
        .isThrownBy(() -> written(model(13, graph)))
        .withMessageContaining("(Reshape) of [integers (2), integers (1)]: 2 elements do not go");
  }

  /** A small file of many nodes over the same weights. */
  private static OnnxBytes sharing(int nodes) {
    OnnxBytes graph = new OnnxBytes();
    for (int i = 0; i < nodes; i++) {
      graph.node("RNN", List.of("x", "W", "R"), List.of("y" + i));
    }
    RandomState random = new RandomState(2);
    return graph
        .input("x", FLOAT, 3, 2, 100)
        .constant(reals("W", random.randn(100, 100), 1))
        .constant(reals("R", random.randn(100, 100), 1))
        .output("y0")
        .output("y" + (nodes - 1));
  }

  @Test
  void should_not_copy_weights_for_each_of_the_nodes_that_share_them() throws Exception {
    Path file = Files.write(folder.resolve("shared.onnx"), model(13, sharing(1000)).toBytes());
    OnnxModel.read(file); // classes are loaded, once
    assertThat(Allocation.of(() -> OnnxModel.read(file))).isLessThan(32L << 20);
    Map<String, StoredArray> outputs = OnnxModel.read(file).run(Map.of("x", ones(3, 2, 100)));
    assertThat(outputs.get("y999")).isEqualTo(outputs.get("y0"));
  }

  @Test
  void should_name_weights_that_many_nodes_share_without_copies() throws Exception {
    OnnxBytes graph = new OnnxBytes();
    for (int i = 0; i < 300; i++) {
      graph
          .node("Gemm", List.of("x", "B"), List.of("g" + i), attribute("transB", 1))
          .node("RNN", List.of("x", "B", "B", "", "", "h"), List.of("y" + i));
    }
    graph
        .constant(reals("B", new RandomState(2).randn(100, 100)))
        .constant(reals("h", 0f, 1, 100, 100))
        .output("y0");
    Path file = Files.write(folder.resolve("shared.onnx"), model(13, graph).toBytes());
    ArrayFile.read(file); // classes are loaded, once
    assertThat(Allocation.of(() -> ArrayFile.read(file))).isLessThan(4L << 20);
  }

  /** As PyTorch exports a start that was learned, for any batch. */
  @ParameterizedTest
  @ValueSource(floats = {0, 0.5f})
  void should_not_read_weights_without_the_state_that_they_start_from(float start)
      throws IOException {
    OnnxBytes graph =
        new OnnxBytes()
            .node("Expand", List.of("h0", "shape"), List.of("h"))
            .node("RNN", List.of("x", "W", "R", "", "", "h"), List.of("y"))
            .input("x", FLOAT, 5, 2, 3)
            .constant(integers("shape", 1, 2, 4))
            .constant(reals("h0", start, 1, 1, 4))
            .constant(reals("W", new RandomState(4).randn(4, 3), 1))
            .constant(reals("R", new RandomState(5).randn(4, 4), 1))
            .output("y");
    Path file = Files.write(folder.resolve("start.onnx"), model(13, graph).toBytes());
    OnnxWeights weights = OnnxWeights.read(file);
    if (start == 0) {
      assertThat(weights.rnn("the RNN.", Nonlinearity.TANH).outputSize()).isEqualTo(4);
      return;
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.rnn("the RNN.", Nonlinearity.TANH))
        .withMessageContaining("it starts from a state that is not zero");
  }

  @Test
  void should_not_pad_all_rows_of_its_table_to_one_long_name() throws Exception {
    OnnxBytes graph = new OnnxBytes().input("x".repeat(1 << 18), FLOAT, 1);
    for (int i = 0; i < 500; i++) {
      graph.node("Neg", List.of(i == 0 ? "x".repeat(1 << 18) : "y" + i), List.of("y" + (i + 1)));
    }
    Path file = Files.write(folder.resolve("long.onnx"), model(13, graph.output("y9")).toBytes());
    assertThat(Allocation.of(() -> OnnxModel.read(file))).isLessThan(32L << 20);
  }

  @Test
  void should_leave_products_of_long_vectors_to_the_run() throws IOException {
    OnnxBytes graph = new OnnxBytes();
    for (int i = 0; i < 100; i++) {
      graph.node("MatMul", List.of("a", "a"), List.of("y" + i));
    }
    OnnxModel model =
        written(model(13, graph.constant(reals("a", 3f, 10_000)).output("y0").output("y99")));
    assertThat(model.toString().lines().filter(row -> row.contains("MatMul")).count())
        .isEqualTo(98);
    assertThat(model.run(Map.of()).get("y99").doubles()).containsExactly(9);
  }

  @Test
  void should_run_weights_that_are_nodes_as_well_as_initializers() throws IOException {
    RandomState random = new RandomState(3);
    OnnxBytes w = reals("", random.randn(400, 1), 1);
    OnnxBytes r = reals("", random.randn(400, 100), 1);
    OnnxBytes graph =
        new OnnxBytes()
            .node("Constant", List.of(), List.of("W"), tensor(w))
            .node("Constant", List.of(), List.of("R"), tensor(r))
            .node("LSTM", List.of("x", "W", "R"), List.of("y"))
            .input("x", FLOAT, 500, 10, 1)
            .output("y");
    assertThat(written(model(13, graph)).run(Map.of("x", ones(500, 10, 1))).get("y").shape())
        .containsExactly(500, 1, 10, 100);
  }

  private static OnnxBytes tensor(OnnxBytes value) {
    return new OnnxBytes().text(1, "value").part(5, value).number(20, 4);
  }

  // ---- files ----

  @Test
  void should_merge_what_comes_twice_as_protocol_buffers_say() throws IOException {
    OnnxBytes value = new OnnxBytes().text(1, "value").number(20, 4);
    value.part(5, new OnnxBytes().number(1, 1).number(2, FLOAT));
    value.part(5, new OnnxBytes().number(1, 2).real(4, 1.5f)); // dims 1, 2; a float of two
    value.part(5, new OnnxBytes().real(4, 2.5f));
    OnnxBytes graph =
        new OnnxBytes()
            .node("Constant", List.of(), List.of("c"), value)
            .node("Add", List.of("x", "c"), List.of("y"))
            .input("x", FLOAT, 2)
            .output("y");
    assertThat(written(model(13, graph)).run(Map.of("x", ones(2))).get("y").doubles())
        .containsExactly(2.5, 3.5);
  }

  @Test
  void should_refuse_a_link_out_of_the_folder() throws IOException {
    byte[] model = Files.readAllBytes(FOLDER.resolve("external.onnx"));
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Path file = Files.write(inside.resolve("external.onnx"), model);
    Path values = folder.resolve("values");
    Files.copy(FOLDER.resolve("external.data"), values);
    try {
      Files.createSymbolicLink(inside.resolve("external.data"), values.toAbsolutePath());
    } catch (FileSystemException | UnsupportedOperationException e) {
      assumeTrue(false, "no links here: " + e);
    }
    assertThatIOException()
        .isThrownBy(() -> OnnxModel.read(file))
        .withMessageStartingWith(file + ": tensor \"W\": ")
        .withMessageContaining("a link out of the folder of the model");
    Files.delete(inside.resolve("external.data"));
    Files.copy(values, inside.resolve("external.data"));
    assertThat(OnnxModel.read(file).outputs()).hasSize(3);
  }

  @Test
  void should_name_all_operators_that_are_not_run_in_one_error() throws IOException {
    OnnxBytes graph =
        new OnnxBytes()
            .node("Wobble", List.of("x"), List.of("a"))
            .node("Relu", List.of("a"), List.of("b"))
            .node("Jelly", List.of("b"), List.of("y"))
            .input("x", FLOAT, 2)
            .output("y");
    Path file = Files.write(folder.resolve("x.onnx"), model(13, graph).toBytes());
    assertThatIOException()
        .isThrownBy(() -> OnnxModel.read(file))
        .withMessage(
            file
                + ": its operators are not run at 2 nodes: [node \"the Wobble\" (Wobble), node"
                + " \"the Jelly\" (Jelly)]");
  }

  @Test
  void should_say_what_another_kind_of_file_is() throws IOException {
    Path file = Files.writeString(folder.resolve("x.onnx"), "{}");
    assertThatIOException()
        .isThrownBy(() -> OnnxModel.read(file))
        .withMessageStartingWith(file + ": is no .onnx file but a text");
    assertThatIOException()
        .isThrownBy(() -> OnnxModel.read(folder.resolve("none.onnx")))
        .withMessageContaining("none.onnx");
  }
}
