package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar of an epoch or of a whole training; it disappears when that or the program ends.
 */
final class EpochProgress implements TrainingListener, AutoCloseable {
  private static final int UPDATE_MILLIS = 200;

  private final int epochs;
  private final boolean whole; // one bar for all epochs
  private final ModelTraining.Screen screen;
  private final Thread onInterrupt = new Thread(this::wipe);
  private TerminalLine line; // guarded by this: the interrupt comes on a thread of its own
  private ProgressBar bar;

  private EpochProgress(int epochs, boolean whole, ModelTraining.Screen screen) {
    this.epochs = epochs;
    this.whole = whole;
    this.screen = screen;
    Runtime.getRuntime().addShutdownHook(onInterrupt);
  }

  /** A bar for each epoch. */
  static EpochProgress ofEachEpoch(int epochs, ModelTraining.Screen screen) {
    return new EpochProgress(epochs, false, screen);
  }

  /** One bar for all epochs, of which a training may need fewer. */
  static EpochProgress ofTraining(int epochs, ModelTraining.Screen screen) {
    return new EpochProgress(epochs, true, screen);
  }

  @Override
  public void batchEnded(BatchEnd batch) {
    if (bar == null) {
      bar = start(batch);
    }
    int before = whole ? (batch.epoch() - 1) * batch.iterations() : 0;
    bar.stepTo(before + batch.iteration());
  }

  private ProgressBar start(BatchEnd batch) {
    return new ProgressBarBuilder()
        .setTaskName(
            whole ? "training" : String.format(Locale.ROOT, "epoch %d/%d", batch.epoch(), epochs))
        .setInitialMax((long) batch.iterations() * (whole ? epochs : 1))
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setConsumer(newLine())
        .build();
  }

  private synchronized TerminalLine newLine() {
    line = new TerminalLine(screen.out(), screen.columns());
    return line;
  }

  @Override
  public void epochEnded(EpochEnd epoch) {
    if (!whole) {
      endBar();
    }
  }

  private void endBar() {
    if (bar != null) {
      wipe(); // first, because a closing bar draws itself once more, now or a little later
      bar.close();
      bar = null;
    }
  }

  private synchronized void wipe() {
    if (line != null) {
      line.retire();
    }
  }

  @Override
  public void close() {
    endBar();
    try {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
    } catch (IllegalStateException e) {
      // The program is already ending; the hook has nothing left to wipe.
    }
  }
}
