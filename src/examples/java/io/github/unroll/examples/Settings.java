package io.github.unroll.examples;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What can be changed about an example: {@code name=value} on the command line, with defaults. */
final class Settings {

  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * The settings of a run.
   *
   * @param defaults every setting that there is, e.g. {@code "steps=100 rate=0.01"}
   * @param args those that are to be different
   * @throws IllegalArgumentException if there is no such setting
   */
  Settings(String defaults, String... args) {
    for (String setting : defaults.split(" ")) {
      values.put(name(setting), value(setting));
    }
    for (String setting : args) {
      if (!values.containsKey(name(setting))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "no setting \"%s\"; there are, with what they are now: %s",
                setting,
                this));
      }
      values.put(name(setting), value(setting));
    }
  }

  private static String name(String setting) {
    return setting.substring(0, Math.max(0, setting.indexOf('=')));
  }

  private static String value(String setting) {
    return setting.substring(setting.indexOf('=') + 1);
  }

  int whole(String name) {
    return parsed(name, "a whole number", Integer::valueOf);
  }

  double number(String name) {
    return parsed(name, "a number", Double::valueOf);
  }

  private <T> T parsed(String name, String kind, Function<String, T> parser) {
    try {
      return parser.apply(values.get(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s=%s: %s is wanted", name, values.get(name), kind), e);
    }
  }

  String text(String name) {
    return values.get(name);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
    return text.substring(1);
  }
}
