package io.github.unroll.io.torch;

import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.JsonText;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle holds, by dotted names: dictionary keys and the numbers of list elements.
 *
 * <p>A value may be in many places of a pickle, also in itself, so the work is counted and nesting
 * has a limit.
 */
final class Content {

  private static final int DEEPEST = 100;
  private static final int LEAST_WORK = 1 << 14;
  private static final int WORK_PER_BYTE = 64;
  private static final int LONGEST_INTEGER = 4096; // bits: more digits take too long

  /** The tensors, in the order of the file. */
  final Map<String, TensorEntry> tensors = new LinkedHashMap<>();

  /** All else, as text. */
  final Map<String, String> texts = new LinkedHashMap<>();

  private long workLeft;

  /** The content of a pickle with this value and so many bytes. */
  Content(Object value, long bytes) throws IOException {
    workLeft = LEAST_WORK + WORK_PER_BYTE * bytes;
    add(null, value, 0);
  }

  /** Adds a value under a name, null for the value of the whole pickle. */
  private void add(String name, Object value, int depth) throws IOException {
    String own = name == null ? "" : name;
    work(own.length(), depth);
    if (value instanceof TensorEntry tensor) {
      if (tensors.put(own, tensor) != null) {
        throw new IOException("has two tensors of the name " + JsonReader.quoted(own));
      }
      return;
    }
    StringBuilder text = new StringBuilder();
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        add(under(name, (String) entry.getKey()), entry.getValue(), depth + 1);
      }
    } else if (value instanceof String plain) {
      texts.put(own, plain);
    } else if (append(text, value, depth)) {
      texts.put(own, text.toString());
    } else {
      int number = 0;
      for (Object element : (List<?>) value) {
        add(under(name, Integer.toString(number++)), element, depth + 1);
      }
    }
  }

  private static String under(String name, String key) {
    return name == null ? key : name + "." + key;
  }

  private void work(long done, int depth) throws IOException {
    workLeft -= 1 + done;
    if (workLeft < 0 || depth > DEEPEST) {
      throw new IOException(
          "nests its values more than "
              + DEEPEST
              + " deep, or repeats one very often; save a dictionary of tensors");
    }
  }

  /** Appends a value as Python writes it; false if there is a tensor or a dictionary in it. */
  private boolean append(StringBuilder text, Object value, int depth) throws IOException {
    work(0, depth);
    if (value instanceof List<?> list) {
      String comma = "";
      text.append('[');
      for (Object element : list) {
        if (!append(text.append(comma), element, depth + 1)) {
          return false;
        }
        comma = ", ";
      }
      text.append(']');
      return true;
    }
    if (value instanceof TensorEntry || (value instanceof Map<?, ?> map && !map.isEmpty())) {
      return false;
    }
    int start = text.length();
    if (value instanceof String quoted) {
      JsonText.append(text, quoted);
    } else {
      text.append(plain(value));
    }
    work(text.length() - start, depth);
    return true;
  }

  /** A value without others in it as Python writes it, but a text without quotes. */
  static String plain(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    if (value instanceof BigInteger integer && integer.bitLength() > LONGEST_INTEGER) {
      return "an integer of " + integer.bitLength() + " bits";
    }
    if (value instanceof byte[] bytes) {
      return bytes.length + " bytes";
    }
    return value instanceof Storage storage ? "storage " + storage.key : value.toString();
  }
}
