package io.github.unroll.random;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * NumPy's legacy generator, {@code numpy.random.RandomState}: the same seed and the same calls give
 * the same numbers, bit for bit.
 *
 * <p>The stream is MT19937 (Matsumoto and Nishimura, 1998); a Gaussian is drawn by the polar method
 * (G. Marsaglia and T. A. Bray, 1964), which makes two at a time and keeps the second for the next
 * Gaussian, whatever other calls come between. Integers are drawn as NumPy draws its default
 * integers on Linux, which have 64 bits.
 *
 * <p>One exception to "bit for bit": Gaussians take their logarithm from {@link StrictMath}, so
 * that all machines agree, while NumPy's comes from the C library. Three in a hundred differ from
 * NumPy's on Linux (glibc), by one to three units in the last place; the rest of the stream does
 * not differ.
 *
 * <p>The methods of {@link RandomGenerator} that are overridden here follow NumPy too. The others,
 * such as {@code nextFloat} and {@code nextExponential}, derive from the stream by the JDK's own
 * rules.
 *
 * <p>Not safe for several threads at once, and not for cryptography.
 */
public final class RandomState implements RandomGenerator {
  private static final long MAX_SEED = 0xffffffffL;

  private final MersenneTwister twister = new MersenneTwister();
  private boolean hasGauss;
  private double gauss;

  /**
   * The stream of {@code numpy.random.RandomState(seed)} and {@code numpy.random.seed(seed)}.
   *
   * @param seed 0 to 2^32 - 1
   * @throws IllegalArgumentException if the seed is outside that range
   */
  public RandomState(long seed) {
    seed(seed);
  }

  /**
   * The stream of {@code RandomState([...])} with a Python list. {@code {0}} is another stream than
   * the number 0. (NumPy takes an array of one element, {@code np.array([0])}, for the number: use
   * {@link #RandomState(long)} for it.)
   *
   * @param seed at least one value, each 0 to 2^31 - 1; for larger ones use {@code long[]}
   * @throws IllegalArgumentException if the array is empty or a value is negative
   */
  public RandomState(int[] seed) {
    this(Arrays.stream(seed).asLongStream().toArray());
  }

  /**
   * The stream of {@code RandomState([...])} with a Python list. {@code {0}} is another stream than
   * the number 0. (NumPy takes an array of one element, {@code np.array([0])}, for the number: use
   * {@link #RandomState(long)} for it.)
   *
   * @param seed at least one value, each 0 to 2^32 - 1
   * @throws IllegalArgumentException if the array is empty or a value is outside that range
   */
  public RandomState(long[] seed) {
    if (seed.length == 0) {
      throw new IllegalArgumentException("seed: the array is empty: give at least one value");
    }
    int[] words = new int[seed.length];
    for (int i = 0; i < seed.length; i++) {
      words[i] = seedWord("seed[" + i + "]", seed[i]);
    }
    twister.seed(words);
  }

  /**
   * A generator that continues from a saved state.
   *
   * @param state what {@link #state()} returned, or NumPy's {@code get_state()}; only read
   */
  public RandomState(State state) {
    setState(state);
  }

  /**
   * Restarts the stream, as {@code numpy.random.seed(seed)} does. A kept Gaussian is dropped.
   *
   * @param seed 0 to 2^32 - 1
   * @throws IllegalArgumentException if the seed is outside that range
   */
  public void seed(long seed) {
    twister.seed(seedWord("seed", seed));
    hasGauss = false;
    gauss = 0;
  }

  private static int seedWord(String name, long value) {
    if (value < 0 || value > MAX_SEED) {
      throw new IllegalArgumentException(
          name + " " + value + ": must be between 0 and " + MAX_SEED + " (2^32 - 1)");
    }
    return (int) value;
  }

  /** {@return a copy of the state of this generator, for saving} */
  public State state() {
    return new State(twister.key(), twister.pos(), hasGauss, gauss);
  }

