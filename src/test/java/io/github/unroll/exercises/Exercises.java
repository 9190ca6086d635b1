package io.github.unroll.exercises;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The exercises under src/exercises, compiled into a temporary folder: the solutions, the blanks
 * and the judge, which is compiled against the solutions and runs with either.
 */
final class Exercises {

  static final Path HOME = Path.of("src/exercises");
  static final Path SOLUTIONS = HOME.resolve("solutions");
  static final Path BLANKS = HOME.resolve("src/main/java");
  static final Path LIBRARY = Path.of("target/classes");

  /** A stop, as the road has it. */
  record Stop(
      int number,
      String title,
      String lesson,
      String file,
      String task,
      List<String> hints,
      List<String> unnoticed,
      List<String> rounding) {}

  private final Path classes;

  /** Compiles them into a folder. */
  Exercises(Path classes) {
    this.classes = classes;
    Compiler compiler = new Compiler();
    require(compiler.compile(sources(SOLUTIONS), solutions(), List.of(LIBRARY)));
    require(compiler.compile(sources(BLANKS), blanks(), List.of(LIBRARY)));
    Path road = HOME.resolve("src/test/java/road");
    require(compiler.compile(sources(road), judge(), List.of(LIBRARY, solutions())));
  }

  private static void require(List<String> errors) {
    if (!errors.isEmpty()) {
      throw new AssertionError(String.join("\n", errors));
    }
  }

  Path solutions() {
    return classes.resolve("solutions");
  }

  Path blanks() {
    return classes.resolve("blanks");
  }

  Path judge() {
    return classes.resolve("judge");
  }

  /** {@return a loader of the judge and of answers} */
  URLClassLoader loader(Path... answers) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path folder : answers) {
      urls.add(folder.toUri().toURL());
    }
    urls.add(judge().toUri().toURL());
    return new URLClassLoader(urls.toArray(URL[]::new), Exercises.class.getClassLoader());
  }

  /** {@return all stops of the road, in order} */
  List<Stop> stops() throws Exception {
    try (URLClassLoader loader = loader(solutions())) {
      List<Stop> stops = new ArrayList<>();
      for (Object stop : (List<?>) loader.loadClass("road.Road").getMethod("stops").invoke(null)) {
        Class<?> check = loader.loadClass("road.StopCheck");
        stops.add(
            new Stop(
                (int) get(stop, "number"),
                (String) get(stop, "title"),
                (String) get(stop, "lesson"),
                (String) get(stop, "file"),
                get(stop, "task").getClass().getName(),
                strings(get(stop, "hints")),
                strings(check.getMethod("unnoticed", stop.getClass()).invoke(null, stop)),
                strings(check.getMethod("rounding", stop.getClass()).invoke(null, stop))));
      }
      return stops;
    }
  }

  static Object get(Object record, String component) throws ReflectiveOperationException {
    Method method = record.getClass().getMethod(component);
    return method.invoke(record);
  }

  private static List<String> strings(Object list) {
    return ((List<?>) list).stream().map(String.class::cast).toList();
  }

  static List<Path> sources(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JDK's compiler, kept: most of a short compilation is its start. */
  static final class Compiler {

    private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files =
        javac.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

    /** Compiles as Learn does; returns the errors. */
    List<String> compile(List<Path> sources, Path to, List<Path> classPath) {
      try {
        Files.createDirectories(to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<String> options =
          List.of(
              "-g",
              "-proc:none",
              "-nowarn",
              "-sourcepath",
              "",
              "-d",
              to.toString(),
              "-classpath",
              String.join(File.pathSeparator, classPath.stream().map(Path::toString).toList()));
      DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
      javac
          .getTask(null, files, messages, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call();
      return messages.getDiagnostics().stream()
          .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
          .map(Object::toString)
          .toList();
    }
  }
}
