package io.github.unroll.optim;

import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * A rule that limits gradients between backward and update, so that they do not explode.
 *
 * <p>The rules of this interface reject gradients whose norm is NaN or infinite, before they change
 * any: scaled by 0 or cut off, such gradients would look harmless.
 */
@FunctionalInterface
public interface GradientClipping {
  /**
   * Clips the gradients in place.
   *
   * @param parameters modified: their gradients; one that is listed twice is clipped once
   * @return the global norm before clipping
   * @throws UnusableGradientsException if it is NaN or infinite; the gradients are then unchanged
   */
  double clip(List<Parameter> parameters);

  /**
   * {@return a rule that scales all gradients by one factor if their global norm is too large
   * (Pascanu, Mikolov and Bengio 2013): by {@code maxNorm / (norm + 1e-6)}, if that is below 1}
   *
   * @param maxNorm positive
   * @throws IllegalArgumentException if maxNorm is not positive and finite
   */
  static GradientClipping byGlobalNorm(double maxNorm) {
    Settings.positive("GradientClipping: maxNorm", maxNorm);
    return parameters -> {
      double norm = finiteNorm(parameters);
      double rate = maxNorm / (norm + 1e-6);
      if (rate < 1) {
        if (rate >= Double.MIN_NORMAL) {
          scale(parameters, rate);
        } else { // such a small factor has lost digits or is 0
          double root = Math.sqrt(norm);
          scale(parameters, 1 / root);
          scale(parameters, 1 / root);
          scale(parameters, maxNorm);
        }
      }
      return norm;
    };
  }

  /**
   * {@return a rule that limits every element of a gradient to ±maxMagnitude}
   *
   * @param maxMagnitude positive
   * @throws IllegalArgumentException if maxMagnitude is not positive and finite
   */
  static GradientClipping byValue(double maxMagnitude) {
    Settings.positive("GradientClipping: maxMagnitude", maxMagnitude);
    return parameters -> {
      double norm = finiteNorm(parameters);
      for (Parameter parameter : parameters) {
        cutOff(parameter, maxMagnitude);
      }
      return norm;
    };
  }

  /** {@return a rule that changes no gradient and only measures their norm} */
  static GradientClipping none() {
    return GradientClipping::finiteNorm;
  }

  /**
   * {@return the norm of all gradients as one long vector, √(Σ g²); NaN if a gradient is NaN,
   * infinite if one is infinite or the norm is too large for a double} It is also correct if the
   * squares are too large or too small for a double, such as those of 1e200 and 1e-200.
   *
   * @param parameters whose gradients; one that is listed twice counts once
   */
  static double globalNorm(List<Parameter> parameters) {
    double sum = 0;
    for (int k = 0; k < parameters.size(); k++) {
      sum += Tied.listedBefore(parameters, k) ? 0 : sumOfSquares(parameters.get(k));
    }
    return ScaledNorm.isDue(sum) ? ScaledNorm.of(parameters) : Math.sqrt(sum);
  }

  private static double finiteNorm(List<Parameter> parameters) {
    double norm = globalNorm(parameters);
    if (!Double.isFinite(norm)) {
      throw new UnusableGradientsException(norm, parameters);
    }
    return norm;
  }

  /**
   * Multiplies all gradients by a factor, such as to make a mean of a sum.
   *
   * @param parameters modified: their gradients; one that is listed twice is scaled once
   * @param rate the factor, finite
   */
  static void scale(List<Parameter> parameters, double rate) {
    for (int k = 0; k < parameters.size(); k++) {
      if (!Tied.listedBefore(parameters, k)) {
        parameters.get(k).scaleGrad(rate);
      }
    }
  }

  private static void cutOff(Parameter parameter, double maxMagnitude) {
    double[] g = parameter.gradOfTouchedRows().data();
    int rows = parameter.value().rows();
    int cols = parameter.value().cols();
    int to;
    for (int from = parameter.nextTouchedRow(0); from < rows; from = parameter.nextTouchedRow(to)) {
      to = parameter.nextUntouchedRow(from);
      for (int i = from * cols; i < to * cols; i++) {
        g[i] = Math.max(-maxMagnitude, Math.min(maxMagnitude, g[i]));
      }
    }
  }

  /** In blocks of fixed size, so that threads can share them and the sum stays the same. */
  private static double sumOfSquares(Parameter parameter) {
    Matrix grad = parameter.gradOfTouchedRows(); // finished, before threads share it
    int size = grad.data().length;
    int blocks = (size - 1) / Settings.NORM_BLOCK + 1;
    if (blocks == 1) {
      return sumOfSquares(parameter, grad, 0, size);
    }
    Matrix sums = new Matrix(1, blocks);
    Arithmetic.share(
        blocks,
        allTouched(parameter) ? 2 : Integer.MAX_VALUE,
        (from, to) -> {
          for (int block = from; block < to; block++) {
            int at = block * Settings.NORM_BLOCK;
            int end = at + Math.min(Settings.NORM_BLOCK, size - at);
            sums.set(0, block, sumOfSquares(parameter, grad, at, end));
          }
        });
    return sums.sumOfRow(0);
  }

  private static boolean allTouched(Parameter parameter) {
    return parameter.nextUntouchedRow(0) == parameter.value().rows();
  }

  /** The sum over elements from..to−1: the kernel's eight interleaved sums, without zeros. */
  private static double sumOfSquares(Parameter parameter, Matrix grad, int from, int to) {
    if (allTouched(parameter)) {
      return grad.sumOfSquares(from, to);
    }
    double[] g = grad.data();
    Matrix sums = new Matrix(1, 8);
    int cols = parameter.value().cols();
    int end;
    for (int row = parameter.nextTouchedRow(from / cols);
        row * cols < to;
        row = parameter.nextTouchedRow(end)) {
      end = parameter.nextUntouchedRow(row);
      int runEnd = Math.min(to, end * cols);
      for (int i = Math.max(from, row * cols); i < runEnd; i++) {
        int turn = i & 7; // from is a multiple of 8
        sums.set(0, turn, Arithmetic.fma(g[i], g[i], sums.get(0, turn)));
      }
    }
    return sums.sumOfRow(0);
  }
}
