package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.BackThroughTime;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** A whole sequence of an RNN, backward. */
public final class ThroughTime implements Stop.Task {

  private static final String SINGLE = "single numbers";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Back through time",
        "09-back-through-time.md",
        "BackThroughTime.java",
        List.of("firstState", "backward"),
        List.of(
            "Who reads h[t]? Everyone who does sends something back.",
            "dh of a step is (N,H), and so is what the step after hands down, its dhPrev. Behind"
                + " the last step there is nobody: zeros. dwx, dwh and db have their shapes"
                + " whatever T is.",
            "From the last step to the first: add the two routes into h[t], go back through the"
                + " step with RnnBackward.backward, add its dwx, dwh and db to those of the other"
                + " steps, and keep its dhPrev for the step before. What is left at the end is"
                + " dh0.",
            "for t = T−1 … 0: d = RnnBackward.backward(dhs[t] + fromNext, xs[t], t == 0 ? h0 :"
                + " hs[t − 1], hs[t], wx, wh); dwx += d.dwx, dwh += d.dwh, db += d.db; fromNext ="
                + " d.dhPrev. For firstState: fromLoss0 + fromLoss1·(1 − h1²)·wh."),
        new ThroughTime());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        new Case(SINGLE)
            .with("fromLoss0", 0.9)
            .with("fromLoss1", 1.6)
            .with("h1", 0.5)
            .with("wh", -0.7),
        inputs("one step, one sample", 1, 1, 2, 3, 1),
        inputs("two steps, two samples", 2, 2, 2, 3, 2),
        inputs("four steps, three samples", 4, 3, 2, 4, 3),
        inputs("all sizes 3", 3, 3, 3, 3, 4));
  }

  private static Case inputs(String name, int steps, int n, int d, int h, int seed) {
    Matrix[] xs = Numbers.sequence(steps, n, d, seed + 10);
    Matrix h0 = Numbers.matrix(n, h, seed + 20);
    Matrix wx = Numbers.matrix(d, h, seed + 30);
    Matrix wh = Numbers.matrix(h, h, seed + 40);
    Matrix[] hs = new Matrix[steps];
    for (int t = 0; t < steps; t++) {
      hs[t] = xs[t].matmul(wx).plus((t == 0 ? h0 : hs[t - 1]).matmul(wh)).tanh();
    }
    return new Case(name)
        .with("dhs", Numbers.sequence(steps, n, h, seed))
        .with("xs", xs)
        .with("h0", h0)
        .with("hs", hs)
        .with("wx", wx)
        .with("wh", wh);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return given.name().equals(SINGLE) ? single(given, slips) : sequence(given, slips);
  }

  private static Results single(Case given, Slips slips) {
    double h1 = given.number("h1");
    double wh = given.number("wh");
    double slope = 1 - h1 * h1;
    double own = given.number("fromLoss0");
    double next = given.number("fromLoss1");
    if (slips.made("The tanh of step 1 is forgotten.")) {
      slope = 1;
    }
    if (slips.made("The slope of tanh is 1 − h1², not 1 − h1.")) {
      slope = 1 - h1;
    }
    if (slips.made("fromLoss1 is missing: step 1 hands on what the loss wants of h[1].")) {
      next = 1;
    }
    if (slips.made("wh is missing: h[0] came into step 1 times wh.")) {
      wh = 1;
    }
    double fromStep1 = next * slope * wh;
    if (slips.made("That is what the loss itself wants of h[0]. Step 1 reads h[0] too.")) {
      fromStep1 = 0;
    }
    if (slips.made("That is what step 1 sends back. The loss reads h[0] too.")) {
      own = 0;
    }
    double sum = own + fromStep1;
    if (slips.made("Only wh is multiplied: what the loss wants of h[0] goes through no step.")) {
      sum = (given.number("fromLoss0") + next) * slope * wh;
    }
    if (slips.made("Two routes into h[0] are added up, not multiplied.")) {
      sum = own * fromStep1;
    }
    if (slips.made("Two routes into h[0] are added up; this is their difference.")) {
      sum = own - fromStep1;
    }
    if (slips.made("Two routes into h[0] are added up; this is their mean.")) {
      sum /= 2;
    }
    if (slips.made("The two losses are exchanged: fromLoss1 goes through step 1.")) {
      sum = next + given.number("fromLoss0") * slope * wh;
    }
    return new Results().with("firstState", sum);
  }

  private static Results sequence(Case given, Slips slips) {
    Matrix[] dhs = given.matrices("dhs");
    Matrix[] xs = given.matrices("xs");
    Matrix[] hs = given.matrices("hs");
    Matrix h0 = given.matrix("h0");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    int steps = xs.length;
    boolean noNext = slips.made("What the step after sends back is missing in dh.");
    boolean lastOnly =
        slips.made("dhs counts only at the last step; the loss reads the other states too.");
    boolean mean = slips.made("The two routes into h[t] are added up; this is their mean.");
    boolean twice = slips.made("What the step after sends back is added twice.");
    boolean product = slips.made("The two routes into h[t] are multiplied; they are added up.");
    boolean notThrough =
        slips.made("The step before gets dh itself; it gets what came through the step, dhPrev.");
    boolean stays =
        slips.made("Nothing is handed down: keep the dhPrev of each step for the step before it.");
    boolean piled =
        slips.made(
            "What comes from the step after piles up: keep only the dhPrev of the step just done.");
    boolean onwards =
        slips.made("The loop runs from the first step to the last: back through time begins last.");
    boolean lateDh =
        slips.made(
            "dhs comes in one step too late: dhs[t] belongs to h[t], so it is added before going"
                + " back through step t, not after it.");
    boolean sameDh = slips.made("Every step takes dhs of the last step; each has its own.");
    boolean firstPrev = slips.made("Before the first step there is h0; here hs[0] stands for it.");
    boolean zeroPrev = slips.made("Before the first step there is h0; here it is zeros.");
    boolean allH0 = slips.made("hPrev is h0 at every step; from step 1 on it is hs[t − 1].");
    boolean noShift = slips.made("hPrev is hs[t]; that is the state after the step.");
    boolean nextPrev = slips.made("hPrev is hs[t + 1]; the state before the step is hs[t − 1].");
    boolean exchanged = slips.made("h and hPrev are exchanged in the call of RnnBackward.");
    boolean noFirst = slips.made("The first step is left out: t >= 0.");
    boolean past =
        slips.made("The loop begins one step after the last: the last of T steps is T − 1.");
    boolean minusOne =
        slips.made("Before step 0 stands h0, for there is no hs[−1]: ask whether t is 0.");
    boolean noLast = slips.made("The last step is left out: the loop begins at T − 1.");
    boolean sameX = slips.made("Every step takes xs[0]; each has its own.");
    Matrix next = new Matrix(h0.rows(), h0.cols());
    Matrix[] dxs = new Matrix[steps];
    Matrix[] dhPrevs = new Matrix[steps];
    Matrix[][] parts = new Matrix[3][steps];
    Matrix lastDh = next;
    for (int k = 0; k < steps; k++) {
      int t = onwards ? k : steps - (past ? 0 : 1) - k;
      Matrix before = t == 0 && !minusOne ? h0 : hs[t - 1];
      before = t == 0 && firstPrev ? hs[0] : before;
      before = t == 0 && zeroPrev ? new Matrix(h0.rows(), h0.cols()) : before;
      before = allH0 ? h0 : noShift ? hs[t] : nextPrev ? hs[Math.min(t + 1, steps - 1)] : before;
      Matrix after = exchanged ? before : hs[t];
      before = exchanged ? hs[t] : before;
      Matrix x = xs[sameX ? 0 : t];
      Matrix own = dhs[sameDh ? steps - 1 : lateDh ? Math.min(t + 1, steps - 1) : t];
      Matrix dh = own.plus(next);
      dh = noNext ? own : lastOnly && t < steps - 1 ? next : dh;
      dh = mean && t < steps - 1 ? dh.times(0.5) : twice ? dh.plus(next) : dh;
      dh = product && t < steps - 1 ? own.times(next) : dh;
      boolean leftOut = noFirst && t == 0 || noLast && t == steps - 1;
      dh = leftOut ? dh.times(0) : dh;
      Matrix da = dh.minus(dh.times(after).times(after));
      dxs[t] = leftOut ? null : da.matmul(wx.transposed());
      parts[0][k] = x.transposed().matmul(da);
      parts[1][k] = before.transposed().matmul(da);
      parts[2][k] = da.columnSums();
      dhPrevs[t] = da.matmul(wh.transposed());
      next = leftOut || stays ? next : notThrough ? dh : piled ? next.plus(dhPrevs[t]) : dhPrevs[t];
      lastDh = dh;
    }
    Matrix dh0 = next;
    if (slips.made("dh0 is the gradient of h[0]; that of h0 is one step further back.")) {
      dh0 = lastDh;
    }
    if (lateDh) {
      dh0 = dh0.plus(dhs[0]);
    }
    if (slips.made("dh0 is left at zero: it is what the first step hands down.")) {
      dh0 = dh0.times(0);
    }
    if (slips.made("dh0 is what the last step hands down; it is what the first does.")) {
      dh0 = dhPrevs[steps - 1];
    }
    if (slips.made("dhs[0] is added to dh0; it belongs to h[0], one step later.")) {
      dh0 = dh0.plus(dhs[0]);
    }
    if (slips.made("dxs stands in the order of the loop: dxs[t] is that of step t.")) {
      Matrix[] turned = new Matrix[steps];
      for (int t = 0; t < steps; t++) {
        turned[t] = dxs[steps - 1 - t];
      }
      dxs = turned;
    }
    Matrix[] sums = sums(parts, slips);
    return new Results()
        .with("dxs", dxs)
        .with("dh0", dh0)
        .with("dwx", sums[0])
        .with("dwh", sums[1])
        .with("db", sums[2]);
  }

  /** The sums over the steps; parts stand in the order of the loop. */
  private static Matrix[] sums(Matrix[][] parts, Slips slips) {
    int steps = parts[0].length;
    boolean allOver =
        slips.made(
            "dwx, dwh and db are those of one step: each overwrites the others. Weights are used by"
                + " every step: add.");
    boolean allFirst =
        slips.made("dwx, dwh and db are those of the last step only. All steps use the weights.");
    boolean allMean =
        slips.made("dwx, dwh and db are divided by T. Uses of a weight are added up, no mean.");
    boolean allSign = slips.made("dwx, dwh and db are taken away at each step, not added.");
    Matrix[] sums = new Matrix[3];
    String[] names = {"dwx", "dwh", "db"};
    for (int i = 0; i < 3; i++) {
      boolean over =
          slips.made(
              names[i]
                  + " is that of one step: each overwrites the others. All steps use it: add.");
      boolean zero = slips.made(names[i] + " is left at zero: nothing is added to it.");
      boolean mean = slips.made(names[i] + " is divided by T. Its uses are added up, no mean.");
      Matrix sum = new Matrix(parts[i][0].rows(), parts[i][0].cols());
      for (Matrix part : parts[i]) {
        sum.add(part);
      }
      sum = over || allOver ? parts[i][steps - 1] : allFirst ? parts[i][0] : sum;
      sum = sum.times(mean || allMean ? 1.0 / steps : zero ? 0 : allSign ? -1 : 1);
      sums[i] = sum;
    }
    return sums;
  }

  @Override
  public Results yours(Case given) {
    if (given.name().equals(SINGLE)) {
      return new Results()
          .with(
              "firstState",
              BackThroughTime.firstState(
                  given.number("fromLoss0"),
                  given.number("fromLoss1"),
                  given.number("h1"),
                  given.number("wh")));
    }
    BackThroughTime.Gradients d =
        BackThroughTime.backward(
            given.matrices("dhs"),
            given.matrices("xs"),
            given.matrix("h0"),
            given.matrices("hs"),
            given.matrix("wx"),
            given.matrix("wh"));
    return d == null
        ? new Results().with("dxs[0]", (Matrix) null)
        : new Results()
            .with("dxs", d.dxs())
            .with("dh0", d.dh0())
            .with("dwx", d.dwx())
            .with("dwh", d.dwh())
            .with("db", d.db());
  }

  @Override
  public String methodOf(String result) {
    return result.equals("firstState") ? result : "backward";
  }
}
