package io.github.unroll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What users call takes few arguments, and no array with an index into it. */
class SignaturesTest {

  private static final String ROOT = "io.github.unroll.";
  private static final Path MAIN = Path.of("src/main/java/io/github/unroll");
  private static final int MOST_PARAMETERS = 6;

  /** What module-info does not export. */
  private static final Set<String> HIDDEN =
      Set.of(
          "kernel",
          "simd",
          "handover",
          "parallel",
          "app",
          "io/bytes",
          "io/onnx/file",
          "io/hdf5",
          "io/torch");

  /** An array, and beside it where in it something begins. */
  private static final Pattern OFFSET =
      Pattern.compile(
          "(?:double|int|long|float|byte)\\[\\] \\w+,\\s*int (?:at|from|offset|\\w+At)\\b");

  private static final Pattern HIDDEN_TYPE =
      Pattern.compile("^(?:final |abstract )*class ", Pattern.MULTILINE);

  private static final Pattern RANGE = Pattern.compile("\\[\\] \\w+,\\s*int from,\\s*int to\\b");

  @Test
  void nothing_exported_should_take_more_than_six_parameters() {
    List<String> tooMany = new ArrayList<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT + "..")) {
      if (isExported(type) && !type.isRecord()) {
        for (JavaCodeUnit unit : type.getCodeUnits()) {
          if (isOpen(unit) && unit.getParameters().size() > MOST_PARAMETERS) {
            tooMany.add(unit.getFullName());
          }
        }
      }
    }
    assertThat(tooMany).isEmpty();
  }

  private static boolean isExported(JavaClass type) {
    Path room = Path.of(type.getPackageName().substring(ROOT.length()).replace('.', '/'));
    return !isHidden(room) && type.getModifiers().contains(JavaModifier.PUBLIC);
  }

  private static boolean isHidden(Path room) {
    return HIDDEN.stream().anyMatch(room::startsWith);
  }

  private static boolean isOpen(JavaCodeUnit unit) {
    Set<JavaModifier> modifiers = unit.getModifiers();
    return !modifiers.contains(JavaModifier.SYNTHETIC)
        && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
  }

  @Test
  void nothing_exported_should_take_an_array_with_an_index_into_it() throws IOException {
    List<String> offsets = new ArrayList<>();
    try (Stream<Path> files = Files.walk(MAIN)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (!isHidden(MAIN.relativize(file))) {
          offsetsOf(Files.readString(file)).forEach(found -> offsets.add(file + ": " + found));
        }
      }
    }
    assertThat(offsets).isEmpty();
  }

  /** The signatures of a source that take an array with an offset; a range of it is none. */
  private static List<String> offsetsOf(String source) {
    List<String> offsets = new ArrayList<>();
    if (HIDDEN_TYPE.matcher(source).find()) {
      return offsets;
    }
    Matcher signature =
        Pattern.compile("(?:public|protected) [^;={}()]*\\(([^)]*)\\)").matcher(source);
    while (signature.find()) {
      String parameters = RANGE.matcher(signature.group(1)).replaceAll("");
      if (OFFSET.matcher(parameters).find()) {
        offsets.add(signature.group().replaceAll("\\s+", " "));
      }
    }
    return offsets;
  }

  @Test
  void an_offset_should_be_noticed() {
    assertThat(offsetsOf("public void add(int n, double[] x, int xAt, double[] y) {}")).hasSize(1);
    assertThat(offsetsOf("protected void add(double[] x,\n      int at) {}")).hasSize(1);
    assertThat(offsetsOf("public int first(double[] x, int from, int to) {}")).isEmpty();
    assertThat(offsetsOf("public Batches(int[] tokens, int batchSize, int steps) {}")).isEmpty();
    assertThat(offsetsOf("void add(double[] x, int at) {}")).isEmpty();
  }
}
