package io.github.unroll.tensor;

/** Placeholder for the project's own polynomials: StrictMath for now. */
final class Elementary {

  private Elementary() {}

  static double exp(double x) {
    return StrictMath.exp(x);
  }

  static double tanh(double x) {
    return StrictMath.tanh(x);
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  static double log(double x) {
    return StrictMath.log(x);
  }
}
