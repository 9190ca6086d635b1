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
            "x is (N,D), w is (D,H), y is (N,H): D is what the product sums over. b is a single row.",
            "A row of x times w is a row of y; then the same b is added to every row.",
            "y = x·w + b: x.matmul(w), then addRow(b)."),
        new AffineForward());
  }

  @Override
  public List<Case> cases() {
    return List.of(inputs("one sample", 1, 2, 3, 1), inputs("three samples", 3, 2, 4, 2),
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
    Matrix x = given.matrix("x");
    Matrix w = given.matrix("w");
    if (slips.made("w is transposed: a row of x has D numbers, and so must a column of w.")) {
      w = w.transposed().copy();
    }
    Matrix y =
        slips.made("The factors are exchanged: it is x·w, the rows of x stay rows.")
            ? w.matmul(x)
            : x.matmul(w);
    if (!slips.made("The bias is missing.")) {
      y.addRow(given.matrix("b"));
    }
    if (slips.made("The bias is added twice.")) {
      y.addRow(given.matrix("b"));
    }
    return new Results().with("y", y);
  }

  @Override
  public Results yours(Case given) {
    return new Results()
        .with("y", Affine.forward(given.matrix("x"), given.matrix("w"), given.matrix("b")));
  }
}
