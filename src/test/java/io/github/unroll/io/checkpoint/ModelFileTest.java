package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.Input;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
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
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the combinations of descriptions in {@code RandomDescriptionsTest} do not show. */
class ModelFileTest {

  private static final Vocabulary WORDS =
      Vocabulary.of(List.of("<eos>", "한국", "\"quoted\"", "line\nfeed", "\u0000", ""));
  private static final SequenceDescription LANGUAGE = SequenceDescription.languageModel(6, 2, 3);
  private static final SequenceDescription CLASSES =
      SequenceDescription.classifier(Input.features(2), 3, 3);
  private static final Seq2SeqDescription ANSWERS = new Seq2SeqDescription(6, 3, 4).withAttention();

  private Path file;

  @BeforeEach
  void nameFile(@TempDir Path folder) {
    file = folder.resolve("model.safetensors");
  }

  private static RnnLanguageModel languageModel() {
    return new RnnLanguageModel(LANGUAGE, new RandomState(1));
  }

  private static SequenceClassifier classifier() {
    return new SequenceClassifier(CLASSES, new RandomState(1));
  }

  private static Seq2Seq seq2seq() {
    return new Seq2Seq(ANSWERS, new RandomState(1));
  }

  @Test
  void should_hold_whatever_model_the_library_has() throws IOException {
    for (TrainableModel<?> model : List.of(languageModel(), classifier(), seq2seq())) {
      ModelFile.save(file, model);
      TrainableModel<?> loaded = ModelFile.load(file).model();
      assertThat(loaded).hasSameClassAs(model).hasToString(model.toString());
      assertThat(loaded.parameters().stream().map(Parameter::value))
          .isEqualTo(model.parameters().stream().map(Parameter::value).toList());
    }
  }

  @Test
  void should_draw_the_masks_from_the_generator_it_is_given() throws IOException {
    ModelFile.save(file, new RnnLanguageModel(LANGUAGE.withDropout(0.5), new RandomState(1)));
    double one = lossOfLoaded(7);
    assertThat(lossOfLoaded(7)).isEqualTo(one);
    assertThat(lossOfLoaded(8)).isNotEqualTo(one);
  }

  private double lossOfLoaded(long masks) throws IOException {
    BpttBatches.Batch batch = new BpttBatches(new RandomState(3).randint(0, 6, 50), 2, 4).batch(0);
    return ModelFile.load(file, RnnLanguageModel.class, new RandomState(masks))
        .model()
        .forward(batch);
  }

