package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.Batches;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.LearningRate;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.TrainingListener.BatchEnd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Updates by the mean gradients of several batches. */
class AccumulationTest {

  private static final SequenceDescription TAGGER =
      SequenceDescription.regressor(Input.features(2), 4, 1).withReadout(Readout.EVERY);
  private static final int N = 3;
  private static final int BATCHES = 6;

  private final Tensor3 xs = new RandomState(1).randn(N * BATCHES, 5, 2);
  private final Tensor3 ts = new RandomState(2).randn(N * BATCHES, 5, 1);

  private static SequenceRegressor model(SequenceDescription description) {
    return new SequenceRegressor(description, new RandomState(3));
  }

  private static List<Matrix> values(SequenceRegressor model) {
    return model.parameters().stream().map(p -> p.value().copy()).toList();
  }

  /** The sequences in batches of n, in their order. */
  private Batches<SequenceTargets> batches(int n) {
    return new Batches<>() {
      @Override
      public int iterations() {
        return N * BATCHES / n;
      }

      @Override
      public SequenceTargets read(int i) {
        return new SequenceTargets(Sequences.of(part(xs, i * n, n)), part(ts, i * n, n));
      }
    };
  }

  private static Tensor3 part(Tensor3 of, int from, int n) {
    int size = of.d1() * of.d2();
    return Tensor3.of(
        n, of.d1(), of.d2(), Arrays.copyOfRange(of.data(), from * size, (from + n) * size));
  }

