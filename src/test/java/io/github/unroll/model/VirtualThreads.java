package io.github.unroll.model;

import io.github.unroll.random.RandomState;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ten thousand virtual threads, all alive at once, each with a session of its own: how many answers
 * differ from those of the same sessions one after the other, how long it took, and the peak of the
 * heap.
 */
final class VirtualThreads {

  private static final int THREADS = 10_000;
  private static final int STEPS = 50;
  private static final int D = 4;
  private static final int H = 16;
  private static final int K = 2;
  private static final int INPUTS = 997; // rows, of which each session reads some

  private VirtualThreads() {}

  public static void main(String[] args) throws Exception {
    RandomState random = new RandomState(11);
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(D), H, K).withReadout(Readout.EVERY),
            random);
    double[][] xs = new double[INPUTS][];
    Arrays.setAll(xs, i -> random.randn(1, D).data());
    double[][] alone = new double[THREADS][STEPS * K];
    for (int i = 0; i < THREADS; i++) {
      SequenceSession session = model.newSession();
      for (int t = 0; t < STEPS; t++) {
        answer(session, xs, alone[i], i, t);
      }
    }

    long start = System.nanoTime();
    Method startVirtualThread = Thread.class.getMethod("startVirtualThread", Runnable.class);
    CountDownLatch begun = new CountDownLatch(THREADS);
    AtomicInteger same = new AtomicInteger();
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Runnable task =
          () -> {
            if (Arrays.equals(served(model, xs, number, begun), alone[number])) {
              same.incrementAndGet();
            }
          };
      threads[i] = (Thread) startVirtualThread.invoke(null, task);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%d of %d sessions of %d steps have the same bits, %.1f s, peak of the heap %d MB%n",
        same.get(),
        THREADS,
        STEPS,
        seconds,
        peak() >> 20);
  }

  /** All threads make their first step before one makes its second, and then take turns. */
  private static double[] served(
      SequenceRegressor model, double[][] xs, int number, CountDownLatch begun) {
    double[] answers = new double[STEPS * K];
    SequenceSession session = model.newSession();
    for (int t = 0; t < STEPS; t++) {
      answer(session, xs, answers, number, t);
      if (t == 0) {
        begun.countDown();
        await(begun);
      }
      Thread.yield();
    }
    return answers;
  }

  private static void answer(
      SequenceSession session, double[][] xs, double[] answers, int number, int t) {
    double[] y = session.step(xs[(7 * number + t) % INPUTS]);
    System.arraycopy(y, 0, answers, t * K, K);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a session never began");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long peak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
