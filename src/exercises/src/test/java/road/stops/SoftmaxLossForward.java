package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.SoftmaxLoss;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Softmax and the mean loss of the labels that count. */
public final class SoftmaxLossForward implements Stop.Task {

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Softmax and loss",
        "04-softmax-and-loss.md",
        "SoftmaxLoss.java",
        List.of("forward"),
        List.of(
            "How do scores, of which some are negative, become shares of 1? And which of the shares"
                + " should be large?",
            "scores is (N,V): each row has its own softmax, over its V columns. From each row one"
                + " number is picked, that of its label; the mean of them is a single number.",
            "Take the largest score of a row away from all its scores. The loss of the row is the"
                + " logarithm of the sum of the powers, minus what the label's score has become."
                + " Rows labelled −1 are neither in the sum nor in the count.",
            "max = scores.maxOfRow(i); loss of row i = ln Σ exp(s[i,j] − max) − (s[i,label] − max);"
                + " result = sum of the losses / number of the rows that count"),
        new SoftmaxLossForward());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("one row", scaled(Numbers.matrix(1, 4, 1), 3), 2),
        inputs("four rows, the first ignored", scaled(Numbers.matrix(4, 3, 2), 3), -1, 1, 0, 1),
        inputs("all sizes 3, the first ignored", scaled(Numbers.matrix(3, 3, 3), 4), -1, 0, 2),
        inputs("five rows, two ignored", scaled(Numbers.matrix(5, 4, 4), 2), -1, 3, -1, 0, 2),
        inputs(
            "scores of a thousand",
            Matrix.of(2, 3, 1000, 1001.5, 999, 1000.25, 1000.75, 1000),
            1,
            0),
        inputs(
            "one row of large scores, one of small ones",
            Matrix.of(2, 2, 901, 900.5, -900, -901.25),
            0,
            1),
        inputs("one row of small scores", Matrix.of(1, 3, -900, -901.25, -900.5), 1),
        inputs("a label without any chance", Matrix.of(1, 3, 0.5, -800, 0.25), 1));
  }

  private static Matrix scaled(Matrix m, double factor) {
    return m.times(factor);
  }

  private static Case inputs(String name, Matrix scores, int... labels) {
    return new Case(name).with("scores", scores).with("labels", labels);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Matrix scores = given.matrix("scores");
    int[] labels = given.ints("labels");
    int n = scores.rows();
    int v = scores.cols();
    boolean zeroIgnored = slips.made("Class 0 is a class like the others; −1 alone is ignored.");
    boolean asFirst = slips.made("A row labelled −1 counts as class 0; it should not count.");
    boolean asLast = slips.made("A row labelled −1 counts as the last class; it should not count.");
    boolean stops =
        slips.made("The loop ends at the first ignored row; the rows after it still count.");
    boolean firstOnly = slips.made("Only the first row that counts is in the loss.");
    boolean lastOnly =
        slips.made("Only the last row is in the sum: each overwrites the one before.");
    boolean lastRow = slips.made("The last row is left out: the loop ends too early.");
    boolean firstRow = slips.made("The first row is left out: the loop begins too late.");
    boolean lookedUp =
        slips.made("A row labelled −1 is not left out: there is no column −1 to look into.");
    double[] left = new double[1]; // powers of the rows before, where they stay in the sum
    double sum = 0;
    int count = 0;
    int rows = lastRow ? n - 1 : n;
    for (int i = firstRow ? 1 : 0; i < rows; i++) {
      int label = labels[i];
      if (label == -1 && stops) {
        break;
      }
      label = label == -1 && asFirst ? 0 : label == -1 && asLast ? v - 1 : label;
      if (label == -1 && !lookedUp || label == 0 && zeroIgnored || firstOnly && count == 1) {
        continue;
      }
      double loss = lossOfRow(scores, i, label, left, slips);
      sum = lastOnly ? loss : sum + loss;
      count++;
    }
    return new Results().with("loss", made(sum, count, n, v, slips));
  }

  /** One number from the sum of the rows that count. */
  private static double made(double sum, int count, int n, int v, Slips slips) {
    double divisor = count;
    if (slips.made("That is the sum; the loss is the mean of the rows that count.")) {
      divisor = 1;
    }
    if (slips.made("The sum is divided by all rows; those labelled −1 do not count.")) {
      divisor = n;
    }
    if (slips.made("The sum is divided by the number of classes; it is a mean over rows.")) {
      divisor = v;
    }
    if (slips.made("The sum is divided by rows times classes; each row has one loss.")) {
      divisor = (double) n * v;
    }
    double loss = sum / divisor;
    if (slips.made(
        "The sign: the logarithm of a probability is negative, and the loss is minus that.")) {
      loss = -loss;
    }
    return slips.made("That is the perplexity, exp of the loss; the loss itself is asked for.")
        ? Math.exp(loss)
        : loss;
  }

  private static double lossOfRow(Matrix scores, int i, int label, double[] left, Slips slips) {
    int v = scores.cols();
    if (slips.made("Labels count from 0: label 0 is the first column.")) {
      label--;
    }
    double max = scores.maxOfRow(i);
    if (slips.made("The largest score counts, not that of the label.")) {
      label = columnOf(scores, i, max);
    }
    boolean transposed =
        slips.made("Row and column are exchanged where the label's score is read.");
    double score = transposed ? scores.get(label, i) : scores.get(i, label);
    double[] row = row(scores, i);
    if (slips.made(
        "This is a softmax over each column; each row has its own, over its V scores.")) {
      row = row(scores.transposed().copy(), label);
      max = scores.transposed().copy().maxOfRow(label);
    }
    if (slips.made("Softmax is taken twice: the logarithm is of the first one's probabilities.")) {
      double total = powers(row, max);
      for (int j = 0; j < row.length; j++) {
        row[j] = Math.exp(row[j] - max) / total;
      }
      score = Math.exp(score - max) / total;
      max = 0;
    }
    boolean whole =
        slips.made(
            "The largest of the whole matrix is taken away; beside it a row of small scores"
                + " vanishes, exp gives 0. Each row has its own largest.");
    boolean naive =
        slips.made(
            "exp of a large score is infinite: take the largest score of the row away from all"
                + " scores first. Softmax stays the same.");
    boolean fromZero =
        slips.made(
            "The search for the largest score begins at 0; in a row of small scores none is larger,"
                + " and exp gives 0. Begin with the first score.");
    double less = naive ? 0 : whole ? largest(scores) : fromZero ? Math.max(0, max) : max;
    double powers = powers(row, less);
    if (slips.made("The sum of the powers is over the whole matrix; each row has its own.")) {
      powers = 0;
      for (int r = 0; r < scores.rows(); r++) {
        powers += powers(row(scores, r), less);
      }
    }
    if (slips.made("The label's own power is missing in the sum: it is over all V.")) {
      powers -= Math.exp(score - less);
    }
    if (slips.made("The first class is missing in the sum: it is over all V.")) {
      powers -= Math.exp(row[0] - less);
    }
    if (slips.made("The last class is missing in the sum: it is over all V.")) {
      powers -= Math.exp(row[v - 1] - less);
    }
    if (slips.made("The sum of the powers goes on from row to row; each row begins at 0.")) {
      powers += left[0];
      left[0] = powers;
    }
    double own = score - less;
    if (slips.made("The largest score is taken away in the sum, but not from the label's score.")) {
      own = score;
    }
    if (slips.made(
        "Brackets: ln Σ exp − (s − max). Without them the largest score is taken away once"
            + " more.")) {
      own = score + less;
    }
    double loss = Math.log(powers) - own;
    if (slips.made(
        "The probability of the label is so small that a double makes it 0, and ln 0 is infinite."
            + " ln(exp(s) / sum) is s − ln sum: take no exp of that score.")) {
      loss = -Math.log(Math.exp(own) / powers);
    }
    if (slips.made("The logarithm of the sum is missing: ln Σ exp.")) {
      loss = powers - (score - less);
    }
    if (slips.made("Softmax is missing: this is minus the score itself.")) {
      loss = -score;
    }
    return other(loss, row, powers, less, slips);
  }

  /** What is made of the probabilities instead of −ln of one. */
  private static double other(double loss, double[] row, double powers, double less, Slips slips) {
    double p = Math.exp(-loss);
    if (slips.made("The logarithm is missing: this is minus the probability.")) {
      return -p;
    }
    if (slips.made("The logarithm is missing: the loss is −ln p, not p.")) {
      return p;
    }
    if (slips.made("The loss is −ln p, not 1 − p.")) {
      return 1 - p;
    }
    if (slips.made("That is a squared error, (1 − p)²; the loss here is −ln p.")) {
      return (1 - p) * (1 - p);
    }
    if (slips.made("log10 has the base 10; the loss takes the natural logarithm, Math.log.")) {
      return loss / Math.log(10);
    }
    if (slips.made("That is a logarithm with base 2; the loss takes the natural one, Math.log.")) {
      return loss / Math.log(2);
    }
    if (slips.made("The loss goes over all classes; only the label's logarithm belongs to it.")) {
      double all = 0;
      for (double score : row) {
        all += Math.log(powers) - (score - less);
      }
      return all;
    }
    if (slips.made("That is the entropy, −Σ p·ln p; the label is not in it.")) {
      double entropy = 0;
      for (double score : row) {
        double surprise = Math.log(powers) - (score - less);
        entropy += Math.exp(-surprise) * surprise;
      }
      return entropy;
    }
    return loss;
  }

  private static double powers(double[] row, double less) {
    double sum = 0;
    for (double score : row) {
      sum += Math.exp(score - less);
    }
    return sum;
  }

  private static double[] row(Matrix m, int i) {
    double[] row = new double[m.cols()];
    for (int j = 0; j < row.length; j++) {
      row[j] = m.get(i, j);
    }
    return row;
  }

  private static double largest(Matrix m) {
    double max = m.maxOfRow(0);
    for (int i = 1; i < m.rows(); i++) {
      max = Math.max(max, m.maxOfRow(i));
    }
    return max;
  }

  private static int columnOf(Matrix m, int i, double value) {
    int j = 0;
    while (m.get(i, j) != value) {
      j++;
    }
    return j;
  }

  @Override
  public Results yours(Case given) {
    return new Results()
        .with("loss", SoftmaxLoss.forward(given.matrix("scores"), given.ints("labels")));
  }
}
