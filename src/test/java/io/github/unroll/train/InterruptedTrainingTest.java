package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training whose thread is interrupted stops between two batches, and can go on from there. */
class InterruptedTrainingTest {

  private static final int EPOCHS = 3;
  private static final BpttBatches BATCHES =
      new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4); // 3 of an epoch

  /** Interrupts its own thread after one batch, or one epoch, and notes what it is told. */
  private static final class Interrupter implements TrainingListener {
    final List<TrainingProgress> progressed = new ArrayList<>();
    final List<TrainingProgress> interrupted = new ArrayList<>();
    final List<Matrix> parameters = new ArrayList<>();
    private final RnnLanguageModel model;
    private final int epoch;
    private final int iteration;

    Interrupter(RnnLanguageModel model, int epoch, int iteration) {
      this.model = model;
      this.epoch = epoch;
      this.iteration = iteration;
    }

    @Override
    public void progressed(TrainingProgress progress) {
      progressed.add(progress);
      if (progress.epoch() == epoch && progress.iteration() == iteration) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void interrupted(TrainingProgress progress) {
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      interrupted.add(progress);
      parameters.addAll(values(model));
    }
  }

  @AfterEach
  void let_no_other_test_meet_the_interrupt() {
    Thread.interrupted();
  }

  private static RnnLanguageModel model() {
    return new RnnLanguageModel(5, 2, 3, new RandomState(1));
  }

  private static Trainer<BpttBatches.Batch> trainer(
      RnnLanguageModel model, TrainingListener... listeners) {
    return new Trainer<>(model, new Sgd(0.1), GradientClipping.none(), listeners);
  }

  private static List<Matrix> values(RnnLanguageModel model) {
    return model.parameters().stream().map(parameter -> parameter.value().copy()).toList();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "2, 0", "3, 0"}) // an epoch's end is the begin of the next
  void should_stop_there_and_go_on_to_the_same_bits(int epoch, int iteration) {
    RnnLanguageModel undisturbed = model();
    trainer(undisturbed).train(BATCHES, EPOCHS);

    RnnLanguageModel model = model();
    Interrupter listener = new Interrupter(model, epoch, iteration);
    Trainer<BpttBatches.Batch> trainer = trainer(model, listener);
    TrainingInterruptedException stopped =
        catchThrowableOfType(
            TrainingInterruptedException.class, () -> trainer.train(BATCHES, EPOCHS));

    assertThat(stopped)
        .hasMessageContaining(
            String.format(Locale.ROOT, "epoch %d, after %d of its batches", epoch, iteration));
    assertThat(Thread.interrupted()).as("the flag is left set").isTrue();
    assertThat(listener.interrupted).containsExactly(stopped.progress());
    TrainingProgress last = listener.progressed.get(listener.progressed.size() - 1);
    assertThat(stopped.progress()).usingRecursiveComparison().isEqualTo(last);

    trainer.resume(BATCHES, TrainingPlan.of(EPOCHS), stopped.progress());
    assertThat(values(model)).isEqualTo(values(undisturbed));
  }

  @Test
  void should_end_in_order_if_there_is_no_next_batch() {
    RnnLanguageModel model = model();
    Interrupter listener = new Interrupter(model, EPOCHS, 3);
    assertThat(trainer(model, listener).train(BATCHES, EPOCHS)).hasSize(EPOCHS);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(listener.interrupted).isEmpty();
  }

  @Test
  void should_not_begin_when_the_thread_is_interrupted_already() {
    RnnLanguageModel model = model();
    Interrupter listener = new Interrupter(model, 0, 0);
    Thread.currentThread().interrupt();
    TrainingInterruptedException stopped =
        catchThrowableOfType(
            TrainingInterruptedException.class, () -> trainer(model, listener).train(BATCHES, 1));
    assertThat(stopped.progress().iteration()).isZero();
    assertThat(listener.progressed).isEmpty();
    assertThat(values(model)).isEqualTo(values(model()));
  }

  @Test
  void should_tell_before_the_best_parameters_are_put_back() {
    RnnLanguageModel model = model();
    Interrupter listener = new Interrupter(model, 2, 2);
    TrainingPlan plan =
        TrainingPlan.of(EPOCHS).with(Validation.by(() -> 1.0).keepingBest()); // epoch 1 is best
    assertThatExceptionOfType(TrainingInterruptedException.class)
        .isThrownBy(() -> trainer(model, listener).train(BATCHES, plan));
    assertThat(Thread.interrupted()).isTrue();

    RnnLanguageModel bestEpoch = model();
    trainer(bestEpoch).train(BATCHES, 1);
    assertThat(values(model)).isEqualTo(values(bestEpoch));
    assertThat(listener.parameters).isNotEqualTo(values(model));
  }

  @Test
  void should_be_ended_by_cancelling_its_future() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void progressed(TrainingProgress progress) {
            begun.countDown();
          }
        };
    ExecutorService pool =
        Executors.newSingleThreadExecutor(
            run -> {
              Thread thread = new Thread(run);
              thread.setDaemon(true);
              return thread;
            });
    try {
      Future<?> training =
          pool.submit(
              () -> {
                try {
                  trainer(model(), listener).train(BATCHES, Integer.MAX_VALUE);
                } finally {
                  ended.countDown();
                }
              });
      begun.await();
      training.cancel(true);
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdown();
    }
  }
}
