package io.github.unroll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * C2 makes an object of each vector that a call hands over, and of those past its node limit in
 * what it compiles together. So no method hands vectors over, and those of many are not inlined.
 */
class VectorLoopsTest {

  private static final Path CLASSES =
      Path.of("target", "classes", "io", "github", "unroll", "simd");

  /** C2 inlines no method of more bytes of bytecode: its flag FreqInlineSize. */
  private static final int INLINED_UP_TO = 325;

  /** Vectors of a method that may be inlined: the sums', the maxima's, the copies'. */
  private static final int FEW = 8;

  /** Called by turns from one place, which C2 inlines neither. */
  private static final Set<String> PARTS =
      Set.of(
          "SimdElementary.expOfMinus",
          "SimdElementary.inverseOfOneMore",
          "SimdElementary.onePlusExpOfMinusTwice",
          "SimdElementary.quotient",
          "SimdElementary.exponentAndFraction",
          "SimdElementary.logOfParts");

  private static final Pattern HEAD = Pattern.compile("(?m)^  \\S.*?(\\w+)\\(.*;$");
  private static final Pattern OFFSET = Pattern.compile("(?m)^ +(\\d+): ");
  private static final Pattern VECTOR_CALL =
      Pattern.compile("Method jdk/incubator/vector/(?!VectorSpecies)\\w+\\.\\w+:");
  private static final Pattern VECTOR = Pattern.compile("jdk\\.incubator\\.vector\\.\\w+");

  private record Method(String head, String name, int bytes, int vectorCalls) {}

  @Test
  void should_hand_over_no_vector() throws Exception {
    assertThat(methods()).isNotEmpty().noneMatch(method -> VECTOR.matcher(method.head()).find());
  }

  @Test
  void methods_of_many_vectors_should_be_too_long_to_be_inlined() throws Exception {
    List<Method> ofMany = methods().stream().filter(m -> m.vectorCalls() > FEW).toList();
    assertThat(ofMany).extracting(Method::name).containsAll(PARTS).hasSizeGreaterThan(PARTS.size());
    assertThat(ofMany)
        .filteredOn(method -> !PARTS.contains(method.name()))
        .as("longer than %d bytes, or called by turns: see simd's package-info", INLINED_UP_TO)
        .allMatch(method -> method.bytes() > INLINED_UP_TO);
  }

  private static List<Method> methods() throws Exception {
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
