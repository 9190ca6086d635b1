package io.github.unroll.train;

import io.github.unroll.optim.LearningRate;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.Plateau;

/** When a training sets its optimizer's learning rate, and to what. */
public sealed interface Schedule {

  /** The optimizer keeps the learning rate it has. */
  record Fixed() implements Schedule {}

  /**
   * Set before each update, by the number of updates that the optimizer has made: a training that
   * goes on with its optimizer goes on with its schedule.
   *
   * @param rate whose step is an update, from 0
   */
  record EachUpdate(LearningRate rate) implements Schedule {
    @Override
    public void beforeUpdate(Optimizer optimizer) {
      optimizer.setLearningRate(rate.at(optimizer.steps()));
    }
  }

  /**
   * Set before each epoch; a new call of {@code train} counts from the first again.
   *
   * @param rate whose step is an epoch, from 0
   */
  record EachEpoch(LearningRate rate) implements Schedule {
    @Override
    public void beforeEpoch(int epoch, Optimizer optimizer) {
      optimizer.setLearningRate(rate.at(epoch - 1L));
    }
  }

  /**
   * Lowered after each epoch whose validation score is not the best so far; a training by it needs
   * a {@link Validation}.
   *
   * @param plateau by how much; modified by training: it remembers the best score
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
   * @param optimizer modified, if the schedule says so: its learning rate
   */
  default void beforeEpoch(int epoch, Optimizer optimizer) {}

  /**
   * Called before each update.
   *
   * @param optimizer modified, if the schedule says so: its learning rate
   */
  default void beforeUpdate(Optimizer optimizer) {}

  /**
   * Called after each validation.
   *
   * @param score of the epoch just over, not NaN
   * @param optimizer modified, if the schedule says so: its learning rate
   */
  default void afterValidation(double score, Optimizer optimizer) {}
}