  /**
   * Continues from a saved state.
   *
   * @param state what {@link #state()} returned, or NumPy's {@code get_state()}; only read
   */
  public void setState(State state) {
    twister.restore(state.key, state.pos);
    hasGauss = state.hasGauss;
    gauss = state.gauss;
  }

  /** The next 32 bits of the stream. */
  @Override
  public int nextInt() {
    return twister.next();
  }

  /** The next 64 bits of the stream: two 32-bit words, the higher one first. */
  @Override
  public long nextLong() {
    long high = twister.next();
    long low = twister.next() & 0xffffffffL;
    return high << 32 | low;
  }

  /** {@code random_sample()}: a multiple of 2^-53 in [0, 1), from two 32-bit words. */
  @Override
  public double nextDouble() {
    int a = twister.next() >>> 5;
    int b = twister.next() >>> 6;
    return (a * 0x1.0p26 + b) * 0x1.0p-53;
  }

  /** {@code randn()}: a standard Gaussian by the polar method. */
  @Override
  public double nextGaussian() {
    if (hasGauss) {
      double kept = gauss;
      hasGauss = false;
      gauss = 0;
      return kept;
    }
    double x1;
    double x2;
    double r2;
    do {
      x1 = 2 * nextDouble() - 1;
      x2 = 2 * nextDouble() - 1;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 == 0);
    double f = Math.sqrt(-2 * StrictMath.log(r2) / r2);
    gauss = f * x1;
    hasGauss = true;
    return f * x2;
  }

  /**
   * {@code normal(mean, std)}.
   *
   * @throws IllegalArgumentException if std is negative or one of the two is not finite
   */
  @Override
  public double nextGaussian(double mean, double std) {
    return normal(mean, std);
  }

  /**
   * {@code randint(0, bound)}.
   *
   * @throws IllegalArgumentException if bound is not positive
   */
  @Override
  public int nextInt(int bound) {
    return randint(0, bound);
  }

  /**
   * {@code randint(low, high)}.
   *
   * @throws IllegalArgumentException if low is not less than high
   */
  @Override
  public int nextInt(int low, int high) {
    return randint(low, high);
  }

  /**
   * {@code randint(0, bound)}.
   *
   * @throws IllegalArgumentException if bound is not positive
   */
  @Override
  public long nextLong(long bound) {
    return nextLong(0, bound);
  }

  /**
   * {@code randint(low, high)}, for limits of 64 bits.
   *
   * @throws IllegalArgumentException if low is not less than high
   */
  @Override
  public long nextLong(long low, long high) {
    requireRange(low, high);
    return low + interval(high - 1 - low);
  }

  /** {@return a uniform double, a multiple of 2^-53 in [0, 1)} */
  public double rand() {
    return nextDouble();
  }

  /**
   * {@return n uniform doubles in [0, 1)}
   *
   * @param n the number of values
   * @throws IllegalArgumentException if n is negative
   */
  public double[] rand(int n) {
    return fill(new double[requireSize("rand", n)]);
  }

  /**
   * {@return a matrix (rows, cols) of uniform doubles in [0, 1), drawn row by row}
   *
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @throws IllegalArgumentException if a size is below 1 or the matrix would be too large
   */
  public Matrix rand(int rows, int cols) {
    Matrix m = new Matrix(rows, cols);
    fill(m.data());
    return m;
  }

  /**
   * {@return a tensor (d0, d1, d2) of uniform doubles in [0, 1), drawn with the last axis fastest}
   *
   * @param d0 size of axis 0, at least 1
   * @param d1 size of axis 1, at least 1
   * @param d2 size of axis 2, at least 1
   * @throws IllegalArgumentException if a size is below 1 or the tensor would be too large
   */
  public Tensor3 rand(int d0, int d1, int d2) {
    Tensor3 t = new Tensor3(d0, d1, d2);
    fill(t.data());
    return t;
  }

