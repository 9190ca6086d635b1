package io.github.unroll.train;

import io.github.unroll.optim.LearningRate;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.Plateau;

/** The learning rate schedule of a training: when it sets the optimizer's rate, and to what. */
public sealed interface Schedule {

  /** The optimizer keeps the learning rate it has. */
  record Fixed() implements Schedule {}

  /**
   * The rate is set before each update, by the number of updates of the optimizer, so a training
   * that continues with its optimizer also continues its schedule.
   *
   * @param rate the schedule; its step is an update, from 0
   */
  record EachUpdate(LearningRate rate) implements Schedule {
    @Override
    public void beforeUpdate(Optimizer optimizer) {
      optimizer.setLearningRate(rate.at(optimizer.steps()));
    }
  }

  /**
   * The rate is set before each epoch; a new call of {@code train} counts from the first epoch
   * again.
   *
   * @param rate the schedule; its step is an epoch, from 0
   */
  record EachEpoch(LearningRate rate) implements Schedule {
    @Override
    public void beforeEpoch(int epoch, Optimizer optimizer) {
      optimizer.setLearningRate(rate.at(epoch - 1L));
    }
  }

  /**
   * The rate is lowered after each epoch whose validation score is not the best so far; this needs
   * a {@link Validation}.
   *
   * @param plateau the rule that lowers it; modified by training: it stores the best score
   */
  record OnPlateau(Plateau plateau) implements Schedule {
    @Override
    public void afterValidation(double score, Optimizer optimizer) {
      plateau.improved(score, optimizer);
    }
  }

  /**
   * Called before the first batch of an epoch.
   *
   * @param epoch from 1
   * @param optimizer modified by some schedules: its learning rate
   */
  default void beforeEpoch(int epoch, Optimizer optimizer) {}

  /**
   * Called before each update.
   *
   * @param optimizer modified by some schedules: its learning rate
   */
  default void beforeUpdate(Optimizer optimizer) {}

  /**
   * Called after each validation.
   *
   * @param score the score of the epoch, not NaN
   * @param optimizer modified by some schedules: its learning rate
   */
  default void afterValidation(double score, Optimizer optimizer) {}
}
