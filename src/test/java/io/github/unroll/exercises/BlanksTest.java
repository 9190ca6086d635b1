package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the exercises' blank files to the library's classes: outside the marked bodies they are
 * equal, line by line. What a learner has written between the marks is left alone; {@code
 * -Dunroll.write} writes the blanks anew.
 */
class BlanksTest {

  static List<String> files() {
    return Bodies.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_blank_should_equal_its_original_outside_the_marked_bodies(String file) throws IOException {
    Path blank = Body.BLANKS.resolve(file);
    if (System.getProperty("unroll.write") != null) {
      Files.createDirectories(blank.getParent());
      Files.writeString(blank, Body.blank(file));
    }
    List<String> shared = withoutBodies(Files.readAllLines(blank));
    List<String> original = withoutBodies(Body.blank(file).lines().toList());
    for (int i = 0; i < Math.max(shared.size(), original.size()); i++) {
      assertThat(i < shared.size() ? shared.get(i) : "(end of file)")
          .as("%s outside the marks; -Dunroll.write makes blanks anew of the originals", blank)
          .isEqualTo(i < original.size() ? original.get(i) : "(end of file)");
    }
  }

  /** The lines that the library and the learner share; imports that a solution adds are its own. */
  private static List<String> withoutBodies(List<String> lines) {
    List<String> shared = new ArrayList<>();
    boolean inside = false;
    for (String line : lines) {
      inside &= !line.strip().startsWith("// <<< exercise");
      if (!inside && !line.startsWith("import ")) {
        shared.add(line);
      }
      inside |= line.strip().startsWith("// >>> exercise");
    }
    return shared;
  }

  @Test
  void no_blank_should_lack_an_original() throws IOException {
    try (var blanks = Files.walk(Body.BLANKS)) {
      assertThat(
              blanks
                  .filter(Files::isRegularFile)
                  .map(path -> Body.BLANKS.relativize(path).toString().replace('\\', '/')))
          .containsExactlyInAnyOrderElementsOf(Bodies.files());
    }
  }

  @Test
  void should_notice_a_line_that_drifted() {
    assertThat(withoutBodies(List.of("a", "// >>> exercise 1", "b", "// <<< exercise 1", "c")))
        .containsExactly("a", "// >>> exercise 1", "// <<< exercise 1", "c");
  }
}
