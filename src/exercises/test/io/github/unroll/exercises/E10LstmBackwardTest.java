package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.block;
import static io.github.unroll.exercises.Formulas.row;
import static io.github.unroll.exercises.Formulas.sideBySide;
import static io.github.unroll.exercises.Formulas.sigmoidSlope;
import static io.github.unroll.exercises.Formulas.tanhSlope;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(number = 10, title = "LstmCell.backward, activateBackward", files = "cell/LstmCell.java")
class E10LstmBackwardTest {

  private static final int N = 3;
  private static final int D = 2;
  private static final int H = 4;
  private static final String ORDER = "fgio";

  private final RandomState random = new RandomState(10);
  private final Matrix x = random.randn(N, D);
  private final Matrix hPrev = random.randn(N, H).times(0.5);
  private final Matrix cPrev = random.randn(N, H);
  private final Matrix f = random.randn(N, H).sigmoid();
  private final Matrix g = random.randn(N, H).tanh();
  private final Matrix i = random.randn(N, H).sigmoid();
  private final Matrix o = random.randn(N, H).sigmoid();
  private final Matrix c = f.times(cPrev).plus(g.times(i));
  private final Matrix tanhC = c.tanh();
  private final Matrix dh = random.randn(N, H);
  private final Matrix dc = random.randn(N, H);
  private final Matrix wx = random.randn(D, 4 * H);
  private final Matrix wh = random.randn(H, 4 * H);
  private final LstmCell cell = new LstmCell(wx, wh, random.randn(1, 4 * H));
  private final Matrix dwxBefore = random.randn(D, 4 * H);
  private final Matrix dwhBefore = random.randn(H, 4 * H);
  private final Matrix dbBefore = random.randn(1, 4 * H);

  private final Matrix ds = dc.plus(dh.times(o).times(tanhSlope(tanhC)));

  /** The four gradients, to be replaced one by one. */
  private final class Gates {
    private Matrix daF;
    private Matrix daG;
    private Matrix daI;
    private Matrix daO;
    private Matrix dcPrev;

    Gates(Matrix ds) {
      daF = ds.times(cPrev).times(sigmoidSlope(f));
      daG = ds.times(i).times(tanhSlope(g));
      daI = ds.times(g).times(sigmoidSlope(i));
      daO = dh.times(tanhC).times(sigmoidSlope(o));
      dcPrev = ds.times(f);
    }

    Gates f(Matrix replaced) {
      daF = replaced;
      return this;
    }

    Gates g(Matrix replaced) {
      daG = replaced;
      return this;
    }

    Gates i(Matrix replaced) {
      daI = replaced;
      return this;
    }

    Gates o(Matrix replaced) {
      daO = replaced;
      return this;
    }

    Gates dcPrev(Matrix replaced) {
      dcPrev = replaced;
      return this;
    }

    Matrix da(String order) {
      Matrix[] blocks = new Matrix[4];
      blocks[order.indexOf('f')] = daF;
      blocks[order.indexOf('g')] = daG;
      blocks[order.indexOf('i')] = daI;
      blocks[order.indexOf('o')] = daO;
      return sideBySide(blocks);
    }

    Results results() {
      return results(ORDER);
    }

    Results results(String order) {
      Matrix da = da(order);
      return new Results()
          .and("dcPrev", dcPrev)
          .and("dx", da.matmulTransB(wx))
          .and("dhPrev", da.matmulTransB(wh))
          .added("dwx", dwxBefore, x.matmulTransA(da))
          .added("dwh", dwhBefore, hPrev.matmulTransA(da))
          .added("db", dbBefore, da.columnSums())
          .and("da_f", block(da, 0, H))
          .and("da_g", block(da, 1, H))
          .and("da_i", block(da, 2, H))
          .and("da_o", block(da, 3, H));
    }
  }

  /** Only these of the results. */
  private static Results only(Results all, String... names) {
    Results some = new Results();
    for (String name : names) {
      Results.Array array = all.get(name);
      Matrix m = Matrix.of(array.shape()[0], array.shape()[1], array.values());
      if (array.before() == null) {
        some.and(name, m);
      } else {
        Matrix before = Matrix.of(m.rows(), m.cols(), array.before());
        some.added(name, before, m.minus(before));
      }
    }
    return some;
  }

