package io.github.unroll.optim;

import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;

/**
 * Thrown if no step can be made with the gradients: one is NaN or infinite, or their norm is too
 * large for a double.
 */
public final class UnusableGradientsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  /** NaN or infinite. */
  private final double norm;

  UnusableGradientsException(double norm, List<Parameter> parameters) {
    super(
        String.format(
            Locale.ROOT,
            "the norm of the gradients is %s: %s; lower the learning rate, or look for values that"
                + " are not finite in the input",
            norm,
            reason(parameters)));
    this.norm = norm;
  }

  private static String reason(List<Parameter> parameters) {
    return NotFinite.gradient(parameters)
        .orElse("each is finite, but their norm is too large for a double");
  }

  /** {@return the norm of the gradients: NaN or infinite} */
  public double norm() {
    return norm;
  }
}