  /**
   * {@return a uniform double, {@code low + (high - low) * rand()}}
   *
   * @param low the lower limit, included
   * @param high the upper limit, excluded except for rounding; may be below low, as in NumPy
   * @throws IllegalArgumentException if {@code high - low} is not finite
   */
  public double uniform(double low, double high) {
    requireFiniteRange(low, high);
    return low + (high - low) * nextDouble();
  }

  /**
   * {@return n uniform doubles, each {@code low + (high - low) * rand()}}
   *
   * @param low the lower limit, included
   * @param high the upper limit, excluded except for rounding; may be below low, as in NumPy
   * @param n the number of values
   * @throws IllegalArgumentException if {@code high - low} is not finite or n is negative
   */
  public double[] uniform(double low, double high, int n) {
    requireFiniteRange(low, high);
    double[] values = fill(new double[requireSize("uniform", n)]);
    for (int i = 0; i < n; i++) {
      values[i] = low + (high - low) * values[i];
    }
    return values;
  }

  /** {@return a standard Gaussian: mean 0, standard deviation 1} */
  public double randn() {
    return nextGaussian();
  }

  /**
   * {@return n standard Gaussians}
   *
   * @param n the number of values
   * @throws IllegalArgumentException if n is negative
   */
  public double[] randn(int n) {
    return fillGaussian(new double[requireSize("randn", n)]);
  }

  /**
   * {@return a matrix (rows, cols) of standard Gaussians, drawn row by row}
   *
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @throws IllegalArgumentException if a size is below 1 or the matrix would be too large
   */
  public Matrix randn(int rows, int cols) {
    Matrix m = new Matrix(rows, cols);
    fillGaussian(m.data());
    return m;
  }

  /**
   * {@return a tensor (d0, d1, d2) of standard Gaussians, drawn with the last axis fastest}
   *
   * @param d0 size of axis 0, at least 1
   * @param d1 size of axis 1, at least 1
   * @param d2 size of axis 2, at least 1
   * @throws IllegalArgumentException if a size is below 1 or the tensor would be too large
   */
  public Tensor3 randn(int d0, int d1, int d2) {
    Tensor3 t = new Tensor3(d0, d1, d2);
    fillGaussian(t.data());
    return t;
  }

