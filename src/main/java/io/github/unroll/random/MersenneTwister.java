package io.github.unroll.random;

/**
 * A generator of 32-bit words: MT19937 of M. Matsumoto and T. Nishimura, "Mersenne Twister: a
 * 623-dimensionally equidistributed uniform pseudo-random number generator", ACM TOMACS 8 (1998),
 * with the seeding of their revision of 2002.
 */
final class MersenneTwister {
  static final int N = 624;
  private static final int M = 397;
  private static final int MATRIX_A = 0x9908b0df;
  private static final int UPPER_MASK = 0x80000000;
  private static final int LOWER_MASK = 0x7fffffff;

  private final int[] key = new int[N];
  private int pos;

  /** {@code init_genrand}; only the low 32 bits of the seed are used. */
  void seed(int seed) {
    key[0] = seed;
    for (int i = 1; i < N; i++) {
      key[i] = 1812433253 * (key[i - 1] ^ (key[i - 1] >>> 30)) + i;
    }
    pos = N;
  }

  /** {@code init_by_array}; the array is not empty. */
  void seed(int[] seed) {
    seed(19650218);
    int i = 1;
    int j = 0;
    for (int k = Math.max(N, seed.length); k > 0; k--) {
      key[i] = (key[i] ^ ((key[i - 1] ^ (key[i - 1] >>> 30)) * 1664525)) + seed[j] + j;
      if (++i >= N) {
        key[0] = key[N - 1];
        i = 1;
      }
      if (++j >= seed.length) {
        j = 0;
      }
    }
    for (int k = N - 1; k > 0; k--) {
      key[i] = (key[i] ^ ((key[i - 1] ^ (key[i - 1] >>> 30)) * 1566083941)) - i;
      if (++i >= N) {
        key[0] = key[N - 1];
        i = 1;
      }
    }
    key[0] = UPPER_MASK;
  }

  int next() {
    if (pos == N) {
      twist();
    }
    int y = key[pos++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y;
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      int y = (key[i] & UPPER_MASK) | (key[(i + 1) % N] & LOWER_MASK);
      key[i] = key[(i + M) % N] ^ (y >>> 1) ^ (-(y & 1) & MATRIX_A);
    }
    pos = 0;
  }

  int[] key() {
    return key.clone();
  }

  int pos() {
    return pos;
  }

  void restore(int[] newKey, int newPos) {
    System.arraycopy(newKey, 0, key, 0, N);
    pos = newPos;
  }
}
