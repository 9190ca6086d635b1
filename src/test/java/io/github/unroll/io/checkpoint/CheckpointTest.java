package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.RnnLanguageModel.Configuration;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {

  private static final Vocabulary WORDS =
      Vocabulary.of(List.of("<eos>", "한국", "\"quoted\"", "line\nfeed", "\u0000", ""));
  private static final int[] TEXT = new RandomState(3).randint(0, 6, 100);

  private Path file;

  @BeforeEach
  void nameFile(@TempDir Path folder) {
    file = folder.resolve("model.safetensors");
  }

  private static RnnLanguageModel trained(Configuration configuration) {
    RnnLanguageModel model = new RnnLanguageModel(configuration, new RandomState(1));
    new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(1))
        .train(new BpttBatches(TEXT, 2, 4), 2);
    return model;
  }

  private static List<Matrix> values(RnnLanguageModel model) {
    return model.parameters().stream().map(Parameter::value).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "RNN, 1, 0, false",
    "LSTM, 1, 0, true",
    "GRU, 1, 0.25, false",
    "LSTM, 2, 0.5, true",
    "GRU, 3, 0, true",
    "RNN, 2, 0.1, false"
  })
  void should_load_the_model_that_was_saved(CellKind cell, int layers, double dropout, boolean tied)
      throws IOException {
    Configuration configuration = new Configuration(6, 4, 4, cell, layers, dropout, tied);
    RnnLanguageModel model = trained(configuration);
    Checkpoint.save(file, model, WORDS);

    Checkpoint saved = Checkpoint.load(file);
    assertThat(saved.vocabulary()).isEqualTo(WORDS);
    assertThat(saved.model().configuration()).isEqualTo(configuration);
    assertThat(saved.model().parameters())
        .extracting(Parameter::name)
        .containsExactlyElementsOf(model.parameters().stream().map(Parameter::name).toList());
    assertThat(values(saved.model())).isEqualTo(values(model));
    assertThat(saved.model().perplexity(TEXT)).isEqualTo(model.perplexity(TEXT));
    assertThat(saved.model().rnn().keptState()).as("a new text").isEmpty();
  }

  @Test
  void should_draw_the_masks_from_the_generator_it_is_given() throws IOException {
    Checkpoint.save(file, trained(new Configuration(6, 4, 4).withDropout(0.5)), WORDS);
    BpttBatches.Batch batch = new BpttBatches(TEXT, 2, 4).batch(0);
    double one = Checkpoint.load(file, new RandomState(7)).model().forward(batch);
    assertThat(Checkpoint.load(file, new RandomState(7)).model().forward(batch)).isEqualTo(one);
    assertThat(Checkpoint.load(file, new RandomState(8)).model().forward(batch)).isNotEqualTo(one);
  }

  @Test
  void should_refuse_the_vocabulary_of_another_model() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.save(file, model, WORDS))
        .withMessage(
            "Checkpoint: the vocabulary has 6 words and the model knows 5; pass the one it was"
                + " trained with");
    assertThat(file).doesNotExist();
  }

  @Test
  void should_keep_notes() throws IOException {
    RnnLanguageModel model = new RnnLanguageModel(6, 2, 3, new RandomState(1));
    Map<String, String> notes = Map.of("level", "char", "a \"note\"", "line\nfeed 한국", "", "");
    Checkpoint.save(file, model, WORDS, notes);
    assertThat(Checkpoint.load(file).notes()).isEqualTo(notes);
    assertThat(SafeTensors.read(file).metadata()).containsEntry("note.level", "char");

    Checkpoint.save(file, model, WORDS);
    assertThat(Checkpoint.load(file).notes()).isEmpty();
  }

  // ---- files that are wrong ----

  private SafeTensors saved() throws IOException {
    Checkpoint.save(file, new RnnLanguageModel(6, 2, 3, new RandomState(1)), WORDS);
    return SafeTensors.read(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unroll.checkpoint            | 2          | a model of format \"2\"; this version of"
            + " Unroll reads format 1",
        "model                        | Seq2Seq    | holds a \"Seq2Seq\", and what is wanted is a"
            + " RnnLanguageModel",
        "unroll.checkpoint            |            | the metadata have no \"unroll.checkpoint\"",
        "vocabulary                   |            | the metadata have no \"vocabulary\"",
        "vocabulary                   | [\"a\"]    | the vocabulary has 1 words and the model's"
            + " configuration 6",
        "vocabulary                   | [\"a\",\"a\"] | a word of the vocabulary comes twice",
        "vocabulary                   | [\"a\"     | vocabulary, at byte 4: expected a comma or ]",
        "vocabulary                   | []         | vocabulary: no words",
        "configuration.vocabularySize | 2147483647 | the vocabulary has 6 words",
        "configuration.embeddingSize  | 2147483647 | embed.w must be (6x2147483647), not (6x2)",
        "configuration.hiddenSize     | 2147483647 | rnn.wx must be (2x2147483647), not (2x3)",
        "configuration.hiddenSize     | 0          | hiddenSize must be at least 1, not 0",
        "configuration.hiddenSize     | 2147483648 | should be an integer of 0 to 2147483647",
        "configuration.hiddenSize     | -3         | should be a whole number not below 0, not"
            + " \"-3\"",
        "configuration.hiddenSize     | ٣          | should be a whole number not below 0",
        "configuration.layers         | 2147483647 | rnn0.wx (2x3) is missing",
        "configuration.layers         | 99999999999999999999 | should be a whole number",
        "configuration.cell           | lstm       | lstm.wx (2x12) is missing",
        "configuration.cell           | LSTM       | or one that is handed to load, not \"LSTM\"",
        "configuration.dropout        | 1          | dropout must be in [0, 1), not 1.0",
        "configuration.dropout        | much       | should be a number, not \"much\"",
        "configuration.tieWeights     | yes        | should be true or false, not \"yes\"",
        "configuration.tieWeights     | true       | tied weights need word vectors as long as the"
            + " state",
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
        .isThrownBy(() -> Checkpoint.load(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(reason);
  }

  @Test
  void should_refuse_tensors_that_do_not_fit() throws IOException {
    SafeTensors saved = saved();
    StoredArray one = StoredArray.of(new Matrix(1, 1));
    assertRefused(saved, "more", one, "the configuration has no place for the weights [more]");
    assertRefused(saved, "rnn.wh", one, "rnn.wh must be (3x3), not (1x1)");
    assertRefused(saved, "rnn.wh", null, "rnn.wh (3x3) is missing from the weights");
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
        .isThrownBy(() -> Checkpoint.load(file))
        .withMessage(file + ": RnnLanguageModel: " + reason);
  }

  @Test
  void should_say_so_if_the_file_is_of_another_origin() {
    Path torch = Path.of("src/test/resources/golden/torch/lstm_l1_uni.f64.safetensors");
    assertThatIOException()
        .isThrownBy(() -> Checkpoint.load(torch))
        .withMessage(
            torch
                + ": the metadata have no \"unroll.checkpoint\"; this is no file that Unroll"
                + " saved");
  }
}
