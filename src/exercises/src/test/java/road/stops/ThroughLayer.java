package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.AffineBackward;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** A layer without memory, backward. */
public final class ThroughLayer implements Stop.Task {

  private static final String SINGLE = "single numbers";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Back through a layer",
        "06-back-through-a-layer.md",
        "AffineBackward.java",
        List.of("oneWeight", "backward"),
        List.of(
            "Which numbers of y does one weight have a part in? And one number of x? And of b?",
            "A gradient has the shape of what it belongs to: dx (N,D), dw (D,H), db (1,H). There is"
                + " only one way to make (D,H) of x (N,D) and dy (N,H) that sums over the samples.",
            "What is used several times gets the sum of what all its uses send back. A weight is"
                + " used by every sample, a number of x by every column of w, b by every sample."
                + " Slope from stop 5 tells whether you are right: the lesson shows how.",
            "dx = dy·wᵀ, dw = xᵀ·dy, db = the sum of the rows of dy: dy.columnSums()."
                + " For oneWeight: x0·dy0 + x1·dy1."),
        new ThroughLayer());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        new Case(SINGLE)
            .with("x0", 1.5)
            .with("x1", -0.4)
            .with("w", 0.7)
            .with("dy0", 0.3)
            .with("dy1", 2.2),
        inputs("one sample", 1, 2, 3, 1),
        inputs("three samples", 3, 2, 4, 2),
        inputs("all sizes 3", 3, 3, 3, 3));
  }

  private static Case inputs(String name, int n, int d, int h, int seed) {
    return new Case(name)
        .with("dy", Numbers.matrix(n, h, seed))
        .with("x", Numbers.matrix(n, d, seed + 10))
        .with("w", Numbers.matrix(d, h, seed + 20));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return given.name().equals(SINGLE) ? single(given, slips) : matrices(given, slips);
  }

  private static Results single(Case given, Slips slips) {
    double x0 = given.number("x0");
    double x1 = given.number("x1");
    double w = given.number("w");
    double dy0 = given.number("dy0");
    double dy1 = given.number("dy1");
    if (slips.made("It is w's own value that stands there; the slope of x·w in w is x.")) {
      x0 = w;
      x1 = w;
    }
    if (slips.made("x is missing: how much does y grow where w grows by one?")) {
      x0 = 1;
      x1 = 1;
    }
    if (slips.made("dy is missing: that is the slope of y, not yet of the loss.")) {
      dy0 = 1;
      dy1 = 1;
    }
    if (slips.made("Each x goes with the dy of the other sample.")) {
      double swapped = dy0;
      dy0 = dy1;
      dy1 = swapped;
    }
    double first = x0 * dy0;
    double second = x1 * dy1;
    if (slips.made("The first sample is missing: w is used by both.")) {
      first = 0;
    }
    if (slips.made("The second sample is missing: w is used by both.")) {
      second = 0;
    }
    double dw = first + second;
    if (slips.made("What the two samples send back is multiplied. Two uses of w are added up.")) {
      dw = first * second;
    }
    if (slips.made("What the second sample sends back is taken away, not added.")) {
      dw = first - second;
    }
    if (slips.made(
        "Both x are added first, and both dy. But each sample has an x and a dy of its own.")) {
      dw = (x0 + x1) * (dy0 + dy1);
    }
    if (slips.made("There is w in the product: w has a slope, x·dy, whatever its value is.")) {
      dw *= w;
    }
    if (slips.made("The mean of the samples is taken. Two uses of w are added up.")) {
      dw /= 2;
    }
    if (slips.made("dw has the wrong sign. A gradient says uphill; it is Sgd that goes down.")) {
      dw = -dw;
    }
    return new Results().with("oneWeight", dw);
  }

  private static Results matrices(Case given, Slips slips) {
    Matrix dy = given.matrix("dy");
    Matrix x = given.matrix("x");
    Matrix w = given.matrix("w");
    Matrix dx = dx(dy, w, slips);
    Matrix dw = dw(dy, x, slips);
    Matrix db = db(dy, slips);
    if (slips.made(
        "All three are divided by N. Whether the loss is a mean stands in dy already.")) {
      dx = dx.times(1.0 / dy.rows());
      dw = dw.times(1.0 / dy.rows());
      db = db.times(1.0 / dy.rows());
    }
    if (slips.made(
        "All three have the wrong sign. A gradient says uphill; it is Sgd that goes down.")) {
      dx = dx.times(-1);
      dw = dw.times(-1);
      db = db.times(-1);
    }
    if (slips.made("dx and dw are exchanged: new Gradients(dx, dw, db).")) {
      Matrix swapped = dx;
      dx = dw;
      dw = swapped;
    }
    return new Results().with("dx", dx).with("dw", dw).with("db", db);
  }

  private static Matrix dx(Matrix dy, Matrix w, Slips slips) {
    Matrix dx = dy.copy();
    if (slips.made("w is not transposed in dx: each number of x meets its own row of w.")) {
      dx = dy.matmul(w);
    } else if (slips.made("The factors of dx are exchanged: rows of dx are samples, as in dy.")) {
      dx = w.matmul(dy.transposed());
    } else if (slips.made("The factors of dx are exchanged, and so w·dy it is.")) {
      dx = w.matmul(dy);
    } else if (slips.made("w is transposed in dx, but stands first: rows of dx are samples.")) {
      dx = w.transposed().matmul(dy);
    } else if (!slips.made("dx is dy itself: w is missing.")) {
      dx = dy.matmul(w.transposed());
    }
    return slips.made("dx is divided by N: every sample has a row of dx of its own.")
        ? dx.times(1.0 / dy.rows())
        : dx;
  }

  private static Matrix dw(Matrix dy, Matrix x, Slips slips) {
    if (slips.made("The factors of dw are exchanged: this is dw transposed.")) {
      return dy.transposed().matmul(x);
    }
    if (slips.made("x is not transposed in dw: what has to be summed over are the samples.")) {
      return x.matmul(dy);
    }
    if (slips.made("It is dy that is transposed in dw, and it should be x.")) {
      return x.matmul(dy.transposed());
    }
    int last = dy.rows() - 1;
    if (slips.made("Only the first sample is in dw: a weight is used by all.")) {
      return x.rows(0, 1).transposed().matmul(dy.rows(0, 1));
    }
    if (slips.made("Only the last sample is in dw: each overwrites what the others gave. Add.")) {
      return x.rows(last, 1).transposed().matmul(dy.rows(last, 1));
    }
    Matrix dw = x.transposed().matmul(dy);
    return slips.made("dw is divided by N. The uses of a weight are added up, no mean of them.")
        ? dw.times(1.0 / dy.rows())
        : dw;
  }

  private static Matrix db(Matrix dy, Slips slips) {
    if (slips.made("db sums each row; it should sum each column: b is used by every sample.")) {
      return dy.rowSums();
    }
    if (slips.made("db is dy itself. b is a single row, used by every sample.")) {
      return dy.copy();
    }
    if (slips.made("Only the first sample is in db: b is used by all.")) {
      return dy.rows(0, 1).copy();
    }
    if (slips.made("Only the last sample is in db: each overwrites what the others gave. Add.")) {
      return dy.rows(dy.rows() - 1, 1).copy();
    }
    Matrix db = dy.columnSums();
    if (slips.made("db is all ones: that is the slope of y in b; times dy it is the loss's.")) {
      db.fill(1);
    }
    if (slips.made("db counts the samples; each gives its dy.")) {
      db.fill(dy.rows());
    }
    if (slips.made("db is left at zero: b is used by every sample.")) {
      db.fill(0);
    }
    return slips.made("db is divided by N. The uses of b are added up, no mean of them.")
        ? db.times(1.0 / dy.rows())
        : db;
  }

  @Override
  public Results yours(Case given) {
    if (given.name().equals(SINGLE)) {
      return new Results()
          .with(
              "oneWeight",
              AffineBackward.oneWeight(
                  given.number("x0"),
                  given.number("x1"),
                  given.number("w"),
                  given.number("dy0"),
                  given.number("dy1")));
    }
    AffineBackward.Gradients d =
        AffineBackward.backward(given.matrix("dy"), given.matrix("x"), given.matrix("w"));
    return d == null
        ? new Results().with("dx", (Matrix) null)
        : new Results().with("dx", d.dx()).with("dw", d.dw()).with("db", d.db());
  }

  @Override
  public String methodOf(String result) {
    return result.equals("oneWeight") ? result : "backward";
  }
}
