package org.example.own;

import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * Huber's loss (1964): squared where an error is small, linear where it is large, so that outliers
 * count less.
 *
 * <pre>{@code
 * e = y − t
 * loss = mean of  e²/2 where |e| ≤ 1,  |e| − 1/2 elsewhere
 * dy = e/count,  cut off at ±1/count
 * }</pre>
 */
public final class HuberLoss {

  private Tensor3 errors;

  public double forward(Tensor3 ys, Tensor3 ts) {
    if (!ys.sameShape(ts)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "HuberLoss: %s and %s: shapes differ", ys.shape(), ts.shape()));
    }
    errors = ys.copy();
    double sum = 0;
    for (int i = 0; i < errors.data().length; i++) {
      double e = ys.data()[i] - ts.data()[i];
      errors.data()[i] = e;
      sum += Math.abs(e) <= 1 ? e * e / 2 : Math.abs(e) - 0.5;
    }
    return sum / errors.data().length;
  }

  public Tensor3 backward() {
    Tensor3 dys = errors.copy();
    for (int i = 0; i < dys.data().length; i++) {
      double e = errors.data()[i];
      dys.data()[i] = Math.max(-1, Math.min(1, e)) / dys.data().length;
    }
    return dys;
  }
}
