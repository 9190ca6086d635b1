package io.github.unroll.io.foreign;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchWeightsTest {

  @TempDir private Path folder;

  private final RandomState random = new RandomState(3);

  // ---- there and back ----

  @ParameterizedTest
  @ValueSource(strings = {"tanh", "relu", "lstm", "projected", "gru"})
  void should_go_there_and_back_bit_for_bit(String kind) throws IOException {
    for (int layers = 1; layers <= 2; layers++) {
      for (boolean both : List.of(false, true)) {
        RecurrentStack stack = RandomLayers.stack(kind, layers, both, 3, 4, random);
        TorchWeights weights = new TorchWeights().put(stack, "a.b.");
        for (String ending : List.of(".safetensors", ".npz")) {
          Path file = folder.resolve(kind + ending);
          weights.write(file);
          RecurrentStack other = RandomLayers.stack(kind, layers, both, 3, 4, random);
          TorchWeights.read(file).into(other, "a.b.");
          RandomLayers.assertSameBits(other.parameters(), stack.parameters());
          RandomLayers.assertSameBits(made(file, kind).parameters(), stack.parameters());
        }
      }
    }
  }

  private static RecurrentStack made(Path file, String kind) throws IOException {
    TorchWeights weights = TorchWeights.read(file);
    return switch (kind) {
      case "lstm", "projected" -> weights.lstm("a.b.");
      case "gru" -> weights.gru("a.b.");
      default -> weights.rnn("a.b.", Nonlinearity.TANH);
    };
  }

  @Test
  void should_carry_embedding_and_linear_there_and_back() {
    TimeEmbedding embedding = new TimeEmbedding(RandomLayers.parameter("w", random, 5, 2));
    TimeAffine affine = affine();
    TorchWeights weights = new TorchWeights().put(embedding, "e.").put(affine, "h.");
    assertThat(weights.tensors().get("h.weight").shape()).containsExactly(3, 2);

    RandomLayers.assertSameBits(weights.embedding("e.").parameters(), embedding.parameters());
    RandomLayers.assertSameBits(weights.linear("h.").parameters(), affine.parameters());
    TimeEmbedding otherEmbedding = new TimeEmbedding(RandomLayers.parameter("w", random, 5, 2));
    TimeAffine otherAffine = affine();
    weights.into(otherEmbedding, "e.");
    weights.into(otherAffine, "h.");
    RandomLayers.assertSameBits(otherEmbedding.parameters(), embedding.parameters());
    RandomLayers.assertSameBits(otherAffine.parameters(), affine.parameters());
    weights.requireNoneLeft();
  }

  /** PyTorch's weight is (V,D), as word vectors are. */
  @Test
  void should_not_transpose_tied_weights() {
    Parameter words = RandomLayers.parameter("w", random, 4, 4);
    TimeAffine tied = TimeAffine.tied(words, RandomLayers.parameter("b", random, 1, 4));
    TorchWeights weights = new TorchWeights().put(tied, "h.");
    assertThat(weights.tensors().get("h.weight").matrix()).isEqualTo(words.value());

    TimeAffine other =
        TimeAffine.tied(
            RandomLayers.parameter("w", random, 4, 4), RandomLayers.parameter("b", random, 1, 4));
    weights.into(other, "h.");
    RandomLayers.assertSameBits(other.parameters(), tied.parameters());
    assertThat(weights.linear("h.").parameters().get(0).value())
        .isEqualTo(words.value().transposed().copy());
  }

  @Test
  void should_take_no_bias_as_zeros() {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    new TorchWeights()
        .put(RandomLayers.layer("gru", false, 3, 4, random), "g.")
        .put(affine(), "h.")
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (!name.contains("bias")) {
                tensors.put(name, tensor);
              }
            });
    TorchWeights weights = new TorchWeights(tensors);
    List<Parameter> gru = weights.gru("g.").parameters();
    assertThat(gru.get(3).value()).isEqualTo(new Matrix(1, 4));
    assertThat(weights.linear("h.").parameters().get(1).value()).isEqualTo(new Matrix(1, 3));

    RecurrentLayer other = RandomLayers.layer("gru", false, 3, 4, random);
    weights.into(other, "g.");
    RandomLayers.assertSameBits(other.parameters(), gru);
    TimeAffine otherAffine = affine();
    weights.into(otherAffine, "h.");
    assertThat(otherAffine.parameters().get(1).value()).isEqualTo(new Matrix(1, 3));
  }

  @Test
  void should_name_parameters_by_prefix_layer_and_direction() {
    TorchWeights weights =
        new TorchWeights().put(RandomLayers.stack("gru", 1, true, 3, 4, random), "enc.");
    assertThat(weights.gru("enc.").parameters().stream().map(Parameter::name))
        .containsExactly(
            "enc.wx_l0",
            "enc.wh_l0",
            "enc.b_l0",
            "enc.bhn_l0",
            "enc.wx_l0_reverse",
            "enc.wh_l0_reverse",
            "enc.b_l0_reverse",
            "enc.bhn_l0_reverse");
  }

  // ---- errors ----

  @Test
  void should_list_all_that_does_not_fit_in_one_error() {
    RecurrentStack stack = RandomLayers.stack("lstm", 2, true, 3, 4, random);
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    tensors.putAll(new TorchWeights().put(stack, "enc.").tensors());
    tensors.remove("enc.bias_hh_l1");
    tensors.remove("enc.weight_ih_l0_reverse");
    tensors.put("enc.weight_hh_l3", StoredArray.of(new Matrix(2, 4)));
    tensors.put("enc.weight_hh_l1", StoredArray.of(new Matrix(12, 4)));
    tensors.put(
        "enc.bias_ih_l0", StoredArray.ofLongs(ElementType.INT8, new long[] {16}, new long[16]));
    tensors.put("head.weight", StoredArray.of(new Matrix(1, 1)));
    String all =
        """
        TorchWeights: no LSTM of 2 layers in both directions at "enc.":
          missing: "enc.weight_ih_l0_reverse", must be (16x3)
          type: "enc.bias_ih_l0" is int8 (16), must be floating-point numbers
          shape: "enc.weight_hh_l1" is float64 (12x4), must be (16x4)
          missing: "enc.bias_hh_l1", must be (16)
          too many: "enc.weight_hh_l3" is float64 (2x4)
        compare with [(k, v.shape) for k, v in model.state_dict().items()]: the prefix is the\
         beginning of the names, up to weight_…; an RNN's weight_ih has H rows, a GRU's 3·H, an\
         LSTM's 4·H\
        """;
    String inOrder = sorted(all);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(tensors).lstm("enc."))
        .satisfies(e -> assertThat(sorted(e.getMessage())).isEqualTo(inOrder));

    List<Matrix> before = stack.parameters().stream().map(p -> p.value().copy()).toList();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(tensors).into(stack, "enc."))
        .satisfies(e -> assertThat(sorted(e.getMessage())).isEqualTo(inOrder));
    assertThat(stack.parameters().stream().map(Parameter::value).toList()).isEqualTo(before);
  }

  private static String sorted(String lines) {
    return String.join("\n", lines.lines().sorted().toList());
  }

  @Test
  void should_tell_another_kind_of_module_by_all_its_shapes() {
    TorchWeights gru = new TorchWeights().put(RandomLayers.layer("gru", false, 3, 4, random), "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gru.lstm(""))
        .withMessageContaining("TorchWeights: no LSTM of 1 layer at \"\":\n")
        .withMessageContaining("\"weight_ih_l0\" is float64 (12x3), must be (16x3)")
        .withMessageContaining("\"weight_hh_l0\" is float64 (12x4), must be (16x4)")
        .withMessageContaining("\"bias_ih_l0\" is float64 (12), must be (16)")
        .withMessageContaining("\"bias_hh_l0\" is float64 (12), must be (16)");
  }

  @Test
  void should_tell_the_shape_of_what_is_missing_by_what_is_there() {
    Map<String, StoredArray> tensors =
        new LinkedHashMap<>(
            new TorchWeights().put(RandomLayers.layer("lstm", 3, 4, random), "").tensors());
    tensors.remove("weight_hh_l0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(tensors).lstm(""))
        .withMessageContaining(":\n  missing: \"weight_hh_l0\", must be (16x4)\ncompare with");
  }

  // ---- prefixes ----

  @Test
  void should_give_the_weights_under_a_prefix_by_the_rest_of_their_names() {
    TorchWeights all =
        new TorchWeights()
            .put(affine(), "model.module.head.")
            .put(affine(), "model.module.gate.")
            .put(affine(), "optimizer.state.0.");
    TorchWeights model = all.under("model").under("module.");
    assertThat(model.tensors())
        .containsOnlyKeys("head.weight", "head.bias", "gate.weight", "gate.bias");
    assertThat(model.linear("head.").outputSize()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(model::requireNoneLeft)
        .withMessageStartingWith(
            "TorchWeights, under \"model.\", under \"module.\": not all weights were read");
    assertThat(model.linear("gate.").outputSize()).isEqualTo(3);
    model.requireNoneLeft();
    assertThat(all.under("").tensors()).isEqualTo(all.tensors());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.under("model_state_dict"))
        .withMessage(
            "TorchWeights: no weights under \"model_state_dict.\"; there are weights under"
                + " \"model.\", \"model.module.\", \"model.module.head.\","
                + " \"model.module.gate.\", \"optimizer.\", \"optimizer.state.\","
                + " \"optimizer.state.0.\"");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new TorchWeights(Map.of("w", StoredArray.of(new Matrix(1, 1)))).under("m"))
        .withMessageEndingWith("there are weights under no prefix");
  }

  @Test
  void should_leave_other_names_alone_without_a_prefix() {
    RecurrentStack gru = RandomLayers.stack("gru", 1, false, 3, 4, random);
    RecurrentStack other = RandomLayers.stack("gru", 2, true, 3, 4, random);
    Map<String, StoredArray> tensors =
        new LinkedHashMap<>(
            new TorchWeights().put(gru, "").put(other, "deep.").put(affine(), "").tensors());
    tensors.put("bias_table", StoredArray.of(new Matrix(1, 1)));
    TorchWeights weights = new TorchWeights(tensors);
    RandomLayers.assertSameBits(weights.gru("").parameters(), gru.parameters());
    RecurrentStack filled = RandomLayers.stack("gru", 1, false, 3, 4, random);
    weights.into(filled, "");
    RandomLayers.assertSameBits(filled.parameters(), gru.parameters());
    assertThat(weights.linear("").outputSize()).isEqualTo(3);
    assertThat(weights.embedding("").vectors().rows()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(weights::requireNoneLeft)
        .withMessageContaining("left: \"bias_table\"")
        .withMessageContaining("left: \"deep.weight_ih_l1_reverse\"");

    tensors.put("weight_hr_l0", StoredArray.of(new Matrix(1, 4)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(tensors).gru(""))
        .withMessageContaining("too many: \"weight_hr_l0\" is float64 (1x4)");
  }

  @Test
  void should_say_what_is_there_if_the_prefix_is_wrong() throws IOException {
    Path file = folder.resolve("model.safetensors");
    new TorchWeights().put(affine(), "decoder.").write(file);
    TorchWeights weights = TorchWeights.read(file);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.linear("head."))
        .withMessageStartingWith(
            String.format(
                Locale.ROOT,
                """
                %s: no nn.Linear at "head.":
                  missing: "head.weight", must be (?x?)
                  there are: "decoder.bias", "decoder.weight"
                """,
                file));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.lstm("head."))
        .withMessageContaining("\"head.weight_ih_l0\", must be (?x?)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.embedding("decoder."))
        .withMessageContaining("too many: \"decoder.bias\" is float64 (3)");
  }

  @Test
  void should_not_go_past_a_gap_in_the_layers() {
    RecurrentStack stack = RandomLayers.stack("tanh", 2, false, 3, 4, random);
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    new TorchWeights()
        .put(stack, "")
        .tensors()
        .forEach((name, t) -> tensors.put(name.replace("_l1", "_l2000000000"), t));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(tensors).rnn("", Nonlinearity.TANH))
        .withMessageContaining("no RNN of 1 layer")
        .withMessageContaining("too many: \"weight_ih_l2000000000\" is float64 (4x4)");
  }

  @Test
  void should_refuse_an_empty_tensor() {
    TorchWeights weights =
        new TorchWeights(
            Map.of(
                "weight",
                StoredArray.ofDoubles(ElementType.FLOAT32, new long[] {0, 4}, new double[0])));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.embedding(""))
        .withMessageContaining("shape: \"weight\" is float32 (0x4), must be (?x?)");
  }

  @Test
  void should_name_what_no_layer_took() {
    TorchWeights weights = new TorchWeights().put(affine(), "a.").put(affine(), "b.");
    assertThat(weights.linear("a.").outputSize()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(weights::requireNoneLeft)
        .withMessage(
            """
            TorchWeights: not all weights were read into a layer:
              left: "b.weight" float64 (3x2)
              left: "b.bias" float64 (3)
            read them, or leave out this check\
            """);
  }

  @Test
  void should_write_no_layer_that_pytorch_does_not_have() {
    TorchWeights weights = new TorchWeights();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.put(RandomLayers.layer("gru before", 3, 4, random), ""))
        .withMessage(
            "TorchWeights: layer 0 is a GRU that resets before the product, and PyTorch's GRU"
                + " resets after it; build it by GruCell.resetAfter");
    RecurrentStack narrowing =
        new RecurrentStack(
            List.of(
                RandomLayers.layer("lstm", 3, 4, random),
                RandomLayers.layer("lstm", 4, 2, random)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.put(narrowing, ""))
        .withMessage(
            "TorchWeights: layer 0 is LSTM of 4 units and layer 1 LSTM of 2 units; a module of"
                + " PyTorch has layers of one kind and size; take them one by one");
    RecurrentStack mixed =
        new RecurrentStack(
            List.of(
                RandomLayers.layer("tanh", 4, 4, random),
                RandomLayers.layer("relu", 4, 4, random)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.into(mixed, ""))
        .withMessageContaining("layer 1 RNN of relu of 4 units");
    Bidirectional sum =
        new Bidirectional(
            RandomLayers.layer("lstm", 3, 4, random),
            RandomLayers.layer("lstm", 3, 4, random),
            Merge.ADD);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.put(sum, ""))
        .withMessageContaining("merges its two directions by ADD");
    RecurrentLayer nested = new Bidirectional(narrowing, RandomLayers.layer("lstm", 3, 2, random));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.put(nested, ""))
        .withMessageContaining("RecurrentStack has no weights that other libraries know");
    assertThat(weights.tensors()).isEmpty();
  }

  @Test
  void should_refuse_a_file_of_another_kind() throws IOException {
    Path pickle = Files.write(folder.resolve("model.npz"), new byte[] {(byte) 0x80, 2, 'c'});
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TorchWeights.read(pickle))
        .withMessageStartingWith(pickle + ": is neither ")
        .withMessageEndingWith(", but " + FileKind.PICKLE.inWords());
    for (String name : List.of("model.pt", "model.onnx")) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> new TorchWeights().write(folder.resolve(name)))
          .withMessageEndingWith(
              name + ": ends neither in .npz nor in .safetensors, the formats that are written");
    }
  }

  @Test
  void should_know_a_file_by_its_first_bytes_whatever_its_name() throws IOException {
    Path archive = folder.resolve("MODEL.NPZ");
    Path tensors = folder.resolve("Model.SafeTensors");
    TorchWeights weights =
        new TorchWeights(Map.of("weight", StoredArray.of(Matrix.of(1, 2, 3, 4))));
    weights.write(archive);
    weights.write(tensors);
    assertThat(FileKind.of(archive)).isEqualTo(FileKind.ZIP);
    assertThat(FileKind.of(tensors)).isEqualTo(FileKind.SAFETENSORS);
    for (Path file : List.of(archive, tensors)) {
      Path nameless = Files.copy(file, folder.resolve("weights"), REPLACE_EXISTING);
      assertThat(TorchWeights.read(file).tensors()).isEqualTo(weights.tensors());
      assertThat(TorchWeights.read(nameless).tensors()).isEqualTo(weights.tensors());
    }
  }

  /** What a state_dict holds beside weights, such as num_batches_tracked, does no harm. */
  @Test
  void should_carry_every_type_through_an_archive() throws IOException {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    for (ElementType type : ElementType.values()) {
      tensors.put(
          type.toString(),
          type.isFloating()
              ? StoredArray.ofDoubles(type, new long[] {2}, 0.5, -1)
              : StoredArray.ofLongs(type, new long[] {2}, 1, 0));
    }
    Path file = folder.resolve("types.npz");
    new TorchWeights(tensors).write(file);
    Map<String, StoredArray> read = TorchWeights.read(file).tensors();
    assertThat(read.keySet()).containsExactlyElementsOf(tensors.keySet());
    read.forEach(
        (name, got) -> {
          if (name.equals("bfloat16")) {
            assertThat(got.elementType()).isEqualTo(ElementType.FLOAT32);
            assertThat(got.doubles()).containsExactly(tensors.get(name).doubles());
          } else {
            assertThat(got).isEqualTo(tensors.get(name));
          }
        });
    assertThat(TorchWeights.read(file)).hasToString(file + " (13 weights)");
  }

  @Test
  void should_read_into_a_stateful_stack_with_dropout() {
    RecurrentStack source = RandomLayers.stack("lstm", 2, false, 3, 4, random);
    List<RecurrentLayer> layers =
        RandomLayers.stack("lstm", 2, false, 3, 4, random).layers().stream()
            .map(layer -> (RecurrentLayer) new TimeLstm(((TimeLstm) layer).cell(), true))
            .toList();
    RecurrentStack target = new RecurrentStack(layers, 0.5, random);
    new TorchWeights().put(source, "").into(target, "");
    RandomLayers.assertSameBits(target.parameters(), source.parameters());
  }

  private TimeAffine affine() {
    return new TimeAffine(
        RandomLayers.parameter("w", random, 2, 3), RandomLayers.parameter("b", random, 1, 3));
  }

  /** Only an empty array has one: no data would fit. */
  @Test
  void should_name_the_array_whose_axis_is_too_long_for_an_npz() {
    StoredArray empty =
        StoredArray.ofDoubles(ElementType.FLOAT64, new long[] {3_000_000_000L, 0}, new double[0]);
    TorchWeights weights = new TorchWeights(Map.of("wide", empty));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.write(folder.resolve("wide.npz")))
        .withMessage(
            "wide: shape (3000000000, 0) has an axis longer than 2147483647, which an .npy or .npz"
                + " cannot hold here; write a .safetensors");
  }

  /** The names are looked through once, not once for each layer. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void should_come_to_an_end_with_thousands_of_layers() {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    StoredArray column = StoredArray.ofDoubles(ElementType.FLOAT32, new long[] {4, 1}, 1, 2, 3, 4);
    for (int l = 0; l < 8000; l++) {
      tensors.put("weight_ih_l" + l, column);
      tensors.put("weight_hh_l" + l, column);
    }
    assertThat(new TorchWeights(tensors).lstm("").layers()).hasSize(8000);
  }
}
