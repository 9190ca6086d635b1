package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.GruCell;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models filled and written in one call; figures of others are in ModelsOfOthersTest. */
class ModelWeightsTest {

  private static final RandomState RANDOM = new RandomState(9);

  private static final SequenceDescription TIED =
      SequenceDescription.languageModel(5, 3, 3).withCell(CellKind.LSTM).withTiedWeights();

  /** A model with random weights, biases too, some of them 0 and −0. */
  private static SequenceModel<?> model(SequenceDescription d) {
    SequenceModel<?> model =
        d.output() instanceof Output.Classes
            ? new SequenceClassifier(d, RANDOM)
            : d.output() instanceof Output.Values
                ? new SequenceRegressor(d, RANDOM)
                : new RnnLanguageModel(d, RANDOM);
    for (Parameter p : model.parameters()) {
      p.value()
          .copyFrom(RandomLayers.parameter("", RANDOM, p.value().rows(), p.value().cols()).value());
    }
    return model;
  }

  // ---- there and back ----

  static Stream<SequenceDescription> descriptions() {
    List<SequenceDescription> all = new ArrayList<>();
    for (int layers = 1; layers <= 2; layers++) {
      all.add(SequenceDescription.tagger(Input.words(5, 2), 3, 4).withLayers(layers));
      all.add(SequenceDescription.regressor(Input.features(2), 3, 4).withLayers(layers));
      all.add(SequenceDescription.languageModel(5, 2, 3).withLayers(layers));
      all.add(SequenceDescription.languageModel(5, 3, 3).withLayers(layers).withTiedWeights());
      for (Merge merge : Merge.values()) {
        all.add(
            SequenceDescription.classifier(Input.words(5, 2), 3, 4)
                .withLayers(layers)
                .inBothDirections(merge)
                .withDropout(0.5));
        all.add(
            SequenceDescription.regressor(Input.features(2), 3, 4)
                .withLayers(layers)
                .inBothDirections(merge)
                .withReadout(Readout.MEAN));
      }
    }
    return CellKind.all().stream()
        .filter(kind -> kind != CellKind.PEEPHOLE_LSTM)
        .flatMap(kind -> all.stream().map(d -> d.withCell(kind)));
  }

  private static String[] prefixes(SequenceDescription d, boolean stacked) {
    List<String> prefixes = new ArrayList<>();
    if (d.input() instanceof Input.Words) {
      prefixes.add("embedding.");
    }
    for (int l = 0; l < (stacked ? 1 : d.layers()); l++) {
      prefixes.add("rnn" + l + ".");
    }
    prefixes.add("head.");
    return prefixes.toArray(String[]::new);
  }

  private static boolean torchHas(SequenceDescription d) {
    return d.cell() != CellKind.GRU
        && d.bothDirections().orElse(Merge.CONCATENATE) == Merge.CONCATENATE;
  }

