package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.each;
import static io.github.unroll.exercises.Formulas.rest;
import static io.github.unroll.exercises.Formulas.row;
import static io.github.unroll.exercises.Formulas.tanhSlope;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(number = 2, title = "RnnCell.backward, activateBackward", files = "cell/RnnCell.java")
class E02RnnBackwardTest {

  private static final int N = 3;
  private static final int D = 2;
  private static final int H = 4;

  private final RandomState random = new RandomState(2);
  private final Matrix x = random.randn(N, D);
  private final Matrix hPrev = random.randn(N, H).times(0.5);
  private final Matrix h = random.randn(N, H).tanh();
  private final Matrix dh = random.randn(N, H);
  private final Matrix wx = random.randn(D, H);
  private final Matrix wh = random.randn(H, H);
  private final RnnCell cell = new RnnCell(wx, wh, random.randn(1, H));
  private final Matrix dwxBefore = random.randn(D, H);
  private final Matrix dwhBefore = random.randn(H, H);
  private final Matrix dbBefore = random.randn(1, H);

  private final Matrix da = dh.times(tanhSlope(h));

  private Results results(Matrix da) {
    return new Results()
        .and("dx", da.matmulTransB(wx))
        .and("dhPrev", da.matmulTransB(wh))
        .added("dwx", dwxBefore, x.matmulTransA(da))
        .added("dwh", dwhBefore, hPrev.matmulTransA(da))
        .added("db", dbBefore, da.columnSums());
  }

  @Test
  @Order(1)
  void should_give_the_gradients_of_a_step() {
    cell.wx().grad().copyFrom(dwxBefore);
    cell.wh().grad().copyFrom(dwhBefore);
    cell.b().grad().copyFrom(dbBefore);
    Matrix dhBefore = dh.copy();
    RnnCell.InputGradients gradients =
        Attempt.at("RnnCell.backward", () -> cell.backward(dh, new RnnCell.Cache(x, hPrev, h)));
    new Diagnosis(results(da).and("dhNext (given)", dhBefore), N)
        .formula("dx", "dx = da·wxᵀ, with da = dh ⊙ (1 − h²)")
        .formula("dhPrev", "dhPrev = da·whᵀ, with da = dh ⊙ (1 − h²)")
        .formula("dwx", "dwx += xᵀ·da")
        .formula("dwh", "dwh += hPrevᵀ·da")
        .formula("db", "db += Σ over the batch of da")
        .shared("da = dh ⊙ (1 − h²)")
        .mistake("misses the slope of tanh: was 1 − h² forgotten?", results(dhBefore))
        .mistake("has 1 − h for the slope of tanh: it is 1 − h²", results(dh.times(rest(h))))
        .mistake(
            "has h² for the slope of tanh: it is 1 − h²", results(dh.times(each(h, v -> v * v))))
        .mistake(
            "has the sigmoid's slope h(1 − h): that of tanh is 1 − h²",
            results(dh.times(Formulas.sigmoidSlope(h))))
        .mistake(
            "takes tanh of h once more: h is tanh(a) already, the slope is 1 − h²",
            results(dh.times(tanhSlope(h.tanh()))))
        .mistake(
            "takes the slope at the state before: 1 − h² is of the new state, cache.hNext",
            results(dh.times(tanhSlope(hPrev))))
        .mistake(
            "misses a transpose: going back through hPrev·wh is da·whᵀ",
            new Results().and("dhPrev", da.matmul(wh)))
        .mistake(
            "comes of the new state: it is the state before the step, hPrev, that met wh",
            new Results().added("dwh", dwhBefore, h.matmulTransA(da)))
        .mistake(
            "is of the first sample only: the sum over the batch is missing",
            new Results().added("db", dbBefore, row(da, 0)))
        .mistake(
            "is of the last sample only: the sum over the batch is missing",
            new Results().added("db", dbBefore, row(da, N - 1)))
        .mistake(
            "was changed: dhNext is the caller's; work in a copy",
            new Results().and("dhNext (given)", da))
        .of(
            new Results()
                .and("dx", gradients.dx())
                .and("dhPrev", gradients.dhPrev())
                .and("dwx", cell.wx().grad())
                .and("dwh", cell.wh().grad())
                .and("db", cell.b().grad())
                .and("dhNext (given)", dh));
  }

  @Test
  @Order(2)
  void should_activate_backward_inside_longer_arrays() {
    double[] into = new double[4 + N * H];
    Attempt.at(
        "RnnCell.activateBackward",
        () -> cell.activateBackward(N * H, Formulas.at(2, dh), 2, Formulas.at(3, h), 3, into, 4));
    new Diagnosis(new Results().and("da", da), N)
        .formula("da", "da[daAt + i] = dh[dhAt + i] · (1 − h[hAt + i]²)")
        .mistake("misses the slope of tanh: was 1 − h² forgotten?", new Results().and("da", dh))
        .mistake(
            "has 1 − h for the slope of tanh: it is 1 − h²",
            new Results().and("da", dh.times(rest(h))))
        .mistake(
            "takes tanh of h once more: h is tanh(a) already, the slope is 1 − h²",
            new Results().and("da", dh.times(tanhSlope(h.tanh()))))
        .of(new Results().and("da", Formulas.from(into, 4, N, H)));
  }
}
