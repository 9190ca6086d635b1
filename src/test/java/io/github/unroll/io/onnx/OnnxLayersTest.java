package io.github.unroll.io.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.onnx.OnnxModelsTest.Case;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.Reversed;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxLayersTest {

  private static final Path FOLDER = OnnxModelsTest.FOLDER;

  @TempDir private Path folder;

  /** The files whose graphs are plain stacks. */
  static Stream<Case> stacks() throws IOException {
    return OnnxModelsTest.casesThatLoad().filter(OnnxLayersTest::isStack);
  }

  private static boolean isStack(Case one) {
    try {
      return OnnxModel.read(one.file()).layers() != null;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void should_find_stacks_among_the_exports() throws IOException {
    assertThat(stacks().map(Case::toString))
        .contains(
            "export_lstm1_op11",
            "export_lstm1_unfolded_op13",
            "export_lstm1_time_major_op17",
            "export_gru_linear_op17",
            "export_gru_bi_unfolded_op13",
            "export_rnn_tanh_op11",
            "export_rnn_relu_op13",
            "export_lstm_dynamic_op17",
            "export_lm_op11",
            "export2_lstm",
            "export2_gru",
            "gru_dense_softmax");
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void should_give_the_outputs_of_run(Case one) throws IOException {
    OnnxModel model = OnnxModel.read(one.file());
    for (Path data : one.data()) {
      StoredArray input = OnnxModelsTest.arrays(data, "input.").values().iterator().next();
      StoredArray want = first(model, input);
      if (!input.elementType().isFloating()) {
        assertSame(outputs(model.layers(), null, ids(input)), want);
        continue;
      }
      Tensor3 x = input.tensor3();
      Tensor3 got = outputs(model.layers(), x, null);
      // of a graph that reads steps first the layers read them second
      boolean stepsFirst = !got.allClose(want.tensor3(), 1e-12);
      assertSame(stepsFirst ? turned(outputs(model.layers(), turned(x), null)) : got, want);
    }
  }

  private static StoredArray first(OnnxModel model, StoredArray input) {
    return model.run(Map.of(model.inputs().get(0).name(), input)).values().iterator().next();
  }

  private static void assertSame(Tensor3 got, StoredArray want) {
    StoredArray flat = StoredArray.ofDoubles(ElementType.FLOAT64, want.shape(), got.data());
    OnnxModelsTest.assertClose(flat, want, 1e-12);
  }

  private static int[][] ids(StoredArray stored) {
    int[][] ids = new int[(int) stored.shape()[0]][(int) stored.shape()[1]];
    long[] all = stored.longs();
    for (int i = 0; i < all.length; i++) {
      ids[i / ids[0].length][i % ids[0].length] = (int) all[i];
    }
    return ids;
  }

  private static Tensor3 turned(Tensor3 x) {
    Tensor3 turned = new Tensor3(x.d1(), x.d0(), x.d2());
    for (int i = 0; i < x.d1(); i++) {
      for (int j = 0; j < x.d0(); j++) {
        for (int k = 0; k < x.d2(); k++) {
          turned.set(i, j, k, x.get(j, i, k));
        }
      }
    }
    return turned;
  }

  /** What layers give that are called by hand. */
  private static Tensor3 outputs(ImportedLayers layers, Tensor3 x, int[][] ids) {
    Tensor3 h = ids == null ? x : layers.embedding().orElseThrow().forward(ids);
    RecurrentLayer top = null;
    for (RecurrentLayer layer : layers.recurrent()) {
      h = layer.forward(h);
      top = layer;
    }
    if (layers.readout() == Readout.LAST) {
      h = lastStates(top);
    }
    h = layers.head().isPresent() ? layers.head().get().forward(h) : h;
    if (layers.softmax()) {
      h.asRows().softmaxRows();
    }
    return h;
  }

  /** h of each direction side by side, as one step. */
  private static Tensor3 lastStates(RecurrentLayer top) {
    List<Matrix> parts = top.finalState().matrices();
    int directions = top instanceof Bidirectional ? 2 : 1;
    int hidden = top.outputSize() / directions;
    Tensor3 last = new Tensor3(parts.get(0).rows(), 1, top.outputSize());
    for (int d = 0; d < directions; d++) {
      Matrix h = parts.get(d * parts.size() / directions);
      for (int n = 0; n < h.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          last.set(n, 0, d * hidden + j, h.get(n, j));
        }
      }
    }
    return last;
  }

  // ---- stacks that no file of the folder is ----

  private static final int H = 4;
  private static final int D = 3;
  private static final int K = 2;

  private final RandomState random = new RandomState(11);

  /** A graph of x (2,5,D), a layer over it, and the nodes that tests add. */
  private OnnxBytes layer(String operator, int gates, OnnxBytes... options) {
    return layer(operator, gates, 1, options);
  }

  private OnnxBytes layer(String operator, int gates, int directions, OnnxBytes... options) {
    return new OnnxBytes()
        .node("Transpose", List.of("x"), List.of("xt"), OnnxBytes.attribute("perm", 1, 0, 2))
        .node(operator, List.of("xt", "W", "R"), List.of("Y", "Yh"), options)
        .input("x", OnnxBytes.FLOAT, 2, 5, D)
        .constant(OnnxBytes.reals("W", random.randn(directions * gates * H, D), directions))
        .constant(OnnxBytes.reals("R", random.randn(directions * gates * H, H), directions))
        .output("y");
  }

  private OnnxModel made(OnnxBytes graph, int opset) throws IOException {
    Path file = folder.resolve("made.onnx");
    return OnnxModel.read(Files.write(file, OnnxBytes.model(opset, graph).toBytes()));
  }

  private void assertSame(OnnxModel model) {
    Tensor3 x = Tensor3.of(2, 5, D, random.randn(10, D).data());
    assertSame(outputs(model.layers(), x, null), model.run(x));
  }

  private static OnnxBytes direction(String direction) {
    return new OnnxBytes().text(1, "direction").text(4, direction).number(20, 3);
  }

  @Test
  void should_take_the_last_states_of_both_directions_side_by_side() throws IOException {
    OnnxBytes graph =
        layer("GRU", 3, 2, direction("bidirectional"))
            .node("Gather", List.of("Yh", "zero"), List.of("ahead"), OnnxBytes.attribute("axis", 0))
            .node("Gather", List.of("Yh", "minus"), List.of("back"), OnnxBytes.attribute("axis", 0))
            .constant(OnnxBytes.integer("zero", 0))
            .constant(OnnxBytes.integer("minus", -1));
    OnnxModel inOrder =
        made(
            graph.node(
                "Concat", List.of("ahead", "back"), List.of("y"), OnnxBytes.attribute("axis", 1)),
            13);
    assertSame(inOrder);
    assertThat(inOrder.layers().readout()).isEqualTo(Readout.LAST);
  }

  @Test
  void should_refuse_them_in_the_other_order() throws IOException {
    OnnxBytes graph =
        layer("GRU", 3, 2, direction("bidirectional"))
            .node("Gather", List.of("Yh", "zero"), List.of("ahead"), OnnxBytes.attribute("axis", 0))
            .node("Gather", List.of("Yh", "minus"), List.of("back"), OnnxBytes.attribute("axis", 0))
            .constant(OnnxBytes.integer("zero", 0))
            .constant(OnnxBytes.integer("minus", -1));
    OnnxModel turned =
        made(
            graph.node(
                "Concat", List.of("back", "ahead"), List.of("y"), OnnxBytes.attribute("axis", 1)),
            13);
    assertThatIllegalArgumentException()
        .isThrownBy(turned::layers)
        .withMessageContaining("not the states of its highest layer");
  }

  @Test
  void should_refuse_a_step_that_is_chosen_by_a_floating_point_number() throws IOException {
    OnnxBytes graph =
        layer("RNN", 1)
            .node("Gather", List.of("Yh", "zero"), List.of("y"))
            .constant(OnnxBytes.reals("zero", 0f));
    OnnxModel model = made(graph, 13);
    assertThatIllegalArgumentException()
        .isThrownBy(model::layers)
        .withMessageContaining("it has floating-point numbers in the place of integers");
  }

  @Test
  void should_take_a_layer_that_reads_from_the_end() throws IOException {
    OnnxBytes graph =
        layer("LSTM", 4, direction("reverse"))
            .node("Squeeze", List.of("Yh", "axes"), List.of("h"))
            .node("Gemm", List.of("h", "K", "k"), List.of("y"), OnnxBytes.attribute("transB", 1))
            .constant(OnnxBytes.integers("axes", 0))
            .constant(OnnxBytes.reals("K", random.randn(K, H)))
            .constant(OnnxBytes.reals("k", 0.5f, K));
    OnnxModel model = made(graph, 13);
    assertSame(model);
    assertThat(model.layers().recurrent().get(0)).isInstanceOf(Reversed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "11, 1, it is no softmax over the outputs of a linear map", // over steps and outputs as one
    "13, -1, ''"
  })
  void should_take_a_softmax_over_the_outputs_alone(int opset, int axis, String why)
      throws IOException {
    OnnxBytes graph = layer("LSTM", 4);
    if (opset < 13) {
      graph.node(
          "Squeeze", List.of("Y"), List.of("s"), OnnxBytes.attribute("axes", new long[] {1}));
    } else {
      graph
          .node("Squeeze", List.of("Y", "axes"), List.of("s"))
          .constant(OnnxBytes.integers("axes", 1));
    }
    graph
        .node("Transpose", List.of("s"), List.of("t"), OnnxBytes.attribute("perm", 1, 0, 2))
        .node("MatMul", List.of("t", "K"), List.of("z"))
        .node("LogSoftmax", List.of("z"), List.of("y"), OnnxBytes.attribute("axis", axis))
        .constant(OnnxBytes.reals("K", random.randn(H, K)));
    OnnxModel model = made(graph, opset);
    if (!why.isEmpty()) {
      assertThatIllegalArgumentException()
          .isThrownBy(model::layers)
          .withMessageContaining("node \"the LogSoftmax\" (LogSoftmax): " + why);
      return;
    }
    Tensor3 x = Tensor3.of(2, 5, D, random.randn(10, D).data());
    Tensor3 got = outputs(model.layers(), x, null);
    got.asRows().setLog(got.asRows());
    assertSame(got, model.run(x));
  }

  // ---- what is refused ----

  @Test
  void should_not_take_a_reverse_layer_for_a_model() throws IOException {
    OnnxBytes graph =
        layer("LSTM", 4, direction("reverse"))
            .node("Squeeze", List.of("Yh", "axes"), List.of("h"))
            .node("MatMul", List.of("h", "K"), List.of("y"))
            .constant(OnnxBytes.integers("axes", 0))
            .constant(OnnxBytes.reals("K", random.randn(H, K)));
    ImportedLayers layers = made(graph, 13).layers();
    assertThatIllegalArgumentException()
        .isThrownBy(layers::toModel)
        .withMessageContaining("no model of Unroll is this network: a layer reads from the end");
  }

  /** Their product is 1, and the map is another all the same. */
  @Test
  void should_refuse_factors_that_cancel_each_other() throws IOException {
    OnnxBytes graph =
        layer("LSTM", 4)
            .node("Squeeze", List.of("Yh", "axes"), List.of("h"))
            .node(
                "Gemm", List.of("h", "K", "k"), List.of("y"), real("alpha", 2), real("beta", 0.5f))
            .constant(OnnxBytes.integers("axes", 0))
            .constant(OnnxBytes.reals("K", random.randn(H, K)))
            .constant(OnnxBytes.reals("k", 0.5f, K));
    OnnxModel model = made(graph, 13);
    assertThatIllegalArgumentException()
        .isThrownBy(model::layers)
        .withMessageContaining("(Gemm): it has alpha, beta or transA");
  }

  private static OnnxBytes real(String name, float value) {
    return new OnnxBytes().text(1, name).real(2, value).number(20, 1);
  }

  @ParameterizedTest
  @CsvSource({"9, it casts states", "2, it casts states", "6, ''"}) // to BOOL, UINT8, INT32
  void should_take_no_other_ids_than_those_it_is_given(int type, String why) throws IOException {
    OnnxBytes graph =
        new OnnxBytes()
            .node("Cast", List.of("ids"), List.of("c"), OnnxBytes.attribute("to", type))
            .node("Cast", List.of("c"), List.of("i"), OnnxBytes.attribute("to", 7))
            .node("Gather", List.of("E", "i"), List.of("x"))
            .node("RNN", List.of("x", "W", "R"), List.of("Y"))
            .node("Squeeze", List.of("Y", "axes"), List.of("y"))
            .input("ids", OnnxBytes.INT64, 2, 5)
            .constant(OnnxBytes.reals("E", random.randn(7, D)))
            .constant(OnnxBytes.reals("W", random.randn(H, D), 1))
            .constant(OnnxBytes.reals("R", random.randn(H, H), 1))
            .constant(OnnxBytes.integers("axes", 1))
            .output("y");
    OnnxModel model = made(graph, 13);
    if (why.isEmpty()) {
      assertThat(model.layers().embedding()).isPresent();
      return;
    }
    assertThatIllegalArgumentException()
        .isThrownBy(model::layers)
        .withMessageContaining("node \"the Cast\" (Cast): " + why);
  }

  @Test
  void should_not_take_the_mask_of_a_dropout_for_a_state() throws IOException {
    OnnxBytes graph =
        layer("RNN", 1)
            .node("Squeeze", List.of("Y", "axes"), List.of("s"))
            .node("Dropout", List.of("s"), List.of("d", "y"))
            .constant(OnnxBytes.integers("axes", 1));
    OnnxModel model = made(graph, 13);
    assertThatIllegalArgumentException()
        .isThrownBy(model::layers)
        .withMessageContaining("(Dropout): no layer gives its output 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export_lstm2bi_op17 | node \"/Gather\" (Gather): it chooses one step of both directions",
        "export_lstm_states_op17 | node \"/lstm/LSTM\" (LSTM): it starts from a state that is"
            + " given",
        "lstm_lens_reverse | (LSTM): it reads sequence_lens",
        "export2_rnn | (MatMul): it reads something else than states of the highest layer",
        "lstm_bias | its output is not the states of its highest layer",
      })
  void should_name_the_first_node_that_does_not_fit(String name, String why) throws IOException {
    OnnxModel model = OnnxModel.read(FOLDER.resolve(name + ".onnx"));
    assertThatIllegalArgumentException()
        .isThrownBy(model::layers)
        .withMessageStartingWith("OnnxModel.layers: ")
        .withMessageContaining(" is no plain stack: ")
        .withMessageContaining(why);
  }

  // ---- what they are good for ----

  @Test
  void should_be_a_model_that_answers_as_the_graph() throws IOException {
    OnnxModel graph = OnnxModel.read(FOLDER.resolve("export_lstm_dynamic_op17.onnx"));
    SequenceModel<?> model = graph.layers().toModel();
    Tensor3 x = Tensor3.of(2, 5, 3, random.randn(10, 3).data());
    assertSame(((SequenceRegressor) model).predict(x), graph.run(x));
  }

  @Test
  void should_be_stepped_in_a_session() throws IOException {
    OnnxModel graph = OnnxModel.read(FOLDER.resolve("export_lstm_dynamic_op17.onnx"));
    ImportedLayers layers = graph.layers();
    Tensor3 x = Tensor3.of(2, 5, 3, random.randn(10, 3).data());
    Tensor3 want = graph.run(x).tensor3();
    RecurrentSession session = new RecurrentSession(layers.recurrent().get(0), 2);
    Matrix y = new Matrix(2, want.features());
    for (int t = 0; t < 5; t++) {
      layers.head().orElseThrow().stepInto(session.step(x.step(t)), y);
      assertThat(y.allClose(want.step(t), 1e-12)).isTrue();
    }
  }

  @Test
  void should_be_copies_that_do_not_change_the_graph() throws IOException {
    OnnxModel graph = OnnxModel.read(FOLDER.resolve("export_lstm_dynamic_op17.onnx"));
    Tensor3 x = Tensor3.of(2, 5, 3, random.randn(10, 3).data());
    StoredArray before = graph.run(x);
    ImportedLayers layers = graph.layers();
    layers.recurrent().get(0).parameters().forEach(p -> p.value().fill(0));
    layers.head().orElseThrow().parameters().forEach(p -> p.value().fill(0));
    assertThat(graph.run(x)).isEqualTo(before);
  }
}
