package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jars that the build leaves; it runs this after them, in {@code mvn verify}. */
class JarsCheck {
  private static final String LICENSES = "META-INF/licenses/";

  private static Path jar(String suffix) {
    return Path.of(System.getProperty("unroll.jars") + suffix + ".jar");
  }

  private static List<String> names(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }
  }

  private static String text(Path jar, String name) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(name);
      assertThat(entry).as("%s in %s", name, jar).isNotNull();
      return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-sources", "-app"})
  void each_jar_should_have_the_license(String suffix) throws IOException {
    assertThat(text(jar(suffix), "META-INF/LICENSE"))
        .isEqualTo(Files.readString(Path.of("LICENSE")));
  }

  @Test
  void the_library_should_hold_its_own_classes_only() throws IOException {
    assertThat(names(jar("")))
        .filteredOn(name -> name.endsWith(".class") && !name.equals("module-info.class"))
        .allMatch(name -> name.startsWith("io/github/unroll/"))
        .noneMatch(name -> name.startsWith("io/github/unroll/app/"));
  }

  @Test
  void the_program_should_come_with_the_license_of_each_jar_that_it_holds_code_of()
      throws IOException {
    Map<String, String> origins = origins();
    Set<String> held = new TreeSet<>();
    for (String name : names(jar("-app"))) {
      if (name.endsWith(".class") && !name.startsWith("io/github/unroll/")) {
        assertThat(origins).as("of which jar is it?").containsKey(name);
        held.add(origins.get(name));
      }
    }
    assertThat(held).isNotEmpty();

    String thirdParty = text(jar("-app"), LICENSES + "THIRD-PARTY.txt");
    List<String> listed = found("[\\w.-]+:([\\w.-]+:[\\w.-]*\\w)\\b", thirdParty);
    assertThat(listed).containsExactlyInAnyOrderElementsOf(held);
    Set<String> files = new TreeSet<>(found("([\\w.-]+\\.txt)", thirdParty));
    files.add("THIRD-PARTY.txt");
    assertThat(names(jar("-app")))
        .filteredOn(name -> name.startsWith(LICENSES))
        .extracting(name -> name.substring(LICENSES.length()))
        .containsExactlyInAnyOrderElementsOf(files);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /** Of which artifact each class of the class path is, as {@code name:version}. */
  private static Map<String, String> origins() throws IOException {
    Map<String, String> origins = new HashMap<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path file = Path.of(part);
      if (part.endsWith(".jar")) {
        // .../name/version/name-version.jar
        String version = file.getParent().getFileName().toString();
        String artifact = file.getParent().getParent().getFileName().toString();
        for (String name : names(file)) {
          origins.putIfAbsent(name, artifact + ":" + version);
        }
      }
    }
    return origins;
  }

  @Test
  void the_program_should_hold_no_native_code() throws IOException {
    assertThat(names(jar("-app")))
        .isNotEmpty()
        .noneMatch(name -> name.matches(".*\\.(so|dll|jnilib|dylib)"));
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere script has other options
  void the_program_should_have_all_that_a_progress_bar_and_a_chart_take(@TempDir Path directory)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script here");
    ProgramProcess program =
        new ProgramProcess(directory).jar(jar("-app")).environment("TERM=xterm");
    String train = "train --epochs=1 --tokens=5001 --batch=1 --steps=2 --chart=curve";
    for (String extension : List.of(".png", ".svg")) {
      Path start = directory.resolve("start.sh");
      Files.writeString(start, "stty columns 80\n" + program.command(train + extension));
      ProgramRun run = program.shell("script -qec 'sh start.sh' /dev/null");

      assertThat(run.exitCode()).as(run.out()).isZero();
      assertThat(run.out()).contains("\repoch 1/1 ").doesNotContain("Exception", "Error");
      assertThat(directory.resolve("curve" + extension)).isNotEmptyFile();
    }
  }

  @Test
  void the_rendered_pages_should_have_no_placeholder_left() throws IOException {
    assumeTrue(Files.exists(jar("-javadoc")), "built without Javadoc");
    List<String> wrong = new ArrayList<>();
    int signed = 0;
    for (String name : names(jar("-javadoc"))) {
      if (name.endsWith(".html")) {
        String page = text(jar("-javadoc"), name);
        found("([$]?\\{(?:inceptionYear|currentYear|organizationName|project\\.\\w+)\\})", page)
            .forEach(placeholder -> wrong.add(name + ": " + placeholder));
        signed += found("(Copyright &#169; 20\\d\\d The Unroll authors)", page).size();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(signed).isGreaterThan(100);
  }
}
