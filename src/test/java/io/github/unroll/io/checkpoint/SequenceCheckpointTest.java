package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceConfiguration;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceCheckpointTest {

  private static final int N = 3;
  private static final int T = 4;
  private static final int D = 2;
  private static final int K = 3;
  private static final Tensor3 XS = random(N, T, D, 5);

  private Path file;

  @BeforeEach
  void nameFile(@TempDir Path folder) {
    file = folder.resolve("model.safetensors");
  }

  private static Tensor3 random(int n, int t, int d, long seed) {
    return Tensor3.of(n, t, d, new RandomState(seed).randn(n * t * d));
  }

  private static LabelledSequences labelled(SequenceConfiguration c) {
    int answers = c.readout() == Readout.EVERY ? T : 1;
    int[][] labels = new int[N][answers];
    labels[1][0] = 2;
    return new LabelledSequences(XS, null, labels);
  }

  private static SequenceTargets targets(SequenceConfiguration c) {
    int answers = c.readout() == Readout.EVERY ? T : 1;
    return new SequenceTargets(XS, null, random(N, answers, K, 6));
  }

  /** Learns a little, so that no bias is zero. */
  private static <B> void train(TrainableModel<B> model, B batch) {
    Adam adam = new Adam(0.01);
    for (int i = 0; i < 3; i++) {
      model.parameters().forEach(Parameter::zeroGrad);
      model.forward(batch);
      model.backward();
      adam.update(model.parameters());
    }
  }

  private static List<Matrix> values(TrainableModel<?> model) {
    return model.parameters().stream().map(Parameter::value).toList();
  }

  private static List<String> names(TrainableModel<?> model) {
    return model.parameters().stream().map(Parameter::name).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "RNN, 1, LAST, 0, 0",
    "LSTM, 1, MEAN, 0, 7",
    "GRU, 1, EVERY, 0.25, 0",
    "LSTM, 2, EVERY, 0.5, 0",
    "GRU, 3, LAST, 0, 9",
    "RNN, 2, MEAN, 0.1, 0"
  })
  void should_load_what_was_saved(
      CellKind cell, int layers, Readout readout, double dropout, int longestLag)
      throws IOException {
    SequenceConfiguration configuration =
        new SequenceConfiguration(D, 5, K, cell, layers, readout, dropout, longestLag);

    SequenceClassifier classifier = new SequenceClassifier(configuration, new RandomState(1));
    train(classifier, labelled(configuration));
    SequenceCheckpoint.save(file, classifier);
    SequenceClassifier savedClassifier = SequenceCheckpoint.loadClassifier(file);
    assertThat(savedClassifier.configuration()).isEqualTo(configuration);
    assertThat(names(savedClassifier)).isEqualTo(names(classifier));
    assertThat(values(savedClassifier)).isEqualTo(values(classifier));
    assertThat(savedClassifier.probabilities(XS)).isEqualTo(classifier.probabilities(XS));

    SequenceRegressor regressor = new SequenceRegressor(configuration, new RandomState(2));
    train(regressor, targets(configuration));
    SequenceCheckpoint.save(file, regressor);
    SequenceRegressor savedRegressor = SequenceCheckpoint.loadRegressor(file);
    assertThat(savedRegressor.configuration()).isEqualTo(configuration);
    assertThat(values(savedRegressor)).isEqualTo(values(regressor));
    assertThat(savedRegressor.predict(XS)).isEqualTo(regressor.predict(XS));
  }

  @Test
  void should_draw_the_masks_from_the_generator_it_is_given() throws IOException {
    SequenceConfiguration configuration = new SequenceConfiguration(D, 5, K).withDropout(0.5);
    SequenceCheckpoint.save(file, new SequenceClassifier(configuration, new RandomState(1)));
    double one = lossOfLoadedClassifier(configuration, 7);
    assertThat(lossOfLoadedClassifier(configuration, 7)).isEqualTo(one);
    assertThat(lossOfLoadedClassifier(configuration, 8)).isNotEqualTo(one);

    SequenceCheckpoint.save(file, new SequenceRegressor(configuration, new RandomState(1)));
    double other = lossOfLoadedRegressor(configuration, 7);
    assertThat(lossOfLoadedRegressor(configuration, 7)).isEqualTo(other);
    assertThat(lossOfLoadedRegressor(configuration, 8)).isNotEqualTo(other);
  }

  private double lossOfLoadedClassifier(SequenceConfiguration configuration, long masks)
      throws IOException {
    return SequenceCheckpoint.loadClassifier(file, new RandomState(masks))
        .forward(labelled(configuration));
  }

  private double lossOfLoadedRegressor(SequenceConfiguration configuration, long masks)
      throws IOException {
    return SequenceCheckpoint.loadRegressor(file, new RandomState(masks))
        .forward(targets(configuration));
  }

  @Test
  void should_write_the_same_bytes_for_the_same_model() throws IOException {
    SequenceConfiguration configuration = new SequenceConfiguration(D, 5, K);
    SequenceCheckpoint.save(file, new SequenceClassifier(configuration, new RandomState(1)));
    byte[] first = Files.readAllBytes(file);
    SequenceCheckpoint.save(file, SequenceCheckpoint.loadClassifier(file));
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  // ---- files that are wrong ----

  private SafeTensors saved() throws IOException {
    SequenceConfiguration configuration = new SequenceConfiguration(D, 3, K);
    SequenceCheckpoint.save(file, new SequenceClassifier(configuration, new RandomState(1)));
    return SafeTensors.read(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unroll.checkpoint         | 2                 | a model of format \"2\"",
        "model                     | SequenceRegressor | holds a \"SequenceRegressor\", and what is"
            + " wanted is a SequenceClassifier",
        "model                     |                   | the metadata have no \"model\"",
        "configuration.inputSize   | 7                 | lstm.wx must be (7x12), not (2x12)",
        "configuration.hiddenSize  | 2147483647        | too large",
        "configuration.outputSize  | 0                 | outputSize must be at least 1, not 0",
        "configuration.cell        | gru               | gru.wx (2x9) is missing",
        "configuration.layers      | 2                 | lstm0.wx (2x12) is missing",
        "configuration.readout     | first             | should be a Readout, not \"first\"",
        "configuration.dropout     | 1                 | dropout must be in [0, 1), not 1.0",
        "configuration.longestLag  | 1                 | longestLag must be above 2",
        "configuration.longestLag  |                   | no \"configuration.longestLag\"",
      })
  void should_refuse_metadata_that_are_wrong(String key, String text, String reason)
      throws IOException {
    SafeTensors saved = saved();
    Map<String, String> metadata = new HashMap<>(saved.metadata());
    if (text == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, text);
    }
    new SafeTensors(saved.tensors(), metadata).write(file);
    assertThatIOException()
        .isThrownBy(() -> SequenceCheckpoint.loadClassifier(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(reason);
  }

  @Test
  void should_refuse_a_classifier_as_a_regressor() throws IOException {
    saved();
    assertThatIOException()
        .isThrownBy(() -> SequenceCheckpoint.loadRegressor(file))
        .withMessage(
            file + ": holds a \"SequenceClassifier\", and what is wanted is a SequenceRegressor");
    assertThatIOException()
        .isThrownBy(() -> Checkpoint.load(file))
        .withMessage(
            file + ": holds a \"SequenceClassifier\", and what is wanted is a RnnLanguageModel");
  }

  @Test
  void should_refuse_tensors_that_do_not_fit() throws IOException {
    SafeTensors saved = saved();
    Map<String, StoredArray> tensors = new HashMap<>(saved.tensors());
    tensors.put("more", StoredArray.of(new Matrix(1, 1)));
    new SafeTensors(tensors, saved.metadata()).write(file);
    assertThatIOException()
        .isThrownBy(() -> SequenceCheckpoint.loadClassifier(file))
        .withMessage(
            file + ": SequenceClassifier: the configuration has no place for the weights [more]");

    tensors.remove("more");
    tensors.put("lstm.b", StoredArray.of(Tensor3.of(1, 1, 12, new double[12])));
    new SafeTensors(tensors, saved.metadata()).write(file);
    assertThatIOException()
        .isThrownBy(() -> SequenceCheckpoint.loadClassifier(file))
        .withMessageStartingWith(file + ": matrix: (1x1x12) is no matrix");
  }

  private static CellKind relu(String name) {
    return new CellKind(
        name,
        (d, h, w) ->
            new RnnCell(
                w.weight("wx", d, h),
                w.weight("wh", h, h),
                w.bias("b", h),
                RnnCell.Activation.RELU));
  }

  @Test
  void a_kind_of_ones_own_should_be_found_by_a_name_that_no_other_has() throws IOException {
    CellKind relu = relu("relu-rnn");
    SequenceConfiguration c = new SequenceConfiguration(D, 4, K).withCell(relu);
    SequenceClassifier model = new SequenceClassifier(c, new RandomState(1));
    SequenceCheckpoint.save(file, model);
    SequenceClassifier loaded = SequenceCheckpoint.loadClassifier(file, relu, relu);
    assertThat(loaded.probabilities(XS)).isEqualTo(model.probabilities(XS));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceCheckpoint.loadClassifier(file, relu("relu-rnn"), relu))
        .withMessage("load: two kinds of cell are called relu-rnn; which one is the file's?");
  }
}
