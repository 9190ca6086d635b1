package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.Set;
import road.Slips;

/** What the stops of gated cells share: parts side by side, slopes, mistakes made in two places. */
final class Gates {

  private static final Set<String> WORDS = Set.of("the", "both", "it", "what", "only", "in", "a");

  private Gates() {}

  /** {@return a copy of the part at a place, of so many that stand side by side} */
  static Matrix part(Matrix all, int place, int parts) {
    int h = all.cols() / parts;
    return all.columns(place * h, h).copy();
  }

  /** {@return matrices of as many rows and columns, side by side} */
  static Matrix sideBySide(Matrix... parts) {
    int h = parts[0].cols();
    Matrix all = new Matrix(parts[0].rows(), parts.length * h);
    for (int p = 0; p < parts.length; p++) {
      all.columns(p * h, h).copyFrom(parts[p]);
    }
    return all;
  }

  /** {@return 1 − m} */
  static Matrix oneMinus(Matrix m) {
    Matrix ones = new Matrix(m.rows(), m.cols());
    ones.fill(1);
    return ones.minus(m);
  }

  /** {@return m², element by element} */
  static Matrix squared(Matrix m) {
    return m.times(m);
  }

  /**
   * {@return whether a mistake is made, everywhere or in one place}
   *
   * @param what the sentence, which begins with a small letter
   * @param places beginnings for it, such as {@code "In backward: "}
   */
  static boolean made(Slips slips, String what, String... places) {
    boolean any = slips.made(sentence(what));
    for (String place : places) {
      any |= slips.made(place + what);
    }
    return any;
  }

  /** A capital to begin with, unless it is a name of the code: Z is not z. */
  private static String sentence(String what) {
    String first = what.substring(0, what.indexOf(' '));
    return WORDS.contains(first) ? Character.toUpperCase(what.charAt(0)) + what.substring(1) : what;
  }

  /** {@return the gradient past a sigmoid, s(1 − s), but for the slips on its slope} */
  static Matrix pastSigmoid(Matrix d, Matrix s, Slips slips, String... places) {
    if (made(slips, "the slope of the sigmoid is missing.", places)) {
      return d;
    }
    if (made(slips, "a sigmoid has the slope s(1 − s); 1 − s² is that of tanh.", places)) {
      return d.times(oneMinus(squared(s)));
    }
    if (made(slips, "the slope of the sigmoid is only half there: s is missing.", places)) {
      return d.times(oneMinus(s));
    }
    if (made(slips, "the slope of the sigmoid is only half there: 1 − s is missing.", places)) {
      return d.times(s);
    }
    if (made(
        slips, "the gate is a result of the sigmoid already: do not apply it again.", places)) {
      return d.times(s.sigmoid()).times(oneMinus(s.sigmoid()));
    }
    return d.times(s).times(oneMinus(s));
  }

  /** {@return the gradient past a tanh, 1 − t², but for the slips on its slope} */
  static Matrix pastTanh(Matrix d, Matrix t, Slips slips, String... places) {
    if (made(slips, "the slope of the candidate's tanh is missing.", places)) {
      return d;
    }
    if (made(slips, "the candidate went through tanh: its slope is not g(1 − g).", places)) {
      return d.times(t).times(oneMinus(t));
    }
    if (made(slips, "the slope of the candidate's tanh needs its square.", places)) {
      return d.times(oneMinus(t));
    }
    if (made(slips, "the candidate is a result of tanh already: do not apply it again.", places)) {
      return d.times(oneMinus(squared(t.tanh())));
    }
    return d.times(oneMinus(squared(t)));
  }

  /** {@return what the learner returned; if that is nothing, a message says so} */
  static <T> T given(T returned, String method) {
    if (returned == null) {
      throw new IllegalStateException(method + " returns null");
    }
    return returned;
  }
}
