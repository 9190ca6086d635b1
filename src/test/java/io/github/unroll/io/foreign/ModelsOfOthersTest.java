package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.Golden;
import io.github.unroll.cell.CellKind;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.model.Input;
import io.github.unroll.model.LanguageModelSession;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole models of PyTorch, and Keras' formulas in PyTorch: answers, losses and gradients of the
 * same weights, as src/test/resources/golden/README.md tells.
 */
class ModelsOfOthersTest {

  private static final double TOLERANCE = 1e-12; // of the greatest element
  private static final RandomState RANDOM = new RandomState(1);

  // ---- PyTorch ----

  @Test
  void should_classify_as_pytorchs_lstm_in_both_directions() throws IOException {
    Golden golden = Golden.load("models/classifier");
    SequenceDescription description =
        SequenceDescription.classifier(Input.words(7, 3), 4, 5)
            .withLayers(2)
            .inBothDirections(Merge.CONCATENATE);
    SequenceClassifier model = new SequenceClassifier(description, RANDOM);
    TorchWeights weights = TorchWeights.read(file("classifier"));
    weights.into(model, "embedding.", "lstm.", "head.");
    weights.requireNoneLeft();
    assertSameNames(weights, new TorchWeights().put(model, "embedding.", "lstm.", "head."));

    Sequences inputs = Sequences.ofWords(golden.ids("ids"), golden.ints("lengths"));
    assertClose(golden, "probabilities", model.probabilities(inputs));
    assertClose(
        golden, "loss", model.forward(LabelledSequences.ofWhole(inputs, golden.ints("labels"))));
    model.backward();
    SequenceClassifier gradients = new SequenceClassifier(description, RANDOM);
    torchGradients(golden, weights).into(gradients, "embedding.", "lstm.", "head.");
    assertGradientsOf(
        weights, golden, new TorchWeights().putGradients(model, "embedding.", "lstm.", "head."));
    assertGradients(model.parameters(), gradients.parameters());
  }

  @Test
  void should_tell_values_as_pytorchs_gru_of_the_mean_of_its_states() throws IOException {
    Golden golden = Golden.load("models/regressor");
    SequenceDescription description =
        SequenceDescription.regressor(Input.features(3), 4, 2)
            .withCell(CellKind.GRU_RESET_AFTER)
            .withLayers(2)
            .inBothDirections(Merge.CONCATENATE)
            .withReadout(Readout.MEAN);
    SequenceRegressor model = new SequenceRegressor(description, RANDOM);
    TorchWeights weights = TorchWeights.read(file("regressor"));
    weights.into(model, "gru.", "head.");
    weights.requireNoneLeft();
    assertSameNames(weights, new TorchWeights().put(model, "gru.", "head."));

    SequenceTargets batch =
        new SequenceTargets(golden.tensor("x"), golden.ints("lengths"), golden.tensor("targets"));
    assertClose(golden, "ys", model.predict(batch.inputs()));
    assertClose(golden, "loss", model.forward(batch));
    model.backward();
    SequenceRegressor gradients = new SequenceRegressor(description, RANDOM);
    torchGradients(golden, weights).into(gradients, "gru.", "head.");
    assertGradientsOf(weights, golden, new TorchWeights().putGradients(model, "gru.", "head."));
    assertGradients(model.parameters(), gradients.parameters());
  }

  @Test
  void should_tag_as_two_modules_of_pytorchs_rnn_of_relu() throws IOException {
    Golden golden = Golden.load("models/tagger");
    SequenceDescription description =
        SequenceDescription.tagger(Input.features(3), 4, 5)
            .withCell(CellKind.RNN_RELU)
            .withLayers(2)
            .inBothDirections(Merge.CONCATENATE);
    SequenceClassifier model = new SequenceClassifier(description, RANDOM);
    TorchWeights weights = TorchWeights.read(file("tagger"));
    weights.into(model, "lower.", "upper.", "head.");
    weights.requireNoneLeft();

    Sequences inputs = Sequences.of(golden.tensor("x"), golden.ints("lengths"));
    assertClose(golden, "probabilities", model.probabilities(inputs));
    assertClose(golden, "loss", model.forward(new LabelledSequences(inputs, golden.ids("labels"))));
    model.backward();
    SequenceClassifier gradients = new SequenceClassifier(description, RANDOM);
    torchGradients(golden, weights).into(gradients, "lower.", "upper.", "head.");
    assertGradientsOf(
        weights, golden, new TorchWeights().putGradients(model, "lower.", "upper.", "head."));
    Matrix noBias = model.parameters().get(model.parameters().size() - 1).value();
    assertThat(noBias).isEqualTo(new Matrix(1, 5));
    int weighted = model.parameters().size() - 1; // PyTorch's head has no bias
    assertGradients(
        model.parameters().subList(0, weighted), gradients.parameters().subList(0, weighted));
  }

