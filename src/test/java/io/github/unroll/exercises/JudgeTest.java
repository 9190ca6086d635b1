package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of all kinds, which the judge may neither call right nor break at. */
class JudgeTest {

  private static final int SLOPE = 5;
  private static final int RNN = 2;
  private static final int UNROLLED = 3;

  @TempDir private static Path folder;
  private static Exercises exercises;
  private static JudgedAnswers.Program judge;
  private static List<Exercises.Stop> stops;
  private static int answers;

  private final Exercises.Compiler compiler = new Exercises.Compiler();

  @BeforeAll
  static void compile() throws Exception {
    exercises = new Exercises(folder);
    stops = exercises.stops();
    judge = new JudgedAnswers.Program(exercises);
  }

  @AfterAll
  static void close() {
    judge.close();
  }

  // ---- numbers ----

  @Test
  void what_is_not_a_number_should_equal_nothing() throws Exception {
    assertThat(rnn("return a.tanh().times(Double.NaN);"))
        .contains("PLACED", "Rnn.java:7, forward: h[0,0] should be -0.786328 and is NaN.");
    assertThat(rnn("return a.tanh().times(1e308).times(1e308);")).contains("is -Infinity");
  }

  @Test
  void a_wrong_number_should_not_be_right_however_near() throws Exception {
    assertThat(rnn("return a.tanh().times(1 + 1e-8);")).contains("PLACED", "-0.786328", " and is ");
    assertThat(rnn("return a.tanh().times(1 + 1e-13);")).isEqualTo("RIGHT");
  }

  // ---- shapes ----

  @Test
  void null_and_wrong_shapes_should_be_told_at_the_method() throws Exception {
    assertThat(rnn("return null;"))
        .contains("PLACED", "Rnn.java:7, forward: h is null; it should be (1x3).");
    assertThat(rnn("return new Matrix(1, 1);"))
        .contains("PLACED", "h is a single number; it should be (1x3)");
    assertThat(unrolled("return null;"))
        .contains("PLACED", "hs is null; it should be an array of 1 element.");
    assertThat(unrolled("return new Matrix[] {h0, h0, h0};"))
        .contains("hs has 3 elements; it should have 1");
    assertThat(unrolled("return new Matrix[xs.length];")).contains("hs[0] is null");
  }

  @Test
  void one_matrix_for_all_steps_should_be_told() throws Exception {
    assertThat(
            unrolled(
                "Matrix h = h0.times(0); Matrix[] hs = new Matrix[xs.length];"
                    + "for (int t = 0; t < xs.length; t++) {"
                    + "h.copyFrom(Rnn.forward(xs[t], h, wx, wh, b)); h.add(0, 0, 1); hs[t] = h; }"
                    + "return hs;"))
        .contains("NAMED", "hs[0] and hs[1] are one and the same matrix");
  }

  // ---- what is thrown ----

  @Test
  void whatever_is_thrown_should_be_told_with_the_learners_line() throws Exception {
    assertThat(rnn("throw new IllegalStateException(\"no idea\");"))
        .contains("PLACED", "Rnn.java:11: IllegalStateException: no idea.");
    assertThat(rnn("throw new AssertionError();")).contains("Rnn.java:11: AssertionError.");
    assertThat(rnn("Object o = null; o.hashCode(); return a;"))
        .contains("Rnn.java:11: something is null here: ");
    assertThat(rnn("return forward(x, hPrev, wx, wh, b);"))
        .contains("Rnn.java:11: a method calls itself without end.");
    assertThat(rnn("return x.matmul(a);")).contains("Rnn.java:11: matmul: (1x2)·(1x3)");
    assertThat(rnn("return a.get(0, 9) > 0 ? a : null;")).contains("Rnn.java:11: no element");
    assertThat(
            rnn(
                "try { a.get(0, 9); } catch (RuntimeException e) {\n"
                    + "throw new RuntimeException(e); } return a;"))
        .contains("Rnn.java:11: no element [0,9]");
    assertThat(rnn("return new Matrix(1 << 15, 1 << 15);"))
        .contains("PLACED", "Rnn.java:11: no memory is left.");
    assertThat(
            rnn(
                "java.util.List<int[]> l = new java.util.ArrayList<>();\n"
                    + "while (true) l.add(new int[100000]);"))
        .startsWith("PLACED") // there may be no memory for a stack trace either
        .containsPattern("Rnn.java:(12|7, forward): no memory is left");
  }

  @Test
  void an_error_of_the_class_itself_should_be_told_with_its_line() throws Exception {
    assertThat(rnn("return a.tanh();", "static final int N = Integer.parseInt(\"x\");"))
        .contains("PLACED", "Rnn.java:17: For input string: \"x\".");
  }

  // ---- what is kept ----

  @Test
  void what_is_kept_between_calls_should_be_told() throws Exception {
    assertThat(rnn("calls++; return calls > 4 ? a : a.tanh();", "static int calls;"))
        .contains("NAMED", "the same call gives something else the second time");
    assertThat(
            rnn(
                "if (kept.rows() != a.rows() || kept.cols() != a.cols()) { kept = a; }"
                    + "kept.copyFrom(a.tanh()); return kept;",
                "static Matrix kept = new Matrix(1, 3);"))
        .contains("NAMED", "a later call overwrites what an earlier one returned");
    assertThat(
            rnn(
                "if (w == null) { w = wh; } a = x.matmul(wx).plus(hPrev.matmul(w));"
                    + "a.addRow(b); return a.tanh();",
                "static Matrix w;"))
        .contains("PLACED", "The static field w stays from one call to the next");
  }

