package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.GruCell;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The numbers of lesson 18. The GRU does with one state and two gates what the LSTM does with two
 * and three:
 *
 * <pre>{@code
 * z = σ(a_z)   how much of the new            r = σ(a_r)   how much of the old to look at
 * ĥ = tanh(…)  the new
 * h = (1 − z) ⊙ hPrev + z ⊙ ĥ
 * }</pre>
 *
 * <p>There are two GRUs, which differ in where r stands: before the product, {@code (r ⊙
 * hPrev)·wh}, or after it, {@code r ⊙ (hPrev·wh + bhn)}. Weights of one do not fit the other.
 */
class Lesson18GruPageTest {

  private static final double LOG_3 = Math.log(3);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("18-gru.md");
    GruCell cell = GatePages.gruBefore();
    Matrix wx = cell.wx().value();
    Matrix wh = cell.wh().value();
    Matrix bhn = GatePages.gruAfter().bhn().value();
    Matrix hPrev = GatePages.H_PREV;
    Matrix sum = GatePages.sum(wx, wh, cell.b().value());
    Matrix z = GatePages.part(sum, 0, 3).sigmoid();
    Matrix r = GatePages.part(sum, 1, 3).sigmoid();
    Matrix input = GatePages.X.matmul(GatePages.part(wx, 2, 3));
    input.addRow(GatePages.part(cell.b().value(), 2, 3));
    Matrix whh = GatePages.part(wh, 2, 3);

    Matrix before = r.times(hPrev);
    Matrix candidateBefore = input.plus(before.matmul(whh)).tanh();
    Matrix after = hPrev.matmul(whh);
    after.addRow(bhn);
    Matrix candidateAfter = input.plus(r.times(after)).tanh();
    Matrix hBefore = cell.forward(GatePages.X, hPrev).hNext();
    Matrix hAfter = GatePages.gruAfter().forward(GatePages.X, hPrev).hNext();
    assertThat(mix(z, hPrev, candidateBefore).allClose(hBefore, 1e-15)).isTrue();
    assertThat(mix(z, hPrev, candidateAfter).allClose(hAfter, 1e-15)).isTrue();
    assertThat(hBefore.allClose(hAfter, 1e-2)).isFalse();

    List<String> given = new ArrayList<>();
    GatePages.rows(given, "x", GatePages.X);
    GatePages.rows(given, "hPrev", hPrev);
    GatePages.heading(given, "z", "r", "h");
    GatePages.rows(given, "wx", wx);
    GatePages.rows(given, "wh", wh);
    GatePages.rows(given, "b", cell.b().value());
    GatePages.rows(given, "bhn, after only", bhn);
    page.numbers("given", given);
    List<String> lines = new ArrayList<>();
    GatePages.rows(lines, "z", z);
    GatePages.rows(lines, "r", r);
    GatePages.rows(lines, "before: u", before);
    GatePages.rows(lines, "  candidate", candidateBefore);
    GatePages.rows(lines, "  h", hBefore);
    GatePages.rows(lines, "after: u", after);
    GatePages.rows(lines, "  candidate", candidateAfter);
    GatePages.rows(lines, "  h", hAfter);
    page.numbers("by-hand", lines);
    page.requireAllChecked();
  }

  private static Matrix mix(Matrix z, Matrix hPrev, Matrix candidate) {
    return GatePages.oneMinus(z).times(hPrev).plus(z.times(candidate));
  }

  @Test
  void one_step_by_hand() {
    // z = ¾, r = ½; the candidate: tanh(½·ln 3) = ½. No weights of the state.
    Matrix b = Matrix.of(1, 3, LOG_3, 0, LOG_3 / 2);
    GruCell cell = GruCell.resetBefore(new Matrix(1, 3), new Matrix(1, 3), b);

    Matrix h = cell.forward(Matrix.of(1, 1, 7), Matrix.of(1, 1, -0.4)).hNext();

    // ¼·(−0.4) + ¾·½
    assertThat(h.get(0, 0)).isCloseTo(0.275, within(1e-15));
  }

  @Test
  void with_z_shut_the_state_stands_still() {
    GruCell cell =
        GruCell.resetBefore(new Matrix(1, 3), new Matrix(1, 3), Matrix.of(1, 3, -1000, 0, 5));

    Matrix h = cell.forward(Matrix.of(1, 1, 7), Matrix.of(1, 1, -0.4)).hNext();

    assertThat(h.get(0, 0)).isEqualTo(-0.4);
  }

  @Test
  void with_r_shut_the_candidate_does_not_see_the_past() {
    Matrix wh = Matrix.of(1, 3, 0, 0, 9);
    GruCell cell = GruCell.resetBefore(new Matrix(1, 3), wh, Matrix.of(1, 3, 1000, -1000, 0));

    Matrix h = cell.forward(Matrix.of(1, 1, 7), Matrix.of(1, 1, -0.4)).hNext();

    assertThat(h.get(0, 0)).isZero(); // z = 1, so h = ĥ = tanh(0·…)
  }

  @Test
  void with_one_unit_and_no_bias_inside_both_forms_agree() {
    Matrix wx = Matrix.of(1, 3, 0.1, 0.2, 0.3);
    Matrix wh = Matrix.of(1, 3, 0.4, 0.5, 0.6);
    GruCell before = GruCell.resetBefore(wx, wh, new Matrix(1, 3));
    GruCell after = GruCell.resetAfter(wx, wh, new Matrix(1, 3), new Matrix(1, 1));
    Matrix x = Matrix.of(1, 1, 1);
    Matrix h = Matrix.of(1, 1, 0.5);

    // (r·h)·w and r·(h·w) are the same number when there is only one.
    assertThat(before.forward(x, h).hNext().allClose(after.forward(x, h).hNext(), 1e-15)).isTrue();
  }

  @Test
  void with_two_units_they_do_not() {
    Matrix wx = new Matrix(1, 6);
    Matrix wh =
        Matrix.of(
            2, 6, //
            0, 0, 2, -2, 0.6, 0.1, //
            0, 0, -2, 2, 0.3, 0.9);
    Matrix x = Matrix.of(1, 1, 1);
    Matrix h = Matrix.of(1, 2, 0.5, -0.5);

    Matrix before = GruCell.resetBefore(wx, wh, new Matrix(1, 6)).forward(x, h).hNext();
    Matrix after =
        GruCell.resetAfter(wx, wh, new Matrix(1, 6), new Matrix(1, 2)).forward(x, h).hNext();

    assertThat(before.allClose(after, 1e-3)).isFalse();
  }
}
