package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import mine.Rnn;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** One step of an RNN, forward. */
public final class RnnForward implements Stop.Task {

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "One step of an RNN",
        "02-one-step.md",
        "Rnn.java",
        List.of("forward"),
        List.of(
            "A layer without memory knows x alone. Where can what was before come in?",
            "x·wx is (N,H); hPrev·wh is (N,H) too. So the two can be added, and b to every row.",
            "Add what the input says, what the state says and the bias; then squash the sum.",
            "h = tanh(x·wx + hPrev·wh + b)"),
        new RnnForward());
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
        .with("hPrev", Numbers.matrix(n, h, seed + 10))
        .with("wx", Numbers.matrix(d, h, seed + 20))
        .with("wh", Numbers.matrix(h, h, seed + 30))
        .with("b", Numbers.matrix(1, h, seed + 40));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return new Results().with("h", step(given, slips));
  }

  private static Matrix step(Case given, Slips slips) {
    Matrix hPrev = given.matrix("hPrev");
    if (slips.made(
        "Every row gets the state of the first; each sequence has a state of its own.")) {
      hPrev = hPrev.copy();
      for (int i = 1; i < hPrev.rows(); i++) {
        hPrev.copyRow(i, hPrev.copy(), 0);
      }
    }
    Matrix fromInput = fromInput(given, hPrev, slips);
    Matrix fromState = fromState(given, hPrev, slips);
    Matrix bias = bias(given, fromInput.rows(), slips);
    boolean apart =
        slips.made("tanh is taken of the parts. Add them first: one tanh, of the whole sum.");
    boolean parted =
        slips.made(
            "tanh is taken of the state's part alone. Add first: one tanh, of the whole sum.");
    boolean late = slips.made("The bias is added after tanh; it belongs into the sum.");
    boolean product = slips.made("The two products are multiplied; they are added.");
    if (apart) {
      return fromInput.tanh().plus(fromState.plus(bias).tanh());
    }
    if (parted) {
      return fromInput.plus(fromState.tanh()).plus(bias);
    }
    Matrix a = product ? fromInput.times(fromState) : fromInput.plus(fromState);
    if (slips.made("That is the mean of the two products; it is their sum.")) {
      a = a.times(0.5);
    }
    Matrix h = squashed(late ? a : a.plus(bias), slips);
    if (late) {
      h = h.plus(bias);
    }
    boolean added = slips.made("The old state is added once more, after tanh; h is tanh alone.");
    return added ? h.plus(hPrev) : h;
  }

  private static Matrix fromInput(Case given, Matrix hPrev, Slips slips) {
    Matrix x = given.matrix("x");
    Matrix wx = given.matrix("wx");
    if (slips.made("wx is transposed: x.matmul(wx) fits as it is.")) {
      wx = wx.transposed().copy();
    }
    boolean exchanged = slips.made("wx and wh are exchanged: x belongs to wx, hPrev to wh.");
    if (slips.made("wh is multiplied with the input too; the input has weights of its own, wx.")
        || exchanged) {
      wx = given.matrix("wh");
    }
    boolean twice = slips.made("The state is multiplied with wx and wh; x belongs to wx.");
    boolean left = slips.made("The factors are exchanged: x·wx, the rows of x stay rows.");
    Matrix part = left ? wx.matmul(x) : (twice ? hPrev : x).matmul(wx);
    boolean elements =
        slips.made("x and wx are multiplied element by element (times); it takes matmul.");
    if (elements) {
      part = x.times(wx);
    }
    return slips.made("The input is missing: x·wx.") ? part.times(0) : part;
  }

  private static Matrix fromState(Case given, Matrix hPrev, Slips slips) {
    Matrix wh = given.matrix("wh");
    if (slips.made("wh is transposed. It is square, so no shape shows it: hPrev·wh.")) {
      wh = wh.transposed().copy();
    }
    boolean exchanged = slips.made("wx and wh are exchanged: x belongs to wx, hPrev to wh.");
    if (slips.made("wx is multiplied with the state too; the state has weights of its own, wh.")
        || exchanged) {
      wh = given.matrix("wx");
    }
    boolean left = slips.made("The factors are exchanged: hPrev·wh, the rows of hPrev stay rows.");
    Matrix part = left ? wh.matmul(hPrev) : hPrev.matmul(wh);
    if (slips.made("hPrev and wh are multiplied element by element (times); it takes matmul.")) {
      part = hPrev.times(wh);
    }
    if (slips.made("The state is added as it is; it goes through its weights first: hPrev·wh.")) {
      part = hPrev.copy();
    }
    if (slips.made(
        "The state before is missing: hPrev·wh. (a.plus(m) gives a new matrix, a.add(m) changes"
            + " a.)")) {
      part.fill(0);
    }
    boolean minus = slips.made("The state's part is taken away; it is added.");
    return minus ? part.times(-1) : part;
  }

  private static Matrix bias(Case given, int rows, Slips slips) {
    Matrix b = given.matrix("b");
    Matrix bias = new Matrix(rows, b.cols());
    bias.addRow(b);
    if (slips.made("The bias is missing.")) {
      bias.fill(0);
    }
    if (slips.made("The bias is added twice.")) {
      bias.addRow(b);
    }
    if (slips.made("The bias is added to the first row only. Every sequence gets the same bias.")) {
      for (int i = 1; i < rows; i++) {
        bias.fillRow(i, 0);
      }
    }
    return slips.made("The bias is taken away: it is added.") ? bias.times(-1) : bias;
  }

  private static Matrix squashed(Matrix a, Slips slips) {
    DoubleUnaryOperator squash = Math::tanh;
    if (slips.made(
        "tanh is missing: this is the sum a itself. (a.tanh() gives a new matrix, a stays.)")) {
      squash = v -> v;
    }
    if (slips.made("That is a sigmoid, from 0 to 1; an RNN's state goes through tanh.")) {
      squash = v -> 1 / (1 + Math.exp(-v));
    }
    if (slips.made("That is relu, max(a, 0); here the sum goes through tanh.")) {
      squash = v -> Math.max(v, 0);
    }
    if (slips.made("tanh is applied twice.")) {
      squash = v -> Math.tanh(Math.tanh(v));
    }
    if (slips.made("That is tan, the tangent of an angle; here it takes tanh.")) {
      squash = Math::tan;
    }
    if (slips.made("That is tanh's slope, 1 − h²; what is wanted is h.")) {
      squash = v -> 1 - Math.tanh(v) * Math.tanh(v);
    }
    Matrix h = new Matrix(a.rows(), a.cols());
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.cols(); j++) {
        h.set(i, j, squash.applyAsDouble(a.get(i, j)));
      }
    }
    return h;
  }

  @Override
  public Results yours(Case given) {
    return new Results()
        .with(
            "h",
            Rnn.forward(
                given.matrix("x"),
                given.matrix("hPrev"),
                given.matrix("wx"),
                given.matrix("wh"),
                given.matrix("b")));
  }
}
