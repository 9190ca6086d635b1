package io.github.unroll.optim;

import java.util.Locale;

/**
 * A learning rate schedule: a function of the step.
 *
 * <p>A step is an update or an epoch, as the caller chooses, counted from 0. Before each update:
 *
 * <pre>{@code
 * optimizer.setLearningRate(schedule.at(optimizer.steps()));
 * }</pre>
 *
 * <p>For a rate that depends on the results of training see {@link Plateau}.
 */
@FunctionalInterface
public interface LearningRate {

  /**
   * {@return the learning rate of a step, at least 0}
   *
   * @param step from 0
   * @throws IllegalArgumentException if step is negative
   */
  double at(long step);

  /**
   * {@return a schedule that always gives the same rate}
   *
   * @param rate positive
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
   * {@return a staircase schedule: {@code rate · factor^⌊step / every⌋}}
   *
   * @param rate the rate of the first steps, positive
   * @param factor the factor of each stair, in (0, 1], e.g. 0.5
   * @param every the number of steps of a stair, at least 1
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static LearningRate step(double rate, double factor, long every) {
    Settings.positive("LearningRate: rate", rate);
    Settings.shrinking("LearningRate: factor", factor);
    Settings.atLeast("LearningRate: every", every, 1);
    return step -> {
      checkStep(step);
      long stair = step / every;
      return rate * StrictMath.pow(factor, stair);
    };
  }

  /**
   * {@return a schedule that shrinks by the same factor at every step: {@code rate · factor^step}}
   *
   * @param rate the rate of step 0, positive
   * @param factor in (0, 1], e.g. 0.999
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static LearningRate exponential(double rate, double factor) {
    return step(rate, factor, 1);
  }

  /**
   * Half a cosine from the full rate to the last rate (Loshchilov and Hutter 2017, without
   * restarts), after a linear warm-up (Goyal et al. 2017):
   *
   * <pre>{@code
   * step < warmUp:  rate · (step + 1) / (warmUp + 1)
   * step < total:   last + (rate − last) · (1 + cos(π · (step − warmUp) / (total − warmUp))) / 2
   * then:           last
   * }</pre>
   *
   * @param rate the full one, that of step {@code warmUp}; positive
   * @param warmUp the number of steps before it, 0 or more
   * @param total the step from which the rate is the last one, more than warmUp
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
