package io.github.unroll.train;

import java.io.Flushable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A listener that writes a line for each epoch, such as {@code epoch 3 loss 0.4123 validation
 * 0.3981, the best 1.2 s}, wherever it is told to.
 *
 * <pre>{@code
 * new Trainer<>(model, adam, clipping, new ProgressWriter(System.err).withBatches())
 * }</pre>
 *
 * <p>Lines end in a line feed. A listener is for one training at a time.
 */
public final class ProgressWriter implements TrainingListener {

  private static final long NANOSECONDS = 1_000_000_000;
  private static final long BETWEEN_DRAWINGS = NANOSECONDS / 10;

  private final Appendable out;
  private final boolean batches;
  private final LongSupplier clock; // in nanoseconds
  private long began; // the epoch under way
  private long drawn; // the latest drawing
  private int width; // of what stands in the line of batches

  /**
   * A listener that writes a line for each epoch, and nothing during one.
   *
   * @param out written to, and flushed after each line if it can be, such as {@code System.out}, a
   *     {@code StringBuilder} or a {@code Writer}; never closed
   */
  public ProgressWriter(Appendable out) {
    this(out, false, System::nanoTime);
  }

  ProgressWriter(Appendable out, boolean batches, LongSupplier clock) {
    this.out = out;
    this.batches = batches;
    this.clock = clock;
  }

  /**
   * {@return a listener that also shows the batch, in a line that it overwrites ten times a second
   * at most} For a terminal: each time it returns to the start of the line, and an epoch's line
   * takes its place.
   */
  public ProgressWriter withBatches() {
    return new ProgressWriter(out, true, clock);
  }

  /** Begins to measure the time of an epoch. */
  @Override
  public void epochStarted(int epoch) {
    began = clock.getAsLong();
    drawn = began;
  }

  /**
   * Shows the batch, if asked for.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void batchEnded(BatchEnd batch) {
    long now = clock.getAsLong();
    if (batches && now - drawn >= BETWEEN_DRAWINGS) {
      drawn = now;
      String line =
          String.format(
              Locale.ROOT,
              "epoch %d  batch %d of %d  loss %.4g",
              batch.epoch(),
              batch.iteration(),
              batch.iterations(),
              batch.loss());
      write("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = Math.max(width, line.length());
    }
  }

  /**
   * Writes the line of an epoch.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void epochEnded(EpochEnd epoch) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "epoch %d  loss %.4g", epoch.epoch(), epoch.loss()));
    if (epoch.validation().isPresent()) {
      line.append(
          String.format(
              Locale.ROOT,
              "  validation %.4g%s",
              epoch.validation().getAsDouble(),
              epoch.best() ? ", the best" : ""));
    }
    double seconds = (double) (clock.getAsLong() - began) / NANOSECONDS;
    line.append(String.format(Locale.ROOT, "  %.1f s\n", seconds));
    write(wiped() + line);
  }

  /**
   * Wipes the line of the batch, so that what comes next has a line of its own.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void interrupted(TrainingProgress progress) {
    write(wiped());
  }

  /** The characters that wipe the line of the batch; none if there is no such line. */
  private String wiped() {
    String wiped = width == 0 ? "" : "\r" + " ".repeat(width) + "\r";
    width = 0;
    return wiped;
  }

  private void write(String text) {
    try {
      out.append(text);
      if (out instanceof Flushable flushable) {
        flushable.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
