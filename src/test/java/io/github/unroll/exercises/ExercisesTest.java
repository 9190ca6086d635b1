package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exercises' tests tried on solutions, on blanks and on every usual mistake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExercisesTest {

  private Workshop workshop;

  @BeforeAll
  void compileTheTests(@TempDir Path folder) {
    workshop = new Workshop(folder);
  }

  static IntStream exercises() {
    return IntStream.rangeClosed(1, Workshop.tests().size());
  }

  @ParameterizedTest
  @MethodSource("exercises")
  void the_librarys_own_classes_should_pass(int exercise) {
    assertThat(workshop.run(Map.of(), exercise).values()).containsOnly("");
  }

  @Test
  void blanks_filled_with_the_originals_bodies_should_pass() throws IOException {
    Map<String, List<String>> sources = new LinkedHashMap<>();
    for (String file : Bodies.files()) {
      List<String> original = Body.original(file);
      List<String> filled = Body.blank(file).lines().toList();
      for (Body body : Bodies.of(file)) {
        filled = filled(filled, body, body.lines(original));
      }
      sources.put(file, filled);
    }
    Path classes = workshop.compiled(sources);
    exercises()
        .forEach(exercise -> assertThat(workshop.run(classes, exercise).values()).containsOnly(""));
  }

  /** What a learner does: the lines between the next two marks of the exercise, replaced. */
  private static List<String> filled(List<String> blank, Body body, List<String> solution) {
    int begin = 0;
    while (!blank.get(begin).strip().equals(body.begin())
        || !blank.get(begin + 1).strip().startsWith("throw new UnsupportedOperationException(")) {
      begin++;
    }
    int end = begin;
    while (!blank.get(end).strip().equals(body.end())) {
      end++;
    }
    List<String> filled = new ArrayList<>(blank.subList(0, begin + 1));
    filled.addAll(solution);
    filled.addAll(blank.subList(end, blank.size()));
    return filled;
  }

  @Test
  void blanks_should_fail_with_what_to_write() throws IOException {
    Map<String, List<String>> sources = new LinkedHashMap<>();
    for (String file : Bodies.files()) {
      sources.put(file, Body.blank(file).lines().toList());
    }
    Path classes = workshop.compiled(sources);
    exercises()
        .forEach(
            exercise ->
                assertThat(workshop.run(classes, exercise).values())
                    .allSatisfy(message -> assertThat(message).contains("is not written yet")));
  }

  static Stream<Slip> slips() {
    return Slips.all().stream();
  }

  @ParameterizedTest
  @MethodSource("slips")
  void a_usual_mistake_should_be_named(Slip slip) {
    Map<String, String> messages = workshop.run(slip.sources(), slip.exercise());
    String first =
        messages.values().stream().filter(said -> !said.isEmpty()).findFirst().orElse("all passed");
    assertThat(first).contains(slip.says());
    assertThat(first).doesNotContain("none of the usual mistakes");
  }

  @Test
  void every_exercise_should_have_five_usual_mistakes() {
    exercises()
        .forEach(
            exercise ->
                assertThat(Slips.all().stream().filter(slip -> slip.exercise() == exercise))
                    .as("exercise " + exercise)
                    .hasSizeGreaterThanOrEqualTo(5));
  }

  @Test
  void a_mistake_that_is_not_usual_should_be_shown_with_its_place_and_formula() {
    Slip odd =
        Slip.in(
            Bodies.RNN_BACKWARD,
            "a factor from nowhere",
            "wh.grad().addMatmulTransA(cache.hPrev(), da);",
            "wh.grad().addMatmulTransA(cache.hPrev(), da.times(1.2345));");
    assertThat(workshop.run(odd.sources(), 2).values())
        .first()
        .asString()
        .containsSubsequence(
            "dwh at [0,0] is wrong, and none of the usual mistakes gives this number",
            "it held ",
            "; to be added ",
            ", got ",
            "formula  dwh += hPrevᵀ·da");
  }

  @Test
  void all_results_wrong_should_point_at_what_they_share() {
    Slip odd =
        Slip.in(
            Bodies.RNN_ACTIVATE_BACKWARD,
            "a slope from nowhere",
            "(1 - hi * hi)",
            "(1 - hi * hi * hi * hi)");
    assertThat(workshop.run(odd.sources(), 2).values())
        .first()
        .asString()
        .containsSubsequence("look first at", "da = dh ⊙ (1 − h²)");
  }
}
