package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.GruCell;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 19. */
class Lesson19BackThroughAGruPageTest {

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("19-back-through-a-gru.md");
    GruCell before = GatePages.gruBefore();
    GruCell after = GatePages.gruAfter();
    Matrix sum = GatePages.sum(before.wx().value(), before.wh().value(), before.b().value());
    Matrix z = GatePages.part(sum, 0, 3).sigmoid();
    Matrix direct = GatePages.DH.times(GatePages.oneMinus(z));
    Matrix dBefore = dhPrev(before);
    Matrix dAfter = dhPrev(after);

    List<String> lines = new ArrayList<>();
    GatePages.rows(lines, "dh", GatePages.DH);
    GatePages.rows(lines, "dh⊙(1 − z)", direct);
    GatePages.rows(lines, "dhPrev, before", dBefore);
    GatePages.rows(lines, "dhPrev, after", dAfter);
    page.numbers("ways", lines);

    GruCell.Step step = before.forward(GatePages.X, GatePages.H_PREV);
    double h = step.hNext().get(0, 0);
    double z00 = z.get(0, 0);
    double candidate = (h - (1 - z00) * GatePages.H_PREV.get(0, 0)) / z00;
    double dah = GatePages.DH.get(0, 0) * z00 * (1 - candidate * candidate);
    GruCell fresh = GatePages.gruBefore();
    Matrix firstOnly = Matrix.of(2, 2, GatePages.DH.get(0, 0), 0, 0, 0);
    fresh.backward(firstOnly, fresh.forward(GatePages.X, GatePages.H_PREV).cache());
    assertThat(dah).isCloseTo(fresh.b().grad().get(0, 4), within(1e-15));
    List<String> number = new ArrayList<>();
    number.add(line("dh", GatePages.DH.get(0, 0)));
    number.add(line("z", z00));
    number.add(line("candidate", candidate));
    number.add(line("dh·z", GatePages.DH.get(0, 0) * z00));
    number.add(line("1 − candidate²", 1 - candidate * candidate));
    number.add(line("da", dah));
    page.numbers("candidate", number);

    List<String> check = new ArrayList<>();
    double measuredBefore = measured(before);
    double measuredAfter = measured(after);
    assertThat(measuredBefore).isCloseTo(dBefore.get(1, 0), within(1e-9));
    assertThat(measuredAfter).isCloseTo(dAfter.get(1, 0), within(1e-9));
    check.add(line("before", dBefore.get(1, 0)) + line("  measured", measuredBefore));
    check.add(line("after", dAfter.get(1, 0)) + line("  measured", measuredAfter));
    page.numbers("check", check);
    page.requireAllChecked();
  }

  @Test
  void with_z_shut_all_goes_back_as_it_came() {
    GruCell cell =
        GruCell.resetBefore(
            new Matrix(2, 6), new Matrix(2, 6), Matrix.of(1, 6, -1000, -1000, 0, 0, 0, 0));

    assertThat(dhPrev(cell)).isEqualTo(GatePages.DH);
  }

  private static Matrix dhPrev(GruCell cell) {
    GruCell.Step step = cell.forward(GatePages.X, GatePages.H_PREV);
    return cell.backward(GatePages.DH, step.cache()).dhPrev();
  }

  /** The central difference for hPrev[1,0]. */
  private static double measured(GruCell cell) {
    return (lossMoved(cell, 1e-5) - lossMoved(cell, -1e-5)) / 2e-5;
  }

  private static double lossMoved(GruCell cell, double by) {
    Matrix hPrev = GatePages.H_PREV.copy();
    hPrev.add(1, 0, by);
    return GatePages.loss(cell.forward(GatePages.X, hPrev).hNext(), GatePages.DH);
  }

  private static String line(String name, double value) {
    return String.format(Locale.ROOT, "%-16s%10.6f", name, value);
  }
}
