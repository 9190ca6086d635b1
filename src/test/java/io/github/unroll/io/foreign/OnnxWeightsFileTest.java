package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.data.Sequences;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights straight from .onnx files. */
class OnnxWeightsFileTest {

  private static final Path FOLDER = Path.of("src/test/resources/models/onnx");

  private static OnnxWeights weights(String name) throws IOException {
    return OnnxWeights.read(FOLDER.resolve(name + ".onnx"));
  }

  private static Map<String, StoredArray> data(String name) throws IOException {
    return NumpyFile.readArchive(FOLDER.resolve(name + ".npz"));
  }

  /** Names of files of one node by hand that are read, and whose weights are known. */
  static Stream<String> nodes() throws IOException {
    List<String> names = new ArrayList<>();
    JsonNode index = new ObjectMapper().readTree(FOLDER.resolve("index.json").toFile());
    for (JsonNode one : index.get("cases")) {
      boolean byHand = one.get("made_by").asText().equals("onnx.helper");
      boolean single = one.path("operators").size() == 1 || one.path("operators").has(1);
      if (byHand && one.get("expect").asText().equals("load") && single) {
        String name = one.get("name").asText();
        if (data(name).containsKey("weight.W")) {
          names.add(name);
        }
      }
    }
    return names.stream();
  }

  @Test
  void should_know_many_nodes() throws IOException {
    assertThat(nodes()).hasSizeGreaterThan(100);
  }

