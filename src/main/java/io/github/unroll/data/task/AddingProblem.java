package io.github.unroll.data.task;

import io.github.unroll.data.Batches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * The adding problem of Hochreiter and Schmidhuber, "Long short-term memory" (1997), which needs
 * memory over many steps, with the numbers of Le, Jaitly and Hinton (2015): each step has a value,
 * uniform in [0, 1), and a mark, 1 for one step of the first half and one of the second half, 0 for
 * all others; the target is the sum of the two marked values.
 *
 * <p>The sum has mean 1 and variance 1/6: the constant answer 1 has a mean squared error of {@link
 * #BLIND_ERROR}.
 */
public final class AddingProblem {

  /** The mean squared error of the best constant answer, 1, which ignores the sequence. */
  public static final double BLIND_ERROR = 1.0 / 6;

  private final int steps;

  /**
   * The problem for sequences of one length.
   *
   * @param steps T, at least 2
   * @throws IllegalArgumentException if steps is below 2
   */
  public AddingProblem(int steps) {
    if (steps < 2) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "AddingProblem: steps must be at least 2, not %d", steps));
    }
    this.steps = steps;
  }

  /**
   * {@return random sequences (N,T,2), value and mark, with their sums as targets (N,1,1)}
   *
   * @param n the number of sequences, at least 1
   * @param random modified: draws for each sequence first the values, then the two marks
   * @throws IllegalArgumentException if n is below 1
   */
  public SequenceTargets draw(int n, RandomState random) {
    Tensor3 xs = new Tensor3(n, steps, 2);
    Tensor3 targets = new Tensor3(n, 1, 1);
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        xs.set(i, t, 0, random.rand());
      }
      int first = random.randint(0, steps / 2);
      int second = random.randint(steps / 2, steps);
      xs.set(i, first, 1, 1);
      xs.set(i, second, 1, 1);
      targets.set(i, 0, 0, xs.get(i, first, 0) + xs.get(i, second, 0));
    }
    return new SequenceTargets(xs, null, targets);
  }

  /**
   * {@return batches of new random sequences for a training}
   *
   * @param n the number of sequences of a batch, at least 1
   * @param iterations the number of batches of an epoch, at least 1
   * @param random modified: the source of the sequences
   * @throws IllegalArgumentException if n or iterations is below 1
   */
  public Batches<SequenceTargets> batches(int n, int iterations, RandomState random) {
    BatchSize.check(n);
    return new DrawnBatches<>(iterations, random, numbers -> draw(n, numbers));
  }
}
