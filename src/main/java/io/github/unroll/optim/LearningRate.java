package io.github.unroll.optim;

import java.util.Locale;

/**
 * A learning rate that changes as training goes on: a function of the step.
 *
 * <p>A step is an update or an epoch, as the caller counts, from 0. Before each update:
 *
 * <pre>{@code
 * optimizer.setLearningRate(schedule.at(optimizer.steps()));
 * }</pre>
 *
 * <p>A rate that depends on how training goes is a {@link Plateau}.
 */
@FunctionalInterface
public interface LearningRate {

  /**
   * The learning rate of a step.
   *
   * @param step from 0
   * @return at least 0
   * @throws IllegalArgumentException if step is negative
   */
  double at(long step);

  /**
   * The same rate always.
   *
   * @param rate positive
   * @return the schedule
   * @throws IllegalArgumentException if rate is not positive and finite
   */
  static LearningRate constant(double rate) {
    Settings.positive("LearningRate: rate", rate);
    return step -> {
      checkStep(step);
      return rate;
    };
  }

  /**
   * A staircase: {@code rate · factor^⌊step / every⌋}.
   *
   * @param rate of the first steps, positive
   * @param factor of each stair, in (0, 1], e.g. 0.5
   * @param every how many steps a stair is long, at least 1
   * @return the schedule
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static LearningRate step(double rate, double factor, long every) {
    Settings.positive("LearningRate: rate", rate);
    Settings.shrinking("LearningRate: factor", factor);
    Settings.atLeast("LearningRate: length of a stair", every, 1);
    return step -> {
      checkStep(step);
      long stair = step / every;
      return rate * StrictMath.pow(factor, stair);
    };
  }

  /**
   * A rate that shrinks by the same factor at every step: {@code rate · factor^step}.
   *
   * @param rate of step 0, positive
   * @param factor in (0, 1], e.g. 0.999
   * @return the schedule
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static LearningRate exponential(double rate, double factor) {
    return step(rate, factor, 1);
  }

  /**
   * Half a cosine from the full rate to the last one (Loshchilov and Hutter 2017, without
   * restarts), after a warm-up in a straight line (Goyal et al. 2017):
   *
   * <pre>{@code
   * step < warmUp:  rate · (step + 1) / (warmUp + 1)
   * step < total:   last + (rate − last) · (1 + cos(π · (step − warmUp) / (total − warmUp))) / 2
   * then:           last
   * }</pre>
   *
   * @param rate the full one, that of step {@code warmUp}; positive
   * @param warmUp how many steps come before it, 0 or more
   * @param total from which step on the rate is the last one, more than warmUp
   * @param last 0 to rate
   * @return the schedule
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static LearningRate cosine(double rate, long warmUp, long total, double last) {
    Settings.positive("LearningRate: rate", rate);
    Settings.atLeast("LearningRate: steps of warm-up", warmUp, 0);
    Settings.atLeast("LearningRate: steps in all", total, warmUp + 1);
    if (!(last >= 0 && last <= rate)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "LearningRate: last rate must be in 0..%s, not %s", rate, last));
    }
    return step -> {
      checkStep(step);
      if (step < warmUp) {
        return rate * (step + 1) / (warmUp + 1);
      }
      if (step >= total) {
        return last;
      }
      double angle = Math.PI * (step - warmUp) / (total - warmUp);
      return last + (rate - last) * (1 + StrictMath.cos(angle)) / 2;
    };
  }

  private static void checkStep(long step) {
    Settings.atLeast("LearningRate: step", step, 0);
  }
}
