package io.github.unroll.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path the file, from the repository's root
 * @param text all of it
 */
public record Page(Path path, String text) {

  // What a snippet needs besides itself stands before it in a comment that readers do not see.
  private static final Pattern SNIPPET =
      Pattern.compile("(?:<!-- with\\R(.*?)-->\\s*)?^```java\\R(.*?)^```", flags());
  private static final Pattern PRINTED = Pattern.compile("^```prints\\R(.*?)^```", flags());
  private static final Pattern CODE = Pattern.compile("^```.*?^```|`[^`\n]*`", flags());
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  /**
   * A piece of Java.
   *
   * @param with code to run before it, such as the making of a file that it reads
   * @param code what readers see
   */
  public record Snippet(String with, String code) {}

  /**
   * A link inside the repository.
   *
   * @param target a file or a folder
   * @param anchor a heading on the page linked to, or null
   */
  public record Link(Path target, String anchor) {}

  private static int flags() {
    return Pattern.DOTALL | Pattern.MULTILINE;
  }

  /** Every page that readers are shown. */
  public static List<Page> all() {
    try (Stream<Path> docs = Files.list(Path.of("docs"));
        Stream<Path> github = Files.list(Path.of(".github"))) {
      Stream<Path> others = Stream.of(Path.of("README.md"));
      return Stream.of(others, docs, github)
          .flatMap(paths -> paths)
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .map(Page::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page of(Path path) {
    try {
      return new Page(path, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its Java, in order. */
  public List<Snippet> snippets() {
    List<Snippet> snippets = new ArrayList<>();
    Matcher found = SNIPPET.matcher(text);
    while (found.find()) {
      String with = found.group(1) == null ? "" : found.group(1);
      snippets.add(new Snippet(with, found.group(2)));
    }
    return snippets;
  }

  /** What it says that its snippets print, in order. */
  List<String> printed() {
    return PRINTED.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** Its links inside the repository; none of those that stand in code. */
  public List<Link> links() {
    List<Link> links = new ArrayList<>();
    Matcher found = LINK.matcher(CODE.matcher(text).replaceAll(""));
    while (found.find()) {
      Path target = found.group(1).isEmpty() ? path : path.resolveSibling(found.group(1));
      links.add(new Link(target.normalize(), found.group(2)));
    }
    return links;
  }

  /** The anchors that GitHub makes of its headings. */
  public List<String> anchors() {
    List<String> anchors = new ArrayList<>();
    Matcher found = HEADING.matcher(CODE.matcher(text).replaceAll(code -> plain(code.group())));
    while (found.find()) {
      String kept = found.group(1).toLowerCase(Locale.ROOT);
      anchors.add(kept.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
    }
    return anchors;
  }

  private static String plain(String code) {
    return code.startsWith("```") ? "" : Matcher.quoteReplacement(code.replace("`", ""));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