  private static List<BatchEnd> train(
      SequenceRegressor model, Batches<SequenceTargets> batches, TrainingPlan plan) {
    List<BatchEnd> ends = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            ends.add(batch);
          }
        };
    new Trainer<>(model, new Adam(0.05), GradientClipping.byGlobalNorm(0.3), listener)
        .train(batches, plan);
    return ends;
  }

  @Test
  void batches_of_one_length_should_update_as_one_large_batch() {
    SequenceRegressor parts = model(TAGGER);
    List<BatchEnd> ends = train(parts, batches(N), TrainingPlan.of(4).accumulating(3));
    SequenceRegressor whole = model(TAGGER);
    List<BatchEnd> large = train(whole, batches(3 * N), TrainingPlan.of(4));
    for (int i = 0; i < large.size(); i++) {
      assertThat(ends.get(3 * i + 2).gradientNorm())
          .isCloseTo(large.get(i).gradientNorm(), within(1e-12));
    }
    for (int i = 0; i < parts.parameters().size(); i++) {
      Matrix got = parts.parameters().get(i).value();
      assertThat(got.allClose(whole.parameters().get(i).value(), 1e-11)).isTrue();
    }
    assertThat(values(whole)).isNotEqualTo(values(model(TAGGER)));
  }

  @Test
  void one_batch_an_update_should_be_the_plain_training_bit_for_bit() {
    SequenceRegressor one = model(TAGGER.withDropout(0.3));
    SequenceRegressor plain = model(TAGGER.withDropout(0.3));
    assertThat(train(one, batches(N), TrainingPlan.of(2).accumulating(1)))
        .isEqualTo(train(plain, batches(N), TrainingPlan.of(2)));
    assertThat(values(one)).isEqualTo(values(plain));
  }

  @Test
  void what_is_left_at_the_end_of_an_epoch_should_be_its_own_mean() {
    SequenceRegressor model = model(TAGGER);
    List<BatchEnd> ends = new ArrayList<>();
    List<Integer> waiting = new ArrayList<>();
    List<List<Matrix>> seen = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            ends.add(batch);
            seen.add(values(model));
          }

          @Override
          public void progressed(TrainingProgress progress) {
            waiting.add(progress.accumulated());
          }
        };
    Sgd sgd = new Sgd(0.1);
    new Trainer<>(model, sgd, GradientClipping.none(), listener)
        .train(batches(N), TrainingPlan.of(1).accumulating(4));
    assertThat(waiting).containsExactly(1, 2, 3, 0, 1, 0, 0);
    assertThat(ends)
        .extracting(end -> Double.isNaN(end.gradientNorm()))
        .containsExactly(true, true, true, false, true, false);
    assertThat(sgd.steps()).isEqualTo(2);
    assertThat(seen.get(0)).isEqualTo(seen.get(2)).isEqualTo(values(model(TAGGER)));

    SequenceRegressor byHand = model(TAGGER);
    for (int i = 0; i < byHand.parameters().size(); i++) {
      byHand.parameters().get(i).value().copyFrom(seen.get(3).get(i));
    }
    byHand.parameters().forEach(Parameter::zeroGrad);
    for (int i = 4; i < 6; i++) {
      byHand.forward(batches(N).read(i));
      byHand.backward();
    }
    byHand.parameters().forEach(p -> p.grad().copyFrom(p.grad().times(0.5)));
    new Sgd(0.1).update(byHand.parameters());
    assertThat(values(byHand)).isEqualTo(values(model));
  }

  @Test
  void a_schedule_should_count_updates() {
    Sgd sgd = new Sgd(9);
    List<Double> rates = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            rates.add(sgd.learningRate());
          }
        };
    new Trainer<>(model(TAGGER), sgd, GradientClipping.none(), listener)
        .train(
            batches(N),
            TrainingPlan.of(1)
                .with(new Schedule.EachUpdate(LearningRate.step(0.1, 0.5, 1)))
                .accumulating(2));
    assertThat(rates).containsExactly(9.0, 0.1, 0.1, 0.05, 0.05, 0.025);
  }

  @Test
  void should_go_on_in_the_middle_of_an_update_after_an_interrupt() {
    TrainingPlan plan = TrainingPlan.of(3).accumulating(4);
    SequenceRegressor undisturbed = model(TAGGER.withDropout(0.2));
    new Trainer<>(undisturbed, new Adam(0.05), GradientClipping.none()).train(batches(N), plan);

    SequenceRegressor model = model(TAGGER.withDropout(0.2));
    TrainingListener stop =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            if (batch.epoch() == 2 && batch.iteration() == 3) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Trainer<SequenceTargets> trainer =
        new Trainer<>(model, new Adam(0.05), GradientClipping.none(), stop);
    Batches<SequenceTargets> batches = batches(N);
    TrainingProgress[] at = new TrainingProgress[1];
    assertThatExceptionOfType(TrainingInterruptedException.class)
        .isThrownBy(() -> trainer.train(batches, plan))
        .satisfies(e -> at[0] = e.progress());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(at[0].accumulated()).isEqualTo(3);
    for (TrainingPlan other : List.of(TrainingPlan.of(3), plan.accumulating(2))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.resume(batches, other, at[0]))
          .withMessageStartingWith(
              "resume: the gradients of 3 batches wait for an update, but by a")
          .withMessageEndingWith("after batch 3; pass the plan that it had");
    }
    trainer.resume(batches, plan, at[0]);
    assertThat(values(model)).isEqualTo(values(undisturbed));
  }

  @Test
  void a_new_training_should_not_begin_with_the_gradients_of_another() {
    SequenceRegressor model = model(TAGGER);
    SequenceRegressor fresh = model(TAGGER);
    model.forward(batches(N).read(0));
    model.backward(); // left by whoever had the model before
    TrainingPlan plan = TrainingPlan.of(1).accumulating(2);
    assertThat(train(model, batches(N), plan)).isEqualTo(train(fresh, batches(N), plan));
  }

  @Test
  void should_refuse_less_than_a_batch_and_progress_that_cannot_be() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingPlan.of(1).accumulating(0))
        .withMessage("train: an update takes at least 1 batch, not 0");
    for (int accumulated : new int[] {-1, 3}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> new TrainingProgress(1, 2, 0, TrainingProgress.START.judgement(), accumulated))
          .withMessage(
              "TrainingProgress: "
                  + accumulated
                  + " batches wait for an update, of the 2 learned in the epoch");
    }
    assertThat(TrainingPlan.of(3).accumulating(2).with(Validation.by(() -> 1)).batchesPerUpdate())
        .isEqualTo(2);
  }
}