  @Test
  void should_write_the_same_bytes_for_the_same_model() throws IOException {
    Notes notes = Notes.of(WORDS).with("z", "1").with("a", "2");
    ModelFile.save(file, languageModel(), notes);
    byte[] first = Files.readAllBytes(file);
    SavedModel<RnnLanguageModel> loaded = ModelFile.load(file, RnnLanguageModel.class);
    ModelFile.save(file, loaded.model(), loaded.notes());
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  // ---- notes ----

  @Test
  void should_keep_notes() throws IOException {
    Map<String, String> texts = Map.of("level", "char", "a \"note\"", "line\nfeed 한국", "", "");
    Notes notes = Notes.of(WORDS).with(texts);
    ModelFile.save(file, languageModel(), notes);
    assertThat(ModelFile.load(file).notes()).isEqualTo(notes);
    assertThat(SafeTensors.read(file).metadata()).containsEntry("note.level", "char");

    Notes labels = Notes.none().withLabels(List.of("walk", "", "走る"));
    ModelFile.save(file, classifier(), labels);
    assertThat(ModelFile.load(file).notes()).isEqualTo(labels);

    ModelFile.save(file, classifier());
    assertThat(ModelFile.load(file).notes()).isEqualTo(Notes.none());
  }

  @Test
  void notes_should_be_of_their_own() {
    Map<String, String> texts = new HashMap<>(Map.of("a", "1"));
    Notes notes = new Notes(Optional.empty(), List.of(), texts);
    texts.put("a", "2");
    assertThat(notes.texts()).containsEntry("a", "1");
    assertThat(notes.with("a", "3").texts()).containsEntry("a", "3");
    assertThat(notes.texts()).isUnmodifiable();
  }

  @Test
  void should_refuse_notes_that_do_not_fit_the_model() {
    RnnLanguageModel ofFive = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Seq2Seq ofSeven = new Seq2Seq(new Seq2SeqDescription(7, 2, 3), new RandomState(1));
    String sizes = "the vocabulary has 6 words and the model knows %d; pass the one it was";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.save(file, ofFive, Notes.of(WORDS)))
        .withMessage(sizes + " trained with", 5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.save(file, ofSeven, Notes.of(WORDS)))
        .withMessage(sizes + " trained with", 7);
    Notes two = Notes.none().withLabels(List.of("a", "b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.save(file, classifier(), two))
        .withMessage("there are 2 labels, and the model tells 3 classes");
    assertThat(file).doesNotExist();
  }

  // ---- what does not fit ----

  @Test
  void should_refuse_a_model_of_another_class() throws IOException {
    ModelFile.save(file, classifier());
    for (Class<?> other : List.of(SequenceRegressor.class, RnnLanguageModel.class, Seq2Seq.class)) {
      assertThatIOException()
          .isThrownBy(() -> ModelFile.load(file, other))
          .withMessage(
              "%s: holds a SequenceClassifier, and what is wanted is a %s",
              file, other.getSimpleName());
    }
  }

  @Test
  void should_refuse_to_save_what_nobody_could_load() {
    TrainableModel<Matrix> own =
        new TrainableModel<>() {
          @Override
          public double forward(Matrix batch) {
            return 0;
          }

          @Override
          public void backward() {}

          @Override
          public List<Parameter> parameters() {
            return List.of();
          }
        };
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.save(file, own))
        .withMessageContaining("is no model of the library's");
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unroll.checkpoint          | 3          | a model of format \"3\"; this version of Unroll"
            + " reads formats 1 and 2",
        "unroll.checkpoint          |            | the metadata have no \"unroll.checkpoint\"",
        "model                      | Own        | holds a \"Own\", which is no model of the"
            + " library's",
        "model                      |            | the metadata have no \"model\"",
        "model                 | SequenceClassifier | SequenceClassifier: the description answers"
            + " the next word",
        "vocabulary                 | [\"a\"]    | the vocabulary has 1 words and the model knows"
            + " 6",
        "vocabulary                 | [\"a\",\"a\"] | a word of the vocabulary comes twice",
        "vocabulary                 | [\"a\"     | vocabulary, at byte 4: expected a comma or ]",
        "vocabulary                 | []         | vocabulary: no words",
        "description.input          | pictures   | should be one of features, words, not"
            + " \"pictures\"",
        "description.input          | features   | the metadata have no \"description.features\"",
        "description.vocabularySize | 2147483647 | embed.w must be (2147483647x2), not (6x2)",
        "description.embeddingSize  | 2147483647 | embed.w must be (6x2147483647), not (6x2)",
        "description.embeddingSize  | 0          | embeddingSize must be at least 1, not 0",
        "description.hiddenSize     | 2147483647 | rnn.wx must be (2x2147483647), not (2x3)",
        "description.hiddenSize     | 0          | hiddenSize must be at least 1, not 0",
        "description.hiddenSize     | 2147483648 | should be an integer of 0 to 2147483647",
        "description.hiddenSize     | -3         | should be a whole number not below 0, not"
            + " \"-3\"",
        "description.hiddenSize     | ٣          | should be a whole number not below 0",
        "description.layers         | 2147483647 | rnn0.wx (2x3) is missing",
        "description.layers         | 99999999999999999999 | should be a whole number",
        "description.cell           | lstm       | lstm.wx (2x12) is missing",
        "description.cell           | LSTM       | or one that is handed to load, not \"LSTM\"",
        "description.dropout        | 1          | dropout must be in [0, 1), not 1.0",
        "description.dropout        | much       | should be a number, not \"much\"",
        "description.bothDirections | add        | must not read from the end",
        "description.bothDirections | twice      | should be one of concatenate, add, average,"
            + " multiply",
        "description.initialBias    | forget_one | a cell of kind RNN has no gates",
        "description.initialBias    | chrono     | no \"description.longestLag\"",
        "description.initialBias    | one        | should be one of zero, forget_one, chrono",
        "description.readout        | last       | answers every step, not with readout LAST",
        "description.output         | values     | no \"description.outputSize\"",
        "description.output         | sentences  | should be one of classes, values, quantiles,"
            + " next_word",
        "description.tied           | yes        | should be true or false, not \"yes\"",
        "description.tied           | true       | tied weights need word vectors as long as the"
            + " state",
      })
  void should_refuse_metadata_that_are_wrong(String key, String text, String reason)
      throws IOException {
    ModelFile.save(file, languageModel(), Notes.of(WORDS));
    assertRefused(key, text, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model                     | SequenceRegressor | the description answers 3 classes",
        "description.features      | 7                 | lstm.wx must be (7x12), not (2x12)",
        "description.hiddenSize    | 2147483647        | too large",
        "description.outputSize    | 0                 | classes must be at least 1, not 0",
        "description.cell          | gru               | gru.wx (2x9) is missing",
        "description.layers        | 2                 | lstm0.wx (2x12) is missing",
        "description.bothDirections | concatenate      | lstm.back.wx (2x12) is missing",
        "description.readout       | first             | should be one of last, mean, every, not"
            + " \"first\"",
        "description.readout       |                   | no \"description.readout\"",
        "labels                    | [\"a\"            | labels, at byte 4",
      })
  void should_refuse_metadata_of_a_classifier_that_are_wrong(String key, String text, String reason)
      throws IOException {
    ModelFile.save(file, classifier());
    assertRefused(key, text, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "description.levels     |               | the metadata have no \"description.levels\"",
        "description.levels     | ''            | should be numbers with a blank between two of"
            + " them",
        "description.levels     | 0.1  0.9      | should be numbers with a blank between two of"
            + " them",
        "description.levels     | 0.1,0.9       | should be numbers with a blank between two of"
            + " them",
        "description.levels     | 0.9 0.1       | must ascend between 0 and 1, as 0.05, 0.5, 0.95,"
            + " not [0.9, 0.1]",
        "description.levels     | 0.5 NaN       | must ascend between 0 and 1",
        "description.levels     | 0.5           | affine.w must be (3x2), not (3x4)",
        "description.outputSize | 2147483647    | 2147483647 values of 2 quantiles each",
        "description.outputSize | 3             | affine.w must be (3x6), not (3x4)",
        "description.output     | values        | affine.w must be (3x2), not (3x4)",
        "description.output     | classes       | the description answers 2 classes",
        "model                  | RnnLanguageModel | the description answers 2 values, quantiles"
            + " 0.1, 0.9, and this model answers the next word",
      })
  void should_refuse_metadata_of_quantiles_that_are_wrong(String key, String text, String reason)
      throws IOException {
    ModelFile.save(
        file,
        new SequenceRegressor(
            SequenceDescription.quantileRegressor(Input.features(2), 3, 2, 0.1, 0.9),
            new RandomState(1)));
    assertRefused(key, text, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "description.form           | plain       | decoder.affine.w must be (4x6), not (8x6)",
        "description.form           | peeky       | decoder.lstm.wx must be (7x16), not (3x16)",
        "description.inputOrder     | backwards   | should be one of as_given, reversed, not"
            + " \"backwards\"",
        "description.decoderStart   | h           | should be one of state, output, not \"h\"",
        "description.embeddingSize  | 4           | encoder.embed.w must be (6x4), not (6x3)",
        "description.hiddenSize     | 2147483647  | too large",
        "description.hiddenSize     | 0           | hiddenSize must be at least 1, not 0",
        "description.vocabularySize | 5           | encoder.embed.w must be (5x3), not (6x3)",
      })
  void should_refuse_metadata_of_an_encoder_and_decoder_that_are_wrong(
      String key, String text, String reason) throws IOException {
    ModelFile.save(file, seq2seq(), Notes.of(WORDS));
    assertRefused(key, text, reason);
  }

