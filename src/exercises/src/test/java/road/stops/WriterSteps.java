package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mine.Writer;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Everything put together: a block of a text, an update, the next letter. */
public final class WriterSteps implements Stop.Task {

  private static final List<String> METHODS = List.of("block", "update", "next");

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Your code writes",
        "15-your-code-writes.md",
        "Writer.java",
        METHODS,
        List.of(
            "You have written every part. In what order do they run forward, and in what order"
                + " back?",
            "ids[t], targets[t] are (N); xs[t] is (N,D), hs[t] (N,H), scores (N,V). Six gradients"
                + " come back, each of the shape of its weights. Every step uses the same weights,"
                + " so the gradients of all steps add.",
            "Forward: look up, unroll, then for each step scores and loss; the block's loss is the"
                + " mean over its steps. Back: the loss and the output layer of each step give dhs;"
                + " back through time gives dxs; these go to the rows of the letters read. update:"
                + " clip all six, then Adam on each, with the number of this update. next: turn"
                + " scores into probabilities, add them up and stop where the sum passes u.",
            "xs[t] = Embedding.forward(ids[t], w[0]); hs = Unrolled.forward(xs, h0, w[1], w[2],"
                + " w[3]); scores = Affine.forward(hs[t], w[4], w[5]); loss +="
                + " SoftmaxLoss.forward(scores, targets[t]) / T. The gradient of the scores is"
                + " divided by T too. In update t is before.updates() + 1. In next: for each j, u"
                + " -= p(j); the first j with u < 0."),
        new WriterSteps());
  }

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int method = 0; method < 2; method++) {
      for (Case given : inputs()) {
        cases.add(given.with("method", method));
      }
    }
    for (int letters : new int[] {4, 3}) {
      for (double u : new double[] {0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999999}) {
        cases.add(
            new Case(letters + " letters, u = " + u)
                .with("method", 2)
                .with("scores", Numbers.matrix(1, letters, 70 + letters).times(2))
                .with("u", u));
      }
    }
    return cases;
  }

  private static List<Case> inputs() {
    return List.of(
        inputs("one text, three steps", 1, 3, 4, 2, 3, 1),
        inputs("two texts, two steps", 2, 2, 3, 3, 2, 2),
        inputs("all sizes 3", 3, 3, 3, 3, 3, 3));
  }

  private static Case inputs(String name, int n, int steps, int v, int d, int h, int seed) {
    Matrix[] weights = {
      Numbers.matrix(v, d, seed),
      Numbers.matrix(d, h, seed + 10),
      Numbers.matrix(h, h, seed + 20),
      Numbers.matrix(1, h, seed + 30),
      Numbers.matrix(h, v, seed + 40),
      Numbers.matrix(1, v, seed + 50)
    };
    int[] text = {1, 0, 1, 2, 2, 0, 1, 1, 0, 2, 0, 2, 1};
    Case given =
        new Case(name)
            .with("weights", weights)
            .with("ids", Arrays.copyOf(text, n * steps))
            .with("targets", Arrays.copyOfRange(text, 1, n * steps + 1))
            .with("steps", steps)
            .with("h0", Numbers.matrix(n, h, seed + 60))
            .with("max", 0.75 * seed);
    for (String what : List.of("gradients", "m", "v")) {
      Matrix[] all = new Matrix[weights.length];
      for (int k = 0; k < all.length; k++) {
        Matrix m = Numbers.matrix(weights[k].rows(), weights[k].cols(), seed + 80 + what.length());
        all[k] = what.equals("v") ? m.times(m) : m.times(what.equals("m") ? 0.5 : 1);
      }
      given.with(what, all);
    }
    return given;
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Results results = new Results();
    switch (given.whole("method")) {
      case 0 -> block(results, given, slips);
      case 1 -> update(results, given, slips);
      default -> results.with("next", next(given.matrix("scores"), given.number("u"), slips));
    }
    return results;
  }

  private static void block(Results results, Case given, Slips slips) {
    Matrix[] w = given.matrices("weights");
    int[][] ids = perStep(given, "ids");
    int[][] targets = perStep(given, "targets");
    int steps = ids.length;
    int last = steps - 1;
    boolean sum = slips.made("The loss is the sum over the steps; it is their mean.");
    boolean oneLoss = slips.made("The loss is that of the last step alone; it is the mean of all.");
    boolean sumBack =
        slips.made(
            "The gradients are those of the sum over the steps. The loss is their mean, so 1/T"
                + " stands in all gradients too.");
    boolean whole =
        slips.made(
            "All gradients are 0. Is 1 / T in it? Of whole numbers that is 0 in Java: 1.0 / T.");
    boolean zeros =
        slips.made("The block begins with zeros; it begins with h0, the state left by the last.");
    boolean overBatch =
        slips.made(
            "The loss is divided by N once more: SoftmaxLoss gives a mean over the texts already.");
    boolean read =
        slips.made("The loss asks for the letters that are read; it is to ask for targets[t].");
    boolean perplexity = slips.made("That is the perplexity, e to the loss; wanted is the loss.");
    boolean swapped = slips.made("ids and targets are exchanged.");
    if (swapped) {
      int[][] kept = ids;
      ids = targets;
      targets = kept;
    }
    Matrix h0 = zeros ? given.matrix("h0").times(0) : given.matrix("h0");
    Matrix[] xs = new Matrix[steps];
    Matrix[] hs = new Matrix[steps];
    Matrix[] dscores = new Matrix[steps];
    double loss = 0;
    Matrix h = h0;
    for (int t = 0; t < steps; t++) {
      xs[t] = new Matrix(ids[t].length, w[0].cols());
      for (int n = 0; n < ids[t].length; n++) {
        xs[t].copyRow(n, w[0], ids[t][n]);
      }
      Matrix a = xs[t].matmul(w[1]);
      a.addMatmul(h, w[2]);
      a.addRow(w[3]);
      h = a.tanh();
      hs[t] = h;
      Matrix p = h.matmul(w[4]);
      p.addRow(w[5]);
      p.softmaxRows();
      int[] right = read ? ids[t] : targets[t];
      for (int n = 0; n < right.length; n++) {
        double one = -Math.log(p.get(n, right[n])) / right.length;
        loss = oneLoss && n == 0 ? one : loss + one;
        p.add(n, right[n], -1);
      }
      dscores[t] = p.times(whole ? 0 : 1.0 / (right.length * (sumBack ? 1 : steps)));
    }
    loss = sum || oneLoss ? loss : loss / steps;
    loss = overBatch ? loss / ids[0].length : loss;
    results.with("loss", perplexity ? Math.exp(loss) : loss);
    Matrix state = hs[last];
    state =
        slips.made("h is the state after the first step; it is that after the last.")
            ? hs[0]
            : state;
    state =
        slips.made("h0 is given back; the next block needs the state after the last step.")
            ? h0
            : state;
    results.with("h", state);
    Matrix[] g = back(w, ids, targets, xs, hs, dscores, h0, slips);
    results.with("gradients", g);
  }

  private static Matrix[] back(
      Matrix[] w,
      int[][] ids,
      int[][] targets,
      Matrix[] xs,
      Matrix[] hs,
      Matrix[] dscores,
      Matrix h0,
      Slips slips) {
    boolean outLast =
        slips.made(
            "The output layer's gradients are those of one step alone: all steps add to them (the"
                + " last written wins).");
    boolean outFirst =
        slips.made("The output layer's gradients are those of the last step alone: all steps add.");
    boolean biasLast =
        slips.made("The output bias has the gradient of one step alone: all steps add.");
    boolean weightLast =
        slips.made("The output weights have the gradient of one step alone: all steps add.");
    boolean order = slips.made("The gradients of wx and wh are exchanged: keep to the order.");
    boolean noBias =
        slips.made("The gradient of the output bias is missing: six gradients come back.");
    boolean zeroBias =
        slips.made("The gradient of the output bias stays zero: all steps add to it.");
    boolean biases =
        slips.made(
            "The two biases' gradients are exchanged: 3 is that of the recurrent layer, 5 that of"
                + " the output layer.");
    boolean wordsLast =
        slips.made(
            "The letters' gradients are those of one step alone: all steps add to the table (the"
                + " step written last wins).");
    boolean wordsFirst =
        slips.made("The letters' gradients are those of the first step alone: all steps add.");
    boolean lossLast =
        slips.made("Only the last step's loss sends its gradient back: every step has a dhs[t].");
    boolean future =
        slips.made("The states get no gradient from later steps. Is it back through time?");
    boolean toTargets =
        slips.made("The letters' gradients go to the targets' rows; they belong to the ids.");
    boolean oneStep = slips.made("All letters' gradients go to the letters of step 0: use ids[t].");
    boolean start =
        slips.made("Going back, step 0 does not see h0 but zeros as the state before it.");
    Matrix[] g = new Matrix[6];
    for (int k = 0; k < 6; k++) {
      g[k] = new Matrix(w[k].rows(), w[k].cols());
    }
    Matrix fromFuture = new Matrix(h0.rows(), h0.cols());
    int last = hs.length - 1;
    for (int t = last; t >= 0; t--) {
      if (outLast && t == 0 || outFirst && t == last || !outLast && !outFirst) {
        if (!weightLast || t == last) {
          g[4].addMatmul(hs[t].transposed(), dscores[t]);
        }
        if (!zeroBias && (!biasLast || t == last)) {
          g[5].addColumnSums(dscores[t]);
        }
      }
      Matrix dh = fromFuture.copy();
      if (t == last || !lossLast) {
        dh.addMatmul(dscores[t], w[4].transposed());
      }
      Matrix da = dh.minus(dh.times(hs[t]).times(hs[t]));
      g[1].addMatmul(xs[t].transposed(), da);
      if (t > 0 || !start) {
        g[2].addMatmul((t == 0 ? h0 : hs[t - 1]).transposed(), da);
      }
      g[3].addColumnSums(da);
      fromFuture = future ? fromFuture : da.matmul(w[2].transposed());
      Matrix dx = da.matmul(w[1].transposed());
      int[] rows = toTargets ? targets[t] : ids[oneStep ? 0 : t];
      if (wordsLast && t == last || wordsFirst && t == 0 || !wordsLast && !wordsFirst) {
        for (int n = 0; n < rows.length; n++) {
          g[0].addToRow(rows[n], dx, n);
        }
      }
    }
    if (order) {
      Matrix kept = g[1];
      g[1] = g[2];
      g[2] = kept;
    }
    if (biases) {
      Matrix kept = g[3];
      g[3] = g[5];
      g[5] = kept;
    }
    return noBias ? Arrays.copyOf(g, 5) : g;
  }

  private static void update(Results results, Case given, Slips slips) {
    Matrix[] gradients = given.matrices("gradients");
    double max = given.number("max");
    boolean unclipped =
        slips.made("update: Adam gets the gradients as they were, not the clipped.");
    boolean each =
        slips.made("update: each gradient is clipped on its own; clip all six in one call.");
    boolean same =
        slips.made("update: t stands still: it is one more than the updates made before.");
    boolean uncounted =
        slips.made("update: this update itself is not counted: t and updates grow by one.");
    boolean late = slips.made("update: t is too small by one: the first update has t = 1.");
    boolean mKept = slips.made("update: the old m is kept; the next update needs the new one.");
    boolean vKept = slips.made("update: the old v is kept; the next update needs the new one.");
    boolean counted =
        slips.made("update: t grows from matrix to matrix; it is one number for a whole update.");
    boolean fresh = slips.made("update: m and v begin anew with zeros at every update.");
    boolean count = slips.made("update: updates is not counted on.");
    boolean exchanged = slips.made("update: m and v are exchanged in what is given back.");
    boolean first = slips.made("update: only the first weights are changed; all six are trained.");
    boolean plain = slips.made("update: that is plain descent, w − rate·g. Where is Adam?");
    double norm = 0;
    for (Matrix g : gradients) {
      norm += squares(g);
    }
    norm = Math.sqrt(norm);
    int updates = 4;
    int t = same ? 1 : late || uncounted ? updates : updates + 1;
    Matrix[] weights = new Matrix[gradients.length];
    Matrix[] ms = new Matrix[gradients.length];
    Matrix[] vs = new Matrix[gradients.length];
    for (int k = 0; k < gradients.length; k++) {
      double c1 = 1 - Math.pow(0.9, counted ? t + k : t);
      double c2 = 1 - Math.pow(0.999, counted ? t + k : t);
      Matrix w = given.matrices("weights")[k].copy();
      Matrix m = given.matrices("m")[k].copy();
      Matrix v = given.matrices("v")[k].copy();
      double length = each ? Math.sqrt(squares(gradients[k])) : norm;
      Matrix g = unclipped || length <= max ? gradients[k] : gradients[k].times(max / length);
      Matrix mNew = faded(m, fresh ? 0 : 0.9, g, 1 - 0.9);
      Matrix vNew = faded(v, fresh ? 0 : 0.999, g.times(g), 1 - 0.999);
      for (int i = 0; i < w.rows(); i++) {
        for (int j = 0; j < w.cols(); j++) {
          double step = mNew.get(i, j) / c1 / (Math.sqrt(vNew.get(i, j) / c2) + 1e-8);
          if (!first || k == 0) {
            w.add(i, j, -0.1 * (plain ? g.get(i, j) : step));
          }
        }
      }
      weights[k] = w;
      Matrix mOut = mKept || plain ? m : mNew;
      Matrix vOut = vKept || plain ? v : vNew;
      ms[k] = exchanged ? vOut : mOut;
      vs[k] = exchanged ? mOut : vOut;
    }
    results.with("weights", weights).with("m", ms).with("v", vs);
    results.with("updates", count || uncounted ? updates : updates + 1);
  }

  /** Element by element, as in AdamRule: so what does not fit throws as it does there. */
  private static Matrix faded(Matrix old, double keep, Matrix g, double share) {
    Matrix faded = new Matrix(g.rows(), g.cols());
    for (int i = 0; i < g.rows(); i++) {
      for (int j = 0; j < g.cols(); j++) {
        faded.set(i, j, keep * old.get(i, j) + share * g.get(i, j));
      }
    }
    return faded;
  }

  private static double squares(Matrix g) {
    double sum = 0;
    for (int i = 0; i < g.rows(); i++) {
      for (int j = 0; j < g.cols(); j++) {
        sum += g.get(i, j) * g.get(i, j);
      }
    }
    return sum;
  }

  private static int next(Matrix scores, double u, Slips slips) {
    boolean greatest =
        slips.made("next: that is always the likeliest letter; u is to decide between all.");
    boolean raw = slips.made("next: scores are not probabilities yet: softmax first.");
    boolean notSummed =
        slips.made("next: u is compared with each probability alone; add them up on the way.");
    boolean after = slips.made("next: that is the letter after the right one.");
    boolean before = slips.made("next: that is the letter before the right one.");
    boolean beside = slips.made("next: u is ignored.");
    boolean turned =
        slips.made("next: the condition is turned round: stop where the sum first passes u.");
    boolean backwards =
        slips.made("next: the letters are gone through from the last; begin with letter 0.");
    boolean noSum = slips.made("next: the powers are not divided by their sum yet: softmax.");
    boolean even = slips.made("next: all letters are equally likely here; the scores must count.");
    boolean never = slips.made("next: it is letter 0 where it should be the last letter.");
    boolean noFirst = slips.made("next: letter 0 is never drawn, and its piece is not counted.");
    boolean none = slips.made("next: it is −1 where it should be the last letter.");
    Matrix p = scores.copy();
    if (noSum) {
      p = p.exp();
    } else if (!raw) {
      p.softmaxRows();
    }
    int v = p.cols();
    double sum = 0;
    int chosen = v - 1;
    int best = 0;
    for (int k = v - 1; k >= 0; k--) {
      best = p.get(0, k) > p.get(0, best) ? k : best;
    }
    for (int k = noFirst ? 1 : 0; k < v; k++) {
      int j = backwards ? v - 1 - k : k;
      sum = notSummed ? p.get(0, j) : sum + p.get(0, j);
      if (turned ? u > sum : u < sum) {
        chosen = j;
        break;
      }
      chosen = j;
    }
    chosen = even ? (int) (u * v) : beside ? 0 : greatest ? best : chosen;
    boolean last = chosen == v - 1;
    if (last && (never || none)) {
      return never ? 0 : -1;
    }
    return after && !last ? chosen + 1 : before ? chosen - 1 : chosen;
  }

  private static int[][] perStep(Case given, String input) {
    int[] all = given.ints(input);
    int steps = given.whole("steps");
    int[][] each = new int[steps][];
    for (int t = 0; t < steps; t++) {
      int n = all.length / steps;
      each[t] = Arrays.copyOfRange(all, t * n, (t + 1) * n);
    }
    return each;
  }

  @Override
  public Results yours(Case given) {
    Results results = new Results();
    switch (given.whole("method")) {
      case 0 -> {
        int[][] ids = perStep(given, "ids");
        int[][] targets = perStep(given, "targets");
        Matrix[] weights = given.matrices("weights");
        Writer.Block block = Writer.block(weights, ids, targets, given.matrix("h0"));
        results.with("loss", block.loss()).with("h", block.h());
        results.with("gradients", block.gradients());
      }
      case 1 -> {
        Writer.Memory before =
            new Writer.Memory(
                given.matrices("weights"), given.matrices("m"), given.matrices("v"), 4);
        Writer.Memory after =
            Writer.update(before, given.matrices("gradients"), given.number("max"), 0.1);
        results.with("weights", after.weights()).with("m", after.m()).with("v", after.v());
        results.with("updates", after.updates());
      }
      default -> results.with("next", Writer.next(given.matrix("scores"), given.number("u")));
    }
    return results;
  }

  @Override
  public String methodOf(String result) {
    if (result.equals("next")) {
      return "next";
    }
    boolean block =
        result.isEmpty()
            || result.equals("loss")
            || result.equals("h")
            || result.startsWith("gradients");
    return block ? "block" : "update";
  }
}
