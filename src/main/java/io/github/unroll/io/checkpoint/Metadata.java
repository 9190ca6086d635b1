package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.io.bytes.JsonReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The metadata of a file, with conversions to numbers and names; each error names the file and the
 * key.
 */
final class Metadata {

  private final Map<String, String> texts;
  private final String file;

  Metadata(Map<String, String> texts, String file) {
    this.texts = texts;
    this.file = file;
  }

  String text(String key) throws IOException {
    String text = texts.get(key);
    if (text == null) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: the metadata have no %s; this is no file that Unroll saved",
              file,
              JsonReader.quoted(key)));
    }
    return text;
  }

  /** Copies the texts of some keys, if they exist, into a map. */
  void putAll(Set<String> keys, Map<String, String> to) {
    keys.stream().filter(texts::containsKey).forEach(key -> to.put(key, texts.get(key)));
  }

  boolean has(String key) {
    return texts.containsKey(key);
  }

  String oneOf(String key, String... known) throws IOException {
    if (!List.of(known).contains(text(key))) {
      throw wrong(key, "one of " + String.join(", ", known));
    }
    return text(key);
  }

  int integer(String key) throws IOException {
    long value = longInteger(key);
    if (value > Integer.MAX_VALUE) {
      throw wrong(key, "an integer of 0 to " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  long longInteger(String key) throws IOException {
    String text = text(key);
    if (!text.matches("[0-9]{1,18}")) {
      throw wrong(key, "a whole number not below 0");
    }
    return Long.parseLong(text);
  }

  double number(String key) throws IOException {
    try {
      return Double.parseDouble(text(key));
    } catch (NumberFormatException e) {
      throw wrong(key, "a number");
    }
  }

  /** Numbers as text that {@link #numbers} reads back with all bits. */
  static String text(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /** The numbers of a text, with blanks between them. */
  List<Double> numbers(String key) throws IOException {
    List<Double> numbers = new ArrayList<>();
    for (String number : text(key).split(" ", -1)) {
      try {
        numbers.add(Double.parseDouble(number));
      } catch (NumberFormatException e) {
        throw wrong(key, "numbers with a blank between two of them");
      }
    }
    return numbers;
  }

  boolean flag(String key) throws IOException {
    return switch (text(key)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, "true or false");
    };
  }

  <E extends Enum<E>> E constant(String key, Class<E> type) throws IOException {
    for (E constant : type.getEnumConstants()) {
      if (nameOf(constant).equals(text(key))) {
        return constant;
      }
    }
    throw wrong(
        key,
        "one of "
            + Arrays.stream(type.getEnumConstants())
                .map(Metadata::nameOf)
                .collect(Collectors.joining(", ")));
  }

  /** A kind of cell, of the library or of the given other kinds. */
  CellKind cellKind(String key, CellKind... others) throws IOException {
    Map<String, CellKind> known = new LinkedHashMap<>();
    CellKind.all().forEach(kind -> known.put(kind.name(), kind));
    for (CellKind kind : others) {
      CellKind other = known.put(kind.name(), kind);
      if (other != null && other != kind) {
        throw new IllegalArgumentException(
            "load: two kinds of cell are called " + kind.name() + "; which one is the file's?");
      }
    }
    CellKind found = known.get(text(key));
    if (found != null) {
      return found;
    }
    throw wrong(
        key,
        String.format(
            Locale.ROOT,
            "one of the kinds of cell %s, or one that is handed to load",
            known.keySet()));
  }

  static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private IOException wrong(String key, String wanted) throws IOException {
    return new IOException(
        String.format(
            Locale.ROOT,
            "%s: %s among the metadata should be %s, not %s",
            file,
            JsonReader.quoted(key),
            wanted,
            JsonReader.quoted(text(key))));
  }
}
