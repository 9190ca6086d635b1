package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.SoftmaxLossBackward;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Softmax and cross-entropy, backward. */
public final class ThroughLoss implements Stop.Task {

  private static final String SINGLE = "single numbers";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Back through the loss",
        "07-back-through-the-loss.md",
        "SoftmaxLossBackward.java",
        List.of("oneScore", "backward"),
        List.of(
            "The right class has the probability 1: what is left to want of its score? It has the"
                + " probability 0: how much then?",
            "dscores has the shape of scores (N,V). A row depends on its own scores and label"
                + " alone, and on how many rows count.",
            "Probability minus truth, where truth is 1 for the right class and 0 for the others."
                + " A mean over the rows that count hands each its share. A row that does not count"
                + " wants nothing. Slope from stop 5 tells whether you are right.",
            "p = softmax(scores). A row that counts: p / count, but (p − 1) / count in the label's"
                + " column. A row of label −1: zeros. For oneScore: p0 − 1, with p0 = 1 / (1 +"
                + " exp(s1 − s0))."),
        new ThroughLoss());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        new Case(SINGLE).with("s0", 0.4).with("s1", 1.1),
        new Case(SINGLE + ", large").with("s0", 1000.0).with("s1", 1001.5),
        inputs("one row", 1, 3, 1, 1),
        inputs("four rows, all count", 4, 3, 2, 2, 0, 1, 2),
        inputs("four rows, the first does not count", 4, 5, 3, -1, 3, 1, 0),
        inputs("all sizes 3, the second row does not count", 3, 3, 4, 1, -1, 2),
        new Case("scores of a thousand")
            .with("scores", Matrix.of(2, 3, 1000, 1001, 999.5, -3, -1000, -1))
            .with("labels", new int[] {2, 0}));
  }

  private static Case inputs(String name, int n, int v, int seed, int... labels) {
    return new Case(name)
        .with("scores", Numbers.matrix(n, v, seed).times(2))
        .with("labels", labels);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return given.name().startsWith(SINGLE)
        ? new Results().with("ds0", single(given.number("s0"), given.number("s1"), slips))
        : new Results().with("dscores", rows(given.matrix("scores"), given.ints("labels"), slips));
  }

  private static double single(double s0, double s1, Slips slips) {
    double p0 = 1 / (1 + Math.exp(s1 - s0));
    if (slips.made("The scores are exchanged in p0: s0 great makes p0 great.")) {
      p0 = 1 / (1 + Math.exp(s0 - s1));
    }
    if (slips.made(
        "exp of a large score is infinite. Only the difference of the scores counts: divide above"
            + " and below by exp(s0).")) {
      p0 = Math.exp(s0) / (Math.exp(s0) + Math.exp(s1));
    }
    if (slips.made("That is the loss itself, −ln p0; its slope in s0 is asked for.")) {
      return -Math.log(p0);
    }
    if (slips.made("That is the slope of ln p0: the loss is −ln p0, so the sign is wrong.")) {
      return 1 - p0;
    }
    if (slips.made("That is p0. In ln(exp(s0) + exp(s1)) − s0 there is also the −s0.")) {
      return p0;
    }
    if (slips.made("That is −1, from −s0 alone; ln(exp(s0) + exp(s1)) has a slope too.")) {
      return -1;
    }
    if (slips.made("That is the gradient of the probability p0, −1/p0; go on to the score.")) {
      return -1 / p0;
    }
    if (slips.made("That is the slope of p0, p0·(1 − p0); the loss is −ln p0.")) {
      return p0 * (1 - p0);
    }
    if (slips.made("That is the slope of −p0; the loss is −ln p0.")) {
      return -p0 * (1 - p0);
    }
    if (slips.made("There is a factor p0 too many: the slope of ln p0 brings 1/p0.")) {
      return p0 * (p0 - 1);
    }
    if (slips.made("The exponential is missing in p0: a probability is a share of exp(s).")) {
      return s0 / (s0 + s1) - 1;
    }
    if (slips.made("exp(s0) alone is no probability: divide by the sum of both.")) {
      return Math.exp(s0) - 1;
    }
    return p0 - 1;
  }

  private static Matrix rows(Matrix scores, int[] labels, Slips slips) {
    int n = scores.rows();
    int v = scores.cols();
    Matrix p = probabilities(scores, slips);
    if (slips.made("A row of label 0 counts: 0 is the first class. Only −1 does not count.")) {
      labels = java.util.Arrays.stream(labels).map(label -> label == 0 ? -1 : label).toArray();
    }
    double count = 0;
    for (int label : labels) {
      count += label < 0 ? 0 : 1;
    }
    double share = 1 / count;
    if (slips.made("The division is missing: the loss is a mean over the rows that count.")) {
      share = 1;
    }
    if (slips.made("It is divided by all N rows; the mean is over those that count.")) {
      share = 1.0 / n;
    }
    if (slips.made("It is divided by V, the number of classes; the mean is over rows.")) {
      share = 1.0 / v;
    }
    if (slips.made("It is divided by the number of all scores; the mean is over rows.")) {
      share = 1.0 / (n * v);
    }
    if (slips.made(
        "It is divided by the number of all scores of the rows that count; the mean is over"
            + " rows.")) {
      share = 1 / (count * v);
    }
    if (slips.made("It is multiplied by the count, not divided by it.")) {
      share = count;
    }
    if (slips.made(
        "A count that grows while the rows are done: it is known only when all labels are seen.")) {
      share = Double.NaN; // see below
    }
    if (slips.made("1 / count is a division of whole numbers, so it is 0: write 1.0 / count.")) {
      share = count == 1 ? 1 : 0;
    }
    double truth = 1;
    if (slips.made("The right class is missing: from its probability the truth, 1, is taken.")) {
      truth = 0;
    }
    if (slips.made("The 1 of the right class is taken away twice.")) {
      truth = 2;
    }
    boolean set = slips.made("The right class is set to −1; from its probability 1 is taken away.");
    if (slips.made("The 1 of the right class is added; it is taken away.")) {
      truth = -1;
    }
    if (slips.made(
        "The 1 of the right class is taken away after the division, which it needs too.")) {
      truth = 1 / share;
    }
    boolean keep = slips.made("A row of label −1 does not count: its gradient is all zeros.");
    boolean wraps = slips.made("The label −1 is taken for class 0; it says: does not count.");
    boolean stops =
        slips.made("After a row that does not count no other is done: continue, not break.");
    boolean ends =
        slips.made(
            "The loop ends at a row that does not count, and so does the counting: continue, not"
                + " break.");
    boolean bare =
        slips.made(
            "The loop ends at a row that does not count: the rows after it stay probabilities and"
                + " are not counted. Go on to the next row, no break.");
    boolean only = slips.made("Only the right class has a gradient; the others want down by p.");
    boolean slope =
        slips.made("There is a factor p·(1 − p) too many: p − truth is the slope of the score.");
    boolean inverse =
        slips.made("That is the gradient of the probabilities, −1/p; go on to the scores.");
    boolean byRow =
        slips.made("The 1 is taken away in column i, the row's number; the column is the label.");
    boolean next = slips.made("Labels count from 0: the 1 is taken away one class too early.");
    Matrix d = new Matrix(n, v);
    double seen = 0;
    for (int i = 0; i < n; i++) {
      int label = labels[i];
      if (label < 0 && bare) {
        for (int r = i + 1; r < n; r++) {
          for (int j = 0; j < v; j++) {
            d.set(r, j, p.get(r, j) * share);
          }
        }
        break;
      }
      if (label < 0 && (stops || ends)) {
        break;
      }
      seen += label < 0 ? 0 : 1;
      double part = Double.isNaN(share) ? 1 / seen : share;
      for (int j = 0; j < v; j++) {
        if (label >= 0 || keep || wraps) {
          d.set(i, j, p.get(i, j) * part * (inverse || only ? 0 : 1));
        }
      }
      if (label >= 0 || wraps) {
        int right = byRow ? i : next ? label - 1 : Math.max(label, 0);
        double own = p.get(i, right);
        if (inverse) {
          d.set(i, right, -part / own);
        } else if (set) {
          d.set(i, right, -part);
        } else if (only) {
          d.set(i, right, (own - truth) * part);
        } else {
          d.add(i, right, -truth * part);
        }
      }
      for (int j = 0; slope && j < v; j++) {
        d.set(i, j, d.get(i, j) * p.get(i, j) * (1 - p.get(i, j)));
      }
    }
    if (ends || bare) {
      d = d.times(count / seen);
    }
    return slips.made("The sign is wrong: probability minus truth, not the other way round.")
        ? d.times(-1)
        : d;
  }

  private static Matrix probabilities(Matrix scores, Slips slips) {
    if (slips.made("The softmax is missing: these are the scores, not probabilities.")) {
      return scores.copy();
    }
    Matrix p = scores.copy();
    boolean raw =
        slips.made(
            "exp of a large score is infinite: take the row's largest score away first, or use"
                + " softmaxRows.");
    boolean undivided = slips.made("exp is not divided by the sum of its row.");
    if (slips.made("The softmax goes over the columns; each row has probabilities of its own.")) {
      p = p.transposed().copy();
      p.softmaxRows();
      return p.transposed().copy();
    }
    boolean whole = slips.made("The sum is that of the whole matrix; each row has its own.");
    double all = 0;
    for (int i = 0; i < p.rows(); i++) {
      double max = raw || undivided || whole ? 0 : p.maxOfRow(i);
      double sum = 0;
      for (int j = 0; j < p.cols(); j++) {
        p.set(i, j, Math.exp(p.get(i, j) - max));
        sum += p.get(i, j);
      }
      all += sum;
      for (int j = 0; j < p.cols() && !undivided && !whole; j++) {
        p.set(i, j, p.get(i, j) / sum);
      }
    }
    return whole ? p.times(1 / all) : p;
  }

  @Override
  public Results yours(Case given) {
    return given.name().startsWith(SINGLE)
        ? new Results()
            .with("ds0", SoftmaxLossBackward.oneScore(given.number("s0"), given.number("s1")))
        : new Results()
            .with(
                "dscores",
                SoftmaxLossBackward.backward(given.matrix("scores"), given.ints("labels")));
  }

  @Override
  public String methodOf(String result) {
    return result.equals("ds0") ? "oneScore" : "backward";
  }
}
