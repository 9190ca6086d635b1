package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
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
    Matrix x = given.matrix("x");
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    if (slips.made("wx is transposed: x.matmul(wx) fits as it is.")) {
      wx = wx.transposed().copy();
    }
    if (slips.made("wh is transposed. It is square, so no shape shows it: hPrev·wh.")) {
      wh = wh.transposed().copy();
    }
    if (slips.made("wx and wh are exchanged.")) {
      Matrix swapped = wx;
      wx = wh;
      wh = swapped;
    }
    Matrix a = new Matrix(x.rows(), given.matrix("b").cols());
    if (!slips.made("The input is missing: x·wx.")) {
      a.add(x.matmul(wx));
    }
    if (!slips.made("The state before is missing: hPrev·wh.")) {
      a.add(hPrev.matmul(wh));
    }
    if (!slips.made("The bias is missing.")) {
      a.addRow(given.matrix("b"));
    }
    if (slips.made("The bias is added twice.")) {
      a.addRow(given.matrix("b"));
    }
    if (slips.made("tanh is missing: this is the sum a itself.")) {
      return a;
    }
    if (slips.made("That is a sigmoid, from 0 to 1; an RNN's state goes through tanh.")) {
      return a.sigmoid();
    }
    if (slips.made("That is relu, max(a, 0); here the sum goes through tanh.")) {
      Matrix relu = a.copy();
      for (int i = 0; i < a.rows(); i++) {
        for (int j = 0; j < a.cols(); j++) {
          relu.set(i, j, Math.max(a.get(i, j), 0));
        }
      }
      return relu;
    }
    Matrix h = a.tanh();
    return slips.made("tanh is applied twice.") ? h.tanh() : h;
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
