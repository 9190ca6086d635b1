package io.github.unroll.app;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The terminal's width, measured again every second, because a window may change its size. */
final class MeasuredColumns implements IntSupplier {
  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

  private int columns;
  private long measured;

  /** The number of columns; 0 if unknown. */
  @Override
  public synchronized int getAsInt() {
    long now = System.nanoTime();
    if (measured == 0 || now - measured > VALID_NANOS) {
      columns = measure();
      measured = now;
    }
    return columns;
  }

  /** Runs stty, because Java cannot measure the width without native code. */
  private static int measure() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroy();
        return 0;
      }
      return columns(
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) { // there is no such command
      return 0;
    } catch (InterruptedException e) { // the bar is no longer needed
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** The columns in the output of stty, {@code rows columns}. */
  static int columns(String size) {
    return size.matches("\\d{1,5} \\d{1,5}")
        ? Integer.parseInt(size.substring(size.indexOf(' ') + 1))
        : 0;
  }
}
