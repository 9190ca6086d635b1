package io.github.unroll.app;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * The terminal's last line, written over and over with no more than carriage returns and blanks.
 * The progress bar's own console consumers would load jline, which asks for native access and takes
 * the terminal over.
 */
final class TerminalLine implements ProgressBarConsumer {
  private static final int WIDTH = 60; // fits in nearly every window; a wrapped line would stay
  private static final String INTERRUPT = "^C"; // which the terminal echoes behind the line

  private final PrintWriter out;
  private boolean retired;

  TerminalLine(PrintWriter out) {
    this.out = out;
  }

  @Override
  public int getMaxRenderedLength() {
    return WIDTH;
  }

  @Override
  public synchronized void accept(String rendered) {
    if (!retired) {
      int length = Math.min(rendered.length(), WIDTH);
      out.print("\r" + rendered.substring(0, length) + " ".repeat(WIDTH - length));
      out.flush();
    }
  }

  /** Wipes the line and lets nothing more appear on it. */
  synchronized void retire() {
    if (!retired) {
      retired = true;
      out.print("\r" + " ".repeat(WIDTH + INTERRUPT.length()) + "\r");
      out.flush();
    }
  }

  @Override
  public void close() {}
}
