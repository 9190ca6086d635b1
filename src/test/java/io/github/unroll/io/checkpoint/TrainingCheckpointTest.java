package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Batches;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.PairBatches;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Sequences;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.Input;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.AdaGrad;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.AdamW;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.LearningRate;
import io.github.unroll.optim.Momentum;
import io.github.unroll.optim.Nesterov;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.Plateau;
import io.github.unroll.optim.RmsProp;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.EarlyStopping;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingListener.BatchEnd;
import io.github.unroll.train.TrainingListener.EpochEnd;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import io.github.unroll.train.Validation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingCheckpointTest {

  private static final int V = 6;
  private static final Vocabulary WORDS = Vocabulary.of(List.of("a", "b", "c", "d", "e", "f"));
  private static final int[] TEXT = new RandomState(3).randint(0, V, 50);
  private static final int[] HELD_OUT = new RandomState(4).randint(0, V, 30);
  private static final int EPOCHS = 3;

  /** What a training leaves behind: all its batches' ends, its epochs' ends and its parameters. */
  private record Trace(List<BatchEnd> batches, List<EpochEnd> epochs, List<Matrix> parameters) {}

  /** A way to train, always begun anew: optimizers and schedules have memories. */
  private record Way(
      SequenceDescription description,
      Supplier<Optimizer> optimizer,
      Supplier<Schedule> schedule,
      int batchesPerUpdate) {

    Way(
        SequenceDescription description,
        Supplier<Optimizer> optimizer,
        Supplier<Schedule> schedule) {
      this(description, optimizer, schedule, 1);
    }

    TrainingPlan plan(RnnLanguageModel model, Schedule schedule) {
      return TrainingPlan.of(EPOCHS)
          .accumulating(batchesPerUpdate)
          .with(schedule)
          .with(
              Validation.by(() -> model.perplexity(HELD_OUT))
                  .stopping(EarlyStopping.after(2))
                  .keepingBest());
    }
  }

  static Stream<Arguments> ways() {
    SequenceDescription rnn = SequenceDescription.languageModel(V, 3, 4);
    SequenceDescription lstm = SequenceDescription.languageModel(V, 4, 4).withCell(CellKind.LSTM);
    SequenceDescription gru = SequenceDescription.languageModel(V, 3, 4).withCell(CellKind.GRU);
    Supplier<Schedule> fixed = Schedule.Fixed::new;
    Supplier<Schedule> plateau = () -> new Schedule.OnPlateau(new Plateau());
    Supplier<Schedule> cosine =
        () -> new Schedule.EachUpdate(LearningRate.cosine(0.1, 3, 12, 0.001));
    Supplier<Schedule> staircase = () -> new Schedule.EachEpoch(LearningRate.step(0.1, 0.5, 1));
    return Stream.of(
        Arguments.of("RNN, Sgd", new Way(rnn, () -> new Sgd(0.1), fixed)),
        Arguments.of(
            "two LSTM layers, tied, dropout, Adam, plateau",
            new Way(
                lstm.withLayers(2).withDropout(0.5).withTiedWeights(),
                () -> new Adam(0.5),
                plateau)),
        Arguments.of("GRU, AdamW, cosine", new Way(gru, () -> new AdamW(0.05, 0.1), cosine)),
        Arguments.of(
            "three GRU layers, dropout, Momentum, staircase",
            new Way(gru.withLayers(3).withDropout(0.2), () -> new Momentum(0.1, 0.9), staircase)),
        Arguments.of(
            "two LSTM layers, dropout, Adam, cosine, 3 batches an update",
            new Way(lstm.withLayers(2).withDropout(0.5), () -> new Adam(0.1), cosine, 3)),
        Arguments.of(
            "RNN, Momentum, 2 batches an update",
            new Way(rnn, () -> new Momentum(0.1, 0.9), fixed, 2)),
        Arguments.of("LSTM, Nesterov", new Way(lstm, () -> new Nesterov(0.1, 0.9), fixed)),
        Arguments.of("LSTM, AdaGrad", new Way(lstm, () -> new AdaGrad(0.1), fixed)),
        Arguments.of("RNN, RmsProp", new Way(rnn, () -> new RmsProp(0.01), plateau)));
  }

  private static Trace trace(
      RnnLanguageModel model, List<BatchEnd> batches, List<EpochEnd> epochs) {
    return new Trace(
        batches,
        epochs,
        model.parameters().stream().map(parameter -> parameter.value().copy()).toList());
  }

  private static TrainingListener recorder(List<BatchEnd> batches) {
    return new TrainingListener() {
      @Override
      public void batchEnded(BatchEnd batch) {
        batches.add(batch);
      }
    };
  }

  private static final GradientClipping CLIPPING = GradientClipping.byGlobalNorm(0.5);

  private static BpttBatches batches() {
    return new BpttBatches(TEXT, 3, 4);
  }

  /** A training that has not begun. */
  private static RunningTraining<BpttBatches.Batch> begin(Way way) {
    RandomState random = new RandomState(1);
    RnnLanguageModel model = new RnnLanguageModel(way.description, random);
    random.nextGaussian(); // an odd number of Gaussians: one is kept
    return new RunningTraining<>(model, batches(), way.optimizer.get(), way.schedule.get(), random);
  }

  private static RnnLanguageModel model(RunningTraining<?> training) {
    return (RnnLanguageModel) training.model();
  }

  private static Trace train(Way way) {
    return train(way, begin(way));
  }

  private static Trace train(
      Way way, RunningTraining<BpttBatches.Batch> training, TrainingListener... more) {
    List<BatchEnd> ends = new ArrayList<>();
    List<TrainingListener> listeners = new ArrayList<>(List.of(recorder(ends)));
    listeners.addAll(List.of(more));
    List<EpochEnd> epochs =
        new Trainer<>(
                training.model(),
                training.optimizer(),
                CLIPPING,
                listeners.toArray(TrainingListener[]::new))
            .train(training.batches(), way.plan(model(training), training.schedule()));
    return trace(model(training), ends, epochs);
  }

  /** Saves at every chance into a file of its own, and lists the files. */
  private static List<Path> saveAtEveryChance(Way way, Path folder) {
    RunningTraining<BpttBatches.Batch> training = begin(way).with(Notes.of(WORDS));
    List<Path> files = new ArrayList<>();
    TrainingListener saver =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            Path file = folder.resolve("checkpoint" + files.size());
            files.add(file);
            new CheckpointListener(file, 1, training).progressed(progress);
          }
        };
    train(way, training, saver);
    return files;
  }

  private static Trace resume(Way way, Path file) throws IOException {
    RunningTraining<BpttBatches.Batch> training = begin(way);
    training.random().seed(99); // all that matters is in the file
    training.model().parameters().forEach(p -> p.value().fill(99));
    TrainingProgress begun = TrainingCheckpoint.restoreIfThere(file, training).orElseThrow();
    List<BatchEnd> ends = new ArrayList<>();
    List<EpochEnd> epochs =
        new Trainer<>(training.model(), training.optimizer(), CLIPPING, recorder(ends))
            .resume(training.batches(), way.plan(model(training), training.schedule()), begun);
    return trace(model(training), ends, epochs);
  }

  private static <T> List<T> last(int n, List<T> list) {
    return list.subList(list.size() - n, list.size());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void should_go_on_bit_for_bit_from_wherever_it_was_saved(
      String name, Way way, @TempDir Path folder) throws IOException {
    Trace undisturbed = train(way);
    assertThat(train(way)).as("the training itself is the same each time").isEqualTo(undisturbed);

    List<Path> files = saveAtEveryChance(way, folder);
    int iterations = batches().iterations();
    assertThat(files).hasSize(undisturbed.epochs.size() * (iterations + 1));
    for (int i = 0; i < files.size(); i++) {
      Trace resumed = resume(way, files.get(i));
      int learned = i - i / (iterations + 1) + (i % (iterations + 1) == iterations ? 0 : 1);
      assertThat(resumed.batches).hasSize(undisturbed.batches.size() - learned);
      assertThat(resumed.batches)
          .as("%s, checkpoint %d: batches", name, i)
          .isEqualTo(last(resumed.batches.size(), undisturbed.batches));
      assertThat(resumed.epochs)
          .as("%s, checkpoint %d: epochs", name, i)
          .isEqualTo(last(resumed.epochs.size(), undisturbed.epochs));
      assertThat(resumed.parameters)
          .as("%s, checkpoint %d: parameters", name, i)
          .isEqualTo(undisturbed.parameters);
    }
  }

  @Test
  void untouched_rows_should_stay_so_in_a_training_that_is_resumed(@TempDir Path folder)
      throws IOException {
    Way two =
        new Way(
            SequenceDescription.languageModel(V, 2, 3), () -> new Sgd(0.1), Schedule.Fixed::new, 2);
    RunningTraining<BpttBatches.Batch> training = begin(two);
    training.model().forward(new BpttBatches.Batch(new int[][] {{4, 4}}, new int[][] {{1, 2}}));
    training.model().backward();
    Path file = folder.resolve("training");
    TrainingCheckpoint.save(file, training, new TrainingProgress(1, 1, 2, START.judgement(), 1));
    RunningTraining<BpttBatches.Batch> other = begin(two);
    other.model().forward(other.batches().read(0));
    other.model().backward(); // other gradients, of other rows
    assertThat(TrainingCheckpoint.load(file).restore(other).accumulated()).isEqualTo(1);
    for (int i = 0; i < training.model().parameters().size(); i++) {
      assertThat(other.model().parameters().get(i).gradOfTouchedRows())
          .isEqualTo(training.model().parameters().get(i).gradOfTouchedRows());
    }
    Parameter embedding = other.model().parameters().get(0);
    assertThat(embedding.nextTouchedRow(0)).isEqualTo(4);
    assertThat(embedding.nextUntouchedRow(4)).isEqualTo(5);
  }

  @Test
  void should_refuse_gradients_that_are_not_all_there(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    RunningTraining<BpttBatches.Batch> training = begin(SIMPLE);
    TrainingCheckpoint.save(file, training, new TrainingProgress(1, 1, 2, START.judgement(), 1));
    SafeTensors saved = SafeTensors.read(file);
    Map<String, StoredArray> tensors = new HashMap<>(saved.tensors());
    tensors.remove("gradient/rnn.wh");
    new SafeTensors(tensors, saved.metadata()).write(file);
    assertRefused(file, begin(SIMPLE), "there is no tensor \"gradient/rnn.wh\"");
    Map<String, String> metadata = new HashMap<>(saved.metadata());
    metadata.put("progress.accumulated", "2");
    new SafeTensors(saved.tensors(), metadata).write(file);
    assertRefused(
        file, begin(SIMPLE), "2 batches wait for an update, of the 1 learned in the epoch");
  }

  // ---- class weights ----

  private static SequenceClassifier classifier(double... weights) {
    SequenceClassifier model =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(2), 3, 2), new RandomState(1));
    model.setClassWeights(weights);
    return model;
  }

  private static RunningTraining<LabelledSequences> classifying(double... weights) {
    DrawnBatches<LabelledSequences> batches =
        new DrawnBatches<>(
            3,
            new RandomState(2),
            r -> LabelledSequences.ofWhole(Sequences.of(r.randn(4, 3, 2)), r.randint(0, 2, 4)));
    return new RunningTraining<>(
        classifier(weights), batches, new Adam(0.1), new Schedule.Fixed(), new RandomState(3));
  }

  private static List<Matrix> classified(
      RunningTraining<LabelledSequences> training, Path save, Path resume) throws IOException {
    TrainingListener saver =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            if (save != null && progress.epoch() == 2 && progress.iteration() == 2) {
              new CheckpointListener(save, 1, training).progressed(progress);
            }
          }
        };
    Trainer<LabelledSequences> trainer =
        new Trainer<>(training.model(), training.optimizer(), CLIPPING, saver);
    if (resume == null) {
      trainer.train(training.batches(), 3);
    } else {
      TrainingProgress begun = TrainingCheckpoint.load(resume).restore(training);
      trainer.resume(training.batches(), TrainingPlan.of(3), begun);
    }
    return training.model().parameters().stream().map(p -> p.value().copy()).toList();
  }

  @Test
  void class_weights_should_be_set_again_or_refused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("weighted");
    double third = 1 / 3.0;
    List<Matrix> undisturbed = classified(classifying(third, 5), file, null);
    assertThat(classified(classifying(third, 5), null, file)).isEqualTo(undisturbed);
    assertThat(classified(classifying(), null, null)).isNotEqualTo(undisturbed);
    assertRefused(
        file,
        classifying(),
        "the training is one with class weights [0.3333333333333333, 5.0], and the model to go on"
            + " with has []; call its setClassWeights with those of the file");
    assertRefused(file, classifying(third, 4), "and the model to go on with has [0.33");
    Path plain = folder.resolve("plain");
    classified(classifying(), plain, null);
    assertRefused(plain, classifying(1, 1), "is one with class weights [], and the model");
    assertThat(ModelFile.load(file, SequenceClassifier.class).model().classWeights()).isEmpty();
  }

  @Test
  void should_begin_where_there_is_no_file(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    assertThat(TrainingCheckpoint.restoreIfThere(file, begin(SIMPLE))).isEmpty();
  }

  // ---- the listener ----

  private static final Way SIMPLE =
      new Way(SequenceDescription.languageModel(V, 2, 3), () -> new Sgd(0.1), Schedule.Fixed::new);

  @Test
  void should_save_after_so_many_batches_and_at_the_end_of_an_epoch(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("training");
    RunningTraining<BpttBatches.Batch> training = begin(SIMPLE);
    CheckpointListener listener = new CheckpointListener(file, 3, training);
    List<String> seen = new ArrayList<>();
    TrainingListener watcher =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            try {
              seen.add(Files.exists(file) ? TrainingCheckpoint.load(file).toString() : "none");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    new Trainer<>(training.model(), training.optimizer(), CLIPPING, listener, watcher)
        .train(batches(), 1);
    assertThat(batches().iterations()).isEqualTo(4);
    String third = "TrainingCheckpoint(epoch 1, 3 batches learned)";
    assertThat(seen)
        .containsExactly(
            "none", "none", third, third, "TrainingCheckpoint(epoch 2, 0 batches learned)");
  }

  @Test
  void should_keep_the_notes_of_the_time_of_saving(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    Map<String, String> notes = new HashMap<>(Map.of("seed", "1"));
    RunningTraining<BpttBatches.Batch> training =
        begin(SIMPLE).with(() -> Notes.of(WORDS).with(notes));
    TrainingListener noting =
        new TrainingListener() {
          @Override
          public void epochEnded(EpochEnd epoch) {
            notes.put("epochs", Integer.toString(epoch.epoch()));
          }
        };
    new Trainer<>(
            training.model(),
            training.optimizer(),
            CLIPPING,
            new CheckpointListener(file, 9, training),
            noting)
        .train(batches(), 2);
    Notes last = Notes.of(WORDS).with(Map.of("seed", "1", "epochs", "2"));
    assertThat(TrainingCheckpoint.load(file).notes()).isEqualTo(last);
    assertThat(ModelFile.load(file).notes()).isEqualTo(last);
  }

  @Test
  void should_stop_the_training_if_it_cannot_save(@TempDir Path folder) {
    RunningTraining<BpttBatches.Batch> training = begin(SIMPLE);
    Path file = folder.resolve("none").resolve("training");
    CheckpointListener listener = new CheckpointListener(file, 1, training);
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(training.model(), training.optimizer(), CLIPPING, listener);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> trainer.train(batches(), 1))
        .withMessageContaining(file.toString());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CheckpointListener(file, 0, training))
        .withMessage("CheckpointListener: every must be at least 1 batch, not 0");
  }

  // ---- what does not fit ----

  private static final SequenceDescription LSTM =
      SequenceDescription.languageModel(V, 4, 4).withCell(CellKind.LSTM);
  private static final Way ADAM =
      new Way(LSTM, () -> new Adam(0.1), () -> new Schedule.OnPlateau(new Plateau()));

  private static Path saved(Path folder) {
    return saveAtEveryChance(ADAM, folder).get(5);
  }

  private static void assertRefused(Path file, RunningTraining<?> training, String reason) {
    assertThatIOException()
        .isThrownBy(() -> TrainingCheckpoint.load(file).restore(training))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(reason);
  }

  @Test
  void should_refuse_another_optimizer_or_schedule(@TempDir Path folder) {
    Path file = saved(folder);
    assertRefused(
        file,
        begin(new Way(LSTM, () -> new AdamW(0.1, 0), Schedule.Fixed::new)),
        "the training was saved with Adam; pass one, not AdamW");
    Path fixed = saveAtEveryChance(SIMPLE, folder).get(0);
    assertRefused(
        fixed,
        begin(
            new Way(
                SIMPLE.description, SIMPLE.optimizer, () -> new Schedule.OnPlateau(new Plateau()))),
        "the training that was saved had no schedule on plateau");
  }

  @Test
  void should_refuse_another_model(@TempDir Path folder) {
    Path file = saved(folder);
    Way way = new Way(LSTM, () -> new Adam(0.1), Schedule.Fixed::new);
    assertRefused(
        file,
        begin(new Way(LSTM.withDropout(0.5), way.optimizer, way.schedule)),
        "a model whose description.dropout is \"0.0\", and the one to go on with has \"0.5\";"
            + " build it as it was");
    RunningTraining<BpttBatches.Batch> same = begin(way);
    RandomState random = new RandomState(1);
    RunningTraining<PairBatch> other =
        new RunningTraining<>(
            new Seq2Seq(new Seq2SeqDescription(V, 4, 4), random),
            new PairBatches(
                SequencePairs.ofCharacters(
                    Vocabulary.of(List.of("a", "b", "_")), List.of("ab"), List.of("_b")),
                1,
                random),
            same.optimizer(),
            same.schedule(),
            random);
    assertRefused(file, other, "whose ");
  }

  @Test
  void should_refuse_batches_of_another_size(@TempDir Path folder) throws IOException {
    Path file = saveAtEveryChance(SIMPLE, folder).get(2);
    RunningTraining<BpttBatches.Batch> training = begin(SIMPLE);
    TrainingProgress begun = TrainingCheckpoint.load(file).restore(training);
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(training.model(), training.optimizer(), CLIPPING);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.resume(new BpttBatches(TEXT, 3, 8), TrainingPlan.of(3), begun))
        .withMessage(
            "resume: the training has done 3 batches of an epoch, but an epoch has 2; pass the"
                + " batches that it had");
  }

  @Test
  void should_be_a_model_to_use_as_well(@TempDir Path folder) throws IOException {
    Path file = saved(folder);
    SavedModel<RnnLanguageModel> use = ModelFile.load(file, RnnLanguageModel.class);
    RunningTraining<BpttBatches.Batch> training = begin(ADAM);
    TrainingCheckpoint.load(file).restore(training);
    assertThat(use.notes().vocabulary()).contains(WORDS);
    assertThat(use.model().perplexity(HELD_OUT)).isEqualTo(model(training).perplexity(HELD_OUT));
    assertThat(use.model().keptState()).isEmpty();
    assertThat(training.model().keptState()).isPresent();
  }

  @Test
  void should_keep_the_second_gaussian(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    RunningTraining<BpttBatches.Batch> training = begin(SIMPLE);
    RandomState random = training.random();
    if (!random.state().hasGauss()) {
      random.nextGaussian();
    }
    assertThat(random.state().hasGauss()).isTrue();
    TrainingProgress start =
        new TrainingProgress(
            1,
            0,
            0,
            new TrainingProgress.Judgement(
                Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, List.of()));
    TrainingCheckpoint.save(file, training, start);
    RunningTraining<BpttBatches.Batch> other = begin(SIMPLE);
    other.random().seed(99);
    assertThat(TrainingCheckpoint.load(file).restore(other)).isEqualTo(start);
    assertThat(other.random().state()).isEqualTo(random.state());
    assertThat(other.random().randn(5)).isEqualTo(random.randn(5));
  }

  @Test
  void should_say_so_if_only_a_model_was_saved(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model");
    ModelFile.save(file, new RnnLanguageModel(V, 2, 3, new RandomState(1)));
    assertThatIOException()
        .isThrownBy(() -> TrainingCheckpoint.load(file))
        .withMessage(file + ": a model without its training: there is nothing to go on with");
  }

  @Test
  void should_refuse_a_file_from_which_anything_is_missing(@TempDir Path folder)
      throws IOException {
    SafeTensors whole = SafeTensors.read(saved(folder));
    Path file = folder.resolve("part");
    for (String name : whole.tensors().keySet()) {
      Map<String, StoredArray> tensors = new HashMap<>(whole.tensors());
      tensors.remove(name);
      assertRefused(new SafeTensors(tensors, whole.metadata()), file);
      tensors.put(name, StoredArray.of(new Matrix(7, 7)));
      assertRefused(new SafeTensors(tensors, whole.metadata()), file);
    }
    for (String key : whole.metadata().keySet()) {
      Map<String, String> metadata = new HashMap<>(whole.metadata());
      metadata.put(key, "NaN-");
      if (!key.equals("optimizer.rule")) {
        assertRefused(new SafeTensors(whole.tensors(), metadata), file);
      }
      metadata.remove(key);
      if (!key.equals("vocabulary")) { // a note: it may be there or not
        assertRefused(new SafeTensors(whole.tensors(), metadata), file);
      }
    }
  }

  private static void assertRefused(SafeTensors content, Path file) throws IOException {
    content.write(file);
    assertThatIOException()
        .isThrownBy(() -> TrainingCheckpoint.load(file).restore(begin(ADAM)))
        .withMessageStartingWith(file + ": ");
  }

  @Test
  void should_be_named_by_parameters_that_any_reader_finds(@TempDir Path folder)
      throws IOException {
    SafeTensors file = SafeTensors.read(saved(folder));
    RnnLanguageModel model = ModelFile.load(saved(folder), RnnLanguageModel.class).model();
    for (Parameter parameter : model.parameters()) {
      assertThat(file.tensor(parameter.name()).matrix()).isEqualTo(parameter.value());
      assertThat(file.tensors())
          .containsKeys("optimizer/m/" + parameter.name(), "optimizer/v/" + parameter.name());
    }
    assertThat(file.tensors()).containsKeys("state/0", "state/1", "random/key");
  }

  // ---- a model and batches of one's own ----

  /** Learns a row of numbers. */
  private record Own(List<Parameter> parameters) implements TrainableModel<Matrix> {

    static Own of(String... names) {
      return new Own(
          Stream.of(names).map(name -> new Parameter(name, Matrix.of(1, 2, 1, 2))).toList());
    }

    @Override
    public double forward(Matrix batch) {
      return 0.5 * parameters.get(0).value().minus(batch).sumOfSquares(0, 2);
    }

    @Override
    public void backward() {
      parameters.forEach(p -> p.grad().add(p.value()));
    }
  }

  /** Two rows, in an order that is told but cannot be set. */
  private static final class Unset implements Batches<Matrix> {
    private int[] order = {0, 1};

    @Override
    public int iterations() {
      return 2;
    }

    @Override
    public Matrix read(int iteration) {
      return Matrix.of(1, 2, order[iteration], 1);
    }

    @Override
    public int[] order() {
      return order.clone();
    }
  }

  private static RunningTraining<Matrix> own(Own model, Batches<Matrix> batches) {
    return new RunningTraining<>(
        model, batches, new Adam(0.1), new Schedule.Fixed(), new RandomState(1));
  }

  private static final TrainingProgress START =
      new TrainingProgress(
          1,
          0,
          0,
          new TrainingProgress.Judgement(
              Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, List.of()));

  @Test
  void a_model_of_ones_own_should_be_resumed_too(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    RunningTraining<Matrix> training = own(Own.of("v", "w"), new Unset());
    training.model().parameters().get(1).value().fill(7);
    TrainingCheckpoint.save(file, training, START);
    RunningTraining<Matrix> other = own(Own.of("v", "w"), new Unset());
    assertThat(TrainingCheckpoint.load(file).restore(other)).isEqualTo(START);
    assertThat(other.model().parameters().get(1).value()).isEqualTo(Matrix.of(1, 2, 7, 7));
    assertThatIOException()
        .isThrownBy(() -> ModelFile.load(file))
        .withMessageContaining("holds a \"Own\", which is no model of the library's");
  }

  @Test
  void names_that_would_be_lost_should_be_refused(@TempDir Path folder) {
    Path file = folder.resolve("training");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingCheckpoint.save(file, own(Own.of("w", "w"), new Unset()), START))
        .withMessage("save: two parameters are called w; give each a name of its own");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingCheckpoint.save(file, own(Own.of("best/w"), new Unset()), START))
        .withMessageContaining("its name must not hold a /");
  }

  @Test
  void an_order_that_cannot_be_set_should_be_refused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    Unset turned = new Unset();
    turned.order = new int[] {1, 0};
    TrainingCheckpoint.save(file, own(Own.of("w"), turned), START);
    assertRefused(
        file,
        own(Own.of("w"), new Unset()),
        "Unset.setOrder: these batches have another order and cannot take one");

    SafeTensors saved = SafeTensors.read(file);
    Map<String, StoredArray> tensors = new HashMap<>(saved.tensors());
    tensors.put("batches/order", StoredArray.of(Matrix.of(1, 2, 1, 0)));
    new SafeTensors(tensors, saved.metadata()).write(file);
    assertRefused(file, own(Own.of("w"), turned), "longs: the elements are float64");
  }

  @Test
  void a_state_that_was_not_there_should_not_be_left(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training");
    RunningTraining<BpttBatches.Batch> training = begin(SIMPLE);
    TrainingCheckpoint.save(file, training, START);
    training.model().forward(training.batches().read(0));
    assertThat(training.model().keptState()).isPresent();
    TrainingCheckpoint.load(file).restore(training);
    assertThat(training.model().keptState()).isEmpty();
  }
}
