package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps that a learner writes, against the library's: the judge alone would take a solution and
 * an expectation for right that are wrong alike.
 */
class SolutionsTest {

  private static final int N = 3;
  private static final int D = 2;
  private static final int H = 4;

  @TempDir private static Path folder;
  private static URLClassLoader loader;

  private final RandomState random = new RandomState(5);
  private final Matrix x = random.randn(N, D);
  private final Matrix hPrev = random.randn(N, H);
  private final Matrix dh = random.randn(N, H);

  @BeforeAll
  static void compile() throws Exception {
    Exercises exercises = new Exercises(folder);
    loader = exercises.loader(exercises.solutions());
  }

  @AfterAll
  static void close() throws Exception {
    loader.close();
  }

  private static Object call(String type, String method, Object... arguments) throws Exception {
    for (Method m : loader.loadClass("mine." + type).getMethods()) {
      if (m.getName().equals(method) && m.getParameterCount() == arguments.length) {
        return m.invoke(null, arguments);
      }
    }
    throw new AssertionError("no " + type + "." + method + " of " + arguments.length);
  }

  private static void assertClose(Object record, String component, Matrix want) throws Exception {
    Matrix got = (Matrix) Exercises.get(record, component);
    assertThat(got.allClose(want, 1e-12)).as("%s: %s and %s", component, got, want).isTrue();
  }

  @Test
  void a_step_of_an_rnn_should_be_the_librarys() throws Exception {
    RnnCell cell = new RnnCell(random.randn(D, H), random.randn(H, H), random.randn(1, H));
    RnnCell.Step want = cell.forward(x, hPrev);
    Matrix wx = cell.wx().value();
    Matrix wh = cell.wh().value();
    Matrix h = (Matrix) call("Rnn", "forward", x, hPrev, wx, wh, cell.b().value());
    assertThat(h.allClose(want.hNext(), 1e-12)).isTrue();

    RnnCell.InputGradients d = cell.backward(dh, want.cache());
    Object got = call("RnnBackward", "backward", dh, x, hPrev, h, wx, wh);
    assertClose(got, "dx", d.dx());
    assertClose(got, "dhPrev", d.dhPrev());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());
  }

  @Test
  void a_step_of_an_lstm_should_be_the_librarys() throws Exception {
    LstmCell cell =
        new LstmCell(random.randn(D, 4 * H), random.randn(H, 4 * H), random.randn(1, 4 * H));
    Matrix cPrev = random.randn(N, H);
    Matrix dc = random.randn(N, H);
    LstmCell.Step want = cell.forward(x, hPrev, cPrev);
    Matrix wx = cell.wx().value();
    Matrix wh = cell.wh().value();
    Object step = call("Lstm", "forward", x, hPrev, cPrev, wx, wh, cell.b().value());
    assertClose(step, "h", want.hNext());
    assertClose(step, "c", want.cNext());

    LstmCell.InputGradients d = cell.backward(dh, dc, want.cache());
    Object got = call("LstmBackward", "backward", dh, dc, x, hPrev, cPrev, wx, wh, step);
    assertClose(got, "dx", d.dx());
    assertClose(got, "dhPrev", d.dhPrev());
    assertClose(got, "dcPrev", d.dcPrev());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());
  }

  @Test
  void a_step_of_a_gru_should_be_the_librarys_both_ways() throws Exception {
    Matrix wx = random.randn(D, 3 * H);
    Matrix wh = random.randn(H, 3 * H);
    Matrix b = random.randn(1, 3 * H);
    Matrix bhn = random.randn(1, H);
    GruCell before = GruCell.resetBefore(wx, wh, b);
    Object step = call("Gru", "resetBefore", x, hPrev, wx, wh, b);
    assertGru(before, step, call("GruBackward", "resetBefore", dh, x, hPrev, wx, wh, step));

    GruCell after = GruCell.resetAfter(wx, wh, b, bhn);
    step = call("Gru", "resetAfter", x, hPrev, wx, wh, b, bhn);
    Object got = call("GruBackward", "resetAfter", dh, x, hPrev, wx, wh, step);
    assertGru(after, step, got);
    assertClose(got, "dbhn", after.bhn().grad());
  }

  private void assertGru(GruCell cell, Object step, Object got) throws Exception {
    GruCell.Step want = cell.forward(x, hPrev);
    assertClose(step, "h", want.hNext());
    GruCell.InputGradients d = cell.backward(dh, want.cache());
    assertClose(got, "dx", d.dx());
    assertClose(got, "dhPrev", d.dhPrev());
    assertClose(got, "dwx", cell.wx().grad());
    assertClose(got, "dwh", cell.wh().grad());
    assertClose(got, "db", cell.b().grad());
  }
}
