package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import mine.Unrolled;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** An RNN over a whole sequence, forward. */
public final class UnrolledForward implements Stop.Task {

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "A whole sequence",
        "03-unrolling.md",
        "Unrolled.java",
        List.of("forward"),
        List.of(
            "You have one step. What does step 1 need that only step 0 can give?",
            "xs has T matrices (N,D), hs gets T matrices (N,H). In the picture an arrow leads from"
                + " each state to the step on its right, and the first comes from h0.",
            "Go through the inputs from the first to the last. Each step reads its own input and"
                + " the state that the step before left; keep every state.",
            "h = h0; for t = 0 to T−1: h = Rnn.forward(xs[t], h, wx, wh, b), hs[t] = h"),
        new UnrolledForward());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("one step", 1, 1, 2, 3, 1),
        inputs("two sequences of three steps", 3, 2, 2, 4, 2),
        inputs("all sizes 3", 3, 3, 3, 3, 3),
        inputs("one sequence of five steps", 5, 1, 3, 2, 4));
  }

  private static Case inputs(String name, int t, int n, int d, int h, int seed) {
    return new Case(name)
        .with("xs", Numbers.sequence(t, n, d, seed))
        .with("h0", Numbers.matrix(n, h, seed + 10))
        .with("wx", Numbers.matrix(d, h, seed + 20))
        .with("wh", Numbers.matrix(h, h, seed + 30))
        .with("b", Numbers.matrix(1, h, seed + 40));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Matrix[] xs = given.matrices("xs");
    int steps = xs.length;
    boolean fromZeros = slips.made("The first step starts from zeros; it starts from h0.");
    boolean notCarried =
        slips.made("Every step starts from h0. Each starts from what the step before left.");
    boolean zeros =
        slips.made("Every step starts from zeros. Each starts from what the step before left.");
    boolean back =
        slips.made("The loop runs from the last step to the first; a sequence runs forward.");
    boolean mirrored =
        slips.made("The inputs are read from the last to the first; step t reads xs[t].");
    boolean firstInput = slips.made("Every step reads the first input; step t reads xs[t].");
    boolean lastInput = slips.made("Every step reads the last input; step t reads xs[t].");
    boolean inputBefore = slips.made("Step t reads the input before its own; it reads xs[t].");
    boolean inputAfter = slips.made("Step t reads the input after its own; it reads xs[t].");
    boolean secondLast =
        slips.made(
            "A step starts from the state two steps before; the state just before is meant.");
    Matrix h0 = given.matrix("h0");
    Matrix start = fromZeros || zeros ? h0.times(0) : h0;
    Matrix[] hs = new Matrix[steps];
    for (int t = 0; t < steps; t++) {
      int read = back || mirrored ? steps - 1 - t : firstInput ? 0 : lastInput ? steps - 1 : t;
      read = inputBefore ? Math.max(read - 1, 0) : read;
      read = inputAfter ? Math.min(read + 1, steps - 1) : read;
      int before = secondLast ? t - 2 : t - 1;
      Matrix hPrev = notCarried || zeros || before < 0 ? start : hs[before];
      hs[t] = step(xs[read], hPrev, given, slips);
    }
    return new Results().with("hs", kept(back ? reversed(hs) : hs, given, slips));
  }

  private static Matrix step(Matrix x, Matrix hPrev, Case given, Slips slips) {
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    if (slips.made("wh is transposed. It is square, so no shape shows it: hPrev·wh.")) {
      wh = wh.transposed().copy();
    }
    if (slips.made(
        "wx and wh are exchanged, or input and state in the call: xs[t] belongs to wx.")) {
      Matrix other = wx;
      wx = wh;
      wh = other;
    }
    Matrix a = x.matmul(wx).plus(hPrev.matmul(wh));
    if (!slips.made("The bias is missing.")) {
      a.addRow(given.matrix("b"));
    }
    Matrix h = slips.made("tanh is missing.") ? a : a.tanh();
    boolean added =
        slips.made("Each state is added to the one before; the new state takes its place.");
    return added ? h.plus(hPrev) : h;
  }

  /** The states as they come back. */
  private static Matrix[] kept(Matrix[] hs, Case given, Slips slips) {
    int steps = hs.length;
    Matrix h0 = given.matrix("h0");
    Matrix[] all = hs.clone();
    if (slips.made("hs[t] is the state before step t; it should be the one after it.")) {
      System.arraycopy(hs, 0, all, 1, steps - 1);
      all[0] = h0;
    }
    if (slips.made("hs[0] is h0 itself; it should be the state after step 0.")) {
      all = fromFirstState(given, slips);
    }
    if (slips.made("All of hs is the last state: one matrix is written again and again.")) {
      Arrays.fill(all, hs[steps - 1]);
    }
    if (slips.made("All of hs is the first state; each step gives one of its own.")) {
      Arrays.fill(all, hs[0]);
    }
    if (slips.made("The states stand in reverse order: hs[t] belongs to xs[t].")) {
      all = reversed(hs);
    }
    if (slips.made("The last step is left out: the loop ends too early.")) {
      all[steps - 1] = null;
    }
    if (slips.made("The first step is left out: the loop begins too late.")) {
      all = fromFirstState(given, slips);
      all[0] = null;
    }
    if (slips.made("Only the last state is kept; the loss will want all of them.")) {
      Arrays.fill(all, null);
      all[steps - 1] = hs[steps - 1];
    }
    if (slips.made("Only the last state comes back; the loss will want all of them.")) {
      all = new Matrix[] {hs[steps - 1]};
    }
    if (slips.made("hs is one longer than the sequence, and its last place stays empty.")) {
      all = Arrays.copyOf(all, steps + 1);
    }
    if (slips.made("h0 stands before the states: hs begins with the state after step 0.")) {
      Matrix[] longer = new Matrix[steps + 1];
      System.arraycopy(all, 0, longer, 1, steps);
      longer[0] = h0;
      all = longer;
    }
    return all;
  }

  private static Matrix[] reversed(Matrix[] hs) {
    Matrix[] reversed = new Matrix[hs.length];
    for (int t = 0; t < hs.length; t++) {
      reversed[t] = hs[hs.length - 1 - t];
    }
    return reversed;
  }

  /** As if the loop began at step 1, with h0 as the state before. */
  private static Matrix[] fromFirstState(Case given, Slips slips) {
    Matrix[] hs = given.matrices("xs").clone();
    Matrix h = given.matrix("h0");
    for (int t = 0; t < hs.length; t++) {
      h = t == 0 ? h : step(hs[t], h, given, slips);
      hs[t] = h;
    }
    return hs;
  }

  @Override
  public Results yours(Case given) {
    return new Results()
        .with(
            "hs",
            Unrolled.forward(
                given.matrices("xs"),
                given.matrix("h0"),
                given.matrix("wx"),
                given.matrix("wh"),
                given.matrix("b")));
  }
}
