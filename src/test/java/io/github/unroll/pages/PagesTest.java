package io.github.unroll.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.architecture.SourceCompiler;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages show, compiled and run; where they point, looked up. */
class PagesTest {

  private static final Path LIBRARY = Path.of("target/classes");

  /** The library, what docs/extending.md builds on it, and what reads Keras' files. */
  private static final String CLASS_PATH =
      Stream.concat(
              Stream.of(LIBRARY, Path.of("target/test-classes"))
                  .map(path -> path.toAbsolutePath().toString()),
              Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                  .filter(part -> part.matches(".*[/\\\\](jhdf|slf4j-api|commons-lang3)-[^/]*jar")))
          .collect(Collectors.joining(File.pathSeparator));

  @TempDir private Path folder;

  static Stream<Page> pages() {
    return Page.all().stream();
  }

  static Stream<Page> pagesWithJava() {
    return pages().filter(page -> !page.snippets().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("pagesWithJava")
  void the_snippets_of_a_page_should_compile_and_run_one_after_the_other(Page page)
      throws IOException, InterruptedException {
    String output = run(page);
    assertThat(page.printed()).allSatisfy(printed -> assertThat(output).contains(printed));
  }

  @Test
  void the_first_snippet_of_the_readme_should_be_short_and_print_what_it_says()
      throws IOException, InterruptedException {
    Page readme = Page.of(Path.of("README.md"));
    Page.Snippet first = readme.snippets().get(0);
    assertThat(first.code().lines()).hasSizeLessThanOrEqualTo(15);
    assertThat(first.with()).isEmpty();
    String output = run(new Page(readme.path(), "```java\n" + first.code() + "```"));
    String lastLine = output.lines().reduce((line, next) -> next).orElseThrow();
    assertThat(readme.text()).contains("`" + lastLine + "`");
  }

  @Test
  void the_recipes_should_print_what_their_comments_say() throws IOException, InterruptedException {
    Page recipes = Page.of(Path.of("docs/recipes.md"));
    String output = run(recipes);
    List<String> said =
        Pattern.compile("System\\.out\\.print.*; // ([^:\n]*)")
            .matcher(recipes.text())
            .results()
            .flatMap(comment -> Stream.of(comment.group(1).split("…")))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
    assertThat(said).hasSize(7).allSatisfy(part -> assertThat(output).contains(part));
  }

  @Test
  void a_snippet_with_a_mistake_should_be_noticed() throws IOException {
    Page page = new Page(Path.of("page.md"), "```java\nMatrix m = new Matrix(2);\n```\n");
    assertThat(compile(page)).singleElement().asString().contains("found for Matrix(int)");
  }

  private String run(Page page) throws IOException, InterruptedException {
    assertThat(compile(page)).as("compiling the snippets of " + page).isEmpty();
    Path printed = folder.resolve("printed.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                CLASS_PATH + System.getProperty("path.separator") + folder,
                "Snippets")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String output = Files.readString(printed);
    assertThat(process.exitValue()).as("running the snippets of " + page + ": " + output).isZero();
    return output;
  }

  /** One class for the page; a method for each snippet, so that names may come again. */
  private List<String> compile(Page page) throws IOException {
    List<String> lines = imports();
    List<String> calls = new ArrayList<>();
    List<String> methods = new ArrayList<>();
    for (Page.Snippet snippet : page.snippets()) {
      String name = "snippet" + methods.size();
      calls.add(name + "();");
      List<String> code = (snippet.with() + snippet.code()).lines().toList();
      code.stream().filter(PagesTest::isImport).forEach(lines::add);
      String body = String.join("\n", code.stream().filter(line -> !isImport(line)).toList());
      methods.add(
          String.format(Locale.ROOT, "static void %s() throws Exception {\n%s\n}", name, body));
    }
    lines.add("class Snippets {\n" + String.join("\n", methods));
    lines.add("public static void main(String[] args) throws Exception {");
    lines.addAll(calls);
    lines.add("} }");
    Path source = folder.resolve("Snippets.java");
    Files.write(source, lines);
    return SourceCompiler.compile(List.of(source), CLASS_PATH, folder);
  }

  /** A page may leave out its imports: those of all packages stand in for them. */
  private static List<String> imports() throws IOException {
    List<String> imports = new ArrayList<>();
    for (String used : List.of("java.io", "java.nio.file", "java.util", "java.util.concurrent")) {
      imports.add("import " + used + ".*;");
    }
    Path root = LIBRARY.resolve("io/github/unroll");
    try (Stream<Path> packages = Files.walk(root)) {
      packages
          .filter(p -> Files.isDirectory(p) && !p.equals(root))
          .map(p -> root.relativize(p).toString().replace(File.separatorChar, '.'))
          .forEach(name -> imports.add("import io.github.unroll." + name + ".*;"));
    }
    return imports;
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void the_links_of_a_page_inside_the_repository_should_resolve(Page page) {
    for (Page.Link link : page.links()) {
      assertThat(link.target()).as("link in " + page).exists();
      if (link.anchor() != null) {
        assertThat(Page.of(link.target()).anchors()).as("link in " + page).contains(link.anchor());
      }
    }
  }

  @Test
  void links_and_anchors_should_be_found() {
    Page page = new Page(Path.of("a/b.md"), "# The `x` of [it](../c.md#d-e)\n`[no](link)`");
    assertThat(page.links()).containsExactly(new Page.Link(Path.of("c.md"), "d-e"));
    assertThat(new Page(Path.of("b.md"), "## The `x`, *y*: z\n").anchors())
        .containsExactly("the-x-y-z");
  }
}
