package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.Batches;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Input;
import io.github.unroll.model.LanguageModelSession;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.SequenceSession;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Descriptions drawn at random: each that can be made has right gradients, is saved and loaded,
 * stopped and resumed, and stepped, with the same bits; each that cannot is refused when it is
 * made.
 */
class RandomDescriptionsTest {

  private static final int DRAWS = 400;
  private static final int N = 3;
  private static final int T = 4;
  private static final List<List<Double>> LEVELS =
      List.of(List.of(0.5), List.of(0.1, 0.9), List.of(0.05, 1 / 3.0, 0.95));

  /** A model with a batch, and more of them to train on. */
  private record Drawn<B>(
      SequenceModel<B> model, RandomState masks, B batch, Sequences inputs, Batches<B> batches) {}

  private final RandomState random = new RandomState(2024);

  private <X> X one(List<X> of) {
    return of.get(random.randint(0, of.size()));
  }

  private boolean often(double share) {
    return random.rand() < share;
  }

  // ---- drawing ----

  /** Nothing if the description was refused, as it had to be. */
  private Optional<SequenceDescription> describe() {
    boolean language = often(0.2); // by chance alone few settings would fit one
    Input input =
        !language && often(0.5)
            ? Input.features(random.randint(1, 4))
            : Input.words(random.randint(3, 6), random.randint(1, 5));
    CellKind cell = one(CellKind.all());
    int hidden = often(0.3) ? input.size() : random.randint(2, 6);
    int layers = random.randint(1, 4);
    Optional<Merge> both =
        language || often(0.4) ? Optional.empty() : Optional.of(one(List.of(Merge.values())));
    double dropout = often(0.6) ? 0 : 0.3;
    InitialBias bias =
        one(
            List.of(
                InitialBias.zero(),
                InitialBias.zero(),
                InitialBias.forgetOne(),
                InitialBias.chrono(7)));
    Readout readout = language ? Readout.EVERY : one(List.of(Readout.values()));
    Output output =
        language
            ? new Output.NextWord(often(0.4))
            : one(
                List.of(
                    new Output.Classes(random.randint(2, 5)),
                    new Output.Values(random.randint(1, 4)),
                    new Output.NextWord(often(0.5))));
    boolean gates = cell != CellKind.RNN && cell != CellKind.RNN_RELU;
    boolean fits = bias instanceof InitialBias.Zero || gates;
    if (output instanceof Output.NextWord next) {
      fits &= input instanceof Input.Words && both.isEmpty() && readout == Readout.EVERY;
      fits &= !next.tied() || input.size() == hidden;
    }
    if (!fits) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new SequenceDescription(
                      input, cell, hidden, layers, both, dropout, bias, readout, output))
          .withMessageStartingWith("SequenceDescription: ");
      return Optional.empty();
    }
    return Optional.of(
        new SequenceDescription(input, cell, hidden, layers, both, dropout, bias, readout, output));
  }

  /** All that could be made of so many draws. */
  private List<SequenceDescription> descriptions(int draws) {
    List<SequenceDescription> all = new ArrayList<>();
    for (int i = 0; i < draws; i++) {
      describe().ifPresent(all::add);
    }
    List<SequenceDescription> values =
        all.stream().filter(d -> d.output() instanceof Output.Values).toList();
    for (int i = 0; i < values.size(); i++) { // at the end: they draw nothing of the others'
      SequenceDescription d = values.get(i);
      all.add(d.withOutput(new Output.Quantiles(d.outputSize(), LEVELS.get(i % LEVELS.size()))));
    }
    return all;
  }

  private Drawn<?> draw(SequenceDescription d) {
    RandomState masks = new RandomState(random.randint(0, 1000));
    Drawn<?> drawn;
    if (d.output() instanceof Output.NextWord) {
      RnnLanguageModel model = new RnnLanguageModel(d, masks);
      int[] text = random.randint(0, d.outputSize(), N * T * 3 + 1);
      BpttBatches batches = new BpttBatches(text, N, T);
      BpttBatches.Batch batch = batches.batch(0);
      drawn = new Drawn<>(model, masks, batch, Sequences.ofWords(batch.xs()), batches);
    } else if (d.output() instanceof Output.Classes classes) {
      SequenceClassifier model = new SequenceClassifier(d, masks);
      drawn =
          new Drawn<>(
              model,
              masks,
              labelled(d, classes.count(), random),
              null,
              new DrawnBatches<>(3, new RandomState(5), r -> labelled(d, classes.count(), r)));
    } else {
      SequenceRegressor model = new SequenceRegressor(d, masks);
      drawn =
          new Drawn<>(
              model,
              masks,
              targets(d, random),
              null,
              new DrawnBatches<>(3, new RandomState(5), r -> targets(d, r)));
    }
    double all = d.cell() == CellKind.RNN_RELU ? 0.6 : 1; // its outputs have no bound
    for (Parameter p : drawn.model.parameters()) { // as drawn, much would be lost in rounding
      double scale = p.name().equals("affine.w") ? 2 : p.name().endsWith(".wx") ? 1.5 : 0.7;
      p.value().copyFrom(random.randn(p.value().rows(), p.value().cols()).times(all * scale));
    }
    if (d.output() instanceof Output.Values) { // a small loss has small rounding errors
      SequenceTargets batch = (SequenceTargets) drawn.batch;
      Tensor3 near = ((SequenceRegressor) drawn.model).predict(batch.inputs());
      for (int i = 0; i < near.data().length; i++) {
        batch.targets().data()[i] = near.data()[i] + 0.1 * batch.targets().data()[i];
      }
    }
    return drawn;
  }

  private static LabelledSequences labelled(SequenceDescription d, int classes, RandomState r) {
    Sequences inputs = inputs(d, r);
    int answers = d.readout() == Readout.EVERY ? T : 1;
    int[][] labels = new int[N][];
    Arrays.setAll(labels, i -> r.randint(0, classes, answers));
    return new LabelledSequences(inputs, labels);
  }

  private static SequenceTargets targets(SequenceDescription d, RandomState r) {
    Sequences inputs = inputs(d, r);
    int answers = d.readout() == Readout.EVERY ? T : 1;
    int values =
        d.output() instanceof Output.Quantiles quantiles ? quantiles.count() : d.outputSize();
    return new SequenceTargets(inputs, r.randn(N, answers, values));
  }

  /** Of every step, of lengths, or with holes; what does not count is NaN or no word. */
  private static Sequences inputs(SequenceDescription d, RandomState r) {
    Sequences all;
    if (d.input() instanceof Input.Words words) {
      int[][] ids = new int[N][];
      Arrays.setAll(ids, i -> r.randint(0, words.vocabularySize(), T));
      all = Sequences.ofWords(ids);
    } else {
      all = Sequences.of(r.randn(N, T, d.input().size()));
    }
    double which = r.rand();
    if (which < 0.3) {
      return all;
    }
    boolean[][] counts = new boolean[N][T];
    int[] lengths = r.randint(1, T + 1, N);
    for (int i = 0; i < N; i++) {
      for (int t = 0; t < T; t++) {
        counts[i][t] = which < 0.7 ? t < lengths[i] : t == i || r.rand() < 0.5;
      }
    }
    for (int i = 0; i < N && all.features() != null; i++) {
      for (int t = 0; t < T; t++) {
        all.features().set(i, t, 0, counts[i][t] ? all.features().get(i, t, 0) : Double.NaN);
      }
    }
    return which < 0.7
        ? new Sequences(all.features(), all.words(), lengths, null)
        : all.withSteps(counts);
  }

  // ---- what holds of each ----

  @Test
  void most_should_fit_and_every_setting_should_be_among_them() {
    List<SequenceDescription> all = descriptions(DRAWS);
    assertThat(all).hasSizeBetween(DRAWS / 2, DRAWS);
    assertThat(all.stream().map(SequenceDescription::cell)).containsAll(CellKind.all());
    assertThat(all.stream().flatMap(d -> d.bothDirections().stream())).contains(Merge.values());
    assertThat(all.stream().filter(SequenceDescription::isTied)).isNotEmpty();
    assertThat(all.stream().filter(d -> d.output() instanceof Output.Quantiles))
        .hasSizeGreaterThan(9);
    assertThat(all.stream().filter(d -> d.output() instanceof Output.NextWord))
        .hasSizeGreaterThan(9);
  }

  @Test
  void every_gradient_should_be_right() {
    for (SequenceDescription d : descriptions(DRAWS)) {
      assertGradients(draw(d));
    }
  }

  private static <B> void assertGradients(Drawn<B> drawn) {
    RandomState.State masks = drawn.masks.state();
    GradientCheck check =
        new GradientCheck(
                () -> {
                  drawn.masks.setState(masks);
                  drawn.model.resetState();
                  return drawn.model.forward(drawn.batch);
                },
                drawn.model::backward)
            .parameters(drawn.model.parameters());
    GradientCheck.Report report = check.run();
    assertThat(report.overwritten()).isEmpty();
    double worst = report.worst().relativeError();
    assertThat(worst).as("%s\n%s", drawn.model, report).isLessThanOrEqualTo(1e-7);
  }

  @Test
  void each_should_be_saved_and_loaded_with_the_same_bits(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model");
    for (SequenceDescription d : descriptions(DRAWS)) {
      assertSavedAndLoaded(draw(d), file);
    }
  }

  @SuppressWarnings("unchecked")
  private static <B> void assertSavedAndLoaded(Drawn<B> drawn, Path file) throws IOException {
    ModelFile.save(file, drawn.model);
    SequenceModel<B> loaded = (SequenceModel<B>) ModelFile.load(file).model();
    assertThat(loaded.description()).isEqualTo(drawn.model.description());
    assertThat(loaded).hasToString(drawn.model.toString());
    drawn.model.setTraining(false);
    loaded.setTraining(false);
    drawn.model.resetState();
    assertThat(loaded.forward(drawn.batch))
        .as("%s", drawn.model)
        .isEqualTo(drawn.model.forward(drawn.batch));
  }

  @Test
  void each_should_be_stopped_and_resumed_with_the_same_bits(@TempDir Path folder)
      throws IOException {
    for (SequenceDescription d : descriptions(DRAWS)) {
      int seed = random.randint(0, 1 << 20);
      assertResumed(d, seed, folder.resolve("training"));
    }
  }

  private void assertResumed(SequenceDescription d, int seed, Path file) throws IOException {
    random.seed(seed);
    List<Matrix> undisturbed = train(draw(d), file, null);
    random.seed(seed);
    Drawn<?> other = draw(d);
    other.model.parameters().forEach(p -> p.value().fill(9));
    other.masks.seed(3);
    assertThat(train(other, null, file)).as("%s", other.model).isEqualTo(undisturbed);
  }

  /** Trains from the beginning and saves in the middle of an epoch, or goes on from there. */
  private static <B> List<Matrix> train(Drawn<B> drawn, Path save, Path resume) throws IOException {
    Adam adam = new Adam(0.05);
    RunningTraining<B> training =
        new RunningTraining<>(drawn.model, drawn.batches, adam, new Schedule.Fixed(), drawn.masks);
    TrainingListener saver =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            if (save != null && progress.epoch() == 2 && progress.iteration() == 1) {
              new CheckpointListener(save, 1, training).progressed(progress);
            }
          }
        };
    Trainer<B> trainer = new Trainer<>(drawn.model, adam, GradientClipping.byGlobalNorm(1), saver);
    if (resume == null) {
      trainer.train(drawn.batches, 3);
    } else {
      TrainingProgress begun = TrainingCheckpoint.load(resume).restore(training);
      trainer.resume(drawn.batches, TrainingPlan.of(3), begun);
    }
    return drawn.model.parameters().stream().map(p -> p.value().copy()).toList();
  }

  @Test
  void a_session_should_answer_as_the_model_or_be_refused() {
    for (SequenceDescription d : descriptions(DRAWS)) {
      Drawn<?> drawn = draw(d);
      if (drawn.model instanceof RnnLanguageModel language) {
        assertScores(language, drawn.inputs.words());
      } else if (d.bothDirections().isPresent()) {
        assertThatIllegalStateException()
            .isThrownBy(() -> session(drawn.model))
            .withMessageContaining("a model of both directions");
      } else {
        assertSteps(drawn.model);
      }
    }
  }

  private static SequenceSession session(SequenceModel<?> model) {
    return model instanceof SequenceClassifier classifier
        ? classifier.newSession(N)
        : ((SequenceRegressor) model).newSession(N);
  }

  private static Tensor3 answers(SequenceModel<?> model, Sequences inputs) {
    return model instanceof SequenceClassifier classifier
        ? classifier.probabilities(inputs)
        : ((SequenceRegressor) model).predict(inputs);
  }

  /** After each step the answer is the model's to the sequence as it stands. */
  private void assertSteps(SequenceModel<?> model) {
    SequenceDescription d = model.description();
    SequenceSession session = session(model);
    Sequences whole = inputs(d, new RandomState(1));
    for (int t = 0; t < T; t++) {
      Sequences read = cut(whole, t + 1);
      Matrix step =
          read.words() == null
              ? session.step(read.features().step(t))
              : session.stepWords(
                  Arrays.stream(read.words()).mapToInt(row -> row[last(row)]).toArray());
      Tensor3 answers = answers(model, read);
      assertThat(step).as("%s, step %d", model, t).isEqualTo(answers.step(answers.d1() - 1));
    }
  }

  @Test
  void steps_that_do_not_count_should_be_as_if_they_were_not_there() {
    for (SequenceDescription d : descriptions(DRAWS)) {
      Drawn<?> drawn = draw(d);
      if (!(drawn.model instanceof RnnLanguageModel)) {
        for (int draw = 0; draw < 3; draw++) {
          assertSameWithoutHoles(drawn.model, inputs(d, random));
        }
      }
    }
  }

  private static void assertSameWithoutHoles(SequenceModel<?> model, Sequences inputs) {
    boolean every = model.description().readout() == Readout.EVERY;
    Tensor3 answers = answers(model, inputs);
    for (int i = 0; i < N; i++) {
      int[] counted = counted(inputs, i);
      Tensor3 alone = answers(model, only(inputs, i, counted));
      for (int a = 0; a < alone.d1(); a++) {
        for (int k = 0; k < alone.d2(); k++) {
          assertThat(answers.get(i, every ? counted[a] : 0, k))
              .as("%s, sequence %d, steps %s", model, i, Arrays.toString(counted))
              .isEqualTo(alone.get(0, a, k));
        }
      }
      for (int t = 0; every && t < T; t++) {
        if (Arrays.binarySearch(counted, t) < 0) {
          assertThat(answers.get(i, t, 0)).isZero();
        }
      }
    }
  }

  /** The steps of a sequence that count. */
  private static int[] counted(Sequences inputs, int i) {
    return IntStream.range(0, T)
        .filter(
            t ->
                inputs.counts() != null
                    ? inputs.counts()[i][t]
                    : inputs.lengths() == null || t < inputs.lengths()[i])
        .toArray();
  }

  private static Sequences only(Sequences inputs, int i, int[] steps) {
    if (inputs.words() != null) {
      int[] words = inputs.words()[i];
      return Sequences.ofWords(new int[][] {Arrays.stream(steps).map(t -> words[t]).toArray()});
    }
    Tensor3 xs = new Tensor3(1, steps.length, inputs.features().d2());
    for (int t = 0; t < steps.length; t++) {
      for (int j = 0; j < xs.d2(); j++) {
        xs.set(0, t, j, inputs.features().get(i, steps[t], j));
      }
    }
    return Sequences.of(xs);
  }

  private static int last(int[] row) {
    return row.length - 1;
  }

  private static Sequences cut(Sequences whole, int steps) {
    if (whole.words() != null) {
      return Sequences.ofWords(
          Arrays.stream(whole.words()).map(row -> Arrays.copyOf(row, steps)).toArray(int[][]::new));
    }
    Tensor3 xs = new Tensor3(N, steps, whole.features().d2());
    for (int t = 0; t < steps; t++) {
      xs.setStep(t, whole.features().step(t));
    }
    return Sequences.of(xs);
  }

  private static void assertScores(RnnLanguageModel model, int[][] texts) {
    model.setTraining(false);
    LanguageModelSession session = model.newSession(N);
    double sum = 0;
    for (int t = 0; t + 1 < T; t++) {
      int step = t;
      session.step(Arrays.stream(texts).mapToInt(row -> row[step]).toArray());
      Matrix p = session.probabilities();
      for (int i = 0; i < N; i++) {
        sum -= Math.log(p.get(i, texts[i][t + 1]));
      }
    }
    int[][] xs = Arrays.stream(texts).map(row -> Arrays.copyOf(row, T - 1)).toArray(int[][]::new);
    int[][] ts =
        Arrays.stream(texts).map(row -> Arrays.copyOfRange(row, 1, T)).toArray(int[][]::new);
    model.resetState();
    assertThat(model.forward(xs, ts))
        .as("%s", model)
        .isCloseTo(sum / (N * (T - 1)), org.assertj.core.api.Assertions.within(1e-12));
  }
}
