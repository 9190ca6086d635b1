package io.github.unroll.io.keras;

import io.github.unroll.io.bytes.JsonReader;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The class and settings of a layer, as its architecture has them. What is wrong is refused. */
final class Settings {

  /** What has no effect on what a trained model answers. */
  private static final Pattern WITHOUT_EFFECT =
      Pattern.compile(
          "name|trainable|dtype|batch_shape|batch_input_shape|input_length|implementation|unroll"
              + "|use_cudnn|autocast|seed|(recurrent_)?dropout|unit_forget_bias"
              + "|.*_(initializer|regularizer|constraint)");

  private final Map<?, ?> layer;
  private final Map<?, ?> map;
  private final Set<String> asked = new HashSet<>();

  /**
   * Those of a layer.
   *
   * @param layer an object with class_name and config
   */
  Settings(Object layer) {
    if (!(layer instanceof Map<?, ?> object && object.get("config") instanceof Map<?, ?> config)) {
      throw new IllegalArgumentException("a layer of the architecture has no class or no settings");
    }
    this.layer = object;
    this.map = config;
  }

  /** The class, with its module if it is none of Keras'. */
  String className() {
    String name = String.valueOf(layer.get("class_name"));
    Object module = layer.get("module");
    boolean own =
        module == null || String.valueOf(module).matches("(tf_|tensorflow\\.)?keras(\\..*)?");
    boolean registered = String.valueOf(layer.get("registered_name")).contains(">");
    return own && !registered ? name : module + "." + name;
  }

  String name() {
    return text("name");
  }

  /** Name and class, for messages; of a wrapper also the class in it. */
  String label() {
    String inner = "";
    for (String key : List.of("layer", "cell")) {
      if (map.get(key) instanceof Map<?, ?> wrapped) {
        inner += " of " + wrapped.get("class_name");
      }
    }
    return String.format(
        Locale.ROOT,
        "layer %s (%s)",
        JsonReader.quoted(String.valueOf(map.get("name"))),
        shown(className() + inner));
  }

  IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(label() + ": " + what);
  }

  private IllegalArgumentException wrong(String key, String must) {
    return wrong(
        String.format(Locale.ROOT, "%s is %s, must be %s", key, shown(map.get(key)), must));
  }

  /** A value as text, not longer than a line. */
  private static String shown(Object value) {
    String quoted = JsonReader.quoted(String.valueOf(value));
    return quoted.substring(1, quoted.length() - 1);
  }

  /** A setting as it is; null if it is not there. */
  Object get(String key) {
    asked.add(key);
    return map.get(key);
  }

  String text(String key) {
    if (get(key) instanceof String text) {
      return text;
    }
    throw wrong(key, "a text");
  }

  boolean flag(String key, boolean otherwise) {
    Object value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "true or false");
  }

  /** A size of an array. */
  int size(String key) {
    if (get(key) instanceof Long size && size > 0 && size <= Integer.MAX_VALUE) {
      return size.intValue();
    }
    throw wrong(key, "a size, 1 to " + Integer.MAX_VALUE);
  }

  double number(String key, double otherwise) {
    Object value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "a number");
  }

  /** Refuses a setting that was not asked for, unless it has no effect or is off. */
  void requireNoOther() {
    map.forEach(
        (key, value) -> {
          boolean off = value == null || List.of(false, "").contains(value);
          if (!off
              && !asked.contains(key)
              && !WITHOUT_EFFECT.matcher(String.valueOf(key)).matches()) {
            throw wrong(
                String.format(
                    Locale.ROOT, "%s is %s; what that does is not known here", key, shown(value)));
          }
        });
  }
}
