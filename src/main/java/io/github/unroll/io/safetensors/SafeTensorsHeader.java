package io.github.unroll.io.safetensors;

import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The header of a .safetensors file: its tensors in the order in which they lie in the file, and
 * the metadata.
 *
 * @param entries the tensors; together they cover all the data, without gap or overlap
 * @param metadata texts by name, sorted
 */
record SafeTensorsHeader(List<TensorEntry> entries, Map<String, String> metadata) {

  /** The limit of the format, 100 MB. */
  static final int LARGEST = 100_000_000;

  /** The position of the data in a file must be a multiple of this. */
  private static final int ALIGNMENT = 8;

  /** NumPy's and PyTorch's limit is 64. */
  private static final int MOST_AXES = 64;

  /** A limit so that the size of the whole file fits in a long. */
  private static final long MOST_BYTES = Long.MAX_VALUE - LARGEST - Long.BYTES;

  private static final String METADATA = "__metadata__";

  private static final Comparator<TensorEntry> AS_THEY_LIE =
      Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end);

  // ---- reading ----

  static SafeTensorsHeader read(JsonReader json, String source) throws IOException {
    List<TensorEntry> entries = new ArrayList<>();
    Map<String, String> metadata = new TreeMap<>();
    json.object(
        name -> {
          if (name.equals(METADATA)) {
            json.object(key -> metadata.put(key, json.string()));
          } else {
            entries.add(entry(name, json));
          }
        });
    json.end();
    entries.sort(AS_THEY_LIE);
    requireNoGap(entries, source);
    return new SafeTensorsHeader(List.copyOf(entries), metadata);
  }

  private static TensorEntry entry(String name, JsonReader json) throws IOException {
    List<String> dtype = new ArrayList<>();
    List<long[]> shape = new ArrayList<>();
    List<long[]> offsets = new ArrayList<>();
    json.object(
        key -> {
          switch (key) {
            case "dtype" -> dtype.add(json.string());
            case "shape" -> shape.add(sizes(json, MOST_AXES, "a shape of more than 64 axes"));
            case "data_offsets" -> offsets.add(sizes(json, 2, "more than two data_offsets"));
            default ->
                throw json.error(
                    String.format(
                        Locale.ROOT,
                        "tensor %s has an unknown key %s",
                        JsonReader.quoted(name),
                        JsonReader.quoted(key)));
          }
        });
    if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty() || offsets.get(0).length != 2) {
      throw json.error(
          String.format(
              Locale.ROOT,
              "tensor %s needs a dtype, a shape and two data_offsets",
              JsonReader.quoted(name)));
    }
    long begin = offsets.get(0)[0];
    long end = offsets.get(0)[1];
    Dtype known = Dtype.named(dtype.get(0));
    String typeName =
        dtype.get(0).matches("\\w{1,40}") ? dtype.get(0) : JsonReader.quoted(dtype.get(0));
    TensorEntry entry = new TensorEntry(name, typeName, known, shape.get(0), begin, end);
    requireSize(entry, json);
    return entry;
  }

  private static long[] sizes(JsonReader json, int most, String tooMany) throws IOException {
    long[] sizes = new long[most];
    int[] count = {0};
    json.array(
        () -> {
          if (count[0] == most) {
            throw json.error(tooMany);
          }
          sizes[count[0]++] = json.size();
        });
    return Arrays.copyOf(sizes, count[0]);
  }

  private static void requireSize(TensorEntry entry, JsonReader json) throws IOException {
    String name = JsonReader.quoted(entry.name());
    if (entry.end() < entry.begin()) {
      throw json.error(
          String.format(
              Locale.ROOT,
              "tensor %s ends at %d, before it begins at %d",
              name,
              entry.end(),
              entry.begin()));
    }
    String shape = StoredArray.shapeText(entry.shape());
    long bytes;
    try {
      bytes = entry.dtype() == null ? 1 : entry.dtype().bytes();
      for (long size : entry.shape()) {
        bytes = Math.multiplyExact(bytes, size);
      }
    } catch (ArithmeticException e) {
      throw json.error(
          String.format(Locale.ROOT, "tensor %s: its shape %s is beyond all bounds", name, shape));
    }
    if (entry.end() > MOST_BYTES) {
      throw json.error(
          String.format(Locale.ROOT, "tensor %s ends at %d, beyond all bounds", name, entry.end()));
    }
    if (entry.dtype() != null && bytes != entry.bytes()) {
      throw json.error(
          String.format(
              Locale.ROOT,
              "tensor %s: %s of %s takes %d bytes, and its data_offsets give it %d",
              name,
              shape,
              entry.dtype(),
              bytes,
              entry.bytes()));
    }
  }

  private static void requireNoGap(List<TensorEntry> sorted, String source) throws IOException {
    long end = 0;
    for (TensorEntry entry : sorted) {
      if (entry.begin() != end) {
        throw new IOException(
            String.format(
                    Locale.ROOT,
                    "%s: tensor %s begins at byte %d of the data, and what lies before it ends at"
                        + " %d; a gap",
                    source,
                    JsonReader.quoted(entry.name()),
                    entry.begin(),
                    end)
                + " or an overlap is not allowed");
      }
      end = entry.end();
    }
  }

  /** The number of bytes that follow the header. */
  long dataBytes() {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
  }

  // ---- writing ----

  /**
   * The header of given tensors, in the reference writer's order: the widest first, then by name.
   */
  static SafeTensorsHeader of(Map<String, StoredArray> tensors, Map<String, String> metadata) {
    List<TensorEntry> entries = new ArrayList<>();
    long begin = 0;
    for (Map.Entry<String, StoredArray> named : inOrder(tensors)) {
      StoredArray tensor = named.getValue();
      Dtype dtype = Dtype.of(tensor.elementType());
      long end = begin + (long) tensor.size() * dtype.bytes();
      TensorEntry entry =
          new TensorEntry(named.getKey(), dtype.name(), dtype, tensor.shape(), begin, end);
      if (!entry.unread().isEmpty()) { // a written tensor must be readable
        throw new IllegalArgumentException(
            "tensor " + JsonReader.quoted(entry.name()) + " " + entry.unread());
      }
      entries.add(entry);
      begin = end;
    }
    return new SafeTensorsHeader(entries, new TreeMap<>(metadata));
  }

  private static List<Map.Entry<String, StoredArray>> inOrder(Map<String, StoredArray> tensors) {
    List<Map.Entry<String, StoredArray>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(
        Comparator.comparing(
                (Map.Entry<String, StoredArray> e) -> Dtype.of(e.getValue().elementType()))
            .reversed()
            .thenComparing(e -> utf8(e.getKey()), Arrays::compareUnsigned));
    return sorted;
  }

  /** The header as bytes, with blanks behind it so that data begins at a multiple of 8. */
  byte[] toBytes() {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      JsonText.append(json, METADATA);
      json.append(":{");
      String comma = "";
      for (Map.Entry<String, String> text : metadata.entrySet()) {
        json.append(comma);
        JsonText.append(json, text.getKey());
        json.append(':');
        JsonText.append(json, text.getValue());
        comma = ",";
      }
      json.append('}');
    }
    for (TensorEntry entry : entries) {
      json.append(json.length() > 1 ? "," : "");
      JsonText.append(json, entry.name());
      json.append(":{\"dtype\":\"").append(entry.typeName()).append("\",\"shape\":[");
      for (int i = 0; i < entry.shape().length; i++) {
        json.append(i > 0 ? "," : "").append(entry.shape()[i]);
      }
      json.append("],\"data_offsets\":[").append(entry.begin()).append(',').append(entry.end());
      json.append("]}");
    }
    byte[] text = utf8(json.append('}').toString());
    byte[] padded = Arrays.copyOf(text, (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
