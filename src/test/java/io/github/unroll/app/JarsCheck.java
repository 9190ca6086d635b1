package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.FreshJvm;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import java.util.spi.ToolProvider;
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

  @ParameterizedTest
  @ValueSource(strings = {"-sources", "-javadoc"})
  void what_explains_the_library_should_be_silent_about_the_program(String suffix)
      throws IOException {
    assumeTrue(Files.exists(jar(suffix)), "built without it");
    assertThat(names(jar(suffix)))
        .anyMatch(name -> name.startsWith("io/github/unroll/cell/LstmCell."))
        .noneMatch(name -> name.startsWith("io/github/unroll/app/"));
  }

  @Test
  void the_module_should_require_the_base_module_only() {
    String module = tool("jar", "--describe-module", "--file", jar("").toString());
    assertThat(module.lines())
        .filteredOn(line -> line.startsWith("requires"))
        .containsExactly("requires java.base mandated");
    assertThat(module).contains("exports io.github.unroll.cell");
  }

  /**
   * A module that requires the library is compiled without a warning, and runs with and without
   * vectors.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "--add-modules=jdk.incubator.vector"})
  void a_module_should_be_able_to_require_the_library(String flag, @TempDir Path directory)
      throws Exception {
    Path module = directory.resolve("module-info.java");
    Files.writeString(module, "module consumer { requires io.github.unroll; }");
    Path main = Files.createDirectory(directory.resolve("consumer")).resolve("Main.java");
    Files.write(
        main,
        List.of(
            "package consumer;",
            "import io.github.unroll.tensor.*;",
            "final class Main {",
            "  private Main() {}",
            "  public static void main(String[] args) {",
            "    Matrix x = Matrix.of(2, 2, 1, 2, 3, 4);",
            "    System.out.println(x.matmul(x).get(1, 1) + \" by \" + Arithmetic.description());",
            "  }",
            "}"));
    String library = jar("").toAbsolutePath().toString();
    String warnings =
        tool(
            "javac",
            "-Xlint:all",
            "-Werror",
            "--module-path",
            library,
            "-d",
            directory.toString(),
            module.toString(),
            main.toString());
    assertThat(warnings).isEmpty();

    List<String> flags = new ArrayList<>(List.of("-Dunroll.threads=1"));
    if (!flag.isEmpty()) {
      flags.add(flag);
    }
    String modules = library + File.pathSeparator + directory;
    assertThat(FreshJvm.runModule(modules, "consumer/consumer.Main", flags).lines().toList())
        .last()
        .asString()
        .startsWith(
            "22.0 by " + (flag.isEmpty() ? "plain Java" : "plain Java, handing over to vectors"));
  }

  /**
   * Files of Keras are read where jhdf is on the class path or the module path, without a word of
   * slf4j; without it the error says what to add.
   */
  @ParameterizedTest
  @ValueSource(strings = {"none", "class path", "module path"})
  void a_file_of_keras_should_be_read_where_jhdf_is_there(String where, @TempDir Path directory)
      throws Exception {
    Path module = directory.resolve("module-info.java");
    Files.writeString(module, "module consumer { requires io.github.unroll; }");
    Path main = Files.createDirectory(directory.resolve("consumer")).resolve("Main.java");
    Files.write(
        main,
        List.of(
            "package consumer;",
            "import io.github.unroll.io.keras.KerasModel;",
            "final class Main {",
            "  private Main() {}",
            "  public static void main(String[] args) throws Exception {",
            "    try {",
            "      KerasModel model = KerasModel.read(java.nio.file.Path.of(args[0]));",
            "      System.out.println(model.predict(new int[][] {{1, 2}}));",
            "    } catch (java.io.IOException e) {",
            "      System.out.println(e.getMessage());",
            "    }",
            "  }",
            "}"));
    String library = jar("").toAbsolutePath().toString();
    String sources = directory.toString();
    assertThat(
            tool(
                "javac",
                "-Xlint:all",
                "-Werror",
                "--module-path",
                library,
                "-d",
                sources,
                module.toString(),
                main.toString()))
        .isEmpty();

    String jhdf = String.join(File.pathSeparator, jarsOf("jhdf", "slf4j-api", "commons-lang3"));
    String modules = library + File.pathSeparator + directory;
    List<String> flags = new ArrayList<>();
    if (where.equals("class path")) {
      flags.addAll(List.of("-cp", jhdf));
    } else if (where.equals("module path")) {
      flags.add("--add-modules=io.jhdf,org.slf4j,org.apache.commons.lang3");
      modules += File.pathSeparator + jhdf;
    }
    Path file = Path.of("src/test/resources/models/keras/lm_any_length.keras").toAbsolutePath();
    assertThat(FreshJvm.runModule(modules, "consumer/consumer.Main", flags, file))
        .isEqualTo(
            where.equals("none")
                ? file
                    + ": is read by the library io.jhdf:jhdf:0.13.0, which is missing or of another"
                    + " version (java.lang.ClassNotFoundException: io.jhdf.ObjectHeader); add it to"
                    + " your dependencies"
                : "float64 (1x2x10)");
  }

  /** The jars of the class path that are of these artifacts. */
  private static List<String> jarsOf(String... artifacts) {
    List<String> jars = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      for (String artifact : artifacts) {
        if (Path.of(part).getFileName().toString().startsWith(artifact + "-")) {
          jars.add(part);
        }
      }
    }
    assertThat(jars).hasSameSizeAs(artifacts);
    return jars;
  }

  /** The program has all of jhdf that reading takes. */
  @Test
  void the_program_should_read_a_file_of_keras(@TempDir Path directory) throws Exception {
    Path main = directory.resolve("Main.java");
    Files.write(
        main,
        List.of(
            "import io.github.unroll.io.keras.KerasModel;",
            "class Main {",
            "  public static void main(String[] args) throws Exception {",
            "    for (String file : args) {",
            "     "
                + " System.out.println(KerasModel.read(java.nio.file.Path.of(file)).inputShape()[0]);",
            "    }",
            "  }",
            "}"));
    String program = jar("-app").toAbsolutePath().toString();
    tool("javac", "-cp", program, "-d", directory.toString(), main.toString());
    List<Object> files = new ArrayList<>();
    for (String name :
        List.of(
            "lm.keras", "keras2_gru.h5", "gru_after_hdf5_gzip.h5", "gru_after_hdf5_latest.h5")) {
      files.add(Path.of("src/test/resources/models/keras").resolve(name).toAbsolutePath());
    }
    String classPath = program + File.pathSeparator + directory;
    assertThat(FreshJvm.runFrom(classPath, "Main", List.of(), files.toArray()).lines())
        .containsExactly("6", "5", "5", "5");
  }

  /** What a tool of this JDK prints; it must succeed. */
  private static String tool(String name, String... arguments) {
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed);
    int code = ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments);
    assertThat(code).as("%s: %s", name, printed).isZero();
    return printed.toString();
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
  void the_first_page_of_the_javadoc_should_say_where_to_begin() throws IOException {
    assumeTrue(Files.exists(jar("-javadoc")), "built without Javadoc");
    assertThat(text(jar("-javadoc"), "index.html"))
        .contains("new RnnLanguageModel(text.vocabulary().size(), 8, 16, new RandomState(0));")
        .contains("Where to begin:", "href=\"io/github/unroll/cell/package-summary.html\"");
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
