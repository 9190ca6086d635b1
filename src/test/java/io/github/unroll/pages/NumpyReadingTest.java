package io.github.unroll.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.architecture.SourceCompiler;
import io.github.unroll.tensor.MatrixView;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of docs/from-numpy.md for those who know a little NumPy: the Java of each row is
 * compiled and run, and gives what NumPy gave for its Python.
 */
class NumpyReadingTest {

  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\| `([^`]+)` \\| ");

  private static final String MATRICES =
      "Matrix a = Matrix.of(2, 3, 1, 2, 3, 4, 5, 6);\n"
          + "Matrix e = Matrix.of(2, 3, 0.5, -1, 2, 0, 3, -2);\n"
          + "Matrix w = Matrix.of(3, 2, 1, -1, 2, 0, 0.5, 3);\n"
          + "Matrix g = Matrix.of(2, 2, 2, 1, -1, 0.5);\n"
          + "Matrix row = Matrix.of(1, 3, 10, 20, 30);\n"
          + "Matrix column = Matrix.of(2, 1, 100, 200);\n"
          + "Matrix out = Matrix.of(2, 2, 1, 1, 1, 1);\n"
          + "Tensor3 xs = Tensor3.of(2, 3, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);\n";

  /** What NumPy 1.24 gives for the Python, of the same matrices. */
  private static final Map<String, double[]> NUMPY =
      Map.ofEntries(
          Map.entry("np.zeros((2, 3))", new double[] {0, 0, 0, 0, 0, 0}),
          Map.entry("a.shape[0]", new double[] {2}),
          Map.entry("a[1, 2]", new double[] {6}),
          Map.entry("a[1, 2] = 7", new double[] {1, 2, 3, 4, 5, 7}),
          Map.entry("a.T", new double[] {1, 4, 2, 5, 3, 6}),
          Map.entry("np.dot(a, w)", new double[] {6.5, 8, 17, 14}),
          Map.entry("np.dot(a.T, g)", new double[] {-2, 3, -1, 4.5, 0, 6}),
          Map.entry("a * e", new double[] {0.5, -2, 6, 0, 15, -12}),
          Map.entry("2 * a", new double[] {2, 4, 6, 8, 10, 12}),
          Map.entry("a + e", new double[] {1.5, 1, 5, 4, 8, 4}),
          Map.entry("a += e", new double[] {1.5, 1, 5, 4, 8, 4}),
          Map.entry("a += row", new double[] {11, 22, 33, 14, 25, 36}),
          Map.entry("a += column", new double[] {101, 102, 103, 204, 205, 206}),
          Map.entry("out[...] = np.dot(a, w)", new double[] {6.5, 8, 17, 14}),
          Map.entry("out += np.dot(a, w)", new double[] {7.5, 9, 18, 15}),
          Map.entry("np.sum(a, axis=0, keepdims=True)", new double[] {5, 7, 9}),
          Map.entry("np.sum(a, axis=1, keepdims=True)", new double[] {6, 15}),
          Map.entry(
              "np.tanh(a)",
              new double[] {
                0.7615941559557649,
                0.9640275800758169,
                0.9950547536867305,
                0.999329299739067,
                0.9999092042625951,
                0.9999877116507956
              }),
          Map.entry("a[0:1]", new double[] {1, 2, 3}),
          Map.entry("a[:, 1:3]", new double[] {2, 3, 5, 6}),
          Map.entry("a[:, 1:3] += g", new double[] {1, 4, 4, 4, 4, 6.5}),
          Map.entry("a.copy()", new double[] {1, 2, 3, 4, 5, 6}),
          Map.entry("xs[:, 1, :]", new double[] {2, 3, 8, 9}));

  @TempDir private Path folder;

  @Test
  void each_row_should_give_in_java_what_numpy_gives() throws Exception {
    String page = Files.readString(Path.of("docs/from-numpy.md"));
    int from = page.indexOf("| NumPy | Unroll | |");
    List<String> python = new ArrayList<>();
    StringBuilder source = new StringBuilder("import io.github.unroll.tensor.*;\n");
    source.append("public class Rows {\n");
    for (String line : page.substring(from, page.indexOf("\n\n", from)).lines().skip(2).toList()) {
      Matcher row = ROW.matcher(line);
      assertThat(row.find()).as(line).isTrue();
      String java = row.group(2);
      String name = java.substring(0, java.indexOf(java.contains(".") ? '.' : ' '));
      source.append("public static Object row").append(python.size()).append("() {\n");
      source.append(MATRICES);
      source.append(java.endsWith(";") ? java + " return " + name : "return " + java);
      source.append(";\n}\n");
      python.add(row.group(1));
    }
    assertThat(python).containsExactlyInAnyOrderElementsOf(NUMPY.keySet());
    Path file = Files.writeString(folder.resolve("Rows.java"), source + "}\n");
    assertThat(SourceCompiler.compile(List.of(file), "target/classes", folder)).isEmpty();
    URL[] compiled = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
      Class<?> rows = loader.loadClass("Rows");
      for (int i = 0; i < python.size(); i++) {
        Object result = rows.getMethod("row" + i).invoke(null);
        assertThat(values(result))
            .as(python.get(i))
            .containsExactly(NUMPY.get(python.get(i)), within(1e-15));
      }
    }
  }

  /** Row by row, of a matrix, a view or a number. */
  private static double[] values(Object result) {
    if (result instanceof Number number) {
      return new double[] {number.doubleValue()};
    }
    MatrixView view = (MatrixView) result;
    double[] values = new double[view.rows() * view.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = view.get(i / view.cols(), i % view.cols());
    }
    return values;
  }
}
