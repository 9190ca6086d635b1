package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.plusRow;
import static io.github.unroll.exercises.Formulas.stacked;
import static io.github.unroll.exercises.Formulas.tanhSlope;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(
    number = 4,
    title = "TimeRnn.stepBackward and the loop, CellLoop.backwardInto",
    files = {"layer/TimeRnn.java", "layer/CellLoop.java"})
class E04TimeRnnBackwardTest {

  private static final int N = 3;
  private static final int T = 4;
  private static final int D = 2;
  private static final int H = 4;

  private enum Slip {
    NOT_FROM_AHEAD,
    NOT_OF_THE_OUTPUT,
    LAST_OUTPUT_ONLY,
    NOT_CLEARED,
    NO_TRANSPOSE,
    SLOPE_BEFORE,
    NO_SLOPE,
    FORWARD_IN_TIME,
    STATE_AFTER,
    FIRST_STEP_ONLY,
    LAST_STEP_ONLY,
    LAST_STEP_LEFT_OUT,
    FIRST_STEP_LEFT_OUT,
    WITHOUT_FINAL,
    OVER_THE_PADDING
  }

  private final RandomState random = new RandomState(4);
  private final Tensor3 xs = random.randn(N, T, D);
  private final Matrix h0 = random.randn(N, H).times(0.5);
  private final Matrix wx = random.randn(D, H).times(0.5);
  private final Matrix wh = random.randn(H, H).times(0.5);
  private final Matrix b = random.randn(1, H).times(0.5);
  private final Tensor3 dhs = random.randn(N, T, H);
  private final Matrix dFinal = random.randn(N, H);
  private final Matrix dwxBefore = random.randn(D, H);
  private final Matrix dwhBefore = random.randn(H, H);
  private final Matrix dbBefore = random.randn(1, H);
  private final TimeRnn layer = new TimeRnn(new RnnCell(wx, wh, b));

  /** Back through time, right or with a slip; zeros past a sequence's length. */
  private Results results(int[] lengths, Slip... slips) {
    Set<Slip> slip = EnumSet.noneOf(Slip.class);
    slip.addAll(Set.of(slips));
    Matrix[] h = new Matrix[T + 1];
    Matrix[] x = new Matrix[T];
    h[0] = h0;
    for (int t = 0; t < T; t++) {
      x[t] = xs.step(t).times(counts(t, lengths, D));
      Matrix next = plusRow(x[t].matmul(wx).plus(h[t].matmul(wh)), b).tanh();
      h[t + 1] = merged(t, lengths, next, h[t]);
    }
    Matrix dh = slip.contains(Slip.WITHOUT_FINAL) ? new Matrix(N, H) : dFinal;
    Matrix dwx = new Matrix(D, H);
    Matrix dwh = new Matrix(H, H);
    Matrix db = new Matrix(1, H);
    Matrix[] dx = new Matrix[T];
    for (int s = T - 1; s >= 0; s--) {
      int t = slip.contains(Slip.FORWARD_IN_TIME) ? T - 1 - s : s;
      if (s == T - 1 && slip.contains(Slip.LAST_STEP_LEFT_OUT)
          || s == 0 && slip.contains(Slip.FIRST_STEP_LEFT_OUT)) {
        dx[t] = new Matrix(N, D);
        continue;
      }
      Matrix ofOutput = dhs.step(t).times(counts(t, lengths, H));
      boolean outputCounts =
          !slip.contains(Slip.NOT_OF_THE_OUTPUT)
              && (!slip.contains(Slip.LAST_OUTPUT_ONLY) || t == T - 1);
      if (slip.contains(Slip.NOT_FROM_AHEAD)) {
        dh = ofOutput;
      } else if (outputCounts) {
        dh = dh.plus(ofOutput);
      }
      Matrix slope = tanhSlope(h[slip.contains(Slip.SLOPE_BEFORE) ? t : t + 1]);
      Matrix da = slip.contains(Slip.NO_SLOPE) ? dh : dh.times(slope);
      Matrix back = slip.contains(Slip.NO_TRANSPOSE) ? da.matmul(wh) : da.matmulTransB(wh);
      back = slip.contains(Slip.NOT_CLEARED) ? back.plus(dh) : back;
      if (slip.contains(Slip.OVER_THE_PADDING)) {
        dh = back;
      } else {
        da = da.times(counts(t, lengths, H));
        dh = merged(t, lengths, back, dh);
      }
      dx[t] = da.matmulTransB(wx).times(counts(t, lengths, D));
      boolean stepCounts =
          (!slip.contains(Slip.FIRST_STEP_ONLY) || t == 0)
              && (!slip.contains(Slip.LAST_STEP_ONLY) || t == T - 1);
      if (stepCounts) {
        dwx.addMatmulTransA(x[t], da);
        dwh.addMatmulTransA(h[slip.contains(Slip.STATE_AFTER) ? t + 1 : t], da);
        db.addColumnSums(da);
      }
    }
    return new Results()
        .and("dxs", stacked(dx))
        .and("dh0", dh)
        .added("dwx", dwxBefore, dwx)
        .added("dwh", dwhBefore, dwh)
        .added("db", dbBefore, db);
  }

