package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Which kernel carries out an operation: plain Java at first, vectors once a {@link WarmUp} has
 * found them compiled and fast, plain Java again where calls of the program are slow in vectors.
 *
 * <p>Most fields are read and written by many threads without a lock: a thread that sees a change
 * late uses the other kernel so long.
 */
final class HandOver {

  private static final Operation[] OPERATIONS = Operation.values();

  /**
   * How much of the program's time warm-ups may take.
   *
   * @param start seconds in the kernel before the first one: most programs are short
   * @param share the part of the time after these, compilation included
   * @param worth seconds that an operation must have lost by being in plain Java
   */
  record Pace(double start, double share, double worth) {

    /** With a second processor a warm-up costs the program next to nothing. */
    static Pace ofThisMachine() {
      boolean isAlone = Runtime.getRuntime().availableProcessors() == 1;
      return isAlone ? new Pace(1, 0.25, 0.1) : new Pace(0.5, 0.25, 0.05);
    }
  }

  /**
   * How many times its usual time in plain Java a call in vectors may take, at first: uncompiled
   * ones take ten and more, another process on the same processor makes it two or three.
   */
  private static final double TOLERATED = 4;

  /** Calls in a row that take longer than tolerated: one may have been interrupted. */
  private static final int SLOW_CALLS = 3;

  /** Seconds of warm-ups after which vectors that are still slow are left alone. */
  private static final double MOST = 4;

  /** How long no thread is started after the system has refused one, in nanoseconds. */
  private static final long PAUSE = 10_000_000_000L;

  private final Samples samples = new Samples();
  private final Kernel plain;
  private final Supplier<Kernel> loader;
  private final Pace pace;

  private final Kernel[] kernels = new Kernel[OPERATIONS.length];
  private final int[] slow = new int[OPERATIONS.length];
  private final double[] tolerated = new double[OPERATIONS.length];

  /** Seconds that warm-ups took: written by one thread at a time. */
  private final double[] used = new double[OPERATIONS.length];

  private Kernel vectors;
  private volatile boolean isWithoutVectors;
  private volatile WarmUp warmUp;
  private boolean isRefused;
  private long refusedAt;

  HandOver(Kernel plain, Supplier<Kernel> loader, Pace pace) {
    this.plain = plain;
    this.loader = loader;
    this.pace = pace;
    Arrays.fill(kernels, plain);
    Arrays.fill(tolerated, TOLERATED);
  }

  Kernel plain() {
    return plain;
  }

  /** {@return the kernel of vectors, which is loaded now; the plain one if there is none} */
  synchronized Kernel vectors() {
    if (vectors == null) {
      vectors = loader.get();
      isWithoutVectors = vectors == plain;
    }
    return vectors;
  }

  /** {@return the kernel that carries out an operation now} */
  Kernel kernel(Operation operation) {
    return kernels[operation.ordinal()];
  }

  /** Counts a call that begins. {@return the time if it is to be timed, else 0} */
  long start(Operation operation, long work) {
    return samples.start(operation, work);
  }

  /**
   * {@return the kernel of a call} One that is timed goes to plain Java if the usual time of its
   * size there is unknown: vectors are judged by it.
   */
  Kernel kernel(Operation operation, long work, long start) {
    Kernel kernel = kernels[operation.ordinal()];
    if (start == 0 || kernel == plain || samples.inPlain(operation, work) > 0) {
      return kernel;
    }
    return plain;
  }

  /** Notes the time of a call that has just ended, and draws conclusions. */
  void end(Operation operation, long work, long start, Kernel kernel) {
    if (start == 0) {
      return;
    }
    double unit = samples.end(operation, kernel != plain, work, start);
    if (kernel != plain) {
      judge(operation, work, unit);
    } else if (warmUp == null && !isWithoutVectors && isUseful(operation) && isBegun()) {
      startWarmUp();
    }
  }

  /** Looks whether a call in vectors was slow: C2 may throw away what it has compiled. */
  private void judge(Operation operation, long work, double unit) {
    int i = operation.ordinal();
    double usual = samples.inPlain(operation, work);
    if (usual == 0 || unit <= tolerated[i] * usual) {
      slow[i] = 0;
      return;
    }
    slow[i]++;
    if (slow[i] >= SLOW_CALLS) {
      takeBack(operation);
      samples.forgetInPlain(operation, work); // if this was wrong, what is usual has changed
      tolerated[i] *= 2;
    }
  }

  /** Gives an operation to vectors. */
  void handOver(Operation operation) {
    slow[operation.ordinal()] = 0;
    kernels[operation.ordinal()] = vectors();
  }

  /** Gives an operation to plain Java. */
  void takeBack(Operation operation) {
    kernels[operation.ordinal()] = plain;
  }

  /** {@return how many operations are in vectors} */
  int handedOver() {
    int count = 0;
    for (Kernel kernel : kernels) {
      count += kernel == plain ? 0 : 1;
    }
    return count;
  }

  private double lost(Operation operation) {
    return samples.seconds(operation) * operation.gain;
  }

  private boolean isUseful(Operation operation) {
    int i = operation.ordinal();
    return kernels[i] == plain && used[i] < MOST && lost(operation) > pace.worth;
  }

  private boolean isBegun() {
    return seconds() > pace.start;
  }

  /** {@return the seconds that the program has spent in the kernel} */
  double seconds() {
    double sum = 0;
    for (Operation operation : OPERATIONS) {
      sum += samples.seconds(operation);
    }
    return sum;
  }

  /** {@return the operation whose warm-up is worth most, null if none is worth it} */
  Operation mostUseful() {
    Operation best = null;
    for (Operation operation : OPERATIONS) {
      if (isUseful(operation) && (best == null || lost(operation) > lost(best))) {
        best = operation;
      }
    }
    return best;
  }

  /** {@return whether there is time for a warm-up} */
  boolean hasTime() {
    double sum = 0;
    for (double seconds : used) {
      sum += seconds;
    }
    return sum <= pace.share * (seconds() - pace.start);
  }

  /** Counts the time of a warm-up. */
  void use(Operation operation, double seconds) {
    used[operation.ordinal()] += seconds;
  }

  private synchronized void startWarmUp() {
    if (warmUp != null || (isRefused && System.nanoTime() - refusedAt < PAUSE)) {
      return;
    }
    WarmUp next = WarmUp.of(this);
    warmUp = next;
    try {
      next.start();
      isRefused = false;
    } catch (OutOfMemoryError | RuntimeException e) { // a limit of processes, or of memory
      warmUp = null;
      isRefused = true;
      refusedAt = System.nanoTime();
    }
  }

  /** A warm-up ends by itself. */
  synchronized void ended(WarmUp thread) {
    if (warmUp == thread) {
      warmUp = null;
    }
  }

  /** Ends the warm-up and waits for it. */
  void endThread() {
    WarmUp ending = warmUp;
    if (ending != null) {
      ending.end();
    }
  }
}
