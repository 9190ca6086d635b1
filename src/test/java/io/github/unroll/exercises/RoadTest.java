package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The road of exercises is whole: every stop has all that belongs to it, and can be solved. */
class RoadTest {

  @TempDir private static Path folder;
  private static Exercises exercises;
  private static List<Exercises.Stop> stops;
  private static JudgedAnswers.Program judge;

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

  @Test
  void every_solution_should_be_right() throws Exception {
    for (Exercises.Stop stop : stops) {
      assertThat(judge.judge(stop, Exercises.SOLUTIONS, exercises.solutions()))
          .as("%s", stop)
          .containsExactly("RIGHT", "");
    }
  }

  @Test
  void every_blank_should_be_open() throws Exception {
    for (Exercises.Stop stop : stops) {
      List<String> verdict = judge.judge(stop, Exercises.BLANKS, exercises.blanks());
      assertThat(verdict.get(0)).as("%s", stop).isEqualTo("OPEN");
      assertThat(verdict.get(1)).matches("(?s)" + stop.file().replace(".", "\\.") + ":\\d+: .*");
    }
  }

  @Test
  void every_stop_should_have_its_page_its_hints_and_its_mistakes() throws Exception {
    for (Exercises.Stop stop : stops) {
      assertThat(Path.of("docs/learn", stop.lesson())).exists();
      assertThat(Files.readString(Path.of("docs/learn", stop.lesson()))).contains(stop.file());
      assertThat(stop.hints()).as("hints of %s", stop.title()).hasSize(4).doesNotHaveDuplicates();
      List<Mistake> mistakes = Mistake.read(MistakesTest.file(stop));
      assertThat(mistakes).as("mistakes of %s", stop.title()).hasSizeGreaterThanOrEqualTo(9);
      assertThat(mistakes).extracting(Mistake::name).doesNotHaveDuplicates();
      List<String> solution =
          Files.readAllLines(Exercises.SOLUTIONS.resolve("mine").resolve(stop.file()));
      assertThat(mistakes)
          .as("mistakes of %s, two at once", stop.title())
          .filteredOn(mistake -> mistake.places(solution) > 1)
          .hasSizeGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void every_slip_should_change_what_comes_out_and_no_number_be_mere_rounding() {
    for (Exercises.Stop stop : stops) {
      assertThat(stop.unnoticed()).as("slips of %s that no case shows", stop.title()).isEmpty();
      assertThat(stop.rounding()).as("rounding in %s", stop.title()).isEmpty();
    }
  }

  @Test
  void solutions_should_hold_no_blank_and_blanks_nothing_else() throws Exception {
    for (Path file : Exercises.sources(Exercises.SOLUTIONS)) {
      assertThat(Files.readString(file)).as("%s", file).doesNotContain("new Todo()");
    }
    for (Exercises.Stop stop : stops) {
      assertThat(Files.readString(Exercises.BLANKS.resolve("mine").resolve(stop.file())))
          .contains("throw new Todo();");
    }
  }

  @Test
  void blanks_and_solutions_should_have_the_same_signatures() throws Exception {
    Set<String> names = names(Exercises.SOLUTIONS);
    assertThat(names(Exercises.BLANKS)).isEqualTo(names).hasSizeGreaterThan(1);
    try (URLClassLoader blanks = exercises.loader(exercises.blanks());
        URLClassLoader solutions = exercises.loader(exercises.solutions())) {
      for (String name : names) {
        String type = "mine." + name.replace(".java", "");
        assertThat(signatures(blanks.loadClass(type)))
            .isEqualTo(signatures(solutions.loadClass(type)))
            .isNotEmpty();
      }
    }
  }

  private static Set<String> signatures(Class<?> type) {
    Set<String> all = new TreeSet<>();
    all.add(type.toGenericString());
    for (Field field : type.getDeclaredFields()) {
      addIfOpen(field.getModifiers(), field.toGenericString(), all);
    }
    List<Executable> executables = new ArrayList<>();
    executables.addAll(List.of(type.getDeclaredMethods()));
    executables.addAll(List.of(type.getDeclaredConstructors()));
    for (Executable executable : executables) {
      addIfOpen(executable.getModifiers(), text(executable), all);
    }
    for (Class<?> nested : type.getDeclaredClasses()) {
      all.addAll(signatures(nested));
    }
    return all;
  }

  private static String text(Executable executable) {
    return executable instanceof Method method
        ? method.toGenericString()
        : ((Constructor<?>) executable).toGenericString();
  }

  private static void addIfOpen(int modifiers, String text, Set<String> all) {
    if (Modifier.isPublic(modifiers)) {
      all.add(text);
    }
  }

  @Test
  void no_file_should_have_a_namesake_in_the_library() throws Exception {
    Set<String> library;
    try (Stream<Path> all = Files.walk(Path.of("src/main/java/io"))) {
      library = all.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
    Set<String> own = names(Exercises.HOME.resolve("src"));
    own.addAll(names(Exercises.SOLUTIONS));
    assertThat(own).contains("Judge.java", "Affine.java").doesNotContainAnyElementsOf(library);
  }

  private static Set<String> names(Path folder) {
    return Exercises.sources(folder).stream()
        .map(file -> file.getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void every_stop_should_have_a_test_of_its_own_in_the_exercises_project() throws Exception {
    String tests = Files.readString(Exercises.HOME.resolve("src/test/java/mine/RoadTest.java"));
    for (Exercises.Stop stop : stops) {
      assertThat(tests).contains("judge(" + stop.number() + ", \"" + stop.file() + "\");");
    }
  }
}
