package io.github.unroll.app;

import java.io.PrintWriter;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * The terminal's last line, overwritten with only carriage returns and blanks. The progress bar's
 * own console consumers would load jline, which needs native access and takes control of the
 * terminal. A terminal that is too narrow gets no bar.
 */
final class TerminalLine implements ProgressBarConsumer {
  private static final int MOST = 60; // enough for a bar
  private static final int LEAST = 17; // for the epoch and how much of it is done
  private static final String INTERRUPT = "^C"; // which the terminal echoes behind the line

  /** The last column stays free: a full line may start a new one. */
  private static final int FREE = INTERRUPT.length() + 1;

  private final PrintWriter out;
  private final IntSupplier columns;
  private boolean retired;

  /**
   * A line of a terminal.
   *
   * @param columns the width of the terminal, which may change; 0 if unknown
   */
  TerminalLine(PrintWriter out, IntSupplier columns) {
    this.out = out;
    this.columns = columns;
  }

  @Override
  public int getMaxRenderedLength() {
    return Math.max(LEAST, width());
  }

  private int width() {
    return Math.min(MOST, columns.getAsInt() - FREE);
  }

  @Override
  public synchronized void accept(String rendered) {
    int width = width();
    if (!retired && width >= LEAST) {
      int length = Math.min(rendered.length(), width);
      out.print("\r" + rendered.substring(0, length) + " ".repeat(width - length));
      out.flush();
    }
  }

  /** Wipes the line and prints nothing more on it. */
  synchronized void retire() {
    int width = width();
    if (!retired && width >= LEAST) {
      out.print("\r" + " ".repeat(width + INTERRUPT.length()) + "\r");
      out.flush();
    }
    retired = true;
  }

  @Override
  public void close() {}
}
