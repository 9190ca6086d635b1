package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Streaming;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** A session that keeps its state, and the choice of the next word. */
public final class StreamingSession implements Stop.Task {

  private static final double WRITTEN = 9; // what a caller writes into a state that it was given

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Streaming",
        "20-streaming.md",
        "Streaming.java",
        List.of("step", "reset", "choose"),
        List.of(
            "What must a session still know when the next input comes? And what can it forget?",
            "The field h is (N,H), as is what step returns. In choose, think of a line from 0 to 1,"
                + " cut into V pieces, each as long as its word's probability: u is a point on it.",
            "step: take the state from the field, make one step, put the new state into the field"
                + " and return a copy. choose: probabilities of the scores over the temperature;"
                + " add them up until the sum passes u; at temperature 0 the first greatest score.",
            "h = Rnn.forward(x, h, wx, wh, b); return h.copy(). p = softmax(scores / temperature);"
                + " the first i with u < p[0] + ... + p[i]."),
        new StreamingSession());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        sequence("one sequence, two steps", 1, 2, 3, 2, 1),
        sequence("three sequences, four steps", 3, 2, 4, 4, 2),
        sequence("all sizes 3", 3, 3, 3, 3, 3),
        sequence("two sequences, without a reset", 2, 3, 2, 2, 4).with("reset", 0),
        choice("temperature 1", 1, row(0.03, 0.12, 0.3, 0.6, 0.72, 0.9, 0.99), 0.5, 2, -1, 1.2),
        choice("temperature 0.5", 0.5, row(0.02, 0.5, 0.8, 0.85, 0.99), 0.5, 2, -1, 1.2),
        choice("temperature 2", 2, row(0.1, 0.3, 0.6, 0.7, 0.8, 0.98), 0.5, 2, -1, 1.2),
        choice("temperature 0, two best words", 0, row(0.1, 0.95), 1, 3, 2, 3, 0.5),
        choice("temperature 0, all scores below 0", 0, row(0.1, 0.95), -3, -1, -2),
        choice("temperature 0, the last word is the best", 0, row(0.1, 0.95), 1, 0.5, 2),
        choice("great scores", 1, row(0.05, 0.2, 0.5, 0.95), 800, 802, 801),
        choice("u at the very beginning", 1, row(0), -2000, 0, 1),
        choice("u where two words meet", 1, row(0.25, 0.5, 0.75), 0, 0, 0, 0),
        choice("u just below 1", 1, row(Math.nextDown(1.0)), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  private static Matrix row(double... numbers) {
    return Matrix.of(1, numbers.length, numbers);
  }

  private static Case sequence(String name, int n, int d, int h, int steps, int seed) {
    return new Case(name)
        .with("steps", steps)
        .with("reset", 1)
        .with("xs", Numbers.sequence(steps, n, d, seed))
        .with("wx", Numbers.matrix(d, h, seed + 20))
        .with("wh", Numbers.matrix(h, h, seed + 30))
        .with("b", Numbers.matrix(1, h, seed + 40));
  }

  private static Case choice(String name, double temperature, Matrix us, double... scores) {
    return new Case(name)
        .with("steps", 0)
        .with("temperature", temperature)
        .with("us", us)
        .with("scores", row(scores));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return given.whole("steps") > 0 ? sessions(given, slips) : choices(given, slips);
  }

  /** Two sessions in turn, the other one backwards through the inputs; then one begins anew. */
  private static Results sessions(Case given, Slips slips) {
    Matrix[] xs = given.matrices("xs");
    Matrix zero = new Matrix(xs[0].rows(), given.matrix("b").cols());
    Matrix[] state = {begun(zero, slips), begun(zero, slips)};
    boolean shared =
        slips.made(
            "Two sessions share one state. What is static belongs to the class; each session needs"
                + " a field of its own.");
    int other = shared ? 0 : 1;
    Results results = new Results();
    for (int t = 0; t < xs.length; t++) {
      results.with("h[" + t + "]", step(given, slips, state, 0, xs[t]));
      results.with("other[" + t + "]", step(given, slips, state, other, xs[xs.length - 1 - t]));
    }
    if (given.whole("reset") == 0) {
      return results;
    }
    Matrix before = state[0];
    if (!slips.made("reset leaves the state as it was; it has to be all zeros again.")) {
      state[0] = zero.copy();
    }
    if (slips.made("reset clears the first sequence alone; all N rows become zeros.")) {
      state[0] = before.copy();
      state[0].fillRow(0, 0);
    }
    if (slips.made("reset leaves no state at all; before the first step it is N rows of zeros.")) {
      state[0] = null;
    }
    if (slips.made("reset makes a state of one row; it needs one for each sequence.")) {
      state[0] = new Matrix(1, zero.cols());
    }
    return results.with("afterReset", step(given, slips, state, 0, xs[1]));
  }

  /** The state with which a session begins. */
  private static Matrix begun(Matrix zero, Slips slips) {
    if (slips.made("A session begins without a state: the constructor has to make zeros (N,H).")) {
      return null;
    }
    if (slips.made("The first state is (H,N); a row is a sequence: (N,H).")) {
      return new Matrix(zero.cols(), zero.rows());
    }
    if (slips.made("The first state has one row; it needs one for each sequence.")) {
      return new Matrix(1, zero.cols());
    }
    Matrix begun = zero.copy();
    if (slips.made("A session begins with ones; before it has read anything the state is zeros.")) {
      begun.fill(1);
    }
    return begun;
  }

  private static Matrix step(Case given, Slips slips, Matrix[] state, int k, Matrix x) {
    Matrix before = state[k].copy();
    Matrix a = x.matmul(given.matrix("wx"));
    Matrix wh = given.matrix("wh");
    if (slips.made("wh is transposed. It is square, so no shape shows it: h·wh.")) {
      wh = wh.transposed().copy();
    }
    if (!slips.made(
        "Each step begins from zeros. A step has to read the field h, and its new state has to go"
            + " into that field.")) {
      a.add(before.matmul(wh));
    }
    if (!slips.made("The bias is missing.")) {
      a.addRow(given.matrix("b"));
    }
    Matrix after = slips.made("tanh is missing.") ? a.copy() : a.tanh();
    if (slips.made("The new state is added to the old one; it has to take its place.")) {
      after.add(before);
    }
    Matrix kept = after;
    if (slips.made("Kept is the sum before tanh; the next step needs the state, after tanh.")) {
      kept = a;
    }
    if (slips.made("Kept is the input's part alone, without the state before.")) {
      kept = x.matmul(given.matrix("wx"));
      kept.addRow(given.matrix("b"));
      kept = kept.tanh();
    }
    state[k] = kept.copy();
    if (slips.made(
        "What step returns is the session's own state. The caller wrote into what it got, and so"
            + " into your memory. Return a copy.")) {
      state[k].fill(WRITTEN);
    }
    return slips.made("Returned is the state before the step; it should be the one after it.")
        ? before
        : after;
  }

  private static Results choices(Case given, Slips slips) {
    Matrix us = given.matrix("us");
    Results results = new Results();
    for (double u : us.data()) {
      int id = choose(given.matrix("scores"), given.number("temperature"), u, slips);
      results.with("choose[u = " + u + "]", id);
    }
    return results;
  }

  private static int choose(Matrix scores, double temperature, double u, Slips slips) {
    int v = scores.cols();
    boolean greedy = slips.made("Always the best word: u is not used.");
    if (greedy
        || (temperature == 0
            && !slips.made(
                "Temperature 0 is forgotten: a score divided by 0 is no number. Then it is simply"
                    + " the word of the greatest score."))) {
      return best(scores, slips);
    }
    double factor = 1 / temperature;
    if (slips.made("The temperature is not used.")) {
      factor = 1;
    }
    if (slips.made(
        "Scores are multiplied by the temperature. So a great one makes the best word surer; it"
            + " should make all words more alike.")) {
      factor = temperature;
    }
    boolean late =
        slips.made(
            "The temperature divides the probabilities. It has to divide the scores, before"
                + " softmax: what comes after it no longer sums to 1.");
    double[] p = probabilities(scores, late ? 1 : factor, slips);
    return place(p, late ? factor : 1, u, slips);
  }

  private static double[] probabilities(Matrix scores, double factor, Slips slips) {
    double[] p = new double[scores.cols()];
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < p.length; i++) {
      p[i] = scores.get(0, i) * factor;
      greatest = Math.max(greatest, p[i]);
    }
    if (slips.made("softmax is missing: scores are no probabilities.")) {
      return p;
    }
    if (slips.made(
        "exp of a great score is infinite, and infinity by infinity is no number: subtract the"
            + " greatest score first.")) {
      greatest = 0;
    }
    boolean whole =
        slips.made("The exponentials are not divided by their sum: their own sum is not 1.");
    greatest = whole ? 0 : greatest;
    whole |=
        slips.made(
            "The greatest score is subtracted, but the exponentials are not divided by their sum:"
                + " their own sum is not 1.");
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(p[i] - greatest);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= whole ? 1 : sum;
    }
    return p;
  }

  /** The piece of the line in which u lies. */
  private static int place(double[] p, double factor, double u, Slips slips) {
    boolean each =
        slips.made(
            "u is compared with each probability alone; it is their sum so far that has to pass"
                + " u.");
    boolean equal =
        slips.made(
            "Where u equals the sum, the next word begins: u < sum, not u <= sum. With u = 0 a word"
                + " of probability 0 was chosen.");
    boolean before =
        slips.made("One word too late: the sum has to hold word i's own probability, too.");
    boolean turned = slips.made("The comparison is the wrong way round.");
    boolean last =
        slips.made("Among the words that fit, the last is taken; the first that passes u counts.");
    boolean noLast =
        slips.made("The last word is never chosen: it is the one that is left when no sum passes.");
    boolean noLastNone =
        slips.made("Where no sum of the other words passes u it is the last word, not −1.");
    double sum = 0;
    int found = -1;
    for (int i = 0; i < p.length; i++) {
      if (i == p.length - 1 && (noLast || noLastNone)) {
        return noLast ? p.length - 2 : -1;
      }
      double with = sum + p[i] * factor;
      double compared = each ? p[i] * factor : before ? sum : with;
      if (turned ? u > compared : equal ? u <= compared : u < compared) {
        found = i;
        if (!last) {
          return i;
        }
      }
      sum = with;
    }
    if (found >= 0) {
      return found;
    }
    if (slips.made(
        "Rounded, the sum of all probabilities can end just below 1, and u above it. Then it is the"
            + " last word, not −1.")) {
      return -1;
    }
    if (slips.made(
        "Rounded, the sum of all probabilities can end just below 1, and u above it. Then it is the"
            + " last word, not word 0.")) {
      return 0;
    }
    return p.length - 1;
  }

  private static int best(Matrix scores, Slips slips) {
    boolean short1 =
        slips.made("The search for the best word leaves out the last one: i <= V − 1.");
    if (slips.made("That is the greatest score itself, without its decimals, not its word.")) {
      double most = scores.get(0, 0);
      for (int i = 1; i < scores.cols(); i++) {
        most = Math.max(most, scores.get(0, i));
      }
      return (int) most;
    }
    boolean latest = slips.made("Of two best words the first counts: >, not >=.");
    boolean smallest = slips.made("That is the word of the smallest score.");
    boolean fromZero =
        slips.made(
            "The search for the greatest begins at 0; if all scores are below 0, none is greater."
                + " Begin with the first score.");
    int best = 0;
    double greatest = fromZero ? 0 : scores.get(0, 0) * (smallest ? -1 : 1);
    for (int i = 0; i < scores.cols() - (short1 ? 1 : 0); i++) {
      double score = scores.get(0, i) * (smallest ? -1 : 1);
      if (latest ? score >= greatest : score > greatest) {
        best = i;
        greatest = score;
      }
    }
    return best;
  }

  @Override
  public Results yours(Case given) {
    Results results = new Results();
    if (given.whole("steps") == 0) {
      Matrix us = given.matrix("us");
      for (double u : us.data()) {
        int id = Streaming.choose(given.matrix("scores"), given.number("temperature"), u);
        results.with("choose[u = " + u + "]", id);
      }
      return results;
    }
    Matrix[] xs = given.matrices("xs");
    Streaming one = session(given);
    Streaming other = session(given);
    for (int t = 0; t < xs.length; t++) {
      results.with("h[" + t + "]", taken(one.step(xs[t])));
      results.with("other[" + t + "]", taken(other.step(xs[xs.length - 1 - t])));
    }
    if (given.whole("reset") == 0) {
      return results;
    }
    one.reset();
    return results.with("afterReset", taken(one.step(xs[1])));
  }

  private static Streaming session(Case given) {
    return new Streaming(
        given.matrices("xs")[0].rows(), given.matrix("wx"), given.matrix("wh"), given.matrix("b"));
  }

  /** A copy of a state; then something is written into the state, as a caller may do. */
  private static Matrix taken(Matrix state) {
    Matrix copy = state == null ? null : state.copy();
    if (state != null) {
      state.fill(WRITTEN);
    }
    return copy;
  }

  @Override
  public String methodOf(String result) {
    return result.startsWith("choose") ? "choose" : result.equals("afterReset") ? "reset" : "step";
  }
}
