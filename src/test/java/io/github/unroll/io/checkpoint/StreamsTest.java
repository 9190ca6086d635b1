package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.Input;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.FlatParameters;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models and trainings in streams, whose errors begin with the name that the stream was given. */
class StreamsTest {

  private static final SequenceDescription CLASSES =
      SequenceDescription.classifier(Input.features(2), 3, 2).withDropout(0.5);
  private static final Notes LABELS = Notes.none().withLabels(List.of("no", "yes"));

  static List<TrainableModel<?>> models() {
    RandomState random = new RandomState(1);
    return List.of(
        new SequenceClassifier(CLASSES, random),
        new SequenceRegressor(SequenceDescription.regressor(Input.words(5, 2), 3, 2), random),
        new RnnLanguageModel(SequenceDescription.languageModel(5, 3, 3).withTiedWeights(), random),
        new Seq2Seq(new Seq2SeqDescription(5, 2, 3).withPeeking(), random));
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static byte[] classifierBytes() {
    return ModelFile.toBytes(new SequenceClassifier(CLASSES, new RandomState(1)), LABELS);
  }

  // ---- models ----

  @ParameterizedTest
  @MethodSource("models")
  void a_stream_should_hold_the_bytes_of_a_file(TrainableModel<?> model, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("model.safetensors");
    Notes notes = Notes.none().with("trained on", "nothing");
    ModelFile.save(file, model, notes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.write(out, model, notes);
    assertThat(out.toByteArray()).isEqualTo(Files.readAllBytes(file));
    assertThat(ModelFile.toBytes(model, notes)).isEqualTo(out.toByteArray());

    SavedModel<TrainableModel<?>> read = ModelFile.read(stream(out.toByteArray()), "stream");
    assertThat(read.model()).hasSameClassAs(model).hasToString(model.toString());
    assertThat(new FlatParameters(read.model().parameters()).values())
        .isEqualTo(new FlatParameters(model.parameters()).values());
    assertThat(read.notes()).isEqualTo(notes);
  }

  @Test
  void a_model_should_be_read_by_its_class_and_with_its_masks() throws IOException {
    SavedModel<SequenceClassifier> read =
        ModelFile.read(stream(classifierBytes()), "stream", SequenceClassifier.class);
    assertThat(read.notes()).isEqualTo(LABELS);
    assertThat(read.model().description()).isEqualTo(CLASSES);
    RandomState masks = new RandomState(5);
    SequenceClassifier trained =
        ModelFile.read(stream(classifierBytes()), "stream", SequenceClassifier.class, masks)
            .model();
    RandomState.State before = masks.state();
    trained.forward(
        io.github.unroll.data.LabelledSequences.ofWhole(
            new io.github.unroll.tensor.Tensor3(1, 2, 2), null, new int[] {1}));
    assertThat(masks.state().pos()).isNotEqualTo(before.pos());
    assertThatIOException()
        .isThrownBy(
            () -> ModelFile.read(stream(classifierBytes()), "topic 7", SequenceRegressor.class))
        .withMessage(
            "topic 7: holds a SequenceClassifier, and what is wanted is a SequenceRegressor");
  }

  @Test
  void a_model_with_a_cell_of_ones_own_should_be_read_with_its_kind() throws IOException {
    CellKind own = CellKind.of("lstm");
    assertThat(ModelFile.read(stream(classifierBytes()), "stream", own).model())
        .isInstanceOf(SequenceClassifier.class);
  }

  @Test
  void bytes_that_were_cut_off_should_be_refused_by_the_name_of_the_stream() {
    byte[] bytes = classifierBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatIOException()
          .isThrownBy(() -> ModelFile.read(stream(cut), "cut model"))
          .withMessageStartingWith("cut model: ");
    }
    assertThatIOException()
        .isThrownBy(() -> ModelFile.read(stream(Arrays.copyOf(bytes, bytes.length + 1)), "longer"))
        .withMessageStartingWith("longer: ");
  }

  @Test
  void what_is_wrong_in_a_model_should_be_told_by_the_name_of_the_stream() throws IOException {
    SafeTensors content = SafeTensors.read(stream(classifierBytes()), "model");
    for (String key : content.metadata().keySet()) {
      Map<String, String> metadata = new TreeMap<>(content.metadata());
      metadata.put(key, "?");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new SafeTensors(content.tensors(), metadata).write(out);
      assertThatIOException()
          .as(key)
          .isThrownBy(() -> ModelFile.read(stream(out.toByteArray()), "wrong model"))
          .withMessageStartingWith("wrong model: ");
    }
  }

  @Test
  void a_stream_that_breaks_should_pass_its_error_on() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("pipe closed");
          }
        };
    TrainableModel<?> model = models().get(0);
    assertThatIOException()
        .isThrownBy(() -> ModelFile.write(broken, model, Notes.none()))
        .withMessage("pipe closed");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ModelFile.toBytes(model, Notes.none().withLabels(List.of("one", "two", "three"))))
        .withMessageContaining("3 labels");
  }

  // ---- trainings ----

  private static RunningTraining<BpttBatches.Batch> begin() {
    RandomState random = new RandomState(1);
    return new RunningTraining<>(
        new RnnLanguageModel(SequenceDescription.languageModel(6, 3, 3).withDropout(0.3), random),
        new BpttBatches(new RandomState(3).randint(0, 6, 60), 2, 4),
        new Adam(0.01),
        new Schedule.Fixed(),
        random);
  }

  private static double[] trained(
      RunningTraining<BpttBatches.Batch> training,
      TrainingProgress from,
      TrainingListener... more) {
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(
            training.model(), training.optimizer(), GradientClipping.byGlobalNorm(0.5), more);
    if (from == null) {
      trainer.train(training.batches(), 2);
    } else {
      trainer.resume(training.batches(), TrainingPlan.of(2), from);
    }
    return new FlatParameters(training.model().parameters()).values();
  }

  @Test
  void a_training_should_go_on_from_a_stream(@TempDir Path folder) throws IOException {
    RunningTraining<BpttBatches.Batch> training =
        begin().with(Notes.of(Vocabulary.of(List.of("a", "b", "c", "d", "e", "f"))));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Path file = folder.resolve("training.safetensors");
    double[] undisturbed =
        trained(
            training,
            null,
            new TrainingListener() {
              @Override
              public void progressed(TrainingProgress progress) {
                if (progress.epoch() == 1 && progress.iteration() == 3) {
                  try {
                    TrainingCheckpoint.write(out, training, progress);
                    TrainingCheckpoint.save(file, training, progress);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }
              }
            });
    assertThat(out.toByteArray()).isEqualTo(Files.readAllBytes(file));
    RunningTraining<BpttBatches.Batch> resumed = begin();
    TrainingCheckpoint checkpoint = TrainingCheckpoint.read(stream(out.toByteArray()), "stream");
    assertThat(checkpoint.iteration()).isEqualTo(3);
    assertThat(trained(resumed, checkpoint.restore(resumed))).isEqualTo(undisturbed);
    assertThat(ModelFile.read(stream(out.toByteArray()), "stream").model())
        .isInstanceOf(RnnLanguageModel.class);
  }

  @Test
  void a_model_without_a_training_should_be_refused_by_the_name_of_the_stream() {
    assertThatIOException()
        .isThrownBy(() -> TrainingCheckpoint.read(stream(classifierBytes()), "only a model"))
        .withMessage("only a model: a model without its training: there is nothing to go on with");
  }
}
