package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.LearningRate;
import io.github.unroll.optim.Plateau;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  /** Three batches an epoch. */
  private final BpttBatches batches = new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4);

  private final RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
  private final Sgd optimizer = new Sgd(0.5);

  /** The rate with which each batch was learned. */
  private final List<Double> rates = new ArrayList<>();

  private final TrainingListener recorder =
      new TrainingListener() {
        @Override
        public void batchEnded(BatchEnd batch) {
          rates.add(optimizer.learningRate());
        }
      };

  private final Trainer<BpttBatches.Batch> trainer =
      new Trainer<>(model, optimizer, GradientClipping.none(), recorder);

  @Test
  void should_leave_the_optimizers_rate_alone_unless_told() {
    List<EpochEnd> ends = trainer.train(batches, 2);

    assertThat(rates).containsOnly(0.5);
    assertThat(ends).extracting(EpochEnd::learningRate).containsExactly(0.5, 0.5);
  }

  @Test
  void should_set_the_rate_of_each_update_and_go_on_with_it_in_the_next_training() {
    LearningRate halves = LearningRate.exponential(1, 0.5);
    TrainingPlan plan = TrainingPlan.of(1).with(new Schedule.EachUpdate(halves));
    List<EpochEnd> first = trainer.train(batches, plan);
    trainer.train(batches, plan);

    assertThat(rates).containsExactly(1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125);
    assertThat(first).extracting(EpochEnd::learningRate).containsExactly(0.25);
  }

  @Test
  void should_update_with_the_rate_of_the_schedule() {
    double[] schedule = {0.1, 0.2, 0.4};
    trainer.train(
        batches, TrainingPlan.of(1).with(new Schedule.EachUpdate(i -> schedule[(int) i])));

    RnnLanguageModel byHand = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    for (int i = 0; i < schedule.length; i++) {
      byHand.parameters().forEach(Parameter::zeroGrad);
      assertThat(byHand.forward(batches.batch(i))).isPositive();
      byHand.backward();
      new Sgd(schedule[i]).update(byHand.parameters());
    }
    assertThat(values(model)).isEqualTo(values(byHand));
  }

  private static List<Matrix> values(RnnLanguageModel model) {
    return model.parameters().stream().map(Parameter::value).toList();
  }

  @Test
  void should_set_the_rate_of_each_epoch() {
    LearningRate halves = LearningRate.exponential(1, 0.5);
    List<EpochEnd> ends =
        trainer.train(batches, TrainingPlan.of(3).with(new Schedule.EachEpoch(halves)));

    assertThat(rates).containsExactly(1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25);
    assertThat(ends).extracting(EpochEnd::learningRate).containsExactly(1.0, 0.5, 0.25);
  }

  @Test
  void should_lower_the_rate_after_an_epoch_whose_validation_is_no_better() {
    double[] scores = {5, 4, 4, 3};
    int[] epoch = {0};
    List<EpochEnd> ends =
        trainer.train(
            batches,
            TrainingPlan.of(4)
                .with(new Schedule.OnPlateau(new Plateau(2)))
                .with(Validation.by(() -> scores[epoch[0]++])));

    assertThat(ends).extracting(EpochEnd::learningRate).containsExactly(0.5, 0.5, 0.5, 0.25);
  }

  @Test
  void should_refuse_a_plateau_without_validation() {
    TrainingPlan plan = TrainingPlan.of(1).with(new Schedule.OnPlateau(new Plateau()));

    String message =
        "train: a schedule on plateau needs validation scores; give the plan a Validation";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(batches, plan))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.resume(batches, plan, TrainingProgress.START))
        .withMessage(message);
  }
}