  private Diagnosis diagnosis(String... names) {
    Results right = only(new Gates(ds).results(), names);
    Diagnosis diagnosis =
        new Diagnosis(right, N)
            .formula("dcPrev", "dcPrev = ds ⊙ f, with ds = dc + dh ⊙ o ⊙ (1 − tanh²(c))")
            .formula("dx", "dx = da·wxᵀ, with da = da_f, da_g, da_i, da_o side by side")
            .formula("dhPrev", "dhPrev = da·whᵀ")
            .formula("dwx", "dwx += xᵀ·da")
            .formula("dwh", "dwh += hPrevᵀ·da")
            .formula("db", "db += Σ over the batch of da")
            .formula("da_f", "da_f = ds ⊙ cPrev ⊙ f(1 − f)")
            .formula("da_g", "da_g = ds ⊙ i ⊙ (1 − g²)")
            .formula("da_i", "da_i = ds ⊙ g ⊙ i(1 − i)")
            .formula("da_o", "da_o = dh ⊙ tanh(c) ⊙ o(1 − o)")
            .shared("ds = dc + dh ⊙ o ⊙ (1 − tanh²(c))");
    add(diagnosis, "knows nothing of dc: what comes from ahead through c is part of ds", without());
    add(
        diagnosis,
        "knows only dc: what comes through h is part of ds too, dh ⊙ o ⊙ (1 − tanh²(c))",
        new Gates(dc));
    add(
        diagnosis,
        "misses the slope of tanh(c): ds = dc + dh ⊙ o ⊙ (1 − tanh²(c))",
        new Gates(dc.plus(dh.times(o))));
    add(
        diagnosis,
        "takes tanh of tanhC once more: the array holds tanh(c) already",
        new Gates(dc.plus(dh.times(o).times(tanhSlope(tanhC.tanh())))));
    add(
        diagnosis,
        "misses the output gate on the way to c: ds = dc + dh ⊙ o ⊙ (1 − tanh²(c))",
        new Gates(dc.plus(dh.times(tanhSlope(tanhC)))));
    add(
        diagnosis,
        "misses the slopes of the sigmoids: s(1 − s) for f, i and o",
        gates().f(ds.times(cPrev)).i(ds.times(g)).o(dh.times(tanhC)));
    add(diagnosis, "misses the slope f(1 − f) in da_f", gates().f(ds.times(cPrev)));
    add(diagnosis, "misses the slope i(1 − i) in da_i", gates().i(ds.times(g)));
    add(diagnosis, "misses the slope o(1 − o) in da_o", gates().o(dh.times(tanhC)));
    add(diagnosis, "misses the slope 1 − g² in da_g", gates().g(ds.times(i)));
    add(
        diagnosis,
        "has the sigmoid's slope g(1 − g) in da_g: g is a tanh, its slope is 1 − g²",
        gates().g(ds.times(i).times(sigmoidSlope(g))));
    add(
        diagnosis,
        "has the new c in da_f: it is cPrev that f multiplied",
        gates().f(ds.times(c).times(sigmoidSlope(f))));
    add(
        diagnosis,
        "has ds for dh in da_o: o multiplied tanh(c) in h, so dh comes to it",
        gates().o(ds.times(tanhC).times(sigmoidSlope(o))));
    add(diagnosis, "has c for tanh(c) in da_o", gates().o(dh.times(c).times(sigmoidSlope(o))));
    add(
        diagnosis,
        "has g and i swapped: what comes to i is ds ⊙ g, what comes to g is ds ⊙ i",
        gates().g(ds.times(g).times(tanhSlope(g))).i(ds.times(i).times(sigmoidSlope(i))));
    add(diagnosis, "misses f: dcPrev = ds ⊙ f", gates().dcPrev(ds));
    add(
        diagnosis,
        "forgets what came through h: dcPrev = ds ⊙ f, not dc ⊙ f",
        gates().dcPrev(dc.times(f)));
    for (String order : GateOrders.otherThan(ORDER)) {
      diagnosis.mistake(
          "has the gates in the order %s: here they stand f, g, i, o"
              .formatted(GateOrders.text(order)),
          gates().results(order));
    }
    Matrix da = gates().da(ORDER);
    return diagnosis
        .mistake(
            "comes of the new state: it is the state before the step, hPrev, that met wh",
            new Results().added("dwh", dwhBefore, o.times(tanhC).matmulTransA(da)))
        .mistake(
            "is of the first sample only: the sum over the batch is missing",
            new Results().added("db", dbBefore, row(da, 0)))
        .mistake(
            "is of the last sample only: the sum over the batch is missing",
            new Results().added("db", dbBefore, row(da, N - 1)));
  }