  /** Either the layer of the weights gives Y, or it is refused for an option. */
  @ParameterizedTest
  @MethodSource("nodes")
  void should_load_a_node_as_its_layer_or_say_what_it_has(String name) throws IOException {
    Map<String, StoredArray> data = data(name);
    OnnxWeights weights = weights(name);
    String prefix =
        weights.tensors().keySet().stream()
            .filter(key -> key.endsWith(".W"))
            .map(key -> key.substring(0, key.length() - 1))
            .findFirst()
            .orElseThrow();
    StoredArray w = weights.tensors().get(prefix + "W");
    assertThat(weights.tensors().get(prefix + "R").doubles())
        .isEqualTo(data.get("weight.R").doubles());
    if (!w.isReadable()) {
      assertThat(w.unread()).contains("\"" + prefix + "W\" of ", "; OnnxModel runs such a node");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> layer(weights, prefix))
          .withMessageContaining("\n  type: " + w.unread());
      return;
    }
    assertThat(w.doubles()).isEqualTo(data.get("weight.W").doubles());
    RecurrentLayer layer = layer(weights, prefix);
    weights.requireNoneLeft();
    boolean onlyX = data.keySet().stream().filter(key -> key.startsWith("input.")).count() == 1;
    if (onlyX && data.containsKey("output.Y") && !name.contains("layout")) {
      Tensor3 x = data.get("input.X").tensor3();
      Tensor3 y = layer.forward(batchFirst(x));
      double[] want = data.get("output.Y").doubles(); // (T,1,N,H)
      for (int t = 0; t < x.d0(); t++) {
        for (int n = 0; n < x.d1(); n++) {
          for (int j = 0; j < y.features(); j++) {
            double wanted = want[(t * x.d1() + n) * y.features() + j];
            assertThat(Math.abs(y.get(n, t, j) - wanted)).isLessThan(1e-11);
          }
        }
      }
    }
  }

  private static Tensor3 batchFirst(Tensor3 x) {
    Tensor3 turned = new Tensor3(x.d1(), x.d0(), x.d2());
    for (int t = 0; t < x.d0(); t++) {
      turned.setStep(t, Matrix.of(x.d1(), x.d2(), plane(x, t)));
    }
    return turned;
  }

  private static double[] plane(Tensor3 x, int t) {
    int size = x.d1() * x.d2();
    return Arrays.copyOfRange(x.data(), t * size, (t + 1) * size);
  }

  /** A layer of the kind and the options that the file tells. */
  private static RecurrentLayer layer(OnnxWeights weights, String prefix) {
    StoredArray after = weights.tensors().get(prefix + "linear_before_reset");
    StoredArray relu = weights.tensors().get(prefix + "relu");
    if (after != null) {
      return weights.gru(prefix, after.doubles()[0] != 0);
    }
    return relu == null
        ? weights.lstm(prefix)
        : weights.rnn(prefix, relu.doubles()[0] == 0 ? Nonlinearity.TANH : Nonlinearity.RELU);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lstm_act1 | it has the option activations",
        "gru_act2 | it has the option activations",
        "rnn_act3 | it has the option activation_alpha",
        "lstm_clip_gates | it has the option clip",
        "lstm_input_forget | it has the option input_forget",
        "gru_reverse | it has the option direction",
        "lstm_peephole | it has peepholes, the input P",
        "lstm_states_initializer | it starts from a state that is not zero"
      })
  void should_refuse_what_no_layer_has_by_name(String name, String why) throws IOException {
    OnnxWeights weights = weights(name);
    String prefix = name.substring(0, name.indexOf('_')) + "_node.";
    RecurrentLayer layer =
        RandomLayers.layer(
            prefix.substring(0, prefix.indexOf('_')).replace("rnn", "tanh"),
            false,
            3,
            4,
            new RandomState(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.into(layer, prefix))
        .withMessageContaining("is not read: " + why + "; OnnxModel runs such a node");
  }

  @Test
  void should_refuse_a_layer_of_another_option() throws IOException {
    OnnxWeights after = weights("export_gru_linear_op17");
    assertThat(after.gru("/gru/GRU.", true).outputSize()).isEqualTo(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> after.gru("/gru/GRU.", false))
        .withMessageContaining(
            "option: /gru/GRU.linear_before_reset of the operator is 1, and the layer is one of 0");
    OnnxWeights before = weights("gru_default");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> before.gru("gru_node.", true))
        .withMessageContaining("linear_before_reset of the operator is 0");
    OnnxWeights relu = weights("export_rnn_relu_op13");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> relu.rnn("/rnn/RNN.", Nonlinearity.TANH))
        .withMessageContaining("option: /rnn/RNN.relu of the operator is 1");
    assertThat(relu.rnn("/rnn/RNN.", Nonlinearity.RELU).outputSize()).isEqualTo(4);
  }

  @Test
  void should_say_where_weights_are_computed() throws IOException {
    OnnxWeights weights = weights("export_lstm1_unfolded_op11");
    assertThat(weights.tensors()).containsKey("lstm.weight_ih_l0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.lstm("/lstm/LSTM."))
        .withMessageContaining("it is not a constant of the file, but computed or an input")
        .withMessageContaining("OnnxModel runs such a node");
  }

  // ---- whole models ----

  @ParameterizedTest
  @CsvSource({"11", "13", "17"})
  void should_fill_a_language_model(int opset) throws IOException {
    OnnxWeights weights = weights("export_lm_op" + opset);
    assertThat(weights.tensors())
        .containsKeys("emb.weight", "fc.bias", "/emb/Gather.data", "/lstm/LSTM.W", "/fc/MatMul.B");
    RnnLanguageModel model =
        new RnnLanguageModel(
            SequenceDescription.languageModel(9, 4, 5).withCell(CellKind.LSTM), new RandomState(0));
    weights.into(model, "/emb/Gather.", "/lstm/LSTM.", "/fc/MatMul.");
    weights.requireNoneLeft();
    SequenceRegressor same = // of the same weights, which gives the scores themselves
        new SequenceRegressor(
            SequenceDescription.regressor(Input.words(9, 4), 5, 9).withReadout(Readout.EVERY),
            new RandomState(1));
    weights.into(same, "/emb/Gather.", "/lstm/LSTM.", "/fc/MatMul.");
    for (int i = 0; i < same.parameters().size(); i++) {
      assertThat(model.parameters().get(i).value()).isEqualTo(same.parameters().get(i).value());
    }
    Map<String, StoredArray> data = data("export_lm");
    int[][] ids = new int[2][6];
    for (int i = 0; i < 12; i++) {
      ids[i / 6][i % 6] = (int) data.get("input.ids").longs()[i];
    }
    Tensor3 got = same.predict(Sequences.ofWords(ids));
    assertThat(got.allClose(data.get("output.logits").tensor3(), 1e-11)).isTrue();
  }

  @Test
  void should_turn_the_matrix_of_a_gemm() throws IOException {
    OnnxWeights weights = weights("export_lstm2bi_op17");
    SequenceClassifier model =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(4), 3, 3)
                .withLayers(2)
                .inBothDirections(Merge.CONCATENATE),
            new RandomState(0));
    weights.into(model, "/lstm/LSTM.", "/lstm/LSTM_1.", "/fc/Gemm.");
    weights.requireNoneLeft();
    int last = model.parameters().size() - 1;
    assertThat(model.parameters().get(last - 1).value())
        .isEqualTo(weights.tensors().get("fc.weight").matrix().transposed().copy());
    assertThat(model.parameters().get(last).value())
        .isEqualTo(weights.tensors().get("fc.bias").matrix());
  }

  @Test
  void should_name_what_was_forgotten() throws IOException {
    OnnxWeights weights = weights("export_lm_op17");
    assertThat(weights.lstm("/lstm/LSTM.").outputSize()).isEqualTo(5);
    assertThatIllegalArgumentException()
        .isThrownBy(weights::requireNoneLeft)
        .withMessageContaining("left: \"emb.weight\" float32 (9x4)")
        .withMessageContaining("left: \"/fc/MatMul.B\" float32 (5x9)")
        .withMessageNotContaining("LSTM");
  }

  // ---- listing ----

  @Test
  void should_list_what_is_read() throws IOException {
    for (String name : List.of("export_lm_op17", "lstm_act1", "external", "bad_dtype_string")) {
      Path file = FOLDER.resolve(name + ".onnx");
      FileListing listing = ArrayFile.list(file);
      Map<String, StoredArray> arrays = ArrayFile.read(file);
      assertThat(listing.entries().stream().map(FileListing.Entry::name))
          .containsExactlyElementsOf(arrays.keySet());
      for (FileListing.Entry entry : listing.entries()) {
        StoredArray array = arrays.get(entry.name());
        assertThat(entry.unread()).isEqualTo(array.unread());
        if (array.isReadable()) {
          assertThat(entry.shape().stream().mapToLong(Long::longValue))
              .containsExactly(Arrays.stream(array.shape()).boxed().toArray(Long[]::new));
        }
      }
    }
    assertThat(ArrayFile.list(FOLDER.resolve("export_lm_op17.onnx")).metadata())
        .containsEntry("producer", "pytorch 1.13.0")
        .containsEntry("opset", "17");
  }
}
