package io.github.unroll.io.bytes;

import java.util.List;
import java.util.Locale;

/** Writes JSON texts, with the escapes that serde_json and Python's json have in common. */
public final class JsonText {

  private JsonText() {}

  /** Appends a text in quotes; what is not ASCII stays as it is. */
  public static void append(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ') {
            json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  /** A list of texts. */
  public static String array(List<String> texts) {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        json.append(',');
      }
      append(json, texts.get(i));
    }
    return json.append(']').toString();
  }
}
