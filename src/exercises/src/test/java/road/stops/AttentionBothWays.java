package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Attention;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Dot-product attention, forward and backward. */
public final class AttentionBothWays implements Stop.Task {

  private static final int WEIGHTS = 0;
  private static final int FORWARD = 1;
  private static final int ONE_SCORE = 2;
  private static final int BACKWARD = 3;

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Attention",
        "21-attention.md",
        "Attention.java",
        List.of("weights", "forward", "oneScore", "backward"),
        List.of(
            "When are two vectors alike? And how do numbers of any sign become shares that sum to"
                + " 1?",
            "queries are (Q,H), states (T,H), weights (Q,T), contexts (Q,H). dWeights and dScores"
                + " are (Q,T), too. The states are used twice: for the scores and for the"
                + " contexts.",
            "Score: each query times each state; softmax of each row; the context is the states'"
                + " weighted sum. Backward: each of the two products gives a gradient to both of"
                + " its factors. In the softmax a score moves all weights of its row, not its own"
                + " alone.",
            "a = softmax(queries·statesᵀ), contexts = a·states. da = dContexts·statesᵀ, ds = a ⊙"
                + " (da − Σ over the row of a⊙da), dQueries = ds·states, dStates = aᵀ·dContexts +"
                + " dsᵀ·queries."),
        new AttentionBothWays());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("one query, three states", WEIGHTS, 1, 3, 2, 1),
        inputs("three queries, two states", WEIGHTS, 3, 2, 4, 2),
        inputs("all sizes 3", WEIGHTS, 3, 3, 3, 3),
        inputs("one query, three states", FORWARD, 1, 3, 2, 1),
        inputs("three queries, two states", FORWARD, 3, 2, 4, 2),
        great("great scores", 3, 2, 3, 6),
        inputs("all sizes 3", FORWARD, 3, 3, 3, 3),
        inputs("three weights", ONE_SCORE, 1, 3, 2, 4),
        inputs("four weights", ONE_SCORE, 1, 4, 2, 5),
        inputs("one query, three states", BACKWARD, 1, 3, 2, 1),
        inputs("three queries, two states", BACKWARD, 3, 2, 4, 2),
        inputs("all sizes 3", BACKWARD, 3, 3, 3, 3));
  }

  private static Case great(String name, int q, int t, int h, int seed) {
    return new Case(name)
        .with("part", WEIGHTS)
        .with("queries", Numbers.matrix(q, h, seed).times(40))
        .with("states", Numbers.matrix(t, h, seed + 10).times(40));
  }

  private static Case inputs(String name, int part, int q, int t, int h, int seed) {
    Case given = new Case(name).with("part", part);
    if (part == ONE_SCORE) {
      Matrix weights = Numbers.matrix(q, t, seed);
      weights.softmaxRows();
      return given.with("weights", weights).with("dWeights", Numbers.matrix(q, t, seed + 10));
    }
    given.with("queries", Numbers.matrix(q, h, seed));
    given.with("states", Numbers.matrix(t, h, seed + 10));
    return part == BACKWARD ? given.with("dContexts", Numbers.matrix(q, h, seed + 20)) : given;
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return switch (given.whole("part")) {
      case WEIGHTS -> new Results().with("weights", weights(given, slips));
      case FORWARD -> new Results().with("contexts", contexts(given, slips));
      case ONE_SCORE -> scores(given, slips);
      default -> backward(given, slips);
    };
  }

  private static Matrix weights(Case given, Slips slips) {
    Matrix queries = given.matrix("queries");
    Matrix states = given.matrix("states");
    Matrix s = queries.matmul(states.transposed());
    if (slips.made("The factors are exchanged: a row of the weights belongs to a query.")) {
      s = states.matmul(queries.transposed());
    }
    if (slips.made(
        "states is not transposed: a query meets the rows of states, not its columns.")) {
      s = queries.matmul(states);
    }
    if (slips.made("Scores are divided by √H, as in a Transformer. Here they are not.")) {
      s = s.times(1 / Math.sqrt(states.cols()));
    }
    if (slips.made("Scores are divided by H. Here they are the plain products.")) {
      s = s.times(1.0 / states.cols());
    }
    if (slips.made("The scores have the wrong sign: what is alike should weigh more.")) {
      s = s.times(-1);
    }
    if (slips.made("softmax is missing: these are the scores.")) {
      return s;
    }
    if (slips.made("That is a sigmoid of each score: the weights of a query have to sum to 1.")) {
      return s.sigmoid();
    }
    if (slips.made(
        "These are the exponentials; they have to be divided by the sum of their row.")) {
      return s.exp();
    }
    if (slips.made(
        "exp of a great score is infinite, and infinity by infinity is no number: take the row's"
            + " greatest score away first, or use softmaxRows.")) {
      return overRowSums(s.exp());
    }
    if (slips.made("Scores are divided by their sum, without exp: one below 0 stays below 0.")) {
      return overRowSums(s);
    }
    if (slips.made(
        "softmax goes down the columns. A row, the weights of one query, has to sum to 1.")) {
      Matrix turned = s.transposed().copy();
      turned.softmaxRows();
      return turned.transposed().copy();
    }
    if (slips.made("softmax goes over the whole matrix: each row has to sum to 1 by itself.")) {
      Matrix all = s.exp();
      return all.times(1 / sum(all));
    }
    s.softmaxRows();
    if (slips.made("softmax is applied twice.")) {
      s.softmaxRows();
    }
    if (slips.made("Divided by the number of queries: each row of weights sums to 1 as it is.")) {
      return s.times(1.0 / queries.rows());
    }
    return s;
  }

  private static Matrix overRowSums(Matrix s) {
    Matrix sums = s.rowSums();
    Matrix shares = s.copy();
    for (int i = 0; i < s.rows(); i++) {
      for (int j = 0; j < s.cols(); j++) {
        shares.set(i, j, s.get(i, j) / sums.get(i, 0));
      }
    }
    return shares;
  }

  private static double sum(Matrix m) {
    Matrix sums = m.rowSums();
    double sum = 0;
    for (int i = 0; i < m.rows(); i++) {
      sum += sums.get(i, 0);
    }
    return sum;
  }

  private static Matrix contexts(Case given, Slips slips) {
    Matrix queries = given.matrix("queries");
    Matrix states = given.matrix("states");
    Matrix a = weights(given, slips);
    if (slips.made("The sum is weighted by the scores; it should be by the weights.")) {
      a = queries.matmul(states.transposed());
    }
    if (slips.made("Each query takes the same from all states: where are its weights?")) {
      a.fill(1.0 / a.cols());
    }
    if (slips.made("Each query takes its best state alone; it should be a weighted sum of all.")) {
      a = bestAlone(a);
    }
    if (slips.made("The weights are transposed: a row of them belongs to a query.")) {
      a = a.transposed().copy();
    }
    if (slips.made("The weighted sum is one of queries; it should be one of states.")) {
      return a.matmul(queries);
    }
    Matrix contexts = a.matmul(states);
    if (slips.made("Divided by the number of states: the weights sum to 1 as they are.")) {
      contexts = contexts.times(1.0 / states.rows());
    }
    if (slips.made("The query itself is added; the context is of the states alone.")) {
      contexts.add(queries);
    }
    return contexts;
  }

  private static Matrix bestAlone(Matrix a) {
    Matrix alone = new Matrix(a.rows(), a.cols());
    for (int i = 0; i < a.rows(); i++) {
      int best = 0;
      for (int j = 1; j < a.cols(); j++) {
        best = a.get(i, j) > a.get(i, best) ? j : best;
      }
      alone.set(i, best, 1);
    }
    return alone;
  }

  private static Results scores(Case given, Slips slips) {
    Matrix a = given.matrix("weights");
    Matrix da = given.matrix("dWeights");
    int n = a.cols();
    Matrix all = new Matrix(1, n);
    for (int j = 0; j < n; j++) {
      double mean = 0;
      for (int k = 0; k < n; k++) {
        mean += a.get(0, k) * da.get(0, k);
      }
      if (slips.made(
          "oneScore: the way through the weights is missing; this is dWeights[j] itself.")) {
        all.set(0, j, da.get(0, j));
        continue;
      }
      if (slips.made(
          "oneScore: only a[j]·da[j]. A greater score j also makes all other weights smaller:"
              + " something is subtracted.")) {
        mean = 0;
      }
      if (slips.made(
          "oneScore: a[j]·(1 − a[j])·da[j] is the way through weight j alone; score j moves the"
              + " other weights, too.")) {
        mean = a.get(0, j) * da.get(0, j);
      }
      if (slips.made(
          "oneScore: the sum leaves weight j out; score j moves its own weight by a[j]·(1 −"
              + " a[j]).")) {
        mean -= a.get(0, j) * da.get(0, j);
      }
      if (slips.made("oneScore: the sum holds its last part alone: +=, not =.")) {
        mean = a.get(0, n - 1) * da.get(0, n - 1);
      }
      if (slips.made("oneScore: the sum of dWeights is not weighted: each counts a[k] times.")) {
        mean = da.rowSums().get(0, 0);
      }
      if (slips.made("oneScore: each dWeights[k] is weighted by a[j]; its own weight is a[k].")) {
        mean = a.get(0, j) * da.rowSums().get(0, 0);
      }
      if (slips.made("oneScore: a plain mean of dWeights; it is one weighted by a.")) {
        mean = da.rowSums().get(0, 0) / n;
      }
      if (slips.made(
          "oneScore: a plus; where the other weights shrink, something is subtracted.")) {
        mean = -mean;
      }
      double ds = da.get(0, j) - mean;
      if (!slips.made("oneScore: the factor a[j] is missing.")) {
        ds *= a.get(0, j);
      }
      all.set(0, j, slips.made("oneScore has the wrong sign.") ? -ds : ds);
    }
    return new Results().with("dScores", all);
  }

  private static Results backward(Case given, Slips slips) {
    Matrix queries = given.matrix("queries");
    Matrix states = given.matrix("states");
    Matrix dContexts = given.matrix("dContexts");
    Matrix a = weights(given, slips);
    Matrix da = dContexts.matmul(states.transposed());
    if (slips.made("backward: dWeights comes from the queries; the contexts were a·states.")) {
      da = dContexts.matmul(queries.transposed());
    }
    if (slips.made("backward: states is not transposed in dContexts·statesᵀ.")) {
      da = dContexts.matmul(states);
    }
    Matrix ds = throughSoftmax(a, da, slips);
    Matrix dQueries = ds.matmul(states);
    if (slips.made("backward: dQueries comes from dWeights; go back through the softmax first.")) {
      dQueries = da.matmul(states);
    }
    if (slips.made("backward: dScores is transposed in dQueries = ds·states.")) {
      dQueries = ds.transposed().matmul(states);
    }
    if (slips.made("backward: in dQueries the other factor of the scores is the states.")) {
      dQueries = ds.matmul(queries);
    }
    if (slips.made("backward: a query's gradient does not hold dContexts itself.")) {
      dQueries.add(dContexts);
    }
    Matrix dStates = new Matrix(states.rows(), states.cols());
    if (!slips.made(
        "backward: dStates lacks what comes by the contexts. The states are used twice, so two"
            + " gradients are added.")) {
      dStates.add(
          slips.made("backward: a is not transposed in aᵀ·dContexts.")
              ? a.matmul(dContexts)
              : a.transposed().matmul(dContexts));
    }
    if (!slips.made(
        "backward: dStates lacks what comes by the scores. The states are used twice, so two"
            + " gradients are added.")) {
      Matrix byScores =
          slips.made("backward: ds is not transposed in dsᵀ·queries.")
              ? ds.matmul(queries)
              : slips.made(
                      "backward: dStates takes dWeights for dScores; go back through the softmax"
                          + " first.")
                  ? da.transposed().matmul(queries)
                  : slips.made(
                          "backward: dStates has the weights themselves where dScores belongs:"
                              + " dsᵀ·queries.")
                      ? a.transposed().matmul(queries)
                      : ds.transposed().matmul(queries);
      if (slips.made("backward: the two parts of dStates are subtracted; they are added.")) {
        byScores = byScores.times(-1);
      }
      dStates.add(byScores);
    }
    if (slips.made(
        "backward: divided by the number of queries; what comes from several is added.")) {
      dStates = dStates.times(1.0 / queries.rows());
      dQueries = dQueries.times(1.0 / queries.rows());
    }
    if (slips.made("backward: the two gradients are exchanged: first dQueries, then dStates.")) {
      return new Results().with("dQueries", dStates).with("dStates", dQueries);
    }
    return new Results().with("dQueries", dQueries).with("dStates", dStates);
  }

  private static Matrix throughSoftmax(Matrix a, Matrix da, Slips slips) {
    if (slips.made("backward: the softmax is left out: dWeights is not dScores.")) {
      return da;
    }
    boolean none =
        slips.made("backward: only a⊙da; the weighted sum of the row is not subtracted.");
    boolean own =
        slips.made("backward: a⊙(1 − a)⊙da; a score moves the other weights of its row, too.");
    boolean plus = slips.made("backward: the weighted sum of the row is added, not subtracted.");
    boolean plain = slips.made("backward: the sum over the row is one of da; it is one of a⊙da.");
    boolean down =
        slips.made("backward: the weighted sum goes down a column; the softmax went along a row.");
    boolean total =
        slips.made("backward: the weighted sum goes over the whole matrix; each row has its own.");
    boolean mixedUp =
        slips.made(
            "backward: the sums are those of the columns, read as if they were those of the rows:"
                + " rowSums.");
    boolean outside =
        slips.made(
            "backward: the weighted sum is taken away after the factor a; it is a ⊙ (da − sum).");
    boolean bare = slips.made("backward: the factor a is missing in dScores.");
    boolean minus = slips.made("backward: dScores has the wrong sign.");
    Matrix products = a.times(da);
    Matrix ds = new Matrix(a.rows(), a.cols());
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.cols(); j++) {
        double sum = products.rowSums().get(i, 0);
        sum = plain ? da.rowSums().get(i, 0) : sum;
        sum = down ? products.columnSums().get(0, j) : sum;
        sum = total ? sum(products) : sum;
        sum = mixedUp ? products.columnSums().get(i, 0) : sum;
        sum = own ? products.get(i, j) : sum;
        sum = none ? 0 : plus ? -sum : sum;
        double d = (bare ? 1 : a.get(i, j)) * (da.get(i, j) - sum);
        d = outside ? a.get(i, j) * da.get(i, j) - sum : d;
        ds.set(i, j, minus ? -d : d);
      }
    }
    return ds;
  }

  @Override
  public Results yours(Case given) {
    int part = given.whole("part");
    if (part == ONE_SCORE) {
      Matrix all = new Matrix(1, given.matrix("weights").cols());
      for (int j = 0; j < all.cols(); j++) {
        all.set(0, j, Attention.oneScore(given.matrix("weights"), given.matrix("dWeights"), j));
      }
      return new Results().with("dScores", all);
    }
    Matrix queries = given.matrix("queries");
    Matrix states = given.matrix("states");
    if (part == WEIGHTS) {
      return new Results().with("weights", Attention.weights(queries, states));
    }
    if (part == FORWARD) {
      return new Results().with("contexts", Attention.forward(queries, states));
    }
    Attention.Gradients d = Attention.backward(given.matrix("dContexts"), queries, states);
    return new Results()
        .with("dQueries", d == null ? null : d.dQueries())
        .with("dStates", d == null ? null : d.dStates());
  }

  @Override
  public String methodOf(String result) {
    return switch (result) {
      case "contexts" -> "forward";
      case "dScores" -> "oneScore";
      case "dQueries", "dStates" -> "backward";
      default -> "weights";
    };
  }
}
