package io.github.unroll.tensor;

/**
 * Room for the elements of a batch of sequences: arrays and tensors that are kept from call to call
 * and grow when they are too small. The one home of the check that sizes, multiplied, fit an array,
 * and of what is said where they do not, or where the heap has no such room. ({@link Matrix}, which
 * is copied without this file, checks its two sizes itself.)
 */
public final class Room {

  private static final String ADVICE =
      "; of sequences (batch x steps x features) take fewer at once, or shorter pieces one after"
          + " the other, with the state kept (a stateful layer, or a session)";

  private Room() {}

  /**
   * The number of elements of an array.
   *
   * @param owner who asks, e.g. {@code TimeLstm}
   * @param array what it asks for, e.g. {@code gates}
   * @param batch N
   * @param steps T
   * @param features elements of a step
   * @return batch · steps · features
   * @throws IllegalArgumentException if that is more than an array holds, with all sizes
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
   * An array with room for so many elements.
   *
   * @param owner who asks, e.g. {@code TimeLstm}
   * @param array what it asks for, e.g. {@code gates}
   * @param kept the array so far
   * @param batch N
   * @param steps T
   * @param features elements of a step
   * @return kept if it has batch · steps · features elements or more, else a new one of zeros
   * @throws IllegalArgumentException if that is more than an array holds, with all sizes
   * @throws OutOfMemoryError if the heap has no such room, with all sizes
   */
  public static double[] of(
      String owner, String array, double[] kept, long batch, long steps, long features) {
    int size = size(owner, array, batch, steps, features);
    return kept.length >= size ? kept : fresh(size, owner, array, batch, steps, features);
  }

  /**
   * A tensor of a shape.
   *
   * @param kept the tensor so far; null if there is none
   * @param batch N, at least 1
   * @param steps T, at least 1
   * @param features elements of a step, at least 1
   * @return kept if it has that shape, else a new one of zeros
   * @throws IllegalArgumentException if a size is below 1 or there would be more elements than an
   *     array holds
   * @throws OutOfMemoryError if the heap has no such room, with all sizes
   */
  public static Tensor3 of(Tensor3 kept, int batch, int steps, int features) {
    boolean fits =
        kept != null && kept.d0() == batch && kept.d1() == steps && kept.d2() == features;
    return fits ? kept : new Tensor3(batch, steps, features);
  }

  /** The elements of a new tensor, whose sizes were checked. */
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
