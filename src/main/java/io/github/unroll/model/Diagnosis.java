package io.github.unroll.model;

import io.github.unroll.data.Sequences;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What of a batch and its scores is not finite, in the words of a message. */
final class Diagnosis {

  private static final String TAMER = "; lower the learning rate or clip the gradients";

  private Diagnosis() {}

  /** Of features (N,T,D) the first that is read and not finite. */
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

  /** Of sequence i alone why its scores have no greatest. */
  static String ofScores(Sequences inputs, int i, CountedSteps steps, List<Parameter> parameters) {
    Optional<String> input =
        inputs.features() == null ? Optional.empty() : inputOfOne(inputs.features(), i, steps, "");
    return input
        .or(() -> NotFinite.parameter(parameters))
        .orElse("its inputs and all parameters are finite, so the scores overflowed");
  }

  /**
   * Why a loss is not finite though what is read and all parameters are.
   *
   * @param read what is finite beside the parameters, such as "all inputs and parameters"
   * @param scores (N,T,K)
   * @param sequence what n counts
   * @param score what k counts
   */
  static String overflow(String read, Tensor3 scores, String sequence, String score) {
    double[] x = scores.data();
    int bad = NotFinite.first(x, 0, x.length);
    int row = bad / scores.d2();
    return bad < 0
        ? read + " are finite, and so are all scores: the loss made of them overflowed" + TAMER
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
            + TAMER;
  }
}
