package io.github.unroll.app;

import io.github.unroll.optim.LearningRate;
import io.github.unroll.optim.Plateau;
import io.github.unroll.train.Schedule;
import java.util.Locale;

/** The learning rate schedules of the command line. */
enum ScheduleChoice {
  CONSTANT,
  STEP,
  COSINE,
  PLATEAU;

  private static final int STAIRS = 4;
  private static final double STAIR = 0.5;

  Schedule schedule(double learningRate, int epochs, int iterations) {
    return switch (this) {
      case CONSTANT -> new Schedule.Fixed();
      case STEP -> {
        int length = (epochs + STAIRS - 1) / STAIRS;
        yield new Schedule.EachEpoch(LearningRate.step(learningRate, STAIR, length));
      }
      case COSINE -> {
        long updates = (long) epochs * iterations;
        yield new Schedule.EachUpdate(LearningRate.cosine(learningRate, 0, updates, 0));
      }
      case PLATEAU -> new Schedule.OnPlateau(new Plateau());
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
