package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints one line for each finished epoch. */
final class EpochReporter implements TrainingListener {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter out;
  private long epochStart = System.nanoTime();

  EpochReporter(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void epochEnded(EpochEnd epoch) {
    long now = System.nanoTime();
    double seconds = (now - epochStart) / NANOS_PER_SECOND;
    epochStart = now;
    out.printf(
        Locale.ROOT,
        "epoch %d  perplexity %.4f  %.1f s%n",
        epoch.epoch(),
        epoch.perplexity(),
        seconds);
    out.flush();
  }
}
