package io.github.unroll.examples;

import java.util.LinkedHashMap;
import java.util.Map;

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
            "no setting \"%s\"; there are, with what they are now: %s".formatted(setting, this));
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
    return Integer.parseInt(values.get(name));
  }

  double number(String name) {
    return Double.parseDouble(values.get(name));
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
