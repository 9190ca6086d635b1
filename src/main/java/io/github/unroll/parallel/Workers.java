package io.github.unroll.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A few threads that share one task at a time with the calling thread. They are started for a task
 * and end after some seconds without one. Even if the system allows fewer threads, every part of a
 * task runs once. They do not keep a JVM alive.
 */
class Workers {

  private static final long IDLE_NANOS = 3_000_000_000L;

  /** How long no thread is started after a failed start: doubled each time, up to a minute. */
  private static final long SHORTEST_PAUSE = 1_000_000_000L;

  private static final long LONGEST_PAUSE = 60_000_000_000L;

  /** Frames that the caller must have left on its stack, far more than the end of a task takes. */
  private static final int FRAMES = 50;

  private final int count;
  private final long idleNanos;

  /**
   * The owner of the workers, one at a time. Not a lock of the JDK, which can throw and stay locked
   * if it is taken at the very end of a stack.
   */
  private final AtomicReference<Thread> caller = new AtomicReference<>();

  private final SharedTask rehearsal = new SharedTask(1);

  /** Grows by one with each task: what a worker waits for. */
  private final AtomicInteger turn = new AtomicInteger();

  /** Grows by one when all workers are to end. */
  private final AtomicInteger era = new AtomicInteger();

  private final SharedTask task;

  /** Replaced, never changed. */
  private volatile Worker[] workers;

  private boolean isShort;
  private long shortSince;
  private long pause = SHORTEST_PAUSE;

  /** Threads for tasks of so many parts, one for each part but the caller's. */
  Workers(int count) {
    this(count, IDLE_NANOS);
  }

  Workers(int count, long idleNanos) {
    this.count = count;
    this.idleNanos = idleNanos;
    this.task = new SharedTask(count);
    this.workers = new Worker[count - 1];
  }

  int count() {
    return count;
  }

  int turn() {
    return turn.get();
  }

  int era() {
    return era.get();
  }

  long idleNanos() {
    return idleNanos;
  }

  /**
   * Runs {@code parts.accept(0 .. count − 1)} on all threads there are, returns when all are done.
   */
  void run(IntConsumer parts) {
    rehearseFinish(FRAMES); // once workers run for this call, only the parts may fail
    if (!caller.compareAndSet(null, Thread.currentThread())) {
      runAlone(parts); // the workers are busy, perhaps with the task that this call is part of
      return;
    }
    try {
      startMissing();
      try {
        task.begin(parts);
        turn.incrementAndGet();
        for (Worker worker : workers) {
          LockSupport.unpark(worker);
        }
        task.work();
      } finally {
        task.finish();
      }
      task.rethrow();
    } finally {
      caller.set(null);
    }
  }

  private void runAlone(IntConsumer parts) {
    for (int part = 0; part < count; part++) {
      parts.accept(part);
    }
  }

  /** Makes a stack overflow of the caller happen now, before any worker runs for it. */
  private void rehearseFinish(int frames) {
    if (frames > 0) {
      rehearseFinish(frames - 1);
    } else {
      rehearsal.finish();
    }
  }

  /** The work of a worker in its turn; the turn may already be over. */
  void help(int part) {
    task.help(part);
  }

  private void startMissing() {
    if (isShort && System.nanoTime() - shortSince < pause) {
      return;
    }
    Worker[] all = workers;
    for (int i = 0; i < all.length; i++) {
      int now = era.get();
      if (all[i] == null || !all[i].isOf(now)) {
        try {
          Worker worker = Worker.of(this, i + 1, now);
          start(worker);
          all = all.clone();
          all[i] = worker;
          workers = all;
        } catch (OutOfMemoryError | RuntimeException e) { // a limit of processes, or of memory
          pause = isShort ? Math.min(2 * pause, LONGEST_PAUSE) : SHORTEST_PAUSE;
          shortSince = System.nanoTime();
          isShort = true;
          return;
        }
      }
    }
    isShort = false;
  }

  /** Starts a worker; a test can refuse to. */
  void start(Thread worker) {
    worker.start();
  }

  /**
   * Ends the threads, each after its part of the task in progress, and waits for them, unless the
   * caller is such a part itself. The next task starts new ones.
   */
  void end() {
    era.incrementAndGet();
    Worker[] ending = workers;
    for (Worker worker : ending) {
      LockSupport.unpark(worker);
    }
    if (Thread.currentThread() instanceof Worker || caller.get() == Thread.currentThread()) {
      return;
    }
    boolean interrupted = false;
    for (Worker worker : ending) {
      interrupted |= worker != null && !worker.isJoined();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
