package io.github.unroll.model;

import io.github.unroll.data.Sequences;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Messages that name which value of a batch or its scores is not finite. */
final class Diagnosis {

  private static final String ADVICE = "; lower the learning rate or clip the gradients";

  private Diagnosis() {}

  /** Names the first feature (N,T,D) that counts and is not finite. */
  static Optional<String> input(Sequences inputs, CountedSteps steps) {
    for (int i = 0; i < inputs.batch(); i++) {
      String sequence = String.format(Locale.ROOT, "sequence %d, ", i);
      Optional<String> bad = inputOfOne(inputs.features(), i, steps, sequence);
      if (bad.isPresent()) {
        return bad;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inputOfOne(
      Tensor3 xs, int i, CountedSteps steps, String sequence) {
    int d = xs.d2();
    for (int t = 0; t <= steps.last(i); t++) {
      int from = (i * xs.d1() + t) * d;
      int bad = steps.counts(i, t) ? NotFinite.first(xs.data(), from, from + d) : -1;
      if (bad >= 0) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "the input is %s at %sstep %d, feature %d; fill such gaps, or leave the sequence"
                    + " out",
                xs.data()[bad],
                sequence,
                t,
                bad - from));
      }
    }
    return Optional.empty();
  }

  /** Explains why the scores of sequence i have no greatest. */
  static String ofScores(Sequences inputs, int i, CountedSteps steps, List<Parameter> parameters) {
    Optional<String> input =
        inputs.features() == null ? Optional.empty() : inputOfOne(inputs.features(), i, steps, "");
    return input
        .or(() -> NotFinite.parameter(parameters))
        .orElse("its inputs and all parameters are finite, so the scores overflowed");
  }

  /**
   * Explains why a loss is not finite although all inputs and parameters are.
   *
   * @param read what is finite, such as "all inputs and parameters"
   * @param scores (N,T,K)
   * @param sequence the word for a sequence
   * @param score the word for a score
   */
  static String overflow(String read, Tensor3 scores, String sequence, String score) {
    double[] x = scores.data();
    int bad = NotFinite.first(x, 0, x.length);
    int row = bad / scores.d2();
    return bad < 0
        ? read
            + " are finite, and so are all scores: the loss computed from them overflowed"
            + ADVICE
        : String.format(
                Locale.ROOT,
                "%s are finite, so the scores overflowed: that of %s %d, step %d, %s %d is %s",
                read,
                sequence,
                row / scores.d1(),
                row % scores.d1(),
                score,
                bad % scores.d2(),
                x[bad])
            + ADVICE;
  }
}
