package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar while an epoch runs; it vanishes when the epoch ends. */
final class EpochProgress implements TrainingListener, AutoCloseable {
  private static final int UPDATE_MILLIS = 200;

  private final int epochs;
  private final TerminalLine line;
  private final Thread onInterrupt;
  private ProgressBar bar;

  EpochProgress(int epochs, PrintWriter out) {
    this.epochs = epochs;
    this.line = new TerminalLine(out);
    this.onInterrupt = new Thread(line::retire);
    Runtime.getRuntime().addShutdownHook(onInterrupt);
  }

  @Override
  public void batchEnded(BatchEnd batch) {
    if (bar == null) {
      bar = start(batch);
    }
    bar.stepTo(batch.iteration());
  }

  private ProgressBar start(BatchEnd batch) {
    return new ProgressBarBuilder()
        .setTaskName("epoch %d/%d".formatted(batch.epoch(), epochs))
        .setInitialMax(batch.iterations())
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setConsumer(line)
        .clearDisplayOnFinish()
        .build();
  }

  @Override
  public void epochEnded(EpochEnd epoch) {
    endBar();
  }

  private void endBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    endBar();
    Runtime.getRuntime().removeShutdownHook(onInterrupt);
  }
}
