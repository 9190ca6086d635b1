package io.github.unroll.parallel;

import io.github.unroll.kernel.HelperThread;
import java.security.PrivilegedAction;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon thread that helps with the tasks of its {@link Workers}. It waits actively for a next
 * task for a short time and then sleeps, so that short calls need not wait for it to wake up and no
 * processor is busy without work. Unused for a while, it ends.
 */
final class Worker extends HelperThread {

  private static final int SPINS = 20_000;

  private final Workers workers;
  private final int part;
  private final int era;
  private volatile boolean ended;

  private Worker(Workers workers, int part, int era) {
    // concat, not +: the first + of a JVM loads many classes
    super("unroll-worker-".concat(Integer.toString(part)));
    this.workers = workers;
    this.part = part;
    this.era = era;
  }

  /** A worker, not started yet, that claims this part of a task first. */
  static Worker of(Workers workers, int part, int era) {
    return made(new Making(workers, part, era));
  }

  private record Making(Workers workers, int part, int era) implements PrivilegedAction<Worker> {
    @Override
    public Worker run() {
      return new Worker(workers, part, era);
    }
  }

  /** Whether it takes part in tasks to come. */
  boolean isOf(int era) {
    return this.era == era && !ended;
  }

  @Override
  public void run() {
    try {
      int seen = workers.turn() - 1;
      while (isTurnAfter(seen)) {
        seen = workers.turn();
        workers.help(part);
      }
    } finally {
      ended = true;
    }
  }

  /** Waits for the next task; false if there is none for long, or the workers are to end. */
  private boolean isTurnAfter(int seen) {
    long idleSince = 0;
    for (int spin = 0; workers.era() == era; spin++) {
      if (workers.turn() != seen) {
        return true;
      }
      if (spin < SPINS) {
        Thread.onSpinWait();
        continue;
      }
      idleSince = spin == SPINS ? System.nanoTime() : idleSince;
      long left = workers.idleNanos() - (System.nanoTime() - idleSince);
      if (left <= 0) {
        return false;
      }
      LockSupport.parkNanos(workers, left);
      Thread.interrupted(); // otherwise it would not sleep again
    }
    return false;
  }
}
