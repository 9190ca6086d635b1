package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.sideBySide;
import static io.github.unroll.exercises.GruStep.N;
import static io.github.unroll.exercises.GruStep.ORDER;

import io.github.unroll.cell.GruCell;
import io.github.unroll.exercises.GruStep.Slip;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(
    number = 12,
    title = "GruCell.backward, stepBackward and its parts",
    files = "cell/GruCell.java")
class E12GruBackwardTest {

  private static Results got(GruStep step) {
    GruCell cell = E11GruForwardTest.cell(step);
    List<Parameter> parameters = cell.parameters();
    List<Matrix> before = List.of(step.dwxBefore, step.dwhBefore, step.dbBefore, step.dbhnBefore);
    for (int p = 0; p < parameters.size(); p++) {
      parameters.get(p).grad().copyFrom(before.get(p));
    }
    Matrix gates = sideBySide(step.z, step.r, step.hHat);
    GruCell.Cache cache = new GruCell.Cache(step.x, step.hPrev, gates, step.product);
    GruCell.InputGradients gradients =
        Attempt.at("GruCell.backward", () -> cell.backward(step.dh, cache));
    Results got =
        new Results()
            .and("dhPrev", gradients.dhPrev())
            .and("dx", gradients.dx())
            .and("dwx", cell.wx().grad())
            .and("dwh", cell.wh().grad())
            .and("db", cell.b().grad());
    return step.after ? got.and("dbhn", parameters.get(3).grad()) : got;
  }

  private static void check(boolean after) {
    GruStep step = new GruStep(after);
    Diagnosis diagnosis =
        new Diagnosis(step.gradients(ORDER), N)
            .formula(
                "dhPrev",
                after
                    ? "dhPrev = dh ⊙ (1 − z) + du·wh_hᵀ + da_z·wh_zᵀ + da_r·wh_rᵀ, du = da_h ⊙ r"
                    : "dhPrev = dh ⊙ (1 − z) + (da_h·wh_hᵀ) ⊙ r + da_z·wh_zᵀ + da_r·wh_rᵀ")
            .formula("dx", "dx = da·wxᵀ, with da = da_z, da_r, da_h side by side")
            .formula("dwx", "dwx += xᵀ·da")
            .formula(
                "dwh",
                after
                    ? "dwh += hPrevᵀ·da_z, hPrevᵀ·da_r, hPrevᵀ·du side by side, du = da_h ⊙ r"
                    : "dwh += hPrevᵀ·da_z, hPrevᵀ·da_r, (r ⊙ hPrev)ᵀ·da_h side by side")
            .formula("db", "db += Σ over the batch of da")
            .formula("dbhn", "dbhn += Σ over the batch of du = da_h ⊙ r")
            .shared("da_z = dh ⊙ (ĥ − hPrev) ⊙ z(1 − z), da_h = dh ⊙ z ⊙ (1 − ĥ²), and da_r of it");
    mistake(
        diagnosis,
        step,
        "misses the straight way past the gates: dh ⊙ (1 − z)",
        Slip.NOT_PAST_THE_GATES);
    mistake(
        diagnosis,
        step,
        "misses what comes through the gates z and r: da_z·wh_zᵀ + da_r·wh_rᵀ",
        Slip.NO_PATH_OF_GATES);
    mistake(
        diagnosis,
        step,
        "misses what comes through the candidate: its part of dhPrev goes back by wh_hᵀ",
        Slip.NO_PATH_OF_CANDIDATE);
    mistake(
        diagnosis,
        step,
        "misses r on the way back through the reset gate",
        Slip.NO_RESET_ON_THE_WAY);
    mistake(
        diagnosis,
        step,
        "has the sign of da_z wrong: z pulls from hPrev to ĥ, so it is ĥ − hPrev",
        Slip.Z_SIGN);
    mistake(
        diagnosis,
        step,
        "forgets in da_z that z takes from hPrev what it gives ĥ: ĥ − hPrev",
        Slip.Z_WITHOUT_STATE);
    mistake(
        diagnosis,
        step,
        "misses the slopes of the sigmoids: z(1 − z) and r(1 − r)",
        Slip.NO_SIGMOID_SLOPE);
    mistake(diagnosis, step, "misses the slope of tanh: was 1 − ĥ² forgotten?", Slip.NO_TANH_SLOPE);
    mistake(
        diagnosis,
        step,
        "has the sigmoid's slope for the candidate: ĥ is a tanh, its slope is 1 − ĥ²",
        Slip.SIGMOID_SLOPE_OF_CANDIDATE);
    mistake(
        diagnosis,
        step,
        after
            ? "has ĥ in da_r: it is the product u = hPrev·wh_h + bhn that r multiplied"
            : "has ĥ in da_r: it is hPrev that r multiplied",
        Slip.R_OF_CANDIDATE);
    mistake(diagnosis, step, "misses z in da_h: dh ⊙ z ⊙ (1 − ĥ²)", Slip.Z_FORGOTTEN);
    mistake(
        diagnosis,
        step,
        "misses a transpose: going back through h·wh is da·whᵀ",
        Slip.NO_TRANSPOSE);
    if (after) {
      mistake(
          diagnosis,
          step,
          "misses r: what met wh_h and bhn is inside r ⊙ (…), so it gets du = da_h ⊙ r",
          Slip.DWH_OF_DA);
    } else {
      mistake(
          diagnosis,
          step,
          "has hPrev for the candidate's columns: it is r ⊙ hPrev, the cache's product, that met"
              + " wh_h",
          Slip.DWH_OF_STATE);
    }
    for (String order : GateOrders.otherThan(ORDER)) {
      diagnosis.mistake(
          "has the gates in the order %s: here they stand z, r, h"
              .formatted(GateOrders.text(order)),
          step.gradients(order));
    }
    diagnosis.of(got(step));
  }

  private static void mistake(Diagnosis diagnosis, GruStep step, String says, Slip slip) {
    diagnosis.mistake(says, step.gradients(ORDER, slip));
  }

  @Test
  @Order(1)
  void should_give_the_gradients_with_the_reset_before_the_product() {
    check(false);
  }

  @Test
  @Order(2)
  void should_give_the_gradients_with_the_reset_after_the_product() {
    check(true);
  }
}
