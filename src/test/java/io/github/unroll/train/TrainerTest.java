package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.Golden;
import io.github.unroll.data.Batches;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.SeriesWindows;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

  private static final class Recorder implements TrainingListener {
    final List<BatchEnd> batches = new ArrayList<>();
    final List<EpochEnd> epochs = new ArrayList<>();

    @Override
    public void batchEnded(BatchEnd batch) {
      batches.add(batch);
    }

    @Override
    public void epochEnded(EpochEnd epoch) {
      epochs.add(epoch);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "tiny_clip"})
  void should_train_as_the_numpy_original(String run) {
    Golden golden = Golden.load("rnnlm/" + run);
    Recorder recorder = new Recorder();
    RnnLanguageModel model = new RnnLanguageModel(20, 6, 5, new RandomState(3));
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(
            model,
            new Adam(golden.scalar("lr"), EpsilonConvention.BOOK),
            GradientClipping.byGlobalNorm(golden.scalar("max_grad")),
            recorder);
    // The original stops after 10 of the 12 batches of an epoch, so only those compare.
    List<TrainingListener.EpochEnd> ends =
        trainer.train(new BpttBatches(golden.ints("corpus"), 3, 4), 1);

    double[] losses =
        recorder.batches.stream().mapToDouble(TrainingListener.BatchEnd::loss).toArray();
    double[] norms =
        recorder.batches.stream().mapToDouble(TrainingListener.BatchEnd::gradientNorm).toArray();
    golden.assertMatches("loss", Arrays.copyOf(losses, 10));
    golden.assertMatches("grad_norm", Arrays.copyOf(norms, 10));
    assertThat(recorder.epochs).isEqualTo(ends);
    double mean = Arrays.stream(losses).average().orElseThrow();
    assertThat(ends.get(0).loss()).isEqualTo(mean);
    assertThat(ends.get(0).perplexity()).isEqualTo(StrictMath.exp(mean));
  }

  @Test
  void should_tell_where_it_is() {
    Recorder recorder = new Recorder();
    BpttBatches batches = new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4);
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    new Trainer<>(model, new Sgd(0.1), GradientClipping.none(), recorder).train(batches, 2);

    assertThat(recorder.batches)
        .extracting(TrainingListener.BatchEnd::epoch)
        .containsExactly(1, 1, 1, 2, 2, 2);
    assertThat(recorder.batches)
        .extracting(TrainingListener.BatchEnd::iteration)
        .containsExactly(1, 2, 3, 1, 2, 3);
    assertThat(recorder.batches).extracting(TrainingListener.BatchEnd::iterations).containsOnly(3);
    assertThat(recorder.epochs).extracting(TrainingListener.EpochEnd::epoch).containsExactly(1, 2);
  }

  @Test
  void should_carry_the_state_from_epoch_to_epoch() {
    int[] tokens = new RandomState(1).randint(0, 5, 25);
    BpttBatches batches = new BpttBatches(tokens, 2, 4);
    Sgd standstill = new Sgd(Double.MIN_VALUE); // weights stay, so that only states differ
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Recorder recorder = new Recorder();
    new Trainer<>(model, standstill, GradientClipping.none(), recorder).train(batches, 2);

    RnnLanguageModel byHand = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    for (TrainingListener.BatchEnd end : recorder.batches) {
      BpttBatches.Batch batch = batches.batch(end.iteration() - 1);
      assertThat(end.loss()).isEqualTo(byHand.forward(batch.xs(), batch.ts()));
    }
  }

  @Test
  void should_start_other_batches_from_a_reset_state() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Recorder recorder = new Recorder();
    Sgd standstill = new Sgd(Double.MIN_VALUE);
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, standstill, GradientClipping.none(), recorder);
    int[] tokens = new RandomState(1).randint(0, 5, 25);
    trainer.train(new BpttBatches(tokens, 2, 4), 1);
    BpttBatches wider = new BpttBatches(tokens, 3, 8);
    trainer.train(wider, 1);

    RnnLanguageModel fresh = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    assertThat(recorder.batches.get(3).loss()).isEqualTo(fresh.forward(wider.batch(0)));
  }

  /** Samples of 6, 1 and 4 steps: two, two and a last one alone. */
  private static final class Samples implements Batches<BpttBatches.Batch> {
    private final int[][] shapes = {{2, 6}, {2, 1}, {1, 4}};

    @Override
    public int iterations() {
      return shapes.length;
    }

    @Override
    public BpttBatches.Batch read(int iteration) {
      int n = shapes[iteration][0];
      int steps = shapes[iteration][1];
      int[] tokens = new RandomState(iteration).randint(0, 5, n * steps + 1);
      return new BpttBatches(tokens, n, steps).batch(0);
    }

    @Override
    public boolean startsNewText(int iteration) {
      return true;
    }
  }

  @Test
  void should_train_short_sequences_and_a_smaller_last_batch_too() {
    Samples samples = new Samples();
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Recorder recorder = new Recorder();
    new Trainer<>(model, new Adam(0.1), GradientClipping.none(), recorder).train(samples, 2);

    RnnLanguageModel byHand = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Adam adam = new Adam(0.1);
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      byHand.resetState();
      byHand.parameters().forEach(Parameter::zeroGrad);
      losses.add(byHand.forward(samples.read(i % 3)));
      byHand.backward();
      adam.update(byHand.parameters());
    }
    assertThat(recorder.batches)
        .extracting(TrainingListener.BatchEnd::loss)
        .containsExactlyElementsOf(losses);
    assertThat(model.parameters())
        .extracting(Parameter::value)
        .isEqualTo(byHand.parameters().stream().map(Parameter::value).toList());
  }

  @Test
  void should_give_the_same_bits_for_the_same_seed() {
    assertThat(trainedParameters()).isEqualTo(trainedParameters());
  }

  private static List<?> trainedParameters() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(8));
    BpttBatches batches = new BpttBatches(new RandomState(9).randint(0, 5, 100), 2, 4);
    new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(1)).train(batches, 3);
    return model.parameters().stream().map(Parameter::value).toList();
  }

  @Test
  void should_resume_in_the_middle_of_an_epoch_of_shuffled_batches() {
    List<TrainingProgress> told = new ArrayList<>();
    List<List<Matrix>> values = new ArrayList<>();
    SequenceRegressor model = forecaster();
    TrainingListener keeper =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            told.add(progress);
            values.add(model.parameters().stream().map(p -> p.value().copy()).toList());
          }
        };
    List<TrainingListener.EpochEnd> ends =
        new Trainer<>(model, new Sgd(0.1), GradientClipping.none(), keeper).train(windows(), 3);

    // Told after each of an epoch's three batches and after its end.
    assertThat(told.get(5)).extracting(TrainingProgress::epoch).isEqualTo(2);
    assertThat(told.get(5)).extracting(TrainingProgress::iteration).isEqualTo(2);
    SequenceRegressor resumed = forecaster();
    for (int i = 0; i < resumed.parameters().size(); i++) {
      resumed.parameters().get(i).value().copyFrom(values.get(5).get(i));
    }
    SeriesWindows again = windows();
    again.beginEpoch();
    again.beginEpoch();
    assertThat(
            new Trainer<>(resumed, new Sgd(0.1), GradientClipping.none())
                .resume(again, TrainingPlan.of(3), told.get(5)))
        .isEqualTo(ends.subList(1, 3));
    assertThat(resumed.parameters().stream().map(Parameter::value))
        .isEqualTo(values.get(values.size() - 1));
  }

  private static SequenceRegressor forecaster() {
    return new SequenceRegressor(
        SequenceDescription.regressor(Input.features(1), 3, 1).withReadout(Readout.EVERY),
        new RandomState(2));
  }

  /** Three batches an epoch. */
  private static SeriesWindows windows() {
    double[] series = new RandomState(3).randn(11);
    return new SeriesWindows(series, 4, 2, new RandomState(4));
  }

  @Test
  void should_stop_at_a_parameter_that_is_not_finite_and_name_it() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    TrainingListener spoiler =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            if (batch.epoch() == 2 && batch.iteration() == 1) {
              model.parameters().get(2).value().set(2, 1, Double.NaN);
            }
          }
        };
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, new Sgd(0.1), GradientClipping.none(), spoiler);
    BpttBatches batches = new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4);
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> trainer.train(batches, 3))
        .withMessage(
            "the loss is NaN at epoch 2, iteration 2: the first bad parameter is rnn.wh[2,1] = NaN;"
                + " lower the learning rate or clip the gradients");
  }

  @Test
  void should_say_so_when_the_scores_overflow_though_all_parameters_are_finite() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    model.parameters().get(4).value().fill(1e308);
    model.parameters().get(3).value().fill(100);
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, new Sgd(0.1), GradientClipping.none());
    BpttBatches batches = new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4);
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> trainer.train(batches, 1))
        .withMessageContaining("all parameters are finite, so the scores overflowed");
  }

  @Test
  void should_stop_when_the_last_update_spoils_the_parameters() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, new Sgd(Double.MAX_VALUE), GradientClipping.none());
    BpttBatches batches = new BpttBatches(new RandomState(1).randint(0, 5, 9), 2, 4);
    model.parameters().get(5).value().fill(-Double.MAX_VALUE); // and the update goes further down
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> trainer.train(batches, 1))
        .withMessageStartingWith("a parameter is not finite, found at the end of epoch 1: ")
        .withMessageContaining("affine.b");
  }

  @Test
  void should_stop_when_the_gradients_overflow() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    GradientClipping spoiled =
        parameters -> {
          parameters.get(2).grad().set(2, 1, Double.NaN);
          return GradientClipping.globalNorm(parameters);
        };
    Trainer<BpttBatches.Batch> trainer = new Trainer<>(model, new Sgd(0.1), spoiled);
    BpttBatches batches = new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4);
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> trainer.train(batches, 1))
        .withMessage(
            "the norm of the gradients is NaN at epoch 1, iteration 1: the first bad gradient is "
                + "rnn.wh[2,1] = NaN; lower the learning rate or clip the gradients");
  }

  @Test
  void should_refuse_to_train_for_no_epoch() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, new Sgd(0.1), GradientClipping.none());
    BpttBatches batches = new BpttBatches(new int[25], 2, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(batches, 0))
        .withMessage("train: epochs must be at least 1, not 0");
  }
}
