package io.github.unroll.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Shares tasks from every depth near the end of a stack, where they may overflow it anywhere, and
 * prints what is wrong with those that do and those that do not.
 */
final class DeepCalls {

  private static final int PARTS = 4;
  private static final int DEEP = 100_000; // frames, more than the stack has room for
  private static final int STACK = 512 * 1024; // bytes
  private static final int CALLS = 60; // in the last frames; further up nothing overflows
  private static final int SHIFTS = 40;
  private static final long PATIENCE = 10_000_000_000L; // nanoseconds
  private static final int CALLS_AFTERWARDS = 1000;

  private final Workers workers = new Workers(PARTS);
  private final AtomicInteger atWork = new AtomicInteger();
  private int callsLeft;
  private int whole;
  private int overflows;
  private String wrong = "";

  private DeepCalls() {}

  public static void main(String[] args) throws InterruptedException {
    DeepCalls calls = new DeepCalls();
    calls.share();
    for (int shift = 0; shift < SHIFTS; shift++) {
      int frames = shift;
      Thread thread = new Thread(null, () -> calls.shift(frames, 0, 0), "diver", STACK);
      thread.start();
      thread.join();
    }
    for (int call = 0; call < CALLS_AFTERWARDS; call++) {
      calls.share();
    }
    if (!calls.isShared()) {
      calls.wrong = "the workers are lost";
    }
    if (calls.overflows == 0 || calls.whole <= CALLS_AFTERWARDS + 1) {
      calls.wrong = calls.overflows + " calls overflowed, " + calls.whole + " did not";
    }
    System.out.println(calls.wrong.isEmpty() ? "right" : calls.wrong);
  }

  /** Whether workers take part in a task that waits for them. */
  private boolean isShared() {
    Thread caller = Thread.currentThread();
    AtomicInteger others = new AtomicInteger();
    long deadline = System.nanoTime() + PATIENCE;
    workers.run(
        part -> {
          if (Thread.currentThread() != caller) {
            others.incrementAndGet();
          }
          while (others.get() == 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
          }
        });
    return others.get() > 0;
  }

  /** Frames of another size, so that the stack ends at another place of the dive's last frame. */
  private void shift(int frames, long wider, long stillWider) {
    if (frames > 0) {
      shift(frames - 1, wider + frames, stillWider - frames);
    } else {
      callsLeft = CALLS;
      dive(0);
    }
  }

  private void dive(int depth) {
    if (depth < DEEP) {
      try {
        dive(depth + 1);
      } catch (StackOverflowError e) {
        overflows++;
      }
    }
    if (callsLeft-- > 0) {
      share();
    }
  }

  private void share() {
    AtomicIntegerArray times = new AtomicIntegerArray(PARTS);
    Thread caller = Thread.currentThread();
    boolean isWhole = false;
    try {
      workers.run(
          part -> {
            boolean isWorker = Thread.currentThread() != caller;
            if (isWorker) {
              atWork.incrementAndGet();
            }
            times.incrementAndGet(part);
            if (isWorker) {
              atWork.decrementAndGet();
            }
          });
      isWhole = true;
      whole++;
    } finally {
      if (atWork.get() != 0) {
        wrong = "a worker is at work after the call";
      }
      for (int part = 0; part < PARTS; part++) {
        if (times.get(part) > 1 || (isWhole && times.get(part) == 0)) {
          wrong = "part " + part + " was run " + times.get(part) + " times";
        }
      }
    }
  }
}
