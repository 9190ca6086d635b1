package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Affine;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** A layer without memory, forward. */
public final class AffineForward implements Stop.Task {

  private static final String TO_X_ALONE =
      "The bias is added to x instead of to the product: it belongs to the result.";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Matrices and shapes",
        "01-matrices-and-shapes.md",
        "Affine.java",
        List.of("forward"),
        List.of(
            "Each sample is a row of x. What has to meet what, so that a row of y comes of it?",
            "x is (N,D), w is (D,H), y is (N,H): D is what the product sums over. b is a single"
                + " row.",
            "A row of x times w is a row of y; then the same b is added to every row.",
            "y = x·w + b: x.matmul(w), then addRow(b)."),
        new AffineForward());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("one sample", 1, 2, 3, 1),
        inputs("three samples", 3, 2, 4, 2),
        inputs("all sizes 3", 3, 3, 3, 3));
  }

  private static Case inputs(String name, int n, int d, int h, int seed) {
    return new Case(name)
        .with("x", Numbers.matrix(n, d, seed))
        .with("w", Numbers.matrix(d, h, seed + 10))
        .with("b", Numbers.matrix(1, h, seed + 20));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Matrix y = product(given, slips);
    addBias(y, given, slips);
    if (slips.made("There is a tanh too many: this layer gives the sum as it is.")) {
      y = y.tanh();
    }
    if (slips.made("y is transposed: a row a sample, a column a number of the output.")) {
      y = y.transposed().copy();
    }
    return new Results().with("y", y);
  }

  private static Matrix product(Case given, Slips slips) {
    Matrix x = given.matrix("x");
    Matrix w = given.matrix("w");
    if (slips.made("The bias is added to x, before the product; it belongs to the result.")
        || slips.made(TO_X_ALONE)) {
      x = x.copy();
      x.addRow(given.matrix("b"));
    }
    if (slips.made("x is transposed: its rows are the samples, and they stay rows.")) {
      x = x.transposed().copy();
    }
    if (slips.made("w is transposed: a row of x has D numbers, and so must a column of w.")) {
      w = w.transposed().copy();
    }
    boolean exchanged =
        slips.made("The factors are exchanged: it is x·w, the rows of x stay rows.");
    Matrix y = exchanged ? w.matmul(x) : x.matmul(w);
    if (slips.made(
        "This multiplies element by element (times). A product of matrices sums over D:"
            + " matmul.")) {
      y = x.times(w);
    }
    int d = x.cols();
    int from = slips.made("The sum over D leaves out the first of its products.") ? 1 : 0;
    int to = slips.made("The sum over D leaves out the last of its products.") ? d - 1 : d;
    if (slips.made(
        "Only the last product of each sum is left: each overwrites the one before. Add them"
            + " up.")) {
      from = d - 1;
    }
    if (to - from < d) {
      y = sum(x, w, from, to);
    }
    if (slips.made("The product is missing: x·w.")) {
      y.fill(0);
    }
    if (slips.made("Only the first sample is computed; each row of x is one.")) {
      for (int i = 1; i < y.rows(); i++) {
        y.fillRow(i, 0);
      }
    }
    return y;
  }

  private static Matrix sum(Matrix x, Matrix w, int from, int to) {
    Matrix y = new Matrix(x.rows(), w.cols());
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < w.cols(); j++) {
        for (int k = from; k < to; k++) {
          y.add(i, j, x.get(i, k) * w.get(k, j));
        }
      }
    }
    return y;
  }

  private static void addBias(Matrix y, Case given, Slips slips) {
    Matrix b = given.matrix("b");
    double times = slips.made("The bias is missing.") || slips.made(TO_X_ALONE) ? 0 : 1;
    if (slips.made("The bias is divided by the number of samples; each sample gets all of it.")) {
      times = 1.0 / y.rows();
    }
    if (slips.made("The bias is added twice.")) {
      times = 2;
    }
    if (slips.made("The bias is added in the innermost loop, once for each of the D products.")) {
      times = given.matrix("x").cols();
    }
    if (slips.made("The bias is taken away: it is added.")) {
      times = -times;
    }
    boolean firstRow =
        slips.made("The bias is added to the first row only. Every sample gets the same bias.");
    boolean lastRow =
        slips.made("The bias is added to the last row only. Every sample gets the same bias.");
    boolean down =
        slips.made("b runs down the columns: its j-th number belongs to column j, in every row.");
    boolean column =
        slips.made("b is added as a column (addColumn); it is a row, added to every row: addRow.");
    boolean one = slips.made("Every column gets the first number of b; column j gets the j-th.");
    boolean factor = slips.made("The bias is a factor here: it is added, not multiplied.");
    if (column) {
      y.addColumn(b.transposed().copy());
      return;
    }
    for (int i = 0; i < y.rows(); i++) {
      if (firstRow && i > 0 || lastRow && i < y.rows() - 1) {
        continue;
      }
      for (int j = 0; j < y.cols(); j++) {
        double bias = b.get(0, one ? 0 : down ? i : j);
        y.set(i, j, factor ? y.get(i, j) * bias : y.get(i, j) + times * bias);
      }
    }
  }

  @Override
  public Results yours(Case given) {
    return new Results()
        .with("y", Affine.forward(given.matrix("x"), given.matrix("w"), given.matrix("b")));
  }
}
