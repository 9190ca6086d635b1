package io.github.unroll.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/start.jsh and docs/Start.java: the README's first snippet, and they run. The first page of
 * the Javadoc shows it too.
 */
class StartTest {

  private static final Page README = Page.of(Path.of("README.md"));
  private static final String SNIPPET = README.snippets().get(0).code();
  private static final String LIBRARY = Path.of("target/classes").toAbsolutePath().toString();

  @TempDir private Path folder;

  @Test
  void both_should_have_the_lines_of_the_readme_and_no_others() throws IOException {
    List<String> snippet = statements(SNIPPET);
    assertThat(statements(Files.readString(Path.of("docs/start.jsh")))).isEqualTo(snippet);
    List<String> java = new ArrayList<>(statements(Files.readString(Path.of("docs/Start.java"))));
    List<String> around =
        List.of(
            "/** Trains a small language model on two sentences; {@code start.jsh} is the same for"
                + " jshell. */",
            "public class Start {",
            "public static void main(String[] args) {");
    assertThat(java).containsAll(around).endsWith("}", "}");
    java.removeAll(around);
    assertThat(java.subList(0, java.size() - 2)).isEqualTo(snippet);
  }

  @Test
  void the_first_page_of_the_javadoc_should_show_the_same_code() throws IOException {
    String overview = Files.readString(Path.of("src/main/javadoc/overview.html"));
    String shown = "<pre>{@code\n" + SNIPPET + "}</pre>";
    assertThat(overview.replace("\r", "")).containsOnlyOnce("<pre>").contains(shown);
  }

  /** The lines, without comments, blank lines and blanks before. */
  private static List<String> statements(String code) {
    return code.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("//"))
        .toList();
  }

  @Test
  void java_should_run_the_one_and_jshell_the_other() throws Exception {
    List<String> ofJava = run("java", "-cp", LIBRARY, docs("Start.java"));
    assertThat(ofJava).hasSize(10);
    assertThat(README.text()).contains("`" + ofJava.get(9) + "`");
    List<String> ofJshell = jshell(docs("start.jsh"));
    assertThat(ofJshell.subList(0, 10)).isEqualTo(ofJava);
    assertThat(ofJshell.subList(10, ofJshell.size())) // it waits for more
        .allMatch(line -> line.matches("\\|  (Welcome|For an introduction).*|jshell>\\W*"));
  }

  @Test
  void what_they_invite_to_type_should_be_answered() throws Exception {
    String script = Files.readString(Path.of("docs/start.jsh"));
    List<String> invited =
        Pattern.compile("^//   (text|model)(.*)$", Pattern.MULTILINE)
            .matcher(script)
            .results()
            .map(line -> line.group(1) + line.group(2))
            .toList();
    assertThat(invited).hasSize(2);
    Path typed = folder.resolve("typed.jsh");
    StringBuilder more = new StringBuilder(script);
    invited.forEach(line -> more.append("System.out.println(").append(line).append(")\n"));
    more.append("System.out.println(text.tokens().length)\n");
    Files.writeString(typed, more + "/exit\n");
    List<String> answers = jshell(typed.toString());
    assertThat(answers).hasSize(13);
    assertThat(script).contains("A text of " + answers.get(12) + " words");
    assertThat(answers.get(10)).isEqualTo("8");
    assertThat(answers.get(11)).contains("embed.w");
  }

  private static String docs(String file) {
    return Path.of("docs", file).toAbsolutePath().toString();
  }

  /** As the file's head says, but for the JDK's note of where it keeps a user's settings. */
  private List<String> jshell(String script) throws Exception {
    String settings = "-J-Djava.util.prefs.userRoot=" + folder;
    return run("jshell", settings, "--class-path", LIBRARY, script);
  }

  /** The lines that a program of the JDK prints, with nothing typed. */
  private List<String> run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", program).toString());
    command.addAll(List.of(arguments));
    File printed = folder.resolve("printed.txt").toFile();
    Path nothing = Files.writeString(folder.resolve("nothing.txt"), "");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(nothing.toFile())
            .redirectError(folder.resolve("errors.txt").toFile())
            .redirectOutput(printed)
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    List<String> lines = Files.readAllLines(printed.toPath());
    String errors = Files.readString(folder.resolve("errors.txt"));
    assertThat(process.exitValue()).as(String.join("\n", lines) + errors).isZero();
    return lines.stream().filter(line -> !line.isBlank()).toList();
  }
}
