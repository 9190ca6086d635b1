package io.github.unroll.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A task in parts, each of which is run once, by the thread that claims it: the caller, which can
 * run all parts alone, or a worker. A late worker finds no part left, or parts of the next task,
 * which it may run as well: one object serves all tasks, so that no task allocates.
 */
final class SharedTask {

  private static final int SPINS = 20_000;

  private static final int FREE = 0;
  private static final int RUNNING = 1; // by a worker: the caller must wait
  private static final int GONE = 2; // done, or left to the caller

  private IntConsumer parts; // written before a part is free, read by the thread that claimed one
  private final AtomicInteger[] states;
  private volatile Throwable failure;

  /** Tasks with a number of parts. */
  SharedTask(int count) {
    this.states = new AtomicInteger[count];
    for (int part = 0; part < count; part++) {
      states[part] = new AtomicInteger(GONE);
    }
  }

  /**
   * Lets the parts of the next task be claimed; the one before must be {@link #finish finished}.
   */
  void begin(IntConsumer next) {
    failure = null;
    parts = next;
    for (AtomicInteger state : states) {
      state.set(FREE);
    }
  }

  /** Runs parts on the caller's thread until all are claimed; after a failure of any, none. */
  void work() {
    for (int part = 0; part < states.length && failure == null; part++) {
      if (states[part].compareAndSet(FREE, GONE)) {
        parts.accept(part);
      }
    }
  }

  /**
   * Runs parts on a worker's thread until all are claimed, its own first: what it worked on in the
   * last task is in its caches.
   */
  void help(int own) {
    for (int i = 0; i < states.length && failure == null; i++) {
      int part = (own + i) % states.length;
      if (states[part].compareAndSet(FREE, RUNNING)) {
        try {
          parts.accept(part);
        } catch (Throwable e) { // of any kind: the caller rethrows it
          failure = e;
        } finally {
          states[part].set(GONE);
        }
      }
    }
  }

  /**
   * Stops the claiming of parts and waits for the workers that have one. Afterwards no thread uses
   * the data of the task.
   */
  void finish() {
    for (AtomicInteger state : states) {
      state.compareAndSet(FREE, GONE);
    }
    int spin = 0;
    for (AtomicInteger state : states) {
      while (state.get() == RUNNING) {
        if (spin < SPINS) {
          spin++;
          Thread.onSpinWait();
        } else {
          Thread.yield(); // there may be fewer free processors than threads
        }
      }
    }
    parts = null;
  }

  /** Throws to the caller what a worker's part threw: the same, whichever thread ran it. */
  void rethrow() {
    Throwable thrown = failure;
    if (thrown == null) {
      return;
    }
    failure = null;
    thrown.addSuppressed(
        new IllegalStateException("thrown by a worker, and this is the call that it worked for"));
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    throw new IllegalStateException("a worker failed: " + thrown, thrown);
  }
}
