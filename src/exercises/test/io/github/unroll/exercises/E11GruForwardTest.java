package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.sideBySide;
import static io.github.unroll.exercises.GruStep.N;

import io.github.unroll.cell.GruCell;
import io.github.unroll.exercises.GruStep.Slip;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(number = 11, title = "GruCell.forward, stepForward", files = "cell/GruCell.java")
class E11GruForwardTest {

  private static Results slipped(boolean after, Slip slip) {
    return new Results().and("h", GruStep.state(after, GruStep.ORDER, slip));
  }

  static GruCell cell(GruStep step) {
    return step.after
        ? GruCell.resetAfter(step.wx, step.wh, step.b, step.bhn)
        : GruCell.resetBefore(step.wx, step.wh, step.b);
  }

  private static void check(boolean after) {
    GruStep step = new GruStep(after);
    Matrix got =
        Attempt.at("GruCell.forward", () -> cell(step).forward(step.x, step.hPrev).hNext());
    Diagnosis diagnosis =
        new Diagnosis(new Results().and("h", step.h), N)
            .formula(
                "h",
                after
                    ? "h = (1 − z) ⊙ hPrev + z ⊙ ĥ, ĥ = tanh(x·wx_h + b_h + r ⊙ (hPrev·wh_h + bhn))"
                    : "h = (1 − z) ⊙ hPrev + z ⊙ ĥ, ĥ = tanh(x·wx_h + (r ⊙ hPrev)·wh_h + b_h)")
            .mistake(
                "has z the other way round, as PyTorch and Keras: here z weighs the candidate,"
                    + " h = (1 − z) ⊙ hPrev + z ⊙ ĥ",
                slipped(after, Slip.Z_SWAPPED))
            .mistake(
                "keeps all of the old state: it is (1 − z) ⊙ hPrev",
                slipped(after, Slip.NO_REST_OF_Z))
            .mistake(
                "keeps nothing of the old state: was (1 − z) ⊙ hPrev forgotten?",
                slipped(after, Slip.NO_OLD_STATE))
            .mistake(
                "is the candidate alone: h = (1 − z) ⊙ hPrev + z ⊙ ĥ",
                slipped(after, Slip.CANDIDATE_ALONE))
            .mistake("was never reset: was r forgotten?", slipped(after, Slip.NO_RESET))
            .mistake(
                after
                    ? "resets before the product: with bhn it is r ⊙ (hPrev·wh_h + bhn)"
                    : "resets after the product: without bhn it is (r ⊙ hPrev)·wh_h",
                slipped(after, Slip.RESET_AT_THE_OTHER_PLACE))
            .mistake(
                "resets the input: r belongs to the state's part of the candidate",
                slipped(after, Slip.RESET_ON_THE_INPUT))
            .mistake(
                "has a sigmoid for the candidate: ĥ = tanh(…), only z and r take σ",
                slipped(after, Slip.SIGMOID_CANDIDATE))
            .mistake(
                "has the candidate unsquashed: ĥ = tanh(…)", slipped(after, Slip.LINEAR_CANDIDATE))
            .mistake(
                "misses the bias: was b forgotten? It is one row, added to every sample",
                slipped(after, Slip.NO_BIAS))
            .mistake("holds the bias twice", slipped(after, Slip.BIAS_TWICE))
            .mistake(
                "has gates that do not see the state: was hPrev·wh forgotten in z and r?",
                slipped(after, Slip.NO_STATE_IN_GATES))
            .mistake(
                "has a candidate that does not see the state: was its product with wh_h forgotten?",
                slipped(after, Slip.NO_STATE_IN_CANDIDATE));
    if (after) {
      diagnosis
          .mistake("misses bhn, beside hPrev·wh_h", slipped(true, Slip.NO_BHN))
          .mistake(
              "has bhn outside the reset: r ⊙ (hPrev·wh_h + bhn)", slipped(true, Slip.BHN_OUTSIDE));
    }
    for (String order : GateOrders.otherThan(GruStep.ORDER)) {
      diagnosis.mistake(
          "reads the gates in the order %s%s: here they stand z, r, h"
              .formatted(GateOrders.text(order), order.equals("rzh") ? " (PyTorch)" : ""),
          new Results().and("h", GruStep.state(after, order)));
    }
    diagnosis.of(new Results().and("h", got));
  }

  @Test
  @Order(1)
  void should_give_the_new_state_with_the_reset_before_the_product() {
    check(false);
  }

  @Test
  @Order(2)
  void should_give_the_new_state_with_the_reset_after_the_product() {
    check(true);
  }

  @Test
  @Order(3)
  void should_keep_what_backward_needs_and_leave_the_rest_alone() {
    for (boolean after : new boolean[] {false, true}) {
      GruStep step = new GruStep(after);
      Matrix before = step.hPrev.copy();
      GruCell.Cache cache =
          Attempt.at("GruCell.forward", () -> cell(step).forward(step.x, step.hPrev).cache());
      new Diagnosis(
              new Results()
                  .and("cache.hPrev", before)
                  .and("cache.gates", sideBySide(step.z, step.r, step.hHat))
                  .and("cache.product", step.product),
              N)
          .formula("cache.gates", "z, r, ĥ side by side, (N,3H), squashed")
          .formula("cache.product", after ? "hPrev·wh_h + bhn" : "r ⊙ hPrev")
          .mistake(
              "was changed by forward: inputs are the caller's; copy before writing",
              new Results().and("cache.hPrev", step.h))
          .mistake(
              "is multiplied by r already: backward needs hPrev·wh_h + bhn without it",
              new Results().and("cache.product", step.r.times(step.product)))
          .of(
              new Results()
                  .and("cache.hPrev", cache.hPrev())
                  .and("cache.gates", cache.gates())
                  .and("cache.product", cache.product()));
    }
  }
}
