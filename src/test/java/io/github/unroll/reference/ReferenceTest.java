package io.github.unroll.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.architecture.SourceCompiler;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The files of src/reference/java, to be copied one by one: each compiles alone, is short, and
 * computes what the library's cells and layers compute, to 1e-12.
 */
class ReferenceTest {

  private static final Path SOURCES = Path.of("src/reference/java");
  private static final double TOLERANCE = 1e-12;

  /** A batch of N sequences of T steps, D numbers in and H out. */
  private record Sizes(int n, int t, int d, int h) {}

  private static final List<Sizes> SIZES =
      List.of(
          new Sizes(1, 1, 1, 1),
          new Sizes(1, 1, 3, 2),
          new Sizes(1, 6, 2, 3),
          new Sizes(2, 1, 3, 4),
          new Sizes(2, 2, 2, 2),
          new Sizes(3, 5, 4, 2),
          new Sizes(5, 12, 2, 5));

  private enum Kind {
    RNN("Rnn", 1, false),
    LSTM("Lstm", 4, false),
    GRU_RESET_BEFORE("Gru", 3, false),
    GRU_RESET_AFTER("Gru", 3, true);

    private final String file;
    private final int blocks;
    private final boolean hasBhn;

    Kind(String file, int blocks, boolean hasBhn) {
      this.file = file;
      this.blocks = blocks;
      this.hasBhn = hasBhn;
    }

    Path source() {
      return SOURCES.resolve(file + ".java");
    }
  }

  @TempDir private Path folder;

