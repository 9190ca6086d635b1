package io.github.unroll.tensor;

/** How this JVM computes: with which kernel, and on how many threads. */
public final class Arithmetic {

  /** A part of a pass over many things of which each stands for itself. */
  @FunctionalInterface
  public interface Task {

    /**
     * Does the part; it writes nothing that another part reads or writes.
     *
     * @param from the first thing
     * @param to one past the last
     */
    void over(int from, int to);
  }

  private Arithmetic() {}

  /** {@return what computes products and functions, and how many threads share a large call} */
  public static String description() {
    return MatrixView.KERNEL.toString();
  }

  /**
   * Ends the threads that the library has started, and waits for them; calls in progress are
   * finished first. Threads that are not used for some seconds end by themselves, and the next
   * large call starts new ones, so nobody must call this. It is for an application that is to be
   * unloaded at once, after its last call.
   */
  public static void endThreads() {
    MatrixView.KERNEL.endThreads();
  }

  /**
   * Runs a pass over n things, on several threads if there are and n is worth it.
   *
   * @param n how many things
   * @param worth from how many on several threads are worth it
   * @param task called for ranges that together are 0 to n
   */
  public static void share(int n, int worth, Task task) {
    if (n < worth) {
      task.over(0, n);
    } else {
      MatrixView.KERNEL.forRanges(n, worth, task::over);
    }
  }
}
