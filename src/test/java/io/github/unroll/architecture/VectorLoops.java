package io.github.unroll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The methods of package simd, as javap shows them. */
public final class VectorLoops {

  private static final Path CLASSES =
      Path.of("target", "classes", "io", "github", "unroll", "simd");

  /** Vectors of a method that may be inlined: the sums', the maxima's, the copies'. */
  private static final int FEW = 8;

  private static final Pattern HEAD = Pattern.compile("(?m)^  \\S.*?(\\w+)\\(.*;$");
  private static final Pattern OFFSET = Pattern.compile("(?m)^ +(\\d+): ");
  private static final Pattern VECTOR_CALL =
      Pattern.compile("Method jdk/incubator/vector/(?!VectorSpecies)\\w+\\.\\w+:");

  /** A method: its declaration, Class.name, bytes of bytecode, and calls that take vectors. */
  record Method(String head, String name, int bytes, int vectorCalls) {

    boolean isOfMany() {
      return vectorCalls > FEW;
    }
  }

  private VectorLoops() {}

  /** {@return the names of the methods of many vectors, Class.method} */
  public static List<String> ofMany() throws Exception {
    return methods().stream().filter(Method::isOfMany).map(Method::name).toList();
  }

  static List<Method> methods() throws Exception {
    List<Method> methods = new ArrayList<>();
    try (Stream<Path> files = Files.list(CLASSES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        assertThat(javap.run(out, out, "-p", "-c", file.toString())).as(said.toString()).isZero();
        String owner = file.getFileName().toString().replace(".class", "");
        for (String text : said.toString().replace("\r", "").split("\n\n")) {
          Matcher head = HEAD.matcher(text);
          if (head.find()) {
            methods.add(
                new Method(head.group(), owner + "." + head.group(1), bytes(text), calls(text)));
          }
        }
      }
    }
    return methods;
  }

  private static int bytes(String text) {
    return OFFSET
        .matcher(text)
        .results()
        .mapToInt(m -> Integer.parseInt(m.group(1)) + 1)
        .max()
        .orElse(0);
  }

  private static int calls(String text) {
    return (int) VECTOR_CALL.matcher(text).results().count();
  }
}
