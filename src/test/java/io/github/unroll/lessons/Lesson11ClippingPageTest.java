package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.optim.GradientClipping;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 11: gradients that are too long are made shorter, all by one factor. */
class Lesson11ClippingPageTest {

  private static final double MAX = 6.5;

  private final Parameter w = new Parameter("w", new Matrix(2, 2));
  private final Parameter b = new Parameter("b", new Matrix(1, 2));

  private void give(double scale) {
    w.zeroGrad();
    b.zeroGrad();
    w.grad().add(Matrix.of(2, 2, 3, 0, 0, -4).times(scale));
    b.grad().add(Matrix.of(1, 2, 12, 0).times(scale));
  }

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("11-clipping.md");
    page.numbers("by-hand", byHand());
    page.numbers("each", each());
    page.numbers("short", tooShort());
    page.requireAllChecked();
  }

  private List<String> byHand() {
    give(1);
    double norm = GradientClipping.globalNorm(List.of(w, b));
    assertThat(norm).isEqualTo(13);
    MatrixLines lines = new MatrixLines(16, 4);
    lines.with("dw", w.grad()).with("db", b.grad()).with("").with("norm", norm).with("");
    GradientClipping.byGlobalNorm(MAX).clip(List.of(w, b));
    lines.with("dw, clipped", w.grad()).with("db, clipped", b.grad());
    double clipped = GradientClipping.globalNorm(List.of(w, b));
    assertThat(clipped).isCloseTo(MAX * norm / (norm + 0.000001), within(1e-12));
    return lines.with("norm", clipped).lines();
  }

  private List<String> each() {
    give(1);
    MatrixLines lines = new MatrixLines(16, 4);
    lines.with("norm of dw", GradientClipping.globalNorm(List.of(w)));
    lines.with("norm of db", GradientClipping.globalNorm(List.of(b))).with("");
    Matrix dw = w.grad().copy();
    Matrix db = b.grad().copy();
    GradientClipping.byGlobalNorm(MAX).clip(List.of(w));
    GradientClipping.byGlobalNorm(MAX).clip(List.of(b));
    assertThat(w.grad()).isEqualTo(dw);
    lines.with("dw", w.grad()).with("db", b.grad()).with("");
    double turned = cosine(dw, db);
    give(1);
    GradientClipping.byGlobalNorm(MAX).clip(List.of(w, b));
    double kept = cosine(dw, db);
    assertThat(kept).isCloseTo(1, within(1e-12));
    assertThat(turned).isLessThan(0.99);
    lines.with("cosine, each", turned).with("cosine, all", kept);
    return lines.lines();
  }

  /** Of the angle between the gradients now and those that were. */
  private double cosine(Matrix dw, Matrix db) {
    double dot = sum(w.grad().times(dw)) + sum(b.grad().times(db));
    double then = Math.sqrt(sum(dw.times(dw)) + sum(db.times(db)));
    return dot / then / GradientClipping.globalNorm(List.of(w, b));
  }

  private static double sum(Matrix m) {
    double sum = 0;
    for (int i = 0; i < m.rows(); i++) {
      sum += m.sumOfRow(i);
    }
    return sum;
  }

  private List<String> tooShort() {
    give(0.1);
    Matrix before = w.grad().copy();
    MatrixLines lines = new MatrixLines(16, 4);
    lines.with("norm before", GradientClipping.globalNorm(List.of(w, b)));
    GradientClipping.byGlobalNorm(MAX).clip(List.of(w, b));
    assertThat(w.grad()).isEqualTo(before);
    return lines.with("norm after", GradientClipping.globalNorm(List.of(w, b))).lines();
  }
}
