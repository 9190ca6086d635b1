package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import mine.Truncated;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Blocks of a long text: the state goes on, the gradient stops. */
public final class TruncatedBlocks implements Stop.Task {

  private static final List<String> METHODS = List.of("inputs", "targets", "starts", "backward");

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Truncation and state",
        "12-truncation-and-state.md",
        "Truncated.java",
        METHODS,
        List.of(
            "Two things could cross the edge between two blocks: what is remembered, forward, and"
                + " what is learned, backward. Which of them does?",
            "A text of L letters has L − 1 predictions. With N parts, each is (L − 1) / N letters"
                + " long, rounded down. With T steps in all, the edges are before steps 0, steps,"
                + " 2·steps and so on; the last step of a block is the one before an edge.",
            "A block begins with the state after the last step of the block before. Backward, a"
                + " state gets the gradient of its own step's loss and, unless its step is the last"
                + " of a block, what comes back through the next step: past its tanh, past wh.",
            "jump = (L − 1) / N; inputs: text[n·jump + t]; targets: text[n·jump + t + 1]. starts[t"
                + " / steps] = state before step t, where t % steps is 0. With dh[t + 1] complete:"
                + " da = dh[t+1] ⊙ (1 − h[t+1]²), dh[t] = dhs[t] + da·whᵀ, but only dhs[t] where (t"
                + " + 1) % steps is 0."),
        new TruncatedBlocks());
  }

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int method = 0; method < METHODS.size(); method++) {
      for (Case given : inputs()) {
        cases.add(given.with("method", method));
      }
    }
    return cases;
  }

  private static List<Case> inputs() {
    return List.of(
        inputs("two blocks of two steps, one text", 1, 2, 2, 4, 2, 1),
        inputs("three blocks of two steps, two parts", 2, 2, 3, 6, 2, 2),
        inputs("the last block is shorter", 2, 3, 2, 5, 3, 3),
        inputs("all sizes 3", 3, 3, 3, 9, 3, 4),
        inputs("blocks of one step", 2, 2, 2, 3, 1, 5),
        inputs("one block for all", 2, 2, 3, 4, 9, 6));
  }

  private static Case inputs(String name, int n, int d, int h, int all, int steps, int seed) {
    int[] text = new int[n * all + 1 + (n > 1 ? 1 : 0)];
    for (int i = 0; i < text.length; i++) {
      text[i] = 100 + i * i % 89;
    }
    Matrix[] hs = Numbers.sequence(all, n, h, seed + 10);
    for (Matrix one : hs) {
      one.setTanh(one);
    }
    return new Case(name)
        .with("text", text)
        .with("places", n)
        .with("steps", steps)
        .with("xs", Numbers.sequence(all, n, d, seed))
        .with("h0", Numbers.matrix(n, h, seed + 20))
        .with("wx", Numbers.matrix(d, h, seed + 30))
        .with("wh", Numbers.matrix(h, h, seed + 40))
        .with("b", Numbers.matrix(1, h, seed + 50))
        .with("hs", hs)
        .with("dhs", Numbers.sequence(all, n, h, seed + 60));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Results results = new Results();
    int steps = given.matrices("xs").length;
    switch (given.whole("method")) {
      case 0 -> {
        for (int t = 0; t < steps; t++) {
          letters(results, "inputs(t=" + t + ")", read(given, t, slips));
        }
      }
      case 1 -> {
        for (int t = 0; t < steps; t++) {
          letters(results, "targets(t=" + t + ")", asked(given, t, slips));
        }
      }
      case 2 -> results.with("starts", starts(given, slips));
      default -> results.with("dh", backward(given, slips));
    }
    return results;
  }

  private static void letters(Results results, String name, int[] ids) {
    Matrix row = null;
    if (ids != null) {
      row = new Matrix(1, Math.max(1, ids.length));
      for (int n = 0; n < ids.length; n++) {
        row.set(0, n, ids[n]);
      }
    }
    results.with(name, row);
  }

  private static int[] read(Case given, int t, Slips slips) {
    int[] text = given.ints("text");
    int places = given.whole("places");
    boolean whole =
        slips.made(
            "inputs: the length of a part is that of the text / N. The last letter has none after"
                + " it: (text.length − 1) / N.");
    int jump = (text.length - (whole ? 0 : 1)) / places;
    boolean next = slips.made("inputs: one step too far; at t = 0 a part's first letter is read.");
    boolean together =
        slips.made(
            "inputs: the places are neighbours, text[n + t]. Each is to begin its own part of the"
                + " text, n·jump.");
    boolean inTurn =
        slips.made(
            "inputs: the places take turns, text[t·N + n]. Then no row reads a text that hangs"
                + " together.");
    boolean same = slips.made("inputs: all rows read the first part: row n begins at n·jump.");
    boolean far = slips.made("inputs: the places move by jump a step; they move by one letter.");
    int[] ids = new int[places];
    for (int n = 0; n < places; n++) {
      int at = together ? n + t : inTurn ? t * places + n : same ? t : n * jump + t;
      at = far ? n + t * jump : at;
      ids[n] = text[at + (next ? 1 : 0)];
    }
    return ids;
  }

  private static int[] asked(Case given, int t, Slips slips) {
    int[] text = given.ints("text");
    int places = given.whole("places");
    boolean whole =
        slips.made(
            "targets: the length of a part is that of the text / N. The last letter has none after"
                + " it: (text.length − 1) / N.");
    int jump = (text.length - (whole ? 0 : 1)) / places;
    boolean same =
        slips.made("targets: these are the letters that are read; asked is the one after each.");
    boolean two = slips.made("targets: one letter too far: it is the one right after the input.");
    boolean ofNext =
        slips.made(
            "targets: row n is asked for letters of the next part: its own begins at n·jump, and"
                + " the answer is one letter after the input.");
    boolean block =
        slips.made("targets: the first part is asked in every row: row n is at n·jump.");
    int[] ids = new int[places];
    for (int n = 0; n < places; n++) {
      int at = (block ? 0 : n * jump) + t + (same ? 0 : two ? 2 : 1);
      at = ofNext ? (n + 1) * jump + t : at;
      ids[n] = text[at];
    }
    return ids;
  }

  private static Matrix[] starts(Case given, Slips slips) {
    Matrix[] xs = given.matrices("xs");
    int steps = given.whole("steps");
    boolean zeros =
        slips.made("starts: the state begins anew with zeros in each block; it should go on.");
    boolean allZeros =
        slips.made("starts: each block begins with zeros; the first with h0, and then it goes on.");
    boolean h0Again = slips.made("starts: each block begins with h0; only the first one does.");
    boolean after =
        slips.made("starts: that is the state after a block's first step; it begins before it.");
    boolean early =
        slips.made(
            "starts: that is the state before the last step of the block before; its last step"
                + " counts too.");
    boolean ends =
        slips.made("starts: these are the states at the ends of the blocks, one block too late.");
    boolean fewer =
        slips.made("starts: the last block, which may be shorter, is missing. Round up.");
    boolean oneMore =
        slips.made(
            "starts: one block too many where the blocks fit exactly: T / steps + 1 is not T /"
                + " steps rounded up.");
    boolean noPlace =
        slips.made(
            "starts: the last block, which may be shorter, has no place in the array. Round up: (T"
                + " + steps − 1) / steps.");
    int blocks = fewer ? xs.length / steps : (xs.length + steps - 1) / steps;
    Matrix[] before = new Matrix[xs.length + 1];
    before[0] = given.matrix("h0");
    for (int t = 0; t < xs.length; t++) {
      Matrix h = before[t];
      boolean edge = t > 0 && t % steps == 0;
      h =
          allZeros && t % steps == 0 || zeros && edge
              ? new Matrix(h.rows(), h.cols())
              : h0Again && edge ? before[0] : h;
      before[t] = h;
      Matrix a = xs[t].matmul(given.matrix("wx"));
      a.addMatmul(h, given.matrix("wh"));
      a.addRow(given.matrix("b"));
      before[t + 1] = a.tanh();
    }
    int places = noPlace ? xs.length / steps : oneMore ? xs.length / steps + 1 : blocks;
    Matrix[] starts = new Matrix[places];
    for (int k = 0; k < blocks; k++) {
      int t = k * steps;
      t = early && t > 0 ? t - 1 : after ? t + 1 : ends ? Math.min(t + steps, xs.length) : t;
      starts[k] = before[t];
    }
    return starts;
  }

  private static Matrix[] backward(Case given, Slips slips) {
    Matrix[] hs = given.matrices("hs");
    Matrix[] dhs = given.matrices("dhs");
    int steps = given.whole("steps");
    boolean never =
        slips.made("backward: the gradient crosses the edges of the blocks; it should stop there.");
    boolean early =
        slips.made(
            "backward: the gradient stops one step too late: the first step of a block sends"
                + " nothing back to the block before.");
    boolean late =
        slips.made(
            "backward: the gradient stops one step too early: the first step of a block still gets"
                + " it from the second.");
    boolean alone =
        slips.made("backward: within a block, too, a state gets gradient from the step after it.");
    boolean noTanh =
        slips.made("backward: on its way back the gradient passes tanh: times 1 − h².");
    boolean oneMinusH = slips.made("backward: the slope of tanh is 1 − h², not 1 − h.");
    boolean wrongH =
        slips.made(
            "backward: 1 − h² is that of the state after the step gone back through: t + 1.");
    boolean straight =
        slips.made(
            "backward: wh is not transposed. It is square, so no shape shows it: forward h·wh, back"
                + " with the transpose.");
    boolean noWh = slips.made("backward: on its way back the gradient passes wh.");
    boolean notOwn =
        slips.made(
            "backward: only the last state of a block gets its own loss's gradient, dhs[t]; all"
                + " do.");
    boolean short1 =
        slips.made(
            "backward: only the gradient of the next step's own loss comes back; what that step got"
                + " from later ones is missing.");
    boolean fromEnd =
        slips.made(
            "backward: the blocks are counted from the end. The first blocks are full, the last may"
                + " be shorter.");
    boolean past =
        slips.made(
            "backward: after the very last step there is no other; where the last block is shorter,"
                + " that is no edge of a full block.");
    boolean onlyEdge =
        slips.made("backward: it is the other way round: at the edge nothing comes back.");
    Matrix wh = straight ? given.matrix("wh") : given.matrix("wh").transposed().copy();
    Matrix[] all = new Matrix[hs.length];
    int last = hs.length - 1;
    for (int t = last; t >= 0; t--) {
      all[t] = dhs[t].copy();
      if (t == last && !(past && (t + 1) % steps != 0)) {
        continue;
      }
      int place = fromEnd ? last - t : t + 1;
      place += early ? 1 : late ? -1 : 0;
      boolean edge = place % steps == 0;
      edge = onlyEdge ? !edge : edge;
      if (alone || (edge && !never)) {
        continue;
      }
      if (notOwn) {
        all[t] = new Matrix(dhs[t].rows(), dhs[t].cols());
      }
      Matrix dh = short1 ? dhs[t + 1] : all[t + 1];
      Matrix h = wrongH ? hs[t] : hs[t + 1];
      Matrix da = noTanh ? dh : oneMinusH ? dh.minus(dh.times(h)) : dh.minus(dh.times(h).times(h));
      all[t].add(noWh ? da : da.matmul(wh));
    }
    return all;
  }

  @Override
  public Results yours(Case given) {
    int[] text = given.ints("text");
    int places = given.whole("places");
    int steps = given.whole("steps");
    Matrix[] xs = given.matrices("xs");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    Matrix b = given.matrix("b");
    Results results = new Results();
    switch (given.whole("method")) {
      case 0 -> {
        for (int t = 0; t < xs.length; t++) {
          letters(results, "inputs(t=" + t + ")", Truncated.inputs(text, places, t));
        }
      }
      case 1 -> {
        for (int t = 0; t < xs.length; t++) {
          letters(results, "targets(t=" + t + ")", Truncated.targets(text, places, t));
        }
      }
      case 2 -> results.with("starts", Truncated.starts(xs, given.matrix("h0"), wx, wh, b, steps));
      default -> {
        Matrix[] dhs = given.matrices("dhs");
        results.with("dh", Truncated.backward(given.matrices("hs"), dhs, wh, steps));
      }
    }
    return results;
  }

  @Override
  public String methodOf(String result) {
    int end = Math.max(result.indexOf('('), result.indexOf('['));
    String name = end < 0 ? result : result.substring(0, end);
    return name.equals("dh") ? "backward" : METHODS.contains(name) ? name : null;
  }
}
