package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.PairBatch;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link RandomDescriptionsTest} for encoders and decoders. */
class RandomSeq2SeqTest {

  private static final int DRAWS = 120;
  private static final int N = 2;
  private static final int TE = 4;
  private static final int TD = 3;

  private final RandomState random = new RandomState(99);

  private <X> X one(List<X> of) {
    return of.get(random.randint(0, of.size()));
  }

  /** Nothing if the description was refused, as it had to be. */
  private Optional<Seq2SeqDescription> describe() {
    int words = random.randint(3, 6);
    int embedding = random.randint(1, 4);
    int hidden = random.randint(2, 5);
    CellKind cell = one(CellKind.all());
    int layers = random.randint(1, 4);
    double dropout = random.rand() < 0.5 ? 0 : 0.3;
    InitialBias bias = one(List.of(InitialBias.zero(), InitialBias.forgetOne()));
    Form form = one(List.of(Form.values()));
    InputOrder order = one(List.of(InputOrder.values()));
    DecoderStart start = one(List.of(DecoderStart.values()));
    if (bias instanceof InitialBias.ForgetOne && !cell.hasGateStart()) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new Seq2SeqDescription(words, embedding, hidden)
                      .withInitialBias(bias)
                      .withCell(cell))
          .withMessageStartingWith("Seq2SeqDescription: a cell of kind " + cell);
      return Optional.empty();
    }
    return Optional.of(
        new Seq2SeqDescription(
            words, embedding, hidden, cell, layers, dropout, bias, form, order, start));
  }

  private List<Seq2SeqDescription> descriptions() {
    return IntStream.range(0, DRAWS).mapToObj(i -> describe()).flatMap(Optional::stream).toList();
  }

  private Seq2Seq model(Seq2SeqDescription d, RandomState masks) {
    Seq2Seq model = new Seq2Seq(d, masks);
    double all = d.cell() == CellKind.RNN_RELU ? 0.5 : 1; // its outputs have no bound
    for (Parameter p : model.parameters()) { // as drawn, much would be lost in rounding
      double scale = p.name().endsWith("affine.w") ? 2 : p.name().endsWith(".wx") ? 1.5 : 0.7;
      p.value().copyFrom(random.randn(p.value().rows(), p.value().cols()).times(all * scale));
    }
    return model;
  }

  private static PairBatch batch(Seq2SeqDescription d, RandomState r) {
    int v = d.vocabularySize();
    int[][] questions = new int[N][];
    int[][] answers = new int[N][];
    Arrays.setAll(questions, i -> r.randint(0, v, TE));
    Arrays.setAll(answers, i -> r.randint(0, v, TD + 1));
    answers[1][TD] = -1; // an answer that ends early
    return new PairBatch(questions, r.rand() < 0.5 ? null : r.randint(1, TE + 1, N), answers);
  }

  @Test
  void every_setting_should_be_among_them() {
    List<Seq2SeqDescription> all = descriptions();
    assertThat(all).hasSizeGreaterThan(DRAWS / 2);
    assertThat(all.stream().map(Seq2SeqDescription::cell)).containsAll(CellKind.all());
    for (Form form : Form.values()) {
      for (DecoderStart start : DecoderStart.values()) {
        assertThat(all.stream().filter(d -> d.form() == form && d.start() == start))
            .hasSizeGreaterThan(5);
      }
    }
  }

  @Test
  void every_gradient_should_be_right() {
    for (Seq2SeqDescription d : descriptions()) {
      RandomState masks = new RandomState(3);
      Seq2Seq model = model(d, masks);
      RandomState.State state = masks.state();
      PairBatch batch = batch(d, random);
      GradientCheck.Report report =
          new GradientCheck(
                  () -> {
                    masks.setState(state);
                    return model.forward(batch);
                  },
                  model::backward)
              .parameters(model.parameters())
              .run();
      assertThat(report.overwritten()).isEmpty();
      assertThat(report.worst().relativeError())
          .as("%s\n%s", model, report)
          .isLessThanOrEqualTo(1e-7);
    }
  }

  @Test
  void each_should_be_saved_and_loaded_with_the_same_bits(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model");
    for (Seq2SeqDescription d : descriptions()) {
      Seq2Seq model = model(d, new RandomState(3));
      PairBatch batch = batch(d, random);
      ModelFile.save(file, model);
      Seq2Seq loaded = ModelFile.load(file, Seq2Seq.class).model();
      assertThat(loaded.description()).isEqualTo(d);
      assertThat(loaded).hasToString(model.toString());
      model.setTraining(false);
      loaded.setTraining(false);
      assertThat(loaded.forward(batch)).as("%s", model).isEqualTo(model.forward(batch));
      assertThat(loaded.generate(batch.xs(), batch.lengths(), 0, 4))
          .isDeepEqualTo(model.generate(batch.xs(), batch.lengths(), 0, 4));
    }
  }

  /** What it writes, read as the right answer, is at each step the most likely. */
  @Test
  void what_is_written_should_be_what_it_would_have_foreseen() {
    for (Seq2SeqDescription d : descriptions()) {
      Seq2Seq model = model(d, new RandomState(3));
      model.setTraining(false);
      PairBatch batch = batch(d, random);
      int[][] written = model.generate(batch.xs(), batch.lengths(), 0, TD);
      int[][] answers = new int[N][TD + 1];
      for (int i = 0; i < N; i++) {
        System.arraycopy(written[i], 0, answers[i], 1, TD);
      }
      double loss = model.forward(new PairBatch(batch.xs(), batch.lengths(), answers));
      for (int word = 0; word < d.vocabularySize(); word++) {
        int[][] other = {answers[0].clone(), answers[1]};
        other[0][TD] = word;
        assertThat(model.forward(new PairBatch(batch.xs(), batch.lengths(), other)))
            .as("%s, word %d for %d", model, word, answers[0][TD])
            .isGreaterThanOrEqualTo(loss);
      }
    }
  }

  @Test
  void each_should_be_stopped_and_resumed_with_the_same_bits(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("training");
    for (Seq2SeqDescription d : descriptions()) {
      int seed = random.randint(0, 1 << 20);
      random.seed(seed);
      RandomState masks = new RandomState(3);
      List<Matrix> undisturbed = train(model(d, masks), masks, file, null);
      random.seed(seed);
      RandomState others = new RandomState(4);
      Seq2Seq other = model(d, others);
      other.parameters().forEach(p -> p.value().fill(9));
      assertThat(train(other, others, null, file)).as("%s", other).isEqualTo(undisturbed);
    }
  }

  /** Trains from the beginning and saves in the middle of an epoch, or goes on from there. */
  private static List<Matrix> train(Seq2Seq model, RandomState masks, Path save, Path resume)
      throws IOException {
    Adam adam = new Adam(0.05);
    DrawnBatches<PairBatch> batches =
        new DrawnBatches<>(3, new RandomState(5), r -> batch(model.description(), r));
    RunningTraining<PairBatch> training =
        new RunningTraining<>(model, batches, adam, new Schedule.Fixed(), masks);
    TrainingListener saver =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            if (save != null && progress.epoch() == 2 && progress.iteration() == 1) {
              new CheckpointListener(save, 1, training).progressed(progress);
            }
          }
        };
    Trainer<PairBatch> trainer =
        new Trainer<>(model, adam, GradientClipping.byGlobalNorm(1), saver);
    if (resume == null) {
      trainer.train(batches, 3);
    } else {
      TrainingProgress begun = TrainingCheckpoint.load(resume).restore(training);
      trainer.resume(batches, TrainingPlan.of(3), begun);
    }
    return model.parameters().stream().map(p -> p.value().copy()).toList();
  }
}