  private Gates gates() {
    return new Gates(ds);
  }

  private Gates without() {
    return new Gates(dh.times(o).times(tanhSlope(tanhC)));
  }

  private static void add(Diagnosis diagnosis, String says, Gates gates) {
    diagnosis.mistake(says, gates.results());
  }

  @Test
  @Order(1)
  void should_give_the_gradients_of_a_step() {
    cell.wx().grad().copyFrom(dwxBefore);
    cell.wh().grad().copyFrom(dwhBefore);
    cell.b().grad().copyFrom(dbBefore);
    Matrix gates = sideBySide(f, g, i, o);
    LstmCell.InputGradients got =
        Attempt.at(
            "LstmCell.backward",
            () -> cell.backward(dh, dc, new LstmCell.Cache(x, hPrev, cPrev, gates, tanhC)));
    diagnosis("dcPrev", "dx", "dhPrev", "dwx", "dwh", "db")
        .of(
            new Results()
                .and("dcPrev", got.dcPrev())
                .and("dx", got.dx())
                .and("dhPrev", got.dhPrev())
                .and("dwx", cell.wx().grad())
                .and("dwh", cell.wh().grad())
                .and("db", cell.b().grad()));
  }

  @Test
  @Order(2)
  void should_leave_what_it_was_given_alone() {
    Matrix gates = sideBySide(f, g, i, o);
    Matrix gatesBefore = gates.copy();
    Matrix dhBefore = dh.copy();
    Matrix dcBefore = dc.copy();
    Attempt.at(
        "LstmCell.backward",
        () -> cell.backward(dh, dc, new LstmCell.Cache(x, hPrev, cPrev, gates, tanhC)));
    new Diagnosis(
            new Results()
                .and("cache.gates", gatesBefore)
                .and("dhNext (given)", dhBefore)
                .and("dcNext (given)", dcBefore),
            N)
        .mistake(
            "was changed: nothing that a cache holds is ever written; activateBackward works in a"
                + " copy of the gates",
            new Results().and("cache.gates", gates().da(ORDER)))
        .mistake(
            "was changed: dcNext is the caller's; activateBackward works in a copy",
            new Results().and("dcNext (given)", ds.times(f)))
        .of(
            new Results()
                .and("cache.gates", gates)
                .and("dhNext (given)", dh)
                .and("dcNext (given)", dc));
  }

  @Test
  @Order(3)
  void should_activate_backward_inside_longer_arrays() {
    double[] a = Formulas.at(2, sideBySide(f, g, i, o));
    double[] dcInPlace = Formulas.at(6, dc);
    Attempt.at(
        "LstmCell.activateBackward",
        () ->
            cell.activateBackward(
                N,
                a,
                2,
                Formulas.at(3, cPrev),
                3,
                Formulas.at(4, tanhC),
                4,
                Formulas.at(5, dh),
                5,
                dcInPlace,
                6));
    Matrix da = Formulas.from(a, 2, N, 4 * H);
    diagnosis("dcPrev", "da_f", "da_g", "da_i", "da_o")
        .of(
            new Results()
                .and("dcPrev", Formulas.from(dcInPlace, 6, N, H))
                .and("da_f", block(da, 0, H))
                .and("da_g", block(da, 1, H))
                .and("da_i", block(da, 2, H))
                .and("da_o", block(da, 3, H)));
  }
}