  private double[] fill(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = nextDouble();
    }
    return values;
  }

  private double[] fillGaussian(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = nextGaussian();
    }
    return values;
  }

  /**
   * {@return a Gaussian, {@code mean + std * randn()}}
   *
   * @param mean the mean
   * @param std the standard deviation
   * @throws IllegalArgumentException if std is negative or one of the two is not finite
   */
  public double normal(double mean, double std) {
    requireNormal(mean, std);
    return mean + std * nextGaussian();
  }

  /**
   * {@return n Gaussians, each {@code mean + std * randn()}}
   *
   * @param mean the mean
   * @param std the standard deviation
   * @param n the number of values
   * @throws IllegalArgumentException if std or n is negative or mean or std is not finite
   */
  public double[] normal(double mean, double std, int n) {
    requireNormal(mean, std);
    double[] values = fillGaussian(new double[requireSize("normal", n)]);
    for (int i = 0; i < n; i++) {
      values[i] = mean + std * values[i];
    }
    return values;
  }

  /**
   * {@return a uniform integer, low to high - 1}
   *
   * @param low the lowest value
   * @param high one above the highest value
   * @throws IllegalArgumentException if low is not less than high
   */
  public int randint(int low, int high) {
    return (int) nextLong(low, high);
  }

  /**
   * {@return n uniform integers, each low to high - 1}
   *
   * @param low the lowest value
   * @param high one above the highest value
   * @param n the number of values
   * @throws IllegalArgumentException if low is not less than high or n is negative
   */
  public int[] randint(int low, int high, int n) {
    requireRange(low, high);
    int[] values = new int[requireSize("randint", n)];
    for (int i = 0; i < n; i++) {
      values[i] = randint(low, high);
    }
    return values;
  }

  /**
   * {@return the numbers 0 to n - 1 in random order}
   *
   * @param n the number of values
   * @throws IllegalArgumentException if n is negative
   */
  public int[] permutation(int n) {
    int[] values = new int[requireSize("permutation", n)];
    Arrays.setAll(values, i -> i);
    shuffle(values);
    return values;
  }

  /**
   * Puts an array in random order (Fisher and Yates, from the end).
   *
   * @param values changed in place
   */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = (int) interval(i);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  /**
   * {@return one of 0 to n - 1, all equally likely}
   *
   * @param n the number of possible values
   * @throws IllegalArgumentException if n is not positive
   */
  public int choice(int n) {
    requirePopulation(n);
    return randint(0, n);
  }

  /**
   * {@return one of 0 to n - 1, with the probabilities p}
   *
   * @param n the number of possible values
   * @param p (n), the probability of each value; only read
   * @throws IllegalArgumentException if n is not positive, or p is not of length n, or holds a
   *     negative number or NaN, or its sum is further than 2^-26 from 1
   */
  public int choice(int n, double[] p) {
    requirePopulation(n);
    Categorical.requireProbabilities(n, p);
    return new Categorical(p).quantile(nextDouble());
  }

  /**
   * {@return several of 0 to n - 1, all equally likely; a value may be drawn again}
   *
   * @param n the number of possible values
   * @param size the number of values to draw
   * @throws IllegalArgumentException if n is not positive or size is negative
   */
  public int[] choice(int n, int size) {
    return choice(n, size, true);
  }

  /**
   * {@return several of 0 to n - 1, with the probabilities p; a value may be drawn again}
   *
   * @param n the number of possible values
   * @param size the number of values to draw
   * @param p (n), the probability of each value; only read
   * @throws IllegalArgumentException if n is not positive, size is negative, or p is not of length
   *     n, or holds a negative number or NaN, or its sum is further than 2^-26 from 1
   */
  public int[] choice(int n, int size, double[] p) {
    return choice(n, size, true, p);
  }

  /**
   * {@return several of 0 to n - 1, all equally likely}
   *
   * @param n the number of possible values
   * @param size the number of values to draw
   * @param replace whether a value may be drawn again
   * @throws IllegalArgumentException if n is not positive, size is negative, or size is greater
   *     than n without replacement
   */
  public int[] choice(int n, int size, boolean replace) {
    requirePopulation(n);
    requireSize("choice", size);
    if (replace) {
      return randint(0, n, size);
    }
    requireEnough(n, size, "values");
    return Arrays.copyOf(permutation(n), size);
  }

  /**
   * {@return several of 0 to n - 1, with the probabilities p}
   *
   * @param n the number of possible values
   * @param size the number of values to draw
   * @param replace whether a value may be drawn again
   * @param p (n), the probability of each value; only read
   * @throws IllegalArgumentException if n is not positive, size is negative, or p is not of length
   *     n, or holds a negative number or NaN, or its sum is further than 2^-26 from 1, or, without
   *     replacement, size is greater than the number of positive probabilities
   */
  public int[] choice(int n, int size, boolean replace, double[] p) {
    requirePopulation(n);
    requireSize("choice", size);
    Categorical.requireProbabilities(n, p);
    if (!replace) {
      requireEnough(Categorical.countPositive(p), size, "values of positive probability");
      return distinct(size, p.clone());
    }
    Categorical categorical = new Categorical(p);
    int[] values = new int[size];
    for (int i = 0; i < size; i++) {
      values[i] = categorical.quantile(nextDouble());
    }
    return values;
  }

  /** Draws as many values as are missing, keeps the new ones, and repeats; changes {@code p}. */
  private int[] distinct(int size, double[] p) {
    int[] values = new int[size];
    int found = 0;
    while (found < size) {
      Categorical categorical = new Categorical(p);
      for (double u : rand(size - found)) {
        int value = categorical.quantile(u);
        if (p[value] > 0) {
          p[value] = 0;
          values[found++] = value;
        }
      }
    }
    return values;
  }

  /**
   * A uniform integer of 0 to max, max included and unsigned: bits under the smallest mask that
   * covers max, drawn again while above it. None are drawn for max 0.
   */
  private long interval(long max) {
    if (max == 0) {
      return 0;
    }
    long mask = -1L >>> Long.numberOfLeadingZeros(max);
    boolean oneWord = mask >>> 32 == 0;
    long value;
    do {
      value = (oneWord ? nextInt() : nextLong()) & mask;
    } while (Long.compareUnsigned(value, max) > 0);
    return value;
  }

  private static int requireSize(String call, int n) {
    if (n < 0) {
      throw new IllegalArgumentException(call + ": size " + n + ": must not be negative");
    }
    return n;
  }

  private static void requireRange(long low, long high) {
    if (low >= high) {
      throw new IllegalArgumentException(
          "randint: low " + low + ", high " + high + ": low must be less than high");
    }
  }

  private static void requireFiniteRange(double low, double high) {
    if (!Double.isFinite(high - low)) {
      throw new IllegalArgumentException(
          "uniform: low " + low + ", high " + high + ": high - low must be finite");
    }
  }

  private static void requireNormal(double mean, double std) {
    if (!Double.isFinite(mean) || !Double.isFinite(std) || std < 0) {
      throw new IllegalArgumentException(
          "normal: mean " + mean + ", std " + std + ": both must be finite and std not negative");
    }
  }

  private static void requirePopulation(int n) {
    if (n <= 0) {
      throw new IllegalArgumentException("choice: n " + n + ": must be at least 1");
    }
  }

  private static void requireEnough(int available, int size, String what) {
    if (size > available) {
      throw new IllegalArgumentException(
          "choice: size " + size + " without replacement, but only " + available + " " + what);
    }
  }

  /**
   * A state of the generator, with the fields of NumPy's {@code get_state()}. Two states are equal
   * if all their fields are, the words of the key one by one.
   *
   * @param key the 624 words of MT19937; copied in and out
   * @param pos the index in key of the next word, 0 to 624; 624 means that new words are made first
   * @param hasGauss whether a Gaussian is kept for the next call
   * @param gauss that Gaussian; 0 if there is none
   */
  public record State(int[] key, int pos, boolean hasGauss, double gauss) {
    /**
     * Checks the state and copies the key.
     *
     * @param key the 624 words of MT19937; only read
     * @param pos the index in key of the next word, 0 to 624
     * @param hasGauss whether a Gaussian is kept
     * @param gauss that Gaussian
     * @throws IllegalArgumentException if the key is not of length 624 or can yield only zeros, pos
     *     is outside 0 to 624, or gauss is not finite
     */
    public State {
      if (key.length != MersenneTwister.N) {
        throw new IllegalArgumentException(
            "state: key of " + key.length + " words: must be " + MersenneTwister.N);
      }
      if (pos < 0 || pos > MersenneTwister.N) {
        throw new IllegalArgumentException(
            "state: pos " + pos + ": must be between 0 and " + MersenneTwister.N);
      }
      if (!Double.isFinite(gauss)) {
        throw new IllegalArgumentException("state: gauss " + gauss + ": must be finite");
      }
      // MT19937 does not use the lower 31 bits of its first word.
      if (key[0] >= 0 && Arrays.stream(key).skip(1).allMatch(word -> word == 0)) {
        throw new IllegalArgumentException(
            "state: key is all zero: the generator would give nothing but zeros");
      }
      key = key.clone();
    }

    /** {@return a copy of the 624 words of MT19937} */
    @Override
    public int[] key() {
      return key.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof State that
          && Arrays.equals(key, that.key)
          && pos == that.pos
          && hasGauss == that.hasGauss
          && Double.doubleToLongBits(gauss) == Double.doubleToLongBits(that.gauss);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(key) * 31 + pos;
    }

    @Override
    public String toString() {
      return "State[pos=" + pos + ", hasGauss=" + hasGauss + ", gauss=" + gauss + "]";
    }
  }
}
