package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the road, docs/learn. Its numbers stand in blocks that begin with {@code ```numbers
 * name}; the lesson's test computes the lines of each and compares. With {@code -Dunroll.write} it
 * writes them instead.
 */
final class LessonPage {

  private static final Pattern NUMBERS =
      Pattern.compile("^```numbers (\\S+)\\R(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private final Path file;
  private final Set<String> checked = new LinkedHashSet<>();

  /** A page, such as {@code 02-one-step.md}. */
  LessonPage(String file) {
    this.file = Path.of("docs/learn", file);
  }

  /** Compares a block of numbers, or writes it. */
  void numbers(String name, List<String> lines) {
    String wanted = String.join("\n", lines) + "\n";
    String text = text();
    Matcher block = NUMBERS.matcher(text);
    while (block.find()) {
      if (block.group(1).equals(name)) {
        if (System.getProperty("unroll.write") != null) {
          write(text.substring(0, block.start(2)) + wanted + text.substring(block.end(2)));
        } else {
          assertThat(block.group(2)).as(file + ", numbers " + name).isEqualTo(wanted);
        }
        checked.add(name);
        return;
      }
    }
    throw new AssertionError(file + " has no block of numbers called " + name);
  }

  /** No block of numbers may stand on the page that nobody computed. */
  void requireAllChecked() {
    List<String> all =
        NUMBERS.matcher(text()).results().map(block -> block.group(1)).distinct().toList();
    assertThat(checked).as("blocks of numbers of " + file).containsExactlyInAnyOrderElementsOf(all);
  }

  private String text() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
