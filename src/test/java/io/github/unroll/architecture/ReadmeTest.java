package io.github.unroll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows, compiled and run. */
class ReadmeTest {

  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  @Test
  void its_snippet_should_compile_run_and_print_what_it_says(@TempDir Path folder)
      throws IOException, InterruptedException {
    String readme = Files.readString(Path.of("README.md"));
    Matcher block = JAVA_BLOCK.matcher(readme);
    assertThat(block.find()).isTrue();
    List<String> lines = block.group(1).lines().toList();
    assertThat(lines).hasSizeLessThanOrEqualTo(15);

    Path source = folder.resolve("Snippet.java");
    Files.writeString(source, asProgram(lines));
    assertThat(SourceCompiler.compile(List.of(source), "target/classes", folder)).isEmpty();
    String output = run(folder);
    assertThat(output.lines().toList()).isNotEmpty();
    String lastLine = output.lines().reduce((first, second) -> second).orElseThrow();
    assertThat(readme).contains("`" + lastLine + "`");
  }

  private static String asProgram(List<String> lines) {
    List<String> program = new ArrayList<>(lines.stream().filter(ReadmeTest::isImport).toList());
    program.add("class Snippet { public static void main(String[] args) {");
    program.addAll(lines.stream().filter(line -> !isImport(line)).toList());
    program.add("} }");
    return String.join("\n", program);
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  private static String run(Path folder) throws IOException, InterruptedException {
    String classPath =
        Path.of("target/classes").toAbsolutePath() + System.getProperty("path.separator") + folder;
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "Snippet")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(out);
  }

  @Test
  void its_links_inside_the_repository_should_resolve() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    try (var docs = Files.list(Path.of("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        assertThat(page.resolveSibling(link.group(1))).as("link in " + page).exists();
      }
    }
  }
}
