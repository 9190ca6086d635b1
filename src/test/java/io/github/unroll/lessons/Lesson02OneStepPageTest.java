package io.github.unroll.lessons;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 2. */
class Lesson02OneStepPageTest {

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("02-one-step.md");
    Matrix x = Matrix.of(2, 2, 1, 0, 0.5, -1);
    Matrix hPrev = Matrix.of(2, 2, 0.5, 0.2, 0, -0.4);
    Matrix wx = Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8);
    Matrix wh = Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7);
    Matrix b = Matrix.of(1, 2, 0.1, -0.1);
    Matrix h = new RnnCell(wx, wh, b).forward(x, hPrev).hNext();
    List<String> lines = new ArrayList<>();
    rows(lines, "x", x);
    rows(lines, "x·wx", x.matmul(wx));
    rows(lines, "hPrev·wh", hPrev.matmul(wh));
    rows(lines, "h", h);
    page.numbers("by-hand", lines);
    page.requireAllChecked();
  }

  private static void rows(List<String> lines, String name, Matrix m) {
    for (int i = 0; i < m.rows(); i++) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-9s", i == 0 ? name : ""));
      for (int j = 0; j < m.cols(); j++) {
        row.append(String.format(Locale.ROOT, "%9.4f", m.get(i, j)));
      }
      lines.add(row.toString());
    }
  }
}