  @Test
  void there_should_be_one_short_file_for_each_cell_that_imports_nothing() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("Rnn.java", "Lstm.java", "Gru.java");
    }
    String readme = Files.readString(Path.of("README.md"));
    for (Kind kind : Kind.values()) {
      String source = Files.readString(kind.source());
      assertThat(source.lines()).as(kind.file).hasSizeLessThanOrEqualTo(200);
      assertThat(source.lines()).as(kind.file).allMatch(line -> line.length() <= 100);
      assertThat(source).startsWith("// MIT License. Copyright (c) 2026 The Unroll authors\n");
      assertThat(source).doesNotContain("import ").doesNotContain("package ");
      assertThat(readme)
          .contains("(" + kind.source().toString().replace('\\', '/') + ") | ")
          .contains("| " + source.lines().count() + " |");
    }
  }

  @Test
  void their_notice_should_be_the_license() throws IOException {
    String license = words(Files.readString(Path.of("LICENSE")));
    for (Kind kind : Kind.values()) {
      String source = Files.readString(kind.source());
      String notice = source.substring(0, source.indexOf("/**"));
      assertThat(words(notice)).as(kind.file).isEqualTo(license);
    }
  }

  /** Letters and digits alone: the notice has other line ends, and a full stop after its name. */
  private static String words(String text) {
    return text.replaceAll("\\W+", " ").strip();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void should_compute_what_the_library_computes(Kind kind) throws Exception {
    Class<?> compiled = compile(kind, Files.readString(kind.source()));
    for (Sizes sizes : SIZES) {
      assertThat(differences(kind, compiled, sizes)).as("%s of %s", kind, sizes).isEmpty();
    }
  }

  // Each of these is a mistake that would run, and that the comparison must see.
  @ParameterizedTest
  @CsvSource({
    "RNN, + b[j], + 0",
    "RNN, '(1 - s.h[n][j] * s.h[n][j])', (1 - s.h[n][j])",
    "RNN, dwx[d][k] += , dwx[d][k] = ",
    "RNN, 'sum(at(dhs, t), dh)', 'at(dhs, t)'",
    "RNN, 't == 0 ? h0 : steps[t - 1].h', h0",
    "LSTM, * f * (1 - f), * (1 - f)",
    "LSTM, dcAhead[n][j] + dh, dh",
    "LSTM, dc = d.dcPrev, dc = dcLast",
    "LSTM, dcPrev[n][j] = dc * f, dcPrev[n][j] = dc",
    "LSTM, dhPrev[n][j] += da[k] * wh[j][k], dhPrev[n][j] += da[k] * wh[j][j]",
    "GRU_RESET_BEFORE, dwh[j][k] += s.u[n][j], dwh[j][k] += s.hPrev[n][j]",
    "GRU_RESET_BEFORE, dhPrev[n][j] += du * r, dhPrev[n][j] += du",
    "GRU_RESET_BEFORE, du * s.hPrev[n][j], du",
    "GRU_RESET_AFTER, dbhn[j] += du, dbhn[j] += du * r",
    "GRU_RESET_AFTER, + bhn[j], + 0",
    "GRU_RESET_AFTER, da[2 * hidden + j] * s.u[n][j], da[2 * hidden + j]",
  })
  void a_mistake_should_be_seen(Kind kind, String right, String wrong) throws Exception {
    String source = Files.readString(kind.source());
    assertThat(source.split(Pattern.quote(right), -1)).as(right).hasSize(2);
    Class<?> broken = compile(kind, source.replace(right, wrong));
    assertThat(SIZES.stream().flatMap(s -> differences(kind, broken, s).stream())).isNotEmpty();
  }

  /** Compiles one file, with nothing beside it, and loads it where the library cannot be seen. */
  private Class<?> compile(Kind kind, String source) throws Exception {
    Path file = folder.resolve(kind.file + ".java");
    Files.writeString(file, source);
    assertThat(SourceCompiler.compile(List.of(file), "", folder)).isEmpty();
    URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    try (loader) {
      Class<?> compiled = loader.loadClass(kind.file);
      for (Class<?> inner : compiled.getDeclaredClasses()) {
        loader.loadClass(inner.getName());
      }
      return compiled;
    }
  }

  /** What comes out differently: states, gradients of a step and of whole sequences. */
  private static List<String> differences(Kind kind, Class<?> compiled, Sizes s) {
    RandomState random = new RandomState(s.n + 10 * s.t + 100 * s.d + 1000 * s.h);
    Library library = new Library(kind, s, random);
    List<Object> weights = new ArrayList<>();
    library.parameters.forEach(p -> weights.add(asArray(p, p.value())));
    if (kind.file.equals("Gru") && !kind.hasBhn) {
      weights.add(null);
    }
    Object reference = construct(compiled, weights);
    Map<String, double[]> expected = library.run();
    Map<String, double[]> actual = run(kind, reference, library);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    List<String> differences = new ArrayList<>();
    expected.forEach(
        (name, values) -> {
          double[] others = actual.get(name);
          assertThat(others).as(name).hasSameSizeAs(values);
          for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i] - others[i]) <= TOLERANCE)) {
              differences.add(s + ": " + name + "[" + i + "] " + others[i] + ", not " + values[i]);
            }
          }
        });
    return differences;
  }

  /** The library's cell and layer, and random numbers for all that goes in. */
  private static final class Library {

    private final Kind kind;
    private final RecurrentLayer layer;
    private final List<Parameter> parameters;
    private final Tensor3 xs;
    private final Tensor3 dhs;
    private final List<Matrix> initial = new ArrayList<>();
    private final List<Matrix> dFinal = new ArrayList<>();

    Library(Kind kind, Sizes s, RandomState random) {
      this.kind = kind;
      Matrix wx = random.randn(s.d, kind.blocks * s.h).times(0.7);
      Matrix wh = random.randn(s.h, kind.blocks * s.h).times(0.7);
      Matrix b = random.randn(1, kind.blocks * s.h).times(0.7);
      Matrix bhn = random.randn(1, s.h).times(0.7);
      layer =
          switch (kind) {
            case RNN -> new TimeRnn(new RnnCell(wx, wh, b));
            case LSTM -> new TimeLstm(new LstmCell(wx, wh, b));
            case GRU_RESET_BEFORE -> new TimeGru(GruCell.resetBefore(wx, wh, b));
            case GRU_RESET_AFTER -> new TimeGru(GruCell.resetAfter(wx, wh, b, bhn));
          };
      parameters = layer.parameters();
      xs = random.randn(s.n, s.t, s.d);
      dhs = random.randn(s.n, s.t, s.h);
      for (int part = 0; part < layer.stateSizes().length; part++) {
        initial.add(random.randn(s.n, s.h));
        dFinal.add(random.randn(s.n, s.h));
      }
    }

    /** All results by name. */
    Map<String, double[]> run() {
      Map<String, double[]> results = new LinkedHashMap<>();
      Matrix x = xs.step(0);
      var step = layer.cells().get(0).forward(x, initial.toArray(Matrix[]::new));
      results.put("step h", step.state().get(0).data());
      if (kind == Kind.LSTM) {
        results.put("step c", step.state().get(1).data());
      }
      parameters.forEach(Parameter::zeroGrad);
      var d = layer.cells().get(0).backward(step.cache(), dFinal.toArray(Matrix[]::new));
      results.put("step dx", d.dx().data());
      results.put("step dhPrev", d.dState().get(0).data());
      if (kind == Kind.LSTM) {
        results.put("step dcPrev", d.dState().get(1).data());
      }
      parameters.forEach(p -> results.put("step d" + p.name(), p.grad().data().clone()));

      results.put("hs", layer.forward(xs, new State(initial)).data());
      if (kind == Kind.LSTM) {
        results.put("last c", layer.finalState().c().data());
      }
      parameters.forEach(Parameter::zeroGrad);
      results.put("dxs", layer.backward(dhs, new State(dFinal)).data());
      results.put("dh0", layer.initialStateGradient().h().data());
      if (kind == Kind.LSTM) {
        results.put("dc0", layer.initialStateGradient().c().data());
      }
      parameters.forEach(p -> results.put("d" + p.name(), p.grad().data().clone()));
      return results;
    }
  }

  /** The same results of a file of src/reference, under the same names. */
  private static Map<String, double[]> run(Kind kind, Object reference, Library library) {
    Map<String, double[]> results = new LinkedHashMap<>();
    List<String> stateParts = kind == Kind.LSTM ? List.of("h", "c") : List.of("h");
    List<String> names = library.parameters.stream().map(p -> "d" + p.name()).toList();

    Object step = call(reference, "forward", with(rows(library.xs.step(0)), library.initial));
    stateParts.forEach(part -> results.put("step " + part, flat(call(step, part))));
    List<Object> arguments = with(step, library.dFinal);
    List<Object> sums = new ArrayList<>();
    library.parameters.forEach(p -> sums.add(asArray(p, zeros(p.value()))));
    arguments.addAll(sums);
    if (kind == Kind.GRU_RESET_BEFORE) {
      arguments.add(null);
    }
    Object d = call(reference, "backward", arguments);
    results.put("step dx", flat(call(d, "dx")));
    stateParts.forEach(
        part -> results.put("step d" + part + "Prev", flat(call(d, "d" + part + "Prev"))));
    for (int i = 0; i < names.size(); i++) {
      results.put("step " + names.get(i), flat(sums.get(i)));
    }

    Object sequence = call(reference, "forward", with(rows(library.xs), library.initial));
    results.put("hs", flat(call(sequence, "hs")));
    if (kind == Kind.LSTM) {
      Object steps = call(sequence, "steps");
      results.put("last c", flat(call(Array.get(steps, Array.getLength(steps) - 1), "c")));
    }
    List<Object> gradients = new ArrayList<>(List.of(sequence, rows(library.dhs)));
    library.dFinal.forEach(m -> gradients.add(rows(m)));
    Object all = call(reference, "backward", gradients);
    results.put("dxs", flat(call(all, "dxs")));
    stateParts.forEach(part -> results.put("d" + part + "0", flat(call(all, "d" + part + "0"))));
    names.forEach(name -> results.put(name, flat(call(all, name))));
    return results;
  }

  private static List<Object> with(Object first, List<Matrix> others) {
    List<Object> all = new ArrayList<>(List.of(first));
    others.forEach(m -> all.add(rows(m)));
    return all;
  }

  private static Matrix zeros(Matrix shape) {
    return new Matrix(shape.rows(), shape.cols());
  }

  /** A parameter's values, or zeros for their gradients, as the files take them. */
  private static Object asArray(Parameter p, Matrix values) {
    return p.name().startsWith("b") ? values.data().clone() : rows(values);
  }

  private static double[][] rows(Matrix m) {
    double[][] rows = new double[m.rows()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(m.data(), i * m.cols(), (i + 1) * m.cols());
    }
    return rows;
  }

  private static double[][][] rows(Tensor3 x) {
    double[][][] rows = new double[x.d0()][][];
    for (int n = 0; n < rows.length; n++) {
      rows[n] = rows(x.sequence(n).copy());
    }
    return rows;
  }

  private static double[] flat(Object values) {
    return values instanceof double[] row
        ? row
        : Arrays.stream((Object[]) values).flatMapToDouble(v -> Arrays.stream(flat(v))).toArray();
  }

  private static Object construct(Class<?> type, List<Object> arguments) {
    try {
      return type.getConstructors()[0].newInstance(arguments.toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** Calls the one public method of that name that takes such arguments. */
  private static Object call(Object on, String name, List<Object> arguments) {
    for (Method method : on.getClass().getMethods()) {
      if (method.getName().equals(name) && takes(method, arguments)) {
        try {
          return method.invoke(on, arguments.toArray());
        } catch (InvocationTargetException e) {
          throw new AssertionError(name, e.getCause());
        } catch (ReflectiveOperationException e) {
          throw new LinkageError(e.getMessage(), e);
        }
      }
    }
    throw new AssertionError(on.getClass() + " has no such " + name);
  }

  private static Object call(Object on, String name) {
    return call(on, name, List.of());
  }

  private static boolean takes(Method method, List<Object> arguments) {
    Class<?>[] types = method.getParameterTypes();
    boolean takes = types.length == arguments.size();
    for (int i = 0; takes && i < types.length; i++) {
      takes = arguments.get(i) == null || types[i].isInstance(arguments.get(i));
    }
    return takes;
  }
}
