package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.AttentionSeq2Seq;
import io.github.unroll.model.EncoderDecoder;
import io.github.unroll.model.EncoderDecoder.InputOrder;
import io.github.unroll.model.PeekySeq2Seq;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.optim.Adam;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class Seq2SeqCheckpointTest {

  private static final int V = 6;
  private static final int D = 3;
  private static final int H = 4;
  private static final Vocabulary WORDS = Vocabulary.of(List.of("_", "0", "1", "2", "한", " "));
  private static final int[][] QUESTIONS = {{1, 2, 3, 5}, {4, 1, 2, 2}};
  private static final int[][] ANSWERS = {{0, 3, 2, 1}, {0, 2, 1, 4}};

  private Path file;

  @BeforeEach
  void nameFile(@TempDir Path folder) {
    file = folder.resolve("model.safetensors");
  }

  static Stream<EncoderDecoder> models() {
    RandomState random = new RandomState(1);
    return Stream.of(
        new Seq2Seq(V, D, H, random),
        new Seq2Seq(V, D, H, InputOrder.REVERSED, random),
        new PeekySeq2Seq(V, D, H, InputOrder.REVERSED, random),
        new PeekySeq2Seq(V, D, H, random),
        new AttentionSeq2Seq(V, D, H, InputOrder.REVERSED, random),
        new AttentionSeq2Seq(V, D, H, random));
  }

  private static void train(EncoderDecoder model) {
    Adam adam = new Adam(0.05);
    for (int i = 0; i < 5; i++) {
      model.parameters().forEach(Parameter::zeroGrad);
      model.forward(new PairBatch(QUESTIONS, null, ANSWERS));
      model.backward();
      adam.update(model.parameters());
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void should_load_what_was_saved(EncoderDecoder model) throws IOException {
    train(model);
    Seq2SeqCheckpoint.save(file, model, WORDS);

    Seq2SeqCheckpoint saved = Seq2SeqCheckpoint.load(file);
    assertThat(saved.vocabulary()).isEqualTo(WORDS);
    EncoderDecoder loaded = saved.model();
    assertThat(loaded).hasSameClassAs(model);
    assertThat(loaded.inputOrder()).isEqualTo(model.inputOrder());
    assertThat(List.of(loaded.vocabularySize(), loaded.embeddingSize(), loaded.hiddenSize()))
        .containsExactly(V, D, H);
    List<Parameter> parameters = model.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      assertThat(loaded.parameters().get(i).name()).isEqualTo(parameters.get(i).name());
      assertThat(loaded.parameters().get(i).value()).isEqualTo(parameters.get(i).value());
    }
    PairBatch batch = new PairBatch(QUESTIONS, null, ANSWERS);
    assertThat(loaded.forward(batch)).isEqualTo(model.forward(batch));
    assertThat(loaded.generate(QUESTIONS, null, 0, 9))
        .isDeepEqualTo(model.generate(QUESTIONS, null, 0, 9));
  }

  @Test
  void should_refuse_the_vocabulary_of_another_model() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Seq2SeqCheckpoint.save(file, new Seq2Seq(V + 1, D, H, new RandomState(1)), WORDS))
        .withMessageStartingWith("Checkpoint: the vocabulary has 6 words and the model knows 7");
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model                        | GiantSeq2Seq | holds a \"GiantSeq2Seq\", and what is wanted"
            + " is a Seq2Seq or PeekySeq2Seq or AttentionSeq2Seq",
        "model                        | Seq2Seq      | Seq2Seq: decoder.affine.w must be (4x6), not"
            + " (8x6)",
        "model                        | PeekySeq2Seq | PeekySeq2Seq: decoder.lstm.wx must be"
            + " (7x16), not (3x16)",
        "configuration.inputOrder     | backwards    | should be a InputOrder, not \"backwards\"",
        "configuration.embeddingSize  | 4            | encoder.embed.w must be (6x4), not (6x3)",
        "configuration.hiddenSize     | 2147483647   | too large",
        "configuration.hiddenSize     | 0            | encoder.lstm.wx must be (3x0), not (3x16)",
        "configuration.vocabularySize | 5            | the vocabulary has 6 words and the model's"
            + " configuration 5",
        "vocabulary                   |              | the metadata have no \"vocabulary\"",
      })
  void should_refuse_metadata_that_are_wrong(String key, String text, String reason)
      throws IOException {
    Seq2SeqCheckpoint.save(file, new AttentionSeq2Seq(V, D, H, new RandomState(1)), WORDS);
    SafeTensors saved = SafeTensors.read(file);
    Map<String, String> metadata = new HashMap<>(saved.metadata());
    if (text == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, text);
    }
    new SafeTensors(saved.tensors(), metadata).write(file);
    assertThatIOException()
        .isThrownBy(() -> Seq2SeqCheckpoint.load(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(reason);
  }

  @Test
  void should_refuse_a_weight_too_many() throws IOException {
    Seq2SeqCheckpoint.save(file, new Seq2Seq(V, D, H, new RandomState(1)), WORDS);
    SafeTensors saved = SafeTensors.read(file);
    Map<String, StoredArray> tensors = new HashMap<>(saved.tensors());
    tensors.put("more", StoredArray.of(new Matrix(1, 1)));
    new SafeTensors(tensors, saved.metadata()).write(file);
    assertThatIOException()
        .isThrownBy(() -> Seq2SeqCheckpoint.load(file))
        .withMessage(file + ": Seq2Seq: the configuration has no place for the weights [more]");
  }
}