  private void assertRefused(String key, String text, String reason) throws IOException {
    SafeTensors saved = SafeTensors.read(file);
    Map<String, String> metadata = new HashMap<>(saved.metadata());
    if (text == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, text);
    }
    new SafeTensors(saved.tensors(), metadata).write(file);
    assertThatIOException()
        .isThrownBy(() -> ModelFile.load(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(reason);
  }

  @Test
  void should_refuse_tensors_that_do_not_fit() throws IOException {
    ModelFile.save(file, classifier());
    SafeTensors saved = SafeTensors.read(file);
    StoredArray one = StoredArray.of(new Matrix(1, 1));
    assertRefused(saved, "more", one, "the description has no place for the weights [more]");
    assertRefused(saved, "lstm.wh", one, "lstm.wh must be (3x12), not (1x1)");
    assertRefused(saved, "lstm.wh", null, "lstm.wh (3x12) is missing from the weights");
    assertRefused(
        saved,
        "lstm.b",
        StoredArray.of(Tensor3.of(1, 1, 12, new double[12])),
        "matrix: (1x1x12) is no matrix");
  }

  private void assertRefused(SafeTensors saved, String name, StoredArray tensor, String reason)
      throws IOException {
    Map<String, StoredArray> tensors = new HashMap<>(saved.tensors());
    if (tensor == null) {
      tensors.remove(name);
    } else {
      tensors.put(name, tensor);
    }
    new SafeTensors(tensors, saved.metadata()).write(file);
    assertThatIOException()
        .isThrownBy(() -> ModelFile.load(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(reason);
  }

  @Test
  void should_say_so_if_the_file_is_of_another_origin() {
    Path torch = Path.of("src/test/resources/golden/torch/lstm_l1_uni.f64.safetensors");
    assertThatIOException()
        .isThrownBy(() -> ModelFile.load(torch))
        .withMessage(
            torch
                + ": the metadata have no \"unroll.checkpoint\"; this is no file that Unroll"
                + " saved");
  }

  // ---- kinds of one's own ----

  private static CellKind relu(String name) {
    return new CellKind(
        name,
        (d, h, w) ->
            new RnnCell(
                w.weight("wx", d, h),
                w.weight("wh", h, h),
                w.bias("b", h),
                RnnCell.Nonlinearity.RELU));
  }

  @Test
  void a_kind_of_ones_own_should_be_found_by_a_name_that_no_other_has() throws IOException {
    CellKind relu = relu("relu-rnn");
    Tensor3 xs = new RandomState(5).randn(3, 4, 2);
    SequenceClassifier model = new SequenceClassifier(CLASSES.withCell(relu), new RandomState(1));
    ModelFile.save(file, model);
    SequenceClassifier loaded = ModelFile.load(file, SequenceClassifier.class, relu, relu).model();
    assertThat(loaded.probabilities(xs)).isEqualTo(model.probabilities(xs));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.load(file, relu("relu-rnn"), relu))
        .withMessage("load: two kinds of cell are called relu-rnn; which one is the file's?");
    assertThatIOException()
        .isThrownBy(() -> ModelFile.load(file))
        .withMessageContaining("or one that is handed to load, not \"relu-rnn\"");

    CellKind encoding = relu("own");
    Seq2Seq seq2seq = new Seq2Seq(ANSWERS.withCell(encoding), new RandomState(2));
    ModelFile.save(file, seq2seq);
    PairBatch batch = new PairBatch(new int[][] {{1, 2}}, new int[][] {{0, 1}});
    assertThat(ModelFile.load(file, Seq2Seq.class, encoding).model().forward(batch))
        .isEqualTo(seq2seq.forward(batch));
  }
}
