package io.github.unroll.optim;

import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;

/**
 * Gradients of which no step can be made: one is NaN or infinite, or no double holds their norm.
 */
public final class UnusableGradientsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  /** NaN or infinite. */
  private final double norm;

  UnusableGradientsException(double norm, List<Parameter> parameters) {
    super(
        String.format(
            Locale.ROOT,
            "the norm of the gradients is %s: %s; lower the learning rate, or look for such a value"
                + " in what was read",
            norm,
            reason(parameters)));
    this.norm = norm;
  }

  private static String reason(List<Parameter> parameters) {
    return NotFinite.gradient(parameters)
        .orElse("each is finite, but their norm is past the greatest double");
  }

  /**
   * The norm for which they are refused.
   *
   * @return NaN or infinite
   */
  public double norm() {
    return norm;
  }
}
