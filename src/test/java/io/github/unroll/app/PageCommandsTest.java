package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.unroll.pages.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands on the pages name options, examples, tests and profiles that there are. */
class PageCommandsTest {

  private static List<String> named(String pattern) {
    List<String> names = new ArrayList<>();
    for (Page page : Page.all()) {
      Pattern.compile(pattern)
          .matcher(page.text())
          .results()
          .map(MatchResult::group)
          .map(command -> command.replaceFirst("^(-app\\.jar |[^=P]*[=P]\"?)", ""))
          .map(command -> command.replaceFirst("\"$", ""))
          .forEach(names::add);
    }
    assertThat(names).isNotEmpty();
    return names;
  }

  @Test
  void what_is_handed_to_the_program_should_be_understood() {
    List<String> all = named("-Dargs=\"[^\"]*\"");
    all.addAll(named("-app\\.jar [a-z][^`\n\\\\]*"));
    for (String args : all) {
      assertThatCode(() -> Main.commandLine(() -> 0).parseArgs(args.split(" ")))
          .as(args)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void examples_should_exist() {
    for (String example : named("-Dexample=\\w+")) {
      Path file = Path.of("src/examples/java/io/github/unroll/examples", example + ".java");
      assertThat(file).exists();
    }
  }

  @Test
  void tests_should_exist() throws IOException {
    List<String> tests;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      tests = files.map(file -> file.getFileName().toString()).toList();
    }
    for (String test : named("-Dtest='?\\w+")) {
      String start = test.replace("'", "");
      assertThat(tests).as(test).anyMatch(file -> file.startsWith(start));
    }
  }

  @Test
  void profiles_should_exist() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    for (String profiles : named("-P\\w+(,\\w+)*")) {
      for (String profile : profiles.split(",")) {
        assertThat(pom).contains("<id>" + profile + "</id>");
      }
    }
  }
}