  @Test
  void changed_inputs_should_be_told() throws Exception {
    assertThat(rnn("a = a.tanh(); x.set(0, 0, 0); return a;"))
        .contains("NAMED", "your code changes x, which it was given");
    assertThat(
            unrolled(
                "Matrix h = h0; for (int t = 0; t < xs.length; t++) {"
                    + "h = Rnn.forward(xs[t], h, wx, wh, b); xs[t] = h; } return xs;"))
        .contains("NAMED", "your code changes xs");
  }

  @Test
  void what_is_printed_should_do_no_harm() throws Exception {
    assertThat(rnn("System.out.println(a); System.err.println(a); return a.tanh();"))
        .isEqualTo("RIGHT");
  }

  // ---- what does not come back ----

  @Test
  void what_does_not_end_should_be_told_with_its_line() throws Exception {
    assertThat(rnn("int i = 0;\nwhile (i >= 0) {\ni = i == 9 ? 0 : i + 1;\n}\nreturn a;"))
        .contains("NAMED", "still running after two seconds: a loop here does not end.")
        .containsPattern("Rnn.java:1[23]: ");
    assertThat(rnn("while (true) {\ntry {\nthrow new Error();\n} catch (Throwable e) { }\n}"))
        .contains("NAMED", "still running after two seconds")
        .containsPattern("Rnn.java:1[1-4]: ");
    assertThat(rnn("while (x.rows() == 3) {\nx.copy();\n}\nreturn a.tanh();"))
        .contains("NAMED", "Rnn.java:1", "(Tried with three samples.)");
    assertThat(
            rnn(
                "synchronized (a) {\ntry { a.wait(); } catch (InterruptedException e) { }\n}"
                    + "return a;"))
        .contains("NAMED", "Rnn.java:12: still running after two seconds");
  }

  @Test
  void the_end_of_the_program_should_not_be_right() throws Exception {
    assertThat(rnn("System.exit(0); return a;")).isEqualTo("ENDED");
  }

  // ---- blanks ----

  @Test
  void a_blank_after_what_is_right_should_be_open_with_its_line() throws Exception {
    assertThat(rnn("if (x.rows() > 1) {\nthrow new Todo(); }\nreturn a.tanh();"))
        .contains("OPEN", "Rnn.java:12: still to be written.");
    assertThat(rnn("if (x.rows() > 1) {\nthrow new Todo(); }\nreturn a;"))
        .contains("NAMED", "tanh is missing");
  }

  @Test
  void what_is_right_before_a_blank_should_be_told() throws Exception {
    String slope = "(f.applyAsDouble(x + 1e-5) - f.applyAsDouble(x - 1e-5)) / 2e-5";
    assertThat(slope("return " + slope + ";"))
        .contains("OPEN", "Slope.java:10: still to be written. at is right.");
    assertThat(slope("return -" + slope + ";")).contains("NAMED").doesNotContain("is right");
  }

  private String slope(String at) throws Exception {
    return judged(
        SLOPE,
        "Slope",
        "package mine;\n"
            + "import io.github.unroll.tensor.Matrix;\n"
            + "import java.util.function.*;\n"
            + "public final class Slope {\n"
            + "public static double at(DoubleUnaryOperator f, double x) {\n"
            + at
            + "\n}\n\n"
            + "public static Matrix of(ToDoubleFunction<Matrix> loss, Matrix at) {\n"
            + "throw new Todo();\n}\n}\n");
  }

  // ---- several explanations ----

  @Test
  void what_explains_one_call_only_should_be_told_as_such() throws Exception {
    assertThat(rnn("return x.rows() == 1 ? a : a.tanh().times(0.3);"))
        .contains("NAMED", "tanh is missing", "(That explains this call, but not all");
    assertThat(rnn("return a;")).contains("tanh is missing").doesNotContain("not all");
  }

  @Test
  void one_mistake_should_be_told_before_two_and_all_that_explain_it() throws Exception {
    assertThat(rnn("return a;")).contains("NAMED", "tanh is missing").doesNotContain("Two things");
    assertThat(rnn("return x.matmul(wx).plus(hPrev.matmul(wh));"))
        .contains("NAMED", "Two things. ", "The bias is missing.", "tanh is missing");
  }

  private String rnn(String body, String... members) throws Exception {
    return judged(
        RNN,
        "Rnn",
        "package mine;\n"
            + "import io.github.unroll.tensor.Matrix;\n\n"
            + "/** forward( static */\n"
            + "public final class Rnn {\n\n"
            + "public static Matrix forward(Matrix x, Matrix hPrev, Matrix wx, Matrix wh, Matrix b)"
            + " {\n"
            + "Matrix a = x.matmul(wx);\n"
            + "a.add(hPrev.matmul(wh));\n"
            + "a.addRow(b);\n"
            + body
            + "\n}\n\n\n\n\n"
            + String.join("\n", members)
            + "\n}\n");
  }

  private String unrolled(String body) throws Exception {
    return judged(
        UNROLLED,
        "Unrolled",
        "package mine;\n"
            + "import io.github.unroll.tensor.Matrix;\n"
            + "public final class Unrolled {\n"
            + "public static Matrix[] forward("
            + "Matrix[] xs, Matrix h0, Matrix wx, Matrix wh, Matrix b) {\n"
            + body
            + "\n}\n}\n");
  }

  private String judged(int stop, String name, String source) throws Exception {
    Path to = folder.resolve("answer-" + answers++);
    Path file = Files.createDirectories(to.resolve("mine")).resolve(name + ".java");
    Files.writeString(file, source);
    assertThat(
            compiler.compile(List.of(file), to, List.of(Exercises.LIBRARY, exercises.solutions())))
        .isEmpty();
    return String.join(" ", judge.judge(stops.get(stop - 1), to, to, exercises.solutions()))
        .strip();
  }
}
