package io.github.unroll.tensor;

import io.github.unroll.kernel.Kernel;

/** The arithmetic of this JVM: the kernel that computes and the number of threads. */
public final class Arithmetic {

  /** A task over many items that do not depend on each other, so that threads can share it. */
  @FunctionalInterface
  public interface Task {

    /**
     * Processes a range of items; it must not write what another range reads or writes.
     *
     * @param from the first item
     * @param to one past the last item
     */
    void over(int from, int to);
  }

  private Arithmetic() {}

  /** {@return a text that names the kernel and the number of threads that share a large call} */
  public static String description() {
    return MatrixView.KERNEL.toString();
  }

  /**
   * {@return a·b + c, rounded once} The bits are those of {@link Math#fma}, which takes
   * microseconds where the processor has no instruction for it; this takes nanoseconds.
   *
   * @param a a factor
   * @param b the other factor
   * @param c what is added to their product
   */
  public static double fma(double a, double b, double c) {
    return Kernel.Fma.fma(a, b, c);
  }

  /**
   * Ends the threads that the library has started and waits for them; calls in progress finish
   * first. Idle threads end by themselves after some seconds, and the next large call starts new
   * ones, so this call is never necessary. It is for an application that is unloaded immediately
   * after its last call.
   */
  public static void endThreads() {
    MatrixView.KERNEL.endThreads();
  }

  /**
   * Runs a task over n items, on several threads if there are any and n is large enough.
   *
   * @param n the number of items
   * @param worth the number of items from which several threads save time
   * @param task called for ranges that together cover 0 to n
   */
  public static void share(int n, int worth, Task task) {
    if (n < worth) {
      task.over(0, n);
    } else {
      MatrixView.KERNEL.forRanges(n, worth, task::over);
    }
  }
}
