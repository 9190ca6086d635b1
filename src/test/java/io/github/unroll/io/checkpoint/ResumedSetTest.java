package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.SequenceSet;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Windows;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A training on one's own sequences or windows, saved in the middle of a shuffled epoch, goes on
 * with the same bits.
 */
class ResumedSetTest {

  private static final int EPOCHS = 3;

  /** A model, and its batches in an order drawn from the same random numbers. */
  record Way<B>(Supplier<TrainableModel<B>> model, Function<RandomState, Batches<B>> batches) {}

  static Stream<Arguments> ways() {
    return Stream.of(
        Arguments.of("sequences of different lengths", classifier()),
        Arguments.of("windows of a series", forecaster()));
  }

  private static Way<LabelledSequences> classifier() {
    RandomState draw = new RandomState(7);
    List<Matrix> sequences = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      sequences.add(draw.randn(draw.randint(1, 9), 2));
    }
    int[] classes = draw.randint(0, 3, 23);
    SequenceSet set = SequenceSet.of(sequences);
    return new Way<>(
        () ->
            new SequenceClassifier(
                SequenceDescription.classifier(Input.features(2), 4, 3).withCell(CellKind.GRU),
                new RandomState(1)),
        random -> set.classified(classes, 5, random));
  }

  private static Way<SequenceTargets> forecaster() {
    Matrix series = new RandomState(8).randn(40, 1);
    Windows windows = Windows.of(6, 3, 2, new Windows.Series(series, series, null));
    return new Way<>(
        () ->
            new SequenceRegressor(
                SequenceDescription.regressor(Input.features(2), 4, 1).withReadout(Readout.EVERY),
                new RandomState(1)),
        random -> windows.batches(5, random));
  }

  private static <B> RunningTraining<B> begin(Way<B> way, long seed) {
    RandomState random = new RandomState(seed);
    return new RunningTraining<>(
        way.model.get(), way.batches.apply(random), new Adam(0.05), new Schedule.Fixed(), random);
  }

  private static <B> Trainer<B> trainer(RunningTraining<B> training, TrainingListener listener) {
    return new Trainer<>(
        training.model(), training.optimizer(), GradientClipping.byGlobalNorm(1), listener);
  }

  private static List<Matrix> parameters(RunningTraining<?> training) {
    return training.model().parameters().stream().map(p -> p.value().copy()).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  <B> void should_go_on_bit_for_bit_from_wherever_it_was_saved(
      String name, Way<B> way, @TempDir Path folder) throws IOException {
    RunningTraining<B> undisturbed = begin(way, 3);
    List<Path> files = new ArrayList<>();
    TrainingListener saver =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            files.add(folder.resolve("checkpoint" + files.size()));
            new CheckpointListener(files.get(files.size() - 1), 1, undisturbed)
                .progressed(progress);
          }
        };
    trainer(undisturbed, saver).train(undisturbed.batches(), TrainingPlan.of(EPOCHS));
    assertThat(files).hasSize(EPOCHS * (undisturbed.batches().iterations() + 1));
    for (Path file : files) {
      RunningTraining<B> resumed = begin(way, 99); // all that matters is in the file
      TrainingProgress begun = TrainingCheckpoint.restoreIfThere(file, resumed).orElseThrow();
      trainer(resumed, new TrainingListener() {})
          .resume(resumed.batches(), TrainingPlan.of(EPOCHS), begun);
      assertThat(parameters(resumed)).as("%s", file).isEqualTo(parameters(undisturbed));
    }
    RunningTraining<B> other = begin(way, 4);
    trainer(other, new TrainingListener() {}).train(other.batches(), TrainingPlan.of(EPOCHS));
    assertThat(parameters(other)).as("another order").isNotEqualTo(parameters(undisturbed));
  }
}