  @Test
  void should_predict_words_as_pytorchs_tied_gru_whose_state_is_carried_on() throws IOException {
    Golden golden = Golden.load("models/language_model");
    SequenceDescription description =
        SequenceDescription.languageModel(9, 4, 4)
            .withCell(CellKind.GRU_RESET_AFTER)
            .withLayers(2)
            .withTiedWeights();
    RnnLanguageModel model = new RnnLanguageModel(description, RANDOM);
    TorchWeights weights = TorchWeights.read(file("language_model"));
    weights.into(model, "embedding.", "gru.", "head.");
    weights.requireNoneLeft();
    assertSameNames(weights, new TorchWeights().put(model, "embedding.", "gru.", "head."));

    int[][] xs = golden.ids("xs");
    int[][] ts = golden.ids("ts");
    int[][] later = Arrays.copyOfRange(xs, 3, 6);
    double first = model.forward(Arrays.copyOf(xs, 3), Arrays.copyOf(ts, 3));
    double second = model.forward(later, Arrays.copyOfRange(ts, 3, 6));
    assertClose(golden, "losses", first, second);
    model.backward();
    RnnLanguageModel gradients = new RnnLanguageModel(description, RANDOM);
    torchGradients(golden, weights).into(gradients, "embedding.", "gru.", "head.");
    assertGradientsOf(
        weights, golden, new TorchWeights().putGradients(model, "embedding.", "gru.", "head."));
    assertGradients(model.parameters(), gradients.parameters());

    LanguageModelSession session = model.newSession(3);
    for (int t = 0; t < 5; t++) {
      session.read(xs[0][t], xs[1][t], xs[2][t]);
    }
    Tensor3 probabilities = new Tensor3(3, 5, 9);
    for (int t = 0; t < 5; t++) {
      Matrix of = session.step(later[0][t], later[1][t], later[2][t]);
      of.softmaxRows();
      for (int i = 0; i < 27; i++) {
        probabilities.set(i / 9, t, i % 9, of.data()[i]);
      }
    }
    assertClose(golden, "probabilities", probabilities);
  }

  /** The decoder starts from h of both layers; c is zero. */
  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru"})
  void should_answer_as_pytorchs_encoder_and_decoder(String kind) throws IOException {
    Golden golden = Golden.load("models/encoder_decoder_" + kind);
    Seq2SeqDescription description =
        new Seq2SeqDescription(7, 3, 4)
            .withCell(kind.equals("lstm") ? CellKind.LSTM : CellKind.GRU_RESET_AFTER)
            .withLayers(2)
            .withStart(DecoderStart.OUTPUT);
    Seq2Seq drawn = new Seq2Seq(description, RANDOM);
    TorchWeights read = TorchWeights.read(file("encoder_decoder_" + kind));
    List<Parameter> values = ofEncoderAndDecoder(read, kind);
    Map<String, Matrix> weights = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      weights.put(drawn.parameters().get(i).name(), values.get(i).value());
    }
    read.requireNoneLeft();
    Seq2Seq model = new Seq2Seq(description, weights, RANDOM);

