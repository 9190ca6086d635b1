package io.github.unroll.parallel;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon thread that helps with the tasks of its {@link Workers}. It waits actively for a next
 * task for a short time and then sleeps, so that short calls need not wait for it to wake up and no
 * processor is busy without work. Unused for a while, it ends.
 *
 * <p>It keeps nothing of the thread that started it: neither group, nor class loader, nor
 * inheritable thread locals, nor, on JDKs that have them, access control context. All of these may
 * belong to an application that will be unloaded.
 */
final class Worker extends Thread {

  private static final int SPINS = 20_000;

  private final Workers workers;
  private final int part;
  private final int era;
  private volatile boolean ended;

  private Worker(Workers workers, int part, int era) {
    // concat, not +: the first + of a JVM loads many classes
    super(rootGroup(), null, "unroll-worker-".concat(Integer.toString(part)), 0, false);
    this.workers = workers;
    this.part = part;
    this.era = era;
    setDaemon(true);
    setContextClassLoader(null);
  }

  /** A worker, not started yet, that claims this part of a task first. */
  @SuppressWarnings("removal") // JDKs without this method have no context to inherit either
  static Worker of(Workers workers, int part, int era) {
    try {
      return AccessController.doPrivileged(new Making(workers, part, era));
    } catch (NoClassDefFoundError e) {
      return new Worker(workers, part, era);
    }
  }

  /**
   * In a privileged action a thread inherits only the context of this class, not of its callers.
   */
  private record Making(Workers workers, int part, int era) implements PrivilegedAction<Worker> {
    @Override
    public Worker run() {
      return new Worker(workers, part, era);
    }
  }

  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
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
