package io.github.unroll.handover;

import java.util.Arrays;

/**
 * What calls take. Of the calls of an operation one is timed for each {@link #PERIOD} of work, and
 * stands for those since the one before; to time all would cost more than the small ones do.
 *
 * <p>Work is counted in nanoseconds that it takes in plain Java, roughly. Threads count in slots
 * apart from each other. They may overwrite each other's counts, where they share a slot, and what
 * is known of the times: some calls are then counted twice or not at all.
 */
final class Samples {

  /**
   * Work of an operation after which a call of it is timed: what that costs is one in a thousand.
   */
  private static final int PERIOD = 100_000;

  private static final int SLOTS = 32; // a power of two
  private static final int SLOT = 16; // longs, two cache lines: those that are fetched together
  private static final int OPERATIONS = Operation.values().length;

  /** Calls are comparable if their work has the same number of bits. */
  private static final int SIZES = Long.SIZE;

  /** A time that was disturbed raises what is taken for the usual one by so much. */
  private static final double SLOWER_BY = 1.05;

  private final long[] left = new long[SLOTS * SLOT];
  private final long[] nanos = new long[SLOTS * SLOT];

  /** The usual time of a unit of work, by form, operation and size; 0 where none is known. */
  private final double[] usual = new double[2 * OPERATIONS * SIZES];

  Samples() {
    Arrays.fill(left, PERIOD);
  }

  private static int slot(Operation operation) {
    return ((int) Thread.currentThread().getId() & SLOTS - 1) * SLOT + operation.ordinal();
  }

  private static int index(Operation operation, boolean inVectors, long work) {
    int form = (inVectors ? OPERATIONS : 0) + operation.ordinal();
    return form * SIZES + Long.numberOfLeadingZeros(work);
  }

  /** Counts a call, before it is made. {@return the time if it is to be timed, else 0} */
  long start(Operation operation, long work) {
    int at = slot(operation);
    long rest = left[at] - work;
    left[at] = rest;
    return rest > 0 ? 0 : System.nanoTime() | 1;
  }

  /** Notes a timed call that has just ended. {@return the nanoseconds of a unit of its work} */
  double end(Operation operation, boolean inVectors, long work, long start) {
    double unit = (double) (System.nanoTime() - start) / work;
    int known = index(operation, inVectors, work);
    double before = usual[known];
    double now = before == 0 ? unit : Math.min(unit, SLOWER_BY * before);
    usual[known] = now;
    int at = slot(operation);
    nanos[at] += (long) (now * (PERIOD - left[at]));
    left[at] = PERIOD;
    return unit;
  }

  /** The usual nanoseconds of a unit of work in plain Java, 0 if none is known. */
  double inPlain(Operation operation, long work) {
    return usual[index(operation, false, work)];
  }

  /** Lets calls of this size in plain Java be timed anew. */
  void forgetInPlain(Operation operation, long work) {
    usual[index(operation, false, work)] = 0;
  }

  /** {@return the seconds that all threads have spent on an operation} */
  double seconds(Operation operation) {
    long sum = 0;
    for (int at = operation.ordinal(); at < nanos.length; at += SLOT) {
      sum += nanos[at];
    }
    return sum * 1e-9;
  }
}
