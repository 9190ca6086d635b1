package io.github.unroll.io.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.Sequences;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model of Keras is made of, its answers, and files that were changed by hand. */
class KerasModelTest {

  private static final int[][] IDS = {{1, 2, 3, 4, 5, 6}, {6, 0, 0, 1, 2, 0}};

  @TempDir Path folder;

  private static Path golden(String name) {
    return KerasCases.FOLDER.resolve(name);
  }

  /** A copy of a .keras file in whose architecture a text is replaced. */
  private Path edited(String name, String text, String by) throws IOException {
    return rewritten(name, config -> config.replace(text, by));
  }

  /** A copy of a .keras file whose architecture is another. */
  private Path rewritten(String name, UnaryOperator<String> change) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(golden(name)))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        members.put(entry.getName(), in.readAllBytes());
      }
    }
    String config = new String(members.get("config.json"), StandardCharsets.UTF_8);
    String changed = change.apply(config);
    assertThat(changed).isNotEqualTo(config);
    members.put("config.json", changed.getBytes(StandardCharsets.UTF_8));
    return zip(members);
  }

  private Path zip(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        out.putNextEntry(new ZipEntry(member.getKey()));
        out.write(member.getValue());
      }
    }
    return Files.write(folder.resolve("edited.keras"), bytes.toByteArray());
  }

  // ---- answers ----

  @Test
  void should_refuse_inputs_of_another_kind_or_size() throws IOException {
    KerasModel words = KerasModel.read(golden("lm.keras"));
    KerasModel features = KerasModel.read(golden("gru_after.keras"));
    assertThat(words.inputShape()).containsExactly(6);
    assertThat(features.inputShape()).containsExactly(5, 3);
    assertThat(KerasModel.read(golden("lm_any_length.keras")).inputShape()).containsExactly(-1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> words.predict(new Tensor3(1, 2, 3)))
        .withMessageContaining("lm.keras reads (N,6) words, not features (1x2x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> words.predict(new int[][] {{10}}))
        .withMessageContaining("id 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> features.predict(IDS))
        .withMessageContaining("reads (N,5,3), not words");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> features.predict(new Tensor3(1, 5, 4)))
        .withMessageContaining("reads (N,5,3), not features (1x5x4)");
  }

  @Test
  void should_not_change_its_inputs_nor_depend_on_other_sequences() throws IOException {
    for (String name : new String[] {"mask_bidirectional.keras", "stack.keras", "act4.keras"}) {
      KerasModel model = KerasModel.read(golden(name));
      int features = (int) model.inputShape()[1];
      Matrix values = new RandomState(3).randn(4 * 5, features);
      Tensor3 xs = Tensor3.of(4, 5, features, values.data());
      Tensor3 copy = xs.copy();
      double[] all = model.predict(xs).doubles();
      assertThat(xs).isEqualTo(copy);
      Tensor3 last =
          Tensor3.of(1, 5, features, Arrays.copyOfRange(xs.data(), 15 * features, 20 * features));
      double[] alone = model.predict(last).doubles();
      assertThat(Arrays.copyOfRange(all, all.length - alone.length, all.length)).isEqualTo(alone);
    }
  }

  @Test
  void should_keep_the_state_of_a_stateful_model_until_it_is_reset() throws IOException {
    KerasModel model = KerasModel.read(golden("stateful.keras"));
    Tensor3 xs = Tensor3.of(2, 4, 3, new RandomState(1).randn(8, 3).data());
    StoredArray first = model.predict(xs);
    assertThat(model.predict(xs)).isNotEqualTo(first);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.predict(new Tensor3(3, 4, 3)))
        .withMessageContaining("batch");
    model.reset();
    assertThat(model.predict(xs)).isEqualTo(first);
  }

  // ---- what it is ----

  @Test
  void should_be_printed_as_a_table() throws IOException {
    assertThat(KerasModel.read(golden("lm.keras")))
        .hasToString(
            """
            layer      class      output       parameters  settings
            input                 (N,6) words
            embedding  Embedding  (N,6,4)      40          10 words
            lstm       LSTM       (N,5)        200         5 units, tanh, gates sigmoid
            dense      Dense      (N,3)        18          3 units, softmax
            all                                258
            """);
  }

  @Test
  void should_give_a_plain_stack_to_be_trained_stepped_and_saved() throws IOException {
    KerasModel model = KerasModel.read(golden("lm.keras"));
    ImportedLayers layers = model.layers();
    assertThat(layers.softmax()).isTrue();
    assertThat(layers.readout()).isEqualTo(Readout.LAST);
    SequenceClassifier classifier = (SequenceClassifier) layers.toModel();
    Tensor3 probabilities = classifier.probabilities(Sequences.ofWords(IDS, null));
    double[] want = model.predict(IDS).doubles();
    for (int i = 0; i < want.length; i++) {
      assertThat(probabilities.data()[i]).isCloseTo(want[i], within(1e-15));
    }

    KerasModel every = KerasModel.read(golden("lm_any_length.keras"));
    RecurrentSession session = new RecurrentSession(every.layers().recurrent().get(0), 2);
    Tensor3 vectors = every.layers().embedding().orElseThrow().forward(IDS);
    Matrix scores = new Matrix(2, 10);
    for (int t = 0; t < 6; t++) {
      every.layers().head().orElseThrow().stepInto(session.step(vectors.step(t)), scores);
      assertThat(scores).isEqualTo(every.predict(IDS).tensor3().step(t));
    }
    assertThat(KerasModel.read(golden("stateful.keras")).layers().recurrent().get(0).stateful())
        .isFalse();
    assertThat(KerasModel.read(golden("stack.keras")).layers().recurrent()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "mask_lstm.keras, layer \"masking\" (Masking): does not fit into a plain stack: there is no",
    "backwards.keras, layer \"lstm\" (LSTM): does not fit into a plain stack: it reads from the"
        + " end",
  })
  void should_name_the_first_layer_that_does_not_fit(String name, String why) throws IOException {
    KerasModel model = KerasModel.read(golden(name));
    assertThatIllegalArgumentException().isThrownBy(model::layers).withMessageStartingWith(why);
  }

  @Test
  void should_refuse_a_stack_with_an_activation_in_it_or_without_a_recurrent_layer()
      throws IOException {
    Path relu = edited("lm.keras", "\"activation\": \"softmax\"", "\"activation\": \"relu\"");
    KerasModel model = KerasModel.read(relu);
    assertThatIllegalArgumentException()
        .isThrownBy(model::layers)
        .withMessageContaining("\"dense\" (Dense)")
        .withMessageContaining("its activation is relu");
  }

  // ---- settings ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lm.keras | \"go_backwards\": false | \"go_backwards\": 1 | go_backwards is 1, must be"
            + " true",
        "lm.keras | \"unroll\": false | \"time_major\": true | time_major is true, must be null",
        "lm.keras | \"unroll\": false | \"swing\": [2] | swing is [2], must be null",
        "lm.keras | \"return_state\": false | \"return_state\": true | return_state is true",
        "lm.keras | \"return_sequences\": false | \"return_sequences\": null | ",
        "lm.keras | \"unroll\": false | \"unroll\": true | ",
        "lm.keras | \"output_dim\": 4 | \"output_dim\": 5 | must be floating-point numbers of"
            + " [(10x5)]",
        "lm.keras | \"input_dim\": 10 | \"input_dim\": 0 | input_dim is 0, must be a size",
        "lm.keras | \"class_name\": \"Sequential\" | \"class_name\": \"Graph\" | but a Graph",
        "lm.keras | \"module\": \"keras.layers\", \"class_name\": \"LSTM\" | \"module\": \"mine\","
            + " \"class_name\": \"LSTM\" | (mine.LSTM)",
        "lm.keras | [null, 6] | [null, 6, 1] | reads [null, 6, 1]",
        "gru_after.keras | [null, 5, 3] | [null, 5, 4] | must be floating-point numbers of [(4x12)",
        "gru_after.keras | \"recurrent_activation\": \"sigmoid\" | \"recurrent_activation\":"
            + " \"softmax\" | ",
        "gru_after.keras | \"stateful\": false | \"stateful\": true | ",
        "gru_after.keras | \"reset_after\": true | \"reset_after\": false | [(3x12), (4x12), (12)]",
        "gru_after.keras | \"use_bias\": true | \"use_bias\": false | [(3x12), (4x12)]",
        "act1.keras | \"recurrent_activation\": \"sigmoid\" | \"recurrent_activation\": \"softmax\""
            + " | ",
        "act1.keras | \"recurrent_activation\": \"sigmoid\" | \"recurrent_activation\": \"glu\" |"
            + " \"glu\"",
        "bi_gru.keras | \"merge_mode\": \"concat\" | \"merge_mode\": null | merge_mode is null",
        "bi_gru.keras | \"go_backwards\": true | \"go_backwards\": false | in the wrong direction",
        "bi_gru.keras | \"stateful\": false | \"stateful\": true | is stateful",
        "stack.keras | \"rate\": 0.3 | \"rate\": 0.9, \"other\": 1 | ",
        "stack.keras | \"class_name\": \"Dense\" | \"class_name\": \"LSTM\" | only Dense and"
            + " activations",
        "functional_chain.keras | \"training\": false | \"training\": true | called with"
            + " training=true",
        "functional_chain.keras | [\"sequence\", 0, 0]}} | [\"sequence\", 0, 1]}} | this is not the"
            + " only output",
        "functional_chain.keras | \"output_layers\": [\"dense\", 0, 0] | \"output_layers\":"
            + " [\"lstm\", 0, 0] | but [lstm]",
      })
  void should_run_with_a_setting_or_refuse_it_by_name(
      String name, String text, String by, String message) throws IOException {
    Path file = edited(name, text, by);
    if (message == null) {
      assertThat(KerasModel.read(file).toString()).isNotBlank();
    } else {
      assertThatIOException()
          .isThrownBy(() -> KerasModel.read(file))
          .withMessageStartingWith(file + ": ")
          .withMessageContaining(message);
    }
  }

  @Test
  void should_list_all_layers_that_are_not_known() throws IOException {
    Path file = edited("stack.keras", "\"class_name\": \"Dropout\"", "\"class_name\": \"Gate\"");
    assertThatIOException()
        .isThrownBy(() -> KerasModel.read(file))
        .withMessageEndingWith(
            ": has layers that are not known here: [\"dropout\" (Gate), \"dropout_1\" (Gate)]");
  }

  @Test
  void should_read_functional_models_as_they_were_before_keras_3() throws IOException {
    KerasModel now = KerasModel.read(golden("functional_chain.keras"));
    Path file =
        rewritten(
            "functional_chain.keras",
            config ->
                config.replaceAll(
                    "\"inbound_nodes\": \\[\\{\"args\".*?\"keras_history\": (\\[[^]]*)\\]\\}\\}\\],"
                        + " \"kwargs\": \\{[^}]*\\}\\}\\]",
                    "\"inbound_nodes\": [[$1, {}]]]"));
    Tensor3 xs = Tensor3.of(2, 5, 3, new RandomState(1).randn(10, 3).data());
    assertThat(KerasModel.read(file).predict(xs)).isEqualTo(now.predict(xs));
  }

  @Test
  void should_flatten_and_repeat() throws IOException {
    KerasModel plain = KerasModel.read(golden("rnn_tanh_nobias.keras"));
    int features = (int) plain.inputShape()[1];
    int steps = (int) plain.inputShape()[0];
    Tensor3 xs =
        Tensor3.of(2, steps, features, new RandomState(1).randn(2 * steps, features).data());
    double[] h = plain.predict(xs).doubles();

    Path more =
        edited(
            "rnn_tanh_nobias.keras",
            "}], \"build_input_shape\"",
            "}, {\"class_name\": \"RepeatVector\", \"config\": {\"name\": \"r\", \"n\": 3}},"
                + " {\"class_name\": \"Flatten\", \"config\": {\"name\": \"f\", \"data_format\":"
                + " \"channels_last\"}}], \"build_input_shape\"");
    StoredArray flat = KerasModel.read(more).predict(xs);
    int units = h.length / 2;
    assertThat(flat.shape()).containsExactly(2, 3L * units);
    for (int n = 0; n < 2; n++) {
      for (int j = 0; j < 3 * units; j++) {
        assertThat(flat.doubles()[n * 3 * units + j]).isEqualTo(h[n * units + j % units]);
      }
    }
    assertThat(KerasModel.read(more).toString()).contains("(N," + 3 * units + ")");
  }

  // ---- hostile files ----

  /** Ten levels of 32 branches that are all the same: 32 to the power of 10 ways through it. */
  @Test
  void should_come_to_an_end_in_a_tree_whose_branches_are_shared() throws IOException {
    byte[] good = Files.readAllBytes(golden("gru_after.h5"));
    int tree = indexOf(good, "TREE");
    int node = 544; // bytes of a node of 32 children
    byte[] bytes = Arrays.copyOf(good, good.length + 12 * node);
    for (int level = 0; level < 10; level++) {
      System.arraycopy(good, tree, bytes, good.length + level * node, node);
      setBranches(
          bytes,
          good.length + level * node,
          level + 1,
          level == 0 ? tree : good.length + (level - 1) * node);
    }
    setRoot(bytes, tree, good.length + 9 * node);
    Path file = Files.write(folder.resolve("branches.h5"), bytes);
    assertThatIOException()
        .isThrownBy(() -> KerasModel.read(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining("its records refer to each other without an end");
    assertThatIOException().isThrownBy(() -> ArrayFile.read(file));
  }

  /** Each of eight paths names the next one 40 times, the last the root itself. */
  @Test
  void should_come_to_an_end_in_links_to_paths_of_links() {
    Path file = Path.of("src/test/resources/hdf5/links_of_links.h5");
    assertThatIOException()
        .isThrownBy(() -> KerasModel.read(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining("its records refer to each other without an end");
  }

  private static void setBranches(byte[] bytes, int node, int level, long child) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(node + 5, (byte) level).putShort(node + 6, (short) 32);
    for (int i = 0; i < 32; i++) {
      buffer.putLong(node + 24 + 8 + 16 * i, child);
    }
  }

  /** Where the superblock and the root's header say that the tree is. */
  private static void setRoot(byte[] bytes, long from, long to) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int changed = 0;
    for (int at = 0; at < 1000; at += 8) {
      if (buffer.getLong(at) == from) {
        buffer.putLong(at, to);
        changed++;
      }
    }
    assertThat(changed).isPositive();
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void should_not_inflate_what_no_model_does() throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("config.json", new byte[200 << 20]);
    members.put("model.weights.h5", new byte[1]);
    Path file = zip(members);
    assertThatIOException()
        .isThrownBy(() -> KerasModel.read(file))
        .withMessageStartingWith(file + ": member 'config.json' is missing, or inflates");
  }
}
