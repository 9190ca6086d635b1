package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.plusRow;
import static io.github.unroll.exercises.Formulas.stacked;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(
    number = 3,
    title = "TimeRnn.stepForward and the loop, CellLoop.forwardInto",
    files = {"layer/TimeRnn.java", "layer/CellLoop.java"})
class E03TimeRnnForwardTest {

  private static final int N = 3;
  private static final int T = 4;
  private static final int D = 2;
  private static final int H = 4;

  private final RandomState random = new RandomState(3);
  private final Tensor3 xs = random.randn(N, T, D);
  private final Matrix h0 = random.randn(N, H).times(0.5);
  private final Matrix wx = random.randn(D, H).times(0.5);
  private final Matrix wh = random.randn(H, H).times(0.5);
  private final Matrix b = random.randn(1, H).times(0.5);
  private final TimeRnn layer = new TimeRnn(new RnnCell(wx, wh, b));

  private Matrix step(Matrix x, Matrix h) {
    return plusRow(x.matmul(wx).plus(h.matmul(wh)), b).tanh();
  }

  private static Results results(Matrix... hs) {
    return new Results().and("hs", stacked(hs)).and("the final state", hs[T - 1]);
  }

  @Test
  @Order(1)
  void should_carry_the_state_from_step_to_step() {
    Matrix[] right = new Matrix[T];
    Matrix[] fromStart = new Matrix[T];
    Matrix[] fromZero = new Matrix[T];
    Matrix[] ownState = new Matrix[T];
    Matrix[] withoutWh = new Matrix[T];
    Matrix[] twiceBiased = new Matrix[T];
    Matrix[] transposed = new Matrix[T];
    Matrix[] zeros = new Matrix[T];
    Matrix zero = new Matrix(N, H);
    for (int t = 0; t < T; t++) {
      Matrix x = xs.step(t);
      right[t] = step(x, t == 0 ? h0 : right[t - 1]);
      fromStart[t] = step(x, h0);
      fromZero[t] = step(x, t == 0 ? h0 : zero);
      ownState[t] = step(x, t == 0 ? zero : ownState[t - 1]);
      withoutWh[t] = step(x, zero);
      Matrix a =
          x.matmul(wx).plus((t == 0 ? h0 : twiceBiased[t - 1]).matmul(wh)).plus(plusRow(zero, b));
      twiceBiased[t] = plusRow(a, b).tanh();
      Matrix back = (t == 0 ? h0 : transposed[t - 1]).matmulTransB(wh);
      transposed[t] = plusRow(x.matmul(wx).plus(back), b).tanh();
      zeros[t] = zero;
    }
    Matrix[] shifted = {h0, right[0], right[1], right[2]};
    Matrix[] ahead = new Matrix[T];
    for (int t = 0; t < T; t++) {
      ahead[t] = t == T - 1 ? zero : step(xs.step(t + 1), zero);
    }
    Matrix[] lastMissing = right.clone();
    lastMissing[T - 1] = zero;

    Tensor3 hs = Attempt.at("TimeRnn.forward", () -> layer.forward(xs, State.of(h0)));
    Matrix last = Attempt.at("TimeRnn.finalState", () -> layer.finalState().h());
    new Diagnosis(results(right), N)
        .formula("hs", "hs[t] = tanh(xs[t]·wx + hs[t−1]·wh + b), with h0 before the first")
        .mistake(
            "starts from h0 at every step: the state is not carried on; step t reads states[0] from"
                + " t·N·H",
            results(fromStart))
        .mistake(
            "reads a state that is not there yet: does the loop run from t = 0 upward?",
            results(fromZero))
        .mistake("does not know h0: the first step starts from it", results(ownState))
        .mistake("has no memory: was the product h·wh forgotten?", results(withoutWh))
        .mistake("holds the bias twice: cell.activate adds it already", results(twiceBiased))
        .mistake("comes of wh transposed: forward it is h·wh", results(transposed))
        .mistake(
            "is the state before the step: copy out the states from n·hidden on, past h0",
            new Results().and("hs", stacked(shifted)))
        .mistake(
            "is written one place too early: the new state stands at t + 1, states[0] from"
                + " (t + 1)·N·H",
            results(ahead))
        .mistake("is missing: the loop ends a step early; t < steps", results(lastMissing))
        .mistake("is 0 everywhere: is the loop over t there?", results(zeros))
        .of(new Results().and("hs", hs).and("the final state", last));
  }

  @Test
  @Order(2)
  void should_let_the_state_of_a_short_sequence_stand_still() {
    int[] lengths = {4, 2, 1};
    Matrix right = h0.copy();
    Matrix runOn = h0.copy();
    for (int t = 0; t < T; t++) {
      Matrix x = xs.step(t);
      for (int i = 0; i < N; i++) {
        if (t >= lengths[i]) {
          Arrays.fill(x.data(), i * D, (i + 1) * D, 0);
        }
      }
      Matrix next = step(x, right);
      for (int i = 0; i < N; i++) {
        if (t < lengths[i]) {
          System.arraycopy(next.data(), i * H, right.data(), i * H, H);
        }
      }
      runOn = step(x, runOn);
    }
    Attempt.at("TimeRnn.forward", () -> layer.forward(xs, lengths, State.of(h0)));
    Matrix last = Attempt.at("TimeRnn.finalState", () -> layer.finalState().h());
    new Diagnosis(new Results().and("the final state", right), N)
        .formula("the final state", "past its length a sequence keeps its state")
        .mistake(
            "ran on over the padding: after each step standStill(t) holds ended sequences",
            new Results().and("the final state", runOn))
        .of(new Results().and("the final state", last));
  }

  @Test
  @Order(3)
  void should_remember_the_state_for_the_next_block_if_stateful() {
    TimeRnn stateful = new TimeRnn(new RnnCell(wx, wh, b), true);
    Matrix right = new Matrix(N, H);
    Matrix forgotten = new Matrix(N, H);
    for (int t = 0; t < 2 * T; t++) {
      right = step(xs.step(t % T), right);
      forgotten = step(xs.step(t % T), t == T ? new Matrix(N, H) : forgotten);
    }
    Attempt.at("TimeRnn.forward", () -> stateful.forward(xs));
    Attempt.at("TimeRnn.forward", () -> stateful.forward(xs));
    Matrix last = Attempt.at("TimeRnn.finalState", () -> stateful.finalState().h());
    new Diagnosis(new Results().and("the final state", right), N)
        .formula("the final state", "a stateful layer's second block starts where the first ended")
        .mistake(
            "started the second block from zeros: the layer is stateful; keepFinalState() after the"
                + " loop",
            new Results().and("the final state", forgotten))
        .of(new Results().and("the final state", last));
  }
}
