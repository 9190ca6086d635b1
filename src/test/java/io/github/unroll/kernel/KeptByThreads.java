package io.github.unroll.kernel;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/**
 * Prints the bytes that stay for each of many living threads after each has made a step of an LSTM
 * in batches, or those that the first step of all keeps.
 */
final class KeptByThreads {

  private static final int BATCH = 20;
  private static final int INPUTS = 10;

  private KeptByThreads() {}

  public static void main(String[] args) throws Exception {
    int hidden = Integer.parseInt(args[1]);
    RandomState random = new RandomState(0);
    LstmCell cell =
        new LstmCell(
            Initializers.normal(INPUTS, 4 * hidden, random),
            Initializers.normal(hidden, 4 * hidden, random),
            Initializers.lstmBias(hidden, 1));
    Matrix x = random.randn(BATCH, INPUTS);
    Matrix h = random.randn(BATCH, hidden);
    Matrix c = random.randn(BATCH, hidden);
    Runnable step = () -> cell.forward(x, h, c);
    if (args[0].equals("first")) {
      long before = used();
      step.run();
      System.out.println("kept " + (used() - before));
      return;
    }
    ThreadFactory threads = args[0].equals("virtual") ? virtual() : Thread::new;
    int many = args[0].equals("virtual") ? 5000 : 200;
    kept(many, step, threads); // what is loaded once, and the pool's fill
    long idle = kept(many, () -> {}, threads);
    System.out.println("kept " + (kept(many, step, threads) - idle) / many);
  }

  /** Java 21's {@code Thread.ofVirtual().factory()}. */
  private static ThreadFactory virtual() throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    return (ThreadFactory) type.getMethod("factory").invoke(builder);
  }

  /** Bytes more in use while so many threads live that have made a step. */
  private static long kept(int many, Runnable step, ThreadFactory factory)
      throws InterruptedException {
    long before = used();
    CountDownLatch made = new CountDownLatch(many);
    CountDownLatch measured = new CountDownLatch(1);
    Thread[] threads = new Thread[many];
    for (int i = 0; i < many; i++) {
      threads[i] =
          factory.newThread(
              () -> {
                step.run();
                made.countDown();
                try {
                  measured.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      threads[i].start();
    }
    made.await();
    long during = used();
    measured.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return during - before;
  }

  private static long used() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(20);
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
