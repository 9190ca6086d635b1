package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Prints one line for each finished epoch. */
final class EpochReporter implements TrainingListener {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter out;
  private final boolean tellsRate;
  private long epochStart = System.nanoTime();

  EpochReporter(PrintWriter out, boolean tellsRate) {
    this.out = out;
    this.tellsRate = tellsRate;
  }

  @Override
  public void epochEnded(EpochEnd epoch) {
    long now = System.nanoTime();
    double seconds = (now - epochStart) / NANOS_PER_SECOND;
    epochStart = now;
    out.printf(Locale.ROOT, "epoch %d  perplexity %.4f", epoch.epoch(), epoch.perplexity());
    epoch.validation().ifPresent(score -> out.printf(Locale.ROOT, "  validation %.4f", score));
    if (tellsRate) {
      out.print("  learning rate " + toThreeDigits(epoch.learningRate()));
    }
    out.printf(Locale.ROOT, "  %.1f s%n", seconds);
    out.flush();
  }

  private static double toThreeDigits(double rate) {
    return new BigDecimal(rate).round(new MathContext(3)).doubleValue();
  }
}
