package io.github.unroll.io.keras;

import io.github.unroll.io.bytes.JsonReader;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The class and settings of a layer, as its architecture has them. What is wrong is refused. */
final class Settings {

  /** What has no effect on what a trained model answers. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          ("name trainable dtype batch_shape batch_input_shape input_length implementation unroll"
                  + " use_cudnn autocast seed dropout recurrent_dropout unit_forget_bias")
              .split(" "));

  private final Map<?, ?> layer;
  private final Map<?, ?> map;
  private final Set<Object> asked = new HashSet<>();

  /**
   * Those of a layer.
   *
   * @param layer an object with class_name and config
   */
  Settings(Object layer) {
    if (!(layer instanceof Map<?, ?> object && object.get("config") instanceof Map<?, ?> config)) {
      throw new IllegalArgumentException("a layer of the architecture has no settings");
    }
    this.layer = object;
    this.map = config;
  }

  /** The class, with its module if it is none of Keras'. */
  String className() {
    String module = String.valueOf(layer.get("module"));
    boolean own =
        module.matches("null|(tf_|tensorflow\\.)?keras(\\..*)?")
            && !String.valueOf(layer.get("registered_name")).contains(">");
    return (own ? "" : module + ".") + layer.get("class_name");
  }

  String name() {
    return String.valueOf(map.get("name"));
  }

  /** Name and class, for messages; of a wrapper also the class in it. */
  @Override
  public String toString() {
    String text = JsonReader.quoted(name()) + " (" + className();
    for (String key : List.of("layer", "cell")) {
      if (map.get(key) instanceof Map<?, ?> inner) {
        text += " of " + inner.get("class_name");
      }
    }
    return text + ")";
  }

  IllegalArgumentException wrong(String message, Object... values) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT, "layer %s: %s", this, String.format(Locale.ROOT, message, values)));
  }

  private IllegalArgumentException isNot(Object key, String must) {
    String value = JsonReader.quoted(String.valueOf(map.get(key)));
    return wrong("%s is %s, must be %s", key, value.substring(1, value.length() - 1), must);
  }

  /** What stands beside the settings, such as what a layer reads. */
  Object beside(String key) {
    return layer.get(key);
  }

  /** A setting as it is; null if it is not there. */
  Object get(String key) {
    asked.add(key);
    return map.get(key);
  }

  /** Whether a setting is true; if it is not there, as given. */
  boolean is(String key, boolean otherwise) {
    Object value = get(key);
    if (value == null || value instanceof Boolean) {
      return value == null ? otherwise : (Boolean) value;
    }
    throw isNot(key, "true or false");
  }

  /** The size of an axis. */
  int size(String key) {
    if (get(key) instanceof Long size && size > 0 && size <= Integer.MAX_VALUE) {
      return size.intValue();
    }
    throw isNot(key, "a size of an array");
  }

  double number(String key, double otherwise) {
    Object value = get(key);
    if (value == null || value instanceof Number) {
      return value == null ? otherwise : ((Number) value).doubleValue();
    }
    throw isNot(key, "a number");
  }

  /** Refuses settings that were not asked for, unless they have no effect or are off. */
  void requireNoOther() {
    for (Object key : map.keySet()) {
      Object value = map.get(key);
      boolean off = value == null || value.equals(false) || value.equals("");
      if (!off && !asked.contains(key) && !isWithoutEffect(String.valueOf(key))) {
        throw isNot(key, "null, since what it does is not known here");
      }
    }
  }

  private static boolean isWithoutEffect(String key) {
    return WITHOUT_EFFECT.contains(key)
        || key.endsWith("_initializer")
        || key.endsWith("_regularizer")
        || key.endsWith("_constraint");
  }
}
