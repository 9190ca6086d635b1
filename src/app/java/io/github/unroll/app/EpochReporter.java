package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Prints one line for each finished epoch. */
final class EpochReporter implements TrainingListener {
  private static final double NANOS_PER_SECOND = 1e9;

  private final TrainingNotes notes;
  private final boolean tellsRate;
  private long epochStart = System.nanoTime();

  EpochReporter(TrainingNotes notes, boolean tellsRate) {
    this.notes = notes;
    this.tellsRate = tellsRate;
  }

  @Override
  public void epochEnded(EpochEnd epoch) {
    long now = System.nanoTime();
    double seconds = (now - epochStart) / NANOS_PER_SECOND;
    epochStart = now;
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(Locale.ROOT, "epoch %d  perplexity %.4f", epoch.epoch(), epoch.perplexity()));
    epoch
        .validation()
        .ifPresent(score -> line.append(String.format(Locale.ROOT, "  validation %.4f", score)));
    if (tellsRate) {
      line.append("  learning rate ").append(toThreeDigits(epoch.learningRate()));
    }
    notes.line(line.append(String.format(Locale.ROOT, "  %.1f s", seconds)).toString());
  }

  private static double toThreeDigits(double rate) {
    return new BigDecimal(rate).round(new MathContext(3)).doubleValue();
  }
}
