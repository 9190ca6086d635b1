package io.github.unroll.tensor;

/**
 * Buffers for a batch of sequences: arrays and tensors that are reused from call to call and grow
 * when they are too small. It also checks that the product of the sizes fits in an array and in the
 * heap, and writes the message if it does not. ({@link Matrix} checks its two sizes itself, so that
 * it can be copied without this file.)
 */
public final class Room {

  private static final String ADVICE =
      "; for sequences (batch x steps x features) use a smaller batch, or shorter pieces one after"
          + " the other, with the state kept (a stateful layer, or a session)";

  private Room() {}

  /**
   * {@return the number of elements of an array, batch · steps · features}
   *
   * @param owner the class that needs the array, e.g. {@code TimeLstm}
   * @param array its name in messages, e.g. {@code gates}
   * @param batch N
   * @param steps T
   * @param features elements of a step
   * @throws IllegalArgumentException if an array cannot hold that many; the message names all sizes
   */
  public static int size(String owner, String array, long batch, long steps, long features) {
    long rows = batch * steps; // of ints, which fits; times the features it may not
    if (rows > Integer.MAX_VALUE || rows * features > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(tooMany(owner, array, batch, steps, features));
    }
    return (int) (rows * features);
  }

  private static String tooMany(String owner, String array, long batch, long steps, long features) {
    long rows = batch * steps;
    String elements =
        Math.multiplyHigh(rows, features) == 0
            ? Long.toUnsignedString(rows * features)
            : "2^64 or more";
    return named(owner, array, batch, steps, features)
        + " would be "
        + elements
        + " elements; an array holds at most "
        + Integer.MAX_VALUE
        + ADVICE;
  }

  private static String named(String owner, String array, long batch, long steps, long features) {
    return owner
        + ": "
        + array
        + (array.isEmpty() ? "(" : " (")
        + batch
        + "x"
        + steps
        + "x"
        + features
        + ")";
  }

  /**
   * {@return an array of batch · steps · features elements or more: {@code kept} if it is large
   * enough, else a new one of zeros}
   *
   * @param owner the class that needs the array, e.g. {@code TimeLstm}
   * @param array its name in messages, e.g. {@code gates}
   * @param kept the array so far
   * @param batch N
   * @param steps T
   * @param features elements of a step
   * @throws IllegalArgumentException if an array cannot hold that many; the message names all sizes
   * @throws OutOfMemoryError if the heap is too small; the message names all sizes
   */
  public static double[] of(
      String owner, String array, double[] kept, long batch, long steps, long features) {
    int size = size(owner, array, batch, steps, features);
    return kept.length >= size ? kept : fresh(size, owner, array, batch, steps, features);
  }

  /**
   * {@return a matrix with a row or more for each step of a batch: {@code kept} if it has that
   * width and batch · steps rows or more, else a new one of zeros}
   *
   * @param owner the class that needs the matrix, e.g. {@code TimeLstm}
   * @param matrix its name in messages, e.g. {@code gates}
   * @param kept the matrix so far; null if there is none
   * @param batch N, at least 1
   * @param steps T, at least 1
   * @param features elements of a step, at least 1
   * @throws IllegalArgumentException if there would be more elements than an array holds
   * @throws OutOfMemoryError if the heap is too small; the message names all sizes
   */
  public static Matrix rows(
      String owner, String matrix, Matrix kept, int batch, int steps, int features) {
    int size = size(owner, matrix, batch, steps, features);
    int rows = batch * steps;
    boolean fits = kept != null && kept.cols() == features && kept.rows() >= rows;
    return fits
        ? kept
        : new Matrix(rows, features, fresh(size, owner, matrix, batch, steps, features));
  }

  /**
   * {@return a tensor of a shape: {@code kept} if it has that shape, else a new one of zeros}
   *
   * @param kept the tensor so far; null if there is none
   * @param batch N, at least 1
   * @param steps T, at least 1
   * @param features elements of a step, at least 1
   * @throws IllegalArgumentException if a size is below 1 or there would be more elements than an
   *     array holds
   * @throws OutOfMemoryError if the heap is too small; the message names all sizes
   */
  public static Tensor3 of(Tensor3 kept, int batch, int steps, int features) {
    boolean fits =
        kept != null && kept.d0() == batch && kept.d1() == steps && kept.d2() == features;
    return fits ? kept : new Tensor3(batch, steps, features);
  }

  /** The elements of a new tensor, for checked sizes. */
  static double[] ofTensor(int size, int d0, int d1, int d2) {
    return fresh(size, "Tensor3", "", d0, d1, d2);
  }

  private static double[] fresh(
      int size, String owner, String array, long batch, long steps, long features) {
    try {
      return new double[size];
    } catch (OutOfMemoryError e) {
      OutOfMemoryError named =
          new OutOfMemoryError(
              named(owner, array, batch, steps, features)
                  + " would take "
                  + megabytes(8L * size)
                  + " MB, which the heap of at most "
                  + megabytes(Runtime.getRuntime().maxMemory())
                  + " MB has no room for; enlarge it with java -Xmx"
                  + ADVICE);
      named.initCause(e);
      throw named;
    }
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
