package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Plateau;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import io.github.unroll.train.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that version 0.1 wrote, with the outputs that it had of them, bit for bit. */
class FirstFormatTest {

  private static final Path FILES = Path.of("src/test/resources/files-0.1");
  private static final Vocabulary WORDS = Vocabulary.of(List.of("a", "b", "c", "d", "e", "f"));
  private static final int[] TEXT = new RandomState(3).randint(0, 6, 60);
  private static final Tensor3 XS = new RandomState(5).randn(3, 4, 2);
  private static final SequenceDescription LANGUAGE =
      SequenceDescription.languageModel(6, 4, 4)
          .withCell(CellKind.LSTM)
          .withLayers(2)
          .withDropout(0.5)
          .withTiedWeights();

  private static <M> SavedModel<M> load(String name, Class<M> type) throws IOException {
    return ModelFile.load(FILES.resolve(name + ".safetensors"), type);
  }

  private static double output(String name) throws IOException {
    return Files.readAllLines(FILES.resolve("outputs.txt")).stream()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_language_model_should_be_read() throws IOException {
    SavedModel<RnnLanguageModel> saved = load("language-model", RnnLanguageModel.class);
    assertThat(saved.model().description()).isEqualTo(LANGUAGE);
    assertThat(saved.notes()).isEqualTo(Notes.of(WORDS).with("level", "char"));
    assertThat(saved.model().perplexity(TEXT)).isEqualTo(output("language-model"));
  }

  @Test
  void a_classifier_and_a_regressor_should_be_read() throws IOException {
    SequenceClassifier classifier = load("classifier", SequenceClassifier.class).model();
    assertThat(classifier.description().initialBias()).isEqualTo(InitialBias.chrono(9));
    assertThat(classifier.probabilities(XS).get(1, 0, 2)).isEqualTo(output("classifier"));
    SequenceRegressor regressor = load("regressor", SequenceRegressor.class).model();
    assertThat(regressor.description().layers()).isEqualTo(2);
    assertThat(regressor.predict(XS).get(2, 3, 1)).isEqualTo(output("regressor"));
  }

  @Test
  void encoders_and_decoders_should_be_read() throws IOException {
    PairBatch batch =
        new PairBatch(
            new int[][] {{1, 2, 3, 5}, {4, 1, 2, 2}},
            null,
            new int[][] {{0, 3, 2, 1}, {0, 2, 1, 4}});
    for (Form form : Form.values()) {
      String name = Metadata.nameOf(form);
      SavedModel<Seq2Seq> saved = load(name, Seq2Seq.class);
      assertThat(saved.model().description().form()).isEqualTo(form);
      assertThat(saved.model().description().start()).isEqualTo(DecoderStart.STATE);
      assertThat(saved.model().description().inputOrder())
          .isEqualTo(form == Form.PEEKY ? InputOrder.REVERSED : InputOrder.AS_GIVEN);
      assertThat(saved.notes().vocabulary()).contains(WORDS);
      assertThat(saved.model().forward(batch)).as(name).isEqualTo(output(name));
    }
  }

  private static RunningTraining<BpttBatches.Batch> training(SequenceDescription description) {
    RandomState random = new RandomState(99); // all that matters is in the file
    return new RunningTraining<>(
        new RnnLanguageModel(description, random),
        new BpttBatches(TEXT, 3, 4),
        new Adam(0.1),
        new Schedule.OnPlateau(new Plateau()),
        random);
  }

  @Test
  void a_training_should_go_on_to_the_same_bits() throws IOException {
    Path file = FILES.resolve("training.safetensors");
    RunningTraining<BpttBatches.Batch> training = training(LANGUAGE);
    RnnLanguageModel model = (RnnLanguageModel) training.model();
    TrainingProgress begun = TrainingCheckpoint.load(file).restore(training);
    int[] heldOut = new RandomState(4).randint(0, 6, 30);
    TrainingPlan plan =
        TrainingPlan.of(3)
            .with(training.schedule())
            .with(Validation.by(() -> model.perplexity(heldOut)).keepingBest());
    new Trainer<>(model, training.optimizer(), GradientClipping.byGlobalNorm(0.5))
        .resume(training.batches(), plan, begun);
    assertThat(model.perplexity(TEXT)).isEqualTo(output("training"));

    assertThatIOException()
        .isThrownBy(
            () -> TrainingCheckpoint.load(file).restore(training(LANGUAGE.withDropout(0.25))))
        .withMessageContaining("description.dropout is \"0.5\", and the one to go on with has");
  }
}