    PairBatch batch = new PairBatch(golden.ids("xs"), golden.ints("lengths"), golden.ids("ts"));
    assertClose(golden, "loss", model.forward(batch));
    model.backward();
    assertGradients(model.parameters(), ofEncoderAndDecoder(torchGradients(golden, read), kind));
  }

  /** In the order of the parameters of a Seq2Seq. */
  private static List<Parameter> ofEncoderAndDecoder(TorchWeights weights, String kind) {
    List<Parameter> all = new ArrayList<>();
    for (String side : List.of("encoder", "decoder")) {
      all.addAll(weights.embedding(side + "_embedding.").parameters());
      RecurrentStack stack =
          kind.equals("lstm") ? weights.lstm(side + ".") : weights.gru(side + ".");
      all.addAll(stack.parameters());
    }
    TimeAffine head = weights.linear("head.");
    all.addAll(head.parameters());
    return all;
  }

  // ---- Keras ----

  @ParameterizedTest
  @CsvSource({
    "keras_sum_last, lstm, ADD, LAST",
    "keras_ave_every, gru-reset-after, AVERAGE, EVERY",
    "keras_mul_mean, gru, MULTIPLY, MEAN",
    "keras_mul_last, rnn, MULTIPLY, LAST",
    "keras_concat_last, lstm, CONCATENATE, LAST"
  })
  void should_merge_directions_as_keras(String name, String cell, Merge merge, Readout readout)
      throws IOException {
    Golden golden = Golden.load("models/" + name);
    SequenceDescription description =
        SequenceDescription.regressor(Input.features(3), 4, 2)
            .withCell(CellKind.of(cell))
            .withLayers(2)
            .inBothDirections(merge)
            .withReadout(readout);
    SequenceRegressor model = new SequenceRegressor(description, RANDOM);
    KerasWeights weights = KerasWeights.read(file(name));
    weights.into(model, "bidirectional.", "bidirectional_1.", "dense.");
    weights.requireNoneLeft();
    assertSameNames(
        weights, new KerasWeights().put(model, "bidirectional.", "bidirectional_1.", "dense."));

    SequenceTargets batch =
        new SequenceTargets(golden.tensor("x"), golden.ints("lengths"), golden.tensor("targets"));
    assertClose(golden, "ys", model.predict(batch.inputs()));
    assertClose(golden, "loss", model.forward(batch));
    model.backward();
    SequenceRegressor gradients = new SequenceRegressor(description, RANDOM);
    new KerasWeights(gradients(golden, weights.tensors(), ModelsOfOthersTest::kerasGradient))
        .into(gradients, "bidirectional.", "bidirectional_1.", "dense.");
    assertGradientsOf(
        weights,
        golden,
        new KerasWeights().putGradients(model, "bidirectional.", "bidirectional_1.", "dense."));
    assertGradients(model.parameters(), gradients.parameters());
  }

  /** The names and shapes of the other library: a state_dict that its load takes. */
  private static void assertSameNames(NamedWeights read, NamedWeights written) {
    assertThat(written.tensors().keySet()).isEqualTo(read.tensors().keySet());
    written
        .tensors()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.shape()).as(name).isEqualTo(read.tensors().get(name).shape()));
  }

  /** The other library's own gradients, of each of its weights. */
  private static void assertGradientsOf(NamedWeights weights, Golden golden, NamedWeights got) {
    weights
        .tensors()
        .forEach(
            (name, weight) -> {
              StoredArray gradient = got.tensors().get(name);
              assertThat(gradient.shape()).as(name).isEqualTo(weight.shape());
              assertClose(golden, "grad " + name, gradient.doubles());
            });
  }

  // ---- gradients go where their weights go ----

  private interface Once {
    /** The gradient of a weight, zero where another bias is summed with it. */
    Matrix of(String name, Matrix gradient);
  }

  private static Map<String, StoredArray> gradients(
      Golden golden, Map<String, StoredArray> weights, Once once) {
    Map<String, StoredArray> gradients = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) ->
            gradients.put(
                name,
                StoredArray.ofDoubles(
                    ElementType.FLOAT64,
                    weight.shape(),
                    once.of(name, golden.matrix("grad " + name)).data())));
    return gradients;
  }

  private static TorchWeights torchGradients(Golden golden, TorchWeights weights) {
    return new TorchWeights(
        gradients(golden, weights.tensors(), ModelsOfOthersTest::torchGradient));
  }

  /** bias_ih and bias_hh are one bias here, but for those of a GRU's candidate. */
  private static Matrix torchGradient(String name, Matrix gradient) {
    if (name.contains("bias_hh")) {
      boolean gru = gradient.cols() == 12; // of 4 units: r, z, n
      Arrays.fill(gradient.data(), 0, gru ? 8 : gradient.cols(), 0);
    }
    return gradient;
  }

  /** So with the two rows of biases of a GRU that resets after the product: z, r, h. */
  private static Matrix kerasGradient(String name, Matrix gradient) {
    if (gradient.rows() == 2) {
      Arrays.fill(gradient.data(), 12, 12 + 8, 0);
    }
    return gradient;
  }

  private static void assertGradients(List<Parameter> got, List<Parameter> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      Matrix gradient = got.get(i).grad();
      assertThat(gradient.shape()).isEqualTo(want.get(i).value().shape());
      assertClose("gradient of " + got.get(i), want.get(i).value().data(), gradient.data());
    }
  }

  private static void assertClose(Golden golden, String key, Tensor3 got) {
    assertThat(got.shape()).as(key).isEqualTo(golden.tensor(key).shape());
    assertClose(golden, key, got.data());
  }

  private static void assertClose(Golden golden, String key, double... got) {
    assertClose(key, golden.values(key), got);
  }

  private static void assertClose(String what, double[] want, double... got) {
    assertThat(got).as(what).hasSameSizeAs(want);
    double greatest = Arrays.stream(want).map(Math::abs).max().orElseThrow();
    assertThat(greatest).as(what).isPositive();
    for (int i = 0; i < want.length; i++) {
      assertThat(Math.abs(got[i] - want[i]))
          .as("%s [%d]: got %s, want %s", what, i, got[i], want[i])
          .isLessThanOrEqualTo(TOLERANCE * greatest);
    }
  }

  private static Path file(String name) {
    return Path.of("src/test/resources/golden/models", name + ".npz");
  }
}
