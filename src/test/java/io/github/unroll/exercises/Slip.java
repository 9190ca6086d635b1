package io.github.unroll.exercises;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A usual mistake, put into the library's own code, and what the exercise's tests must say of it.
 *
 * @param name what the learner did
 * @param exercise whose tests run
 * @param changes bodies with the mistake
 * @param says the phrases of the message, place included
 */
record Slip(String name, int exercise, Map<Body, List<String>> changes, List<String> says) {

  /** A mistake in one body: some text of the original replaced. */
  static Slip in(Body body, String name, String original, String mistaken, String... says) {
    return new Slip(name, body.exercise(), Map.of(), List.of(says)).and(body, original, mistaken);
  }

  /** A mistake that takes a whole body. */
  static Slip whole(Body body, String name, String mistaken, String... says) {
    return new Slip(name, body.exercise(), Map.of(body, mistaken.lines().toList()), List.of(says));
  }

  /** The same with one more text replaced. */
  Slip and(Body body, String original, String mistaken) {
    List<String> lines = changes.getOrDefault(body, body.lines(lines(body.file())));
    String text = String.join("\n", lines);
    if (!text.contains(original)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s, `%s`: to put `%s` in, this text is looked for:%n%s%nbut now it reads:%n%s",
              body.file(),
              body.method(),
              name,
              original,
              text));
    }
    Map<Body, List<String>> changed = new HashMap<>(changes);
    changed.put(body, text.replace(original, mistaken).lines().toList());
    return new Slip(name, exercise, changed, says);
  }

  /** The changed classes, by file. */
  Map<String, List<String>> sources() {
    Map<String, List<String>> sources = new LinkedHashMap<>();
    changes.forEach(
        (body, lines) ->
            sources.merge(
                body.file(),
                body.replaced(lines(body.file()), lines),
                (first, second) -> body.replaced(first, lines)));
    return sources;
  }

  private static List<String> lines(String file) {
    try {
      return Body.original(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return exercise + ": " + name;
  }
}
