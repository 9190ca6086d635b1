package io.github.unroll.optim;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/** Keeps gradients from exploding: what is done to them between backward and update. */
@FunctionalInterface
public interface GradientClipping {
  /**
   * Clips the gradients in place.
   *
   * @param parameters modified: their gradients; one that is listed twice is clipped once
   * @return the global norm before clipping
   */
  double clip(List<Parameter> parameters);

  /**
   * Scales all gradients by one factor when their global norm is too large (Pascanu, Mikolov and
   * Bengio 2013): by {@code maxNorm / (norm + 1e-6)}, if that is below 1.
   *
   * @param maxNorm positive
   * @return the rule
   * @throws IllegalArgumentException if maxNorm is not positive and finite
   */
  static GradientClipping byGlobalNorm(double maxNorm) {
    Settings.positive("GradientClipping: greatest norm", maxNorm);
    return parameters -> {
      // >>> exercise 7
      throw new UnsupportedOperationException(
          """
          GradientClipping.byGlobalNorm is not written yet:
              rate = maxNorm / (norm + 1e-6)
              g ·= rate                     for all gradients, but only if rate < 1
          You have globalNorm(parameters), scale(g, rate), and Tied.listedBefore(parameters, k), for a
          shared parameter that the list holds twice: its gradient is scaled once. Return the norm before clipping.""");
      // <<< exercise 7
    };
  }

  /**
   * Cuts every entry of a gradient off at a greatest magnitude.
   *
   * @param maxMagnitude positive
   * @return the rule
   * @throws IllegalArgumentException if maxMagnitude is not positive and finite
   */
  static GradientClipping byValue(double maxMagnitude) {
    Settings.positive("GradientClipping: greatest magnitude", maxMagnitude);
    return parameters -> {
      double norm = globalNorm(parameters);
      for (Parameter parameter : parameters) {
        double[] g = parameter.grad().data();
        for (int i = 0; i < g.length; i++) {
          g[i] = Math.max(-maxMagnitude, Math.min(maxMagnitude, g[i]));
        }
      }
      return norm;
    };
  }

  /**
   * Leaves gradients as they are and only measures them.
   *
   * @return the rule
   */
  static GradientClipping none() {
    return GradientClipping::globalNorm;
  }

  /**
   * The norm of all gradients together, as of one long vector.
   *
   * @param parameters whose gradients; one that is listed twice counts once
   * @return √(Σ g²)
   */
  static double globalNorm(List<Parameter> parameters) {
    // >>> exercise 7
    throw new UnsupportedOperationException(
        """
        GradientClipping.globalNorm is not written yet:
            norm = √(Σ over all parameters and entries of g²)
        One norm, as of one long vector. You have sumOfSquares(parameter.grad().data()).""");
    // <<< exercise 7
  }

  private static void scale(double[] g, double rate) {
    for (int i = 0; i < g.length; i++) {
      g[i] *= rate;
    }
  }

  /** In blocks of fixed size, so that threads can share them and the sum stays the same. */
  private static double sumOfSquares(double[] g) {
    Kernel kernel = Kernel.active();
    int blocks = (g.length + Settings.NORM_BLOCK - 1) / Settings.NORM_BLOCK;
    if (blocks == 1) {
      return kernel.sumOfSquares(g.length, g, 0);
    }
    double[] sums = new double[blocks];
    kernel.forRanges(
        blocks,
        2,
        (from, to) -> {
          for (int block = from; block < to; block++) {
            int at = block * Settings.NORM_BLOCK;
            sums[block] = kernel.sumOfSquares(Math.min(Settings.NORM_BLOCK, g.length - at), g, at);
          }
        });
    return kernel.sum(blocks, sums, 0);
  }
}
