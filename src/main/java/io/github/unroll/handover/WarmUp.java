package io.github.unroll.handover;

import io.github.unroll.kernel.HelperThread;
import io.github.unroll.kernel.Kernel;
import java.security.PrivilegedAction;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that brings operations in vectors to C2, the most useful one first, and hands each over
 * when it is fast. It works in short slices, as many as there is time for, and ends when there is
 * nothing to do or the program makes no calls.
 */
final class WarmUp extends HelperThread {

  private static final long SLICE = 1_000_000; // ns
  private static final long LONGEST = 2 * SLICE; // with a call; what takes more was interrupted
  private static final long PAUSE = 5_000_000;
  private static final long IDLE = 1_000_000_000;

  /**
   * What a warm-up takes of the processors, for each second of its calls: C2 works on them longer.
   */
  private static final double WITH_COMPILATION = 3.5;

  /**
   * How many times its time in plain Java a cycle of calls may take in vectors: such small calls do
   * not always gain, but uncompiled they take ten times as long and more.
   */
  private static final double FAST = 1.25;

  /** Cycles in a row that must be fast: what is compiled may soon be thrown away again. */
  private static final int FAST_CYCLES = 20;

  /** A cycle in plain Java that was disturbed raises what is taken for its time by so much. */
  private static final double SLOWER_BY = 1.05;

  private final HandOver handOver;
  private volatile boolean ended;

  private Operation operation;
  private double inPlain;
  private int fast;

  private WarmUp(HandOver handOver) {
    super("unroll-warm-up");
    this.handOver = handOver;
  }

  /** A thread that is not started yet. */
  static WarmUp of(HandOver handOver) {
    return made(new Making(handOver));
  }

  private record Making(HandOver handOver) implements PrivilegedAction<WarmUp> {
    @Override
    public WarmUp run() {
      return new WarmUp(handOver);
    }
  }

  @Override
  public void run() {
    try {
      Kernel vectors = handOver.vectors();
      if (vectors != handOver.plain()) {
        warmUp(new WarmUpCalls(handOver.plain()), new WarmUpCalls(vectors));
      }
    } catch (OutOfMemoryError e) {
      return; // the program has more use for the memory
    } finally {
      handOver.ended(this);
    }
  }

  private void warmUp(WarmUpCalls plain, WarmUpCalls vectors) {
    double seen = handOver.seconds();
    long seenAt = System.nanoTime();
    for (Operation next = handOver.mostUseful();
        next != null && !ended;
        next = handOver.mostUseful()) {
      if (handOver.hasTime()) {
        warmUp(next, plain, vectors);
        continue;
      }
      LockSupport.parkNanos(PAUSE);
      double now = handOver.seconds();
      if (now > seen) {
        seen = now;
        seenAt = System.nanoTime();
      } else if (System.nanoTime() - seenAt > IDLE) {
        return;
      }
    }
  }

  /**
   * One slice. It is short where calls are long too, so that it has the processor to itself,
   * mostly.
   */
  private void warmUp(Operation next, WarmUpCalls plain, WarmUpCalls vectors) {
    if (next != operation) {
      operation = next;
      inPlain = Double.MAX_VALUE;
      fast = 0;
    }
    long start = System.nanoTime();
    long spent = 0;
    while (spent < SLICE && fast < FAST_CYCLES) {
      inPlain = Math.min(plain.time(next, SLICE), SLOWER_BY * inPlain);
      fast = vectors.time(next, SLICE) < FAST * inPlain ? fast + 1 : 0;
      spent = System.nanoTime() - start;
    }
    handOver.use(next, WITH_COMPILATION * Math.min(spent, LONGEST) * 1e-9);
    if (fast == FAST_CYCLES) {
      fast = 0;
      handOver.handOver(next);
    }
  }

  /** Ends the thread and waits for it. */
  void end() {
    ended = true;
    LockSupport.unpark(this);
    if (Thread.currentThread() != this && !isJoined()) {
      Thread.currentThread().interrupt();
    }
  }
}