  private static Matrix counts(int t, int[] lengths, int width) {
    Matrix counts = new Matrix(N, width);
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < width; j++) {
        counts.set(i, j, t < lengths[i] ? 1 : 0);
      }
    }
    return counts;
  }

  private static Matrix merged(int t, int[] lengths, Matrix running, Matrix ended) {
    Matrix merged = ended.copy();
    for (int i = 0; i < N; i++) {
      if (t < lengths[i]) {
        System.arraycopy(running.data(), i * H, merged.data(), i * H, H);
      }
    }
    return merged;
  }

  private Results got(int[] lengths) {
    layer.cell().wx().grad().copyFrom(dwxBefore);
    layer.cell().wh().grad().copyFrom(dwhBefore);
    layer.cell().b().grad().copyFrom(dbBefore);
    Attempt.at("TimeRnn.forward", () -> layer.forward(xs, lengths, State.of(h0)));
    Tensor3 dxs = Attempt.at("TimeRnn.backward", () -> layer.backward(dhs, State.of(dFinal)));
    Matrix dh0 = Attempt.at("TimeRnn.initialStateGradient", () -> layer.initialStateGradient().h());
    return new Results()
        .and("dxs", dxs)
        .and("dh0", dh0)
        .and("dwx", layer.cell().wx().grad())
        .and("dwh", layer.cell().wh().grad())
        .and("db", layer.cell().b().grad());
  }

  private Diagnosis diagnosis(int[] lengths) {
    return new Diagnosis(results(lengths), N)
        .formula("dxs", "dxs[t] = da[t]·wxᵀ, with da[t] = dh ⊙ (1 − h[t+1]²)")
        .formula("dh0", "dh0 is what is left of dh after the first step: dh = da·whᵀ")
        .formula("dwx", "dwx += Σ over t of xs[t]ᵀ·da[t]")
        .formula("dwh", "dwh += Σ over t of h[t]ᵀ·da[t], h[t] the state before step t")
        .formula("db", "db += Σ over t and the batch of da[t]")
        .shared("dh: what comes from ahead plus dhs[t], then times 1 − h², then times whᵀ");
  }

  @Test
  @Order(1)
  void should_go_back_through_time() {
    int[] all = {T, T, T};
    diagnosis(all)
        .mistake(
            "misses what comes from the steps ahead: was dh of step t + 1 not added? dh += dhs[t],"
                + " not =",
            results(all, Slip.NOT_FROM_AHEAD))
        .mistake(
            "misses the gradients of the outputs: was dhs[t] not added to dh?",
            results(all, Slip.NOT_OF_THE_OUTPUT))
        .mistake(
            "knows the last output only: every step has one, dhs[t] is added inside the loop",
            results(all, Slip.LAST_OUTPUT_ONLY))
        .mistake(
            "still holds the old dh: da·whᵀ replaces it; was the array not cleared before the"
                + " product was added?",
            results(all, Slip.NOT_CLEARED))
        .mistake(
            "misses a transpose: going back through h·wh is da·whᵀ",
            results(all, Slip.NO_TRANSPOSE))
        .mistake(
            "takes the slope at the state before: 1 − h² is of the state after step t, at t + 1",
            results(all, Slip.SLOPE_BEFORE))
        .mistake("misses the slope of tanh: was 1 − h² forgotten?", results(all, Slip.NO_SLOPE))
        .mistake(
            "went forward in time: the loop runs from t = steps − 1 down to 0",
            results(all, Slip.FORWARD_IN_TIME))
        .mistake(
            "comes of the states after the steps: it is the state before, h[t], that met wh",
            results(all, Slip.STATE_AFTER))
        .mistake(
            "is of the first step only: all steps share the weights, so the sum is over t",
            results(all, Slip.FIRST_STEP_ONLY))
        .mistake(
            "is of the last step only: all steps share the weights, so the sum is over t",
            results(all, Slip.LAST_STEP_ONLY))
        .mistake(
            "lacks the last step: the loop begins at t = steps − 1",
            results(all, Slip.LAST_STEP_LEFT_OUT))
        .mistake(
            "lacks the first step: the loop ends at t = 0, t >= 0",
            results(all, Slip.FIRST_STEP_LEFT_OUT))
        .mistake(
            "does not know the gradient of the final state: is dh set to zero at the start?",
            results(all, Slip.WITHOUT_FINAL))
        .of(got(all));
  }

  @Test
  @Order(2)
  void should_leave_out_steps_past_the_end_of_a_sequence() {
    int[] lengths = {4, 2, 1};
    diagnosis(lengths)
        .mistake(
            "ran over the padding: where t >= shortest, stepBackwardWhereActive(t) takes the step",
            results(lengths, Slip.OVER_THE_PADDING))
        .of(got(lengths));
  }
}
