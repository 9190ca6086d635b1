package io.github.unroll.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * A few daemon threads that share one task at a time with the thread that brings it. Between tasks
 * that follow closely they wait actively, then they sleep, so that neither a call of some hundred
 * microseconds is spoiled by waking up nor a processor kept busy for nothing. They do not keep a
 * JVM from ending.
 */
final class Workers {

  private static final int SPINS = 20_000;

  private final int count;
  private final Thread[] threads;
  private final ReentrantLock oneTaskAtATime = new ReentrantLock();
  private final AtomicInteger unfinished = new AtomicInteger();

  private volatile IntConsumer task;
  private volatile Throwable failure;

  /** Grows by one with each task: what a worker waits for. */
  private final AtomicInteger turn = new AtomicInteger();

  Workers(int count) {
    this.count = count;
    this.threads = new Thread[count - 1];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Worker(i + 1);
    }
  }

  /**
   * Neither made by a lambda nor named by {@code +}: the first of either in a JVM brings all that
   * they need with it.
   */
  private final class Worker extends Thread {

    private final int part;

    private Worker(int part) {
      super("unroll-worker-".concat(Integer.toString(part)));
      this.part = part;
      setDaemon(true);
    }

    @Override
    public void run() {
      work(part);
    }
  }

  int count() {
    return count;
  }

  /** Runs {@code parts.accept(0 .. count − 1)}, each on a thread, and returns when all are done. */
  void run(IntConsumer parts) {
    if (oneTaskAtATime.isHeldByCurrentThread() || !oneTaskAtATime.tryLock()) {
      runAlone(parts); // the workers have a task: another thread's, or the one that this is part of
      return;
    }
    try {
      failure = null; // of an earlier task, whose caller failed itself
      unfinished.set(threads.length);
      task = parts;
      turn.incrementAndGet();
      for (Thread thread : threads) {
        wake(thread);
      }
      try {
        parts.accept(0);
      } finally {
        awaitOthers();
        task = null;
      }
      rethrow();
    } finally {
      oneTaskAtATime.unlock();
    }
  }

  private void awaitOthers() {
    for (int spin = 0; unfinished.get() > 0; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // there may be fewer free processors than threads
      }
    }
  }

  private void runAlone(IntConsumer parts) {
    for (int part = 0; part < count; part++) {
      parts.accept(part);
    }
  }

  private static void wake(Thread thread) {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    } else {
      LockSupport.unpark(thread);
    }
  }

  private void rethrow() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw new IllegalStateException("a worker failed: " + thrown, thrown);
    }
  }

  private void work(int part) {
    int seen = 0;
    while (true) {
      seen = awaitTurn(seen);
      try {
        task.accept(part);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      unfinished.decrementAndGet();
    }
  }

  private int awaitTurn(int seen) {
    for (int spin = 0; turn.get() == seen; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
    return seen + 1;
  }
}
