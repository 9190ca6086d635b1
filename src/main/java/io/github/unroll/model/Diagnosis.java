package io.github.unroll.model;

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

  /** Of inputs (N,T,D) the first that is read and not finite; lengths null for all steps. */
  static Optional<String> input(Tensor3 xs, int[] lengths) {
    for (int i = 0; i < xs.d0(); i++) {
      String sequence = String.format(Locale.ROOT, "sequence %d, ", i);
      Optional<String> bad = inputOfOne(xs, i, lengths == null ? xs.d1() : lengths[i], sequence);
      if (bad.isPresent()) {
        return bad;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inputOfOne(Tensor3 xs, int i, int length, String sequence) {
    int d = xs.d2();
    int from = i * xs.d1() * d;
    int bad = NotFinite.first(xs.data(), from, from + length * d);
    return bad < 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the input is %s at %sstep %d, feature %d; fill such gaps, or leave the sequence"
                    + " out",
                xs.data()[bad],
                sequence,
                (bad - from) / d,
                (bad - from) % d));
  }

  /** Of sequence i alone why its scores have no greatest. */
  static String ofScores(Tensor3 xs, int i, int length, List<Parameter> parameters) {
    return inputOfOne(xs, i, length, "")
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