  @ParameterizedTest
  @MethodSource("descriptions")
  void should_go_there_and_back_bit_for_bit(SequenceDescription d) {
    SequenceModel<?> model = model(d);
    String[] prefixes = prefixes(d, false);
    SequenceModel<?> ofKeras = model(d);
    KerasWeights keras = new KerasWeights().put(model, prefixes);
    keras.into(ofKeras, prefixes);
    keras.requireNoneLeft();
    RandomLayers.assertSameBits(ofKeras.parameters(), model.parameters());

    SequenceModel<?> ofOnnx = model(d);
    OnnxWeights onnx = new OnnxWeights().put(model, prefixes);
    onnx.into(ofOnnx, prefixes);
    onnx.requireNoneLeft();
    RandomLayers.assertSameBits(ofOnnx.parameters(), model.parameters());

    for (boolean stacked : List.of(true, false)) {
      String[] names = prefixes(d, stacked);
      SequenceModel<?> ofTorch = model(d);
      TorchWeights torch = new TorchWeights();
      if (torchHas(d)) {
        torch.put(model, names).into(ofTorch, names);
        torch.requireNoneLeft();
        RandomLayers.assertSameBits(ofTorch.parameters(), model.parameters());
      } else {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> torch.put(model, names))
            .withMessageContaining("; describe it ");
        assertThat(torch.tensors()).isEmpty();
      }
    }
  }

  @Test
  void the_state_dict_should_have_pytorchs_names() {
    SequenceDescription d =
        SequenceDescription.classifier(Input.words(7, 3), 4, 5)
            .withLayers(2)
            .inBothDirections(Merge.CONCATENATE);
    Set<String> names =
        new TorchWeights().put(model(d), "embedding.", "lstm.", "head.").tensors().keySet();
    assertThat(names)
        .hasSize(19)
        .contains("embedding.weight", "lstm.weight_ih_l1_reverse", "head.weight", "head.bias");
  }

  /** What counts is the cell, not what its kind is called. */
  @Test
  void should_fill_cells_of_the_library_in_a_kind_of_ones_own() {
    CellKind own =
        new CellKind(
            "torch-gru",
            (d, h, w) ->
                GruCell.resetAfter(
                    w.weight("wx", d, 3 * h),
                    w.weight("wh", h, 3 * h),
                    w.bias("b", 3 * h),
                    w.bias("bhn", h)));
    SequenceDescription d = SequenceDescription.tagger(Input.features(2), 3, 4).withCell(own);
    SequenceModel<?> model = model(d);
    SequenceModel<?> other = model(d);
    new TorchWeights().put(model, "gru.", "head.").into(other, "gru.", "head.");
    RandomLayers.assertSameBits(other.parameters(), model.parameters());
  }

  // ---- errors ----

  @Test
  void should_list_all_that_is_wrong_with_any_layer_in_one_error_and_change_nothing() {
    SequenceDescription d = SequenceDescription.classifier(Input.words(7, 3), 4, 5).withLayers(2);
    SequenceModel<?> model = model(d);
    Map<String, StoredArray> tensors =
        new LinkedHashMap<>(
            new TorchWeights().put(model, "net.embedding.", "net.lstm.", "net.").tensors());
    tensors.put("net.embedding.weight", StoredArray.of(new Matrix(3, 7)));
    tensors.remove("net.lstm.bias_hh_l1");
    tensors.put(
        "net.lstm.weight_hh_l0",
        StoredArray.ofLongs(ElementType.INT8, new long[] {16, 4}, new long[64]));
    tensors.put("net.lstm.weight_hr_l0", StoredArray.of(new Matrix(2, 4)));
    tensors.put("net.weight", StoredArray.unread("F8_E4M3", new long[] {5, 4}, "net.weight is F8"));
    tensors.put("net.scale", StoredArray.of(new Matrix(1, 1)));
    tensors.put("other", StoredArray.of(new Matrix(1, 1)));
    List<Matrix> before = model.parameters().stream().map(p -> p.value().copy()).toList();
    TorchWeights weights = new TorchWeights(tensors);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.into(model, "net.embedding.", "net.lstm.", "net."))
        .withMessageStartingWith(
            """
            TorchWeights: not the weights of this SequenceClassifier, which was not changed:
            no nn.Embedding at "net.embedding.":
              shape: "net.embedding.weight" is float64 (3x7), must be (7x3)
            no LSTM of 2 layers at "net.lstm.":
              type: "net.lstm.weight_hh_l0" is int8 (16x4), must be floating-point numbers
              missing: "net.lstm.bias_hh_l1", must be (16)
              too many: "net.lstm.weight_hr_l0" is float64 (2x4)
            no nn.Linear at "net.":
              type: net.weight is F8
              too many: "net.scale" is float64 (1x1)
            compare with [(k, v.shape) for k, v in model.state_dict().items()]:\
            """);
    assertThat(model.parameters().stream().map(Parameter::value).toList()).isEqualTo(before);
    assertThatIllegalArgumentException()
        .isThrownBy(weights::requireNoneLeft)
        .withMessageContaining("left: \"net.embedding.weight\"");
  }

  @Test
  void should_say_what_is_there_if_a_prefix_is_wrong() {
    SequenceModel<?> model = model(SequenceDescription.tagger(Input.features(2), 3, 4));
    KerasWeights weights = new KerasWeights().put(model, "lstm.", "dense.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.into(model, "lstm.", "head."))
        .withMessageStartingWith(
            """
            KerasWeights: not the weights of this SequenceClassifier, which was not changed:
            no Dense at "head.":
              missing: "head.0", must be (3x4)
              there are: "lstm.0", "lstm.1", "lstm.2", "dense.0", "dense.1"
            compare with\
            """);
    OnnxWeights onnx = new OnnxWeights().put(model, "0.", "head.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> onnx.into(model, "head.", "0."))
        .withMessageContaining("no LSTM at \"head.\":\n  missing: \"head.W\", must be (1x12x2)")
        .withMessageContaining(
            "no MatMul or Gemm of B (H,K) and C (K) at \"0.\":\n"
                + "  shape: \"0.B\" is float64 (1x24), must be (3x4)");
  }

  @Test
  void should_want_as_many_prefixes_as_there_are_layers() {
    SequenceModel<?> model =
        model(SequenceDescription.tagger(Input.words(5, 2), 3, 4).withLayers(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights().into(model, "lstm.", "head."))
        .withMessage(
            "TorchWeights: the model reads 5 words, as vectors of 2 and has 3 recurrent layers, so"
                + " pass 3 prefixes, not 2: of the embedding, of the recurrent layers, of the"
                + " head");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights().put(model, "e.", "lstm.", "head."))
        .withMessage(
            "KerasWeights: the model reads 5 words, as vectors of 2 and has 3 recurrent layers, so"
                + " pass 5 prefixes, not 3: of the embedding, of recurrent layer 0, of recurrent"
                + " layer 1, of recurrent layer 2, of the head");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnnxWeights().into(model, "e.", "0.", "1.", "0.", "head."))
        .withMessage(
            "OnnxWeights: the prefix \"0.\" is given twice, but no two layers have the same"
                + " weights; pass a prefix for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights().into(model, "x.", "lstm.", "x."))
        .withMessageContaining("the prefix \"x.\" is given twice");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new OnnxWeights().into(model(SequenceDescription.tagger(Input.features(2), 3, 4))))
        .withMessage(
            "OnnxWeights: the model reads 2 features and has 1 recurrent layer, so pass 2 prefixes,"
                + " not 0: of the recurrent layer, of the head");
  }

  @Test
  void should_refuse_what_the_other_library_does_not_have() {
    SequenceDescription d = SequenceDescription.tagger(Input.features(2), 3, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights().into(model(d.withCell(CellKind.GRU)), "gru.", "head."))
        .withMessage(
            "TorchWeights: the model's cells are GRUs that reset before the product, and PyTorch's"
                + " reset after it; describe it withCell(CellKind.GRU_RESET_AFTER)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new TorchWeights().into(model(d.inBothDirections(Merge.ADD)), "lstm.", "head."))
        .withMessage(
            "TorchWeights: the model merges its two directions by ADD, and PyTorch puts them side"
                + " by side; describe it inBothDirections(Merge.CONCATENATE)");
    SequenceModel<?> peeping = model(d.withCell(CellKind.PEEPHOLE_LSTM));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights().into(peeping, "lstm.", "head."))
        .withMessage(
            "KerasWeights: the model's cells are of kind PEEPHOLE-LSTM, whose weights it does not"
                + " know; describe it withCell(CellKind.RNN), RNN_RELU, LSTM or GRU_RESET_AFTER");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnnxWeights().put(peeping, "lstm.", "head."))
        .withMessageContaining("of kind PEEPHOLE-LSTM");
  }

  // ---- tied ----

  @Test
  void should_take_the_word_vectors_of_a_tied_model_once_or_twice() {
    SequenceModel<?> model = model(TIED);
    Map<String, StoredArray> both =
        new TorchWeights().put(model, "embedding.", "lstm.", "head.").tensors();
    assertThat(both.get("head.weight")).isEqualTo(both.get("embedding.weight"));
    for (String without : List.of("", "head.weight", "embedding.weight")) {
      Map<String, StoredArray> tensors = new LinkedHashMap<>(both);
      tensors.remove(without);
      TorchWeights weights = new TorchWeights(tensors);
      SequenceModel<?> other = model(TIED);
      weights.into(other, "embedding.", "lstm.", "head.");
      weights.requireNoneLeft();
      RandomLayers.assertSameBits(other.parameters(), model.parameters());
    }
    Map<String, StoredArray> none = new LinkedHashMap<>(both);
    none.remove("head.weight");
    none.remove("head.bias");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(none).into(model, "embedding.", "lstm.", "head."))
        .withMessageContaining("no nn.Linear at \"head.\":\n  missing: \"head.weight\"");
  }

  /** As Keras' ReversibleEmbedding; there is no bias then. */
  @Test
  void one_layer_may_be_embedding_and_head_of_a_tied_model() {
    SequenceModel<?> model = model(TIED);
    model.parameters().get(model.parameters().size() - 1).value().fill(0);
    Map<String, StoredArray> tensors =
        new LinkedHashMap<>(new KerasWeights().put(model, "words.", "lstm.", "head.").tensors());
    tensors.remove("head.0");
    tensors.remove("head.1");
    KerasWeights weights = new KerasWeights(tensors);
    SequenceModel<?> other = model(TIED);
    weights.into(other, "words.", "lstm.", "words.");
    weights.requireNoneLeft();
    RandomLayers.assertSameBits(other.parameters(), model.parameters());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights().put(model, "words.", "lstm.", "words."))
        .withMessage(
            "KerasWeights: the embedding and the head have both the prefix \"words.\", and each is"
                + " written; pass a prefix for each");
  }

  @Test
  void should_say_where_tied_weights_differ() {
    SequenceModel<?> model = model(TIED);
    Matrix words = model.parameters().get(0).value().copy();
    words.set(3, 1, 0.25);
    Map<String, StoredArray> torch =
        new LinkedHashMap<>(new TorchWeights().put(model, "e.", "lstm.", "head.").tensors());
    torch.put("e.weight", StoredArray.of(words));
    Map<String, StoredArray> keras =
        new LinkedHashMap<>(new KerasWeights().put(model, "e.", "lstm.", "head.").tensors());
    keras.put("e.0", StoredArray.of(words));
    List<Matrix> before = model.parameters().stream().map(p -> p.value().copy()).toList();
    String value = Double.toString(before.get(0).get(3, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchWeights(torch).into(model, "e.", "lstm.", "head."))
        .withMessageContaining(
            "no nn.Linear at \"head.\":\n  differs: the model is tied, but element 1 of word 3 is"
                + " 0.25 in \"e.weight\" and "
                + value
                + " in \"head.weight\"; take a description that is not tied\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights(keras).into(model, "e.", "lstm.", "head."))
        .withMessageContaining("0.25 in \"e.0\" and " + value + " in \"head.0\"");
    assertThat(model.parameters().stream().map(Parameter::value).toList()).isEqualTo(before);
  }
}
