package io.github.unroll.io.hdf5;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.SteadyChannel;
import io.github.unroll.io.bytes.ZipDirectory;
import io.github.unroll.io.bytes.ZipMember;
import io.github.unroll.io.bytes.ZipMemberStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A file of Keras: a .keras archive, a model in .h5, or weights alone in .weights.h5.
 *
 * @param config the architecture as a tree of JSON; empty in a file of weights
 * @param version of the Keras that wrote it, such as 3.4.1; empty if the file does not tell
 * @param arrays the weights, by the layer's own name and their number in get_weights(), such as
 *     {@code lstm_1.0}; what belongs to the optimizer is left out
 */
public record KerasFile(
    Map<?, ?> config, String version, Map<String, StoredArray> arrays) {

  private static final String WEIGHTS = "model.weights.h5";
  private static final long MOST_CONFIG = 1 << 23; // bytes
  private static final long MOST_RATIO = 100; // of a member, inflated
  private static final long ALWAYS = 1 << 20;
  private static final int DEEPEST = 20;
  private static final int MOST_GROUPS = 100_000;

  /** The parts of a layer whose weights get_weights() gives as its own, in its order. */
  private static final List<String> PARTS =
      List.of("cell", "forward_layer", "backward_layer", "layer");

  /** Their folders: of Keras 3, and of TensorFlow's Keras before it. */
  private static final List<String> LAYERS = List.of("layers", "_layer_checkpoint_dependencies");

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, if it is none of Keras' or is damaged
   */
  public static KerasFile read(Path file) throws IOException {
    FileKind kind = FileKind.of(file);
    try {
      return switch (kind) {
        case KERAS, ZIP -> ofArchive(file);
        case HDF5, UNKNOWN -> ofHdf5(file);
        default -> throw new IOException(FileKind.KERAS.butIs(kind));
      };
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  // ---- .keras ----

  private static KerasFile ofArchive(Path file) throws IOException {
    try (SteadyChannel channel = new SteadyChannel(file, StandardOpenOption.READ)) {
      Map<String, ZipMember> members = new HashMap<>();
      ZipDirectory.read(channel).forEach(member -> members.put(member.name(), member));
      Map<?, ?> config = json(channel, members.get("config.json"), "config.json");
      ZipMember metadata = members.get("metadata.json");
      String version =
          metadata == null
              ? ""
              : text(json(channel, metadata, "metadata.json").get("keras_version"));
      Hdf5File weights = new Hdf5File(bytes(channel, members.get(WEIGHTS), WEIGHTS));
      return new KerasFile(config, version, new Walk(weights).layers(ownNames(config)));
    }
  }

  private static Map<?, ?> json(SteadyChannel channel, ZipMember member, String name)
      throws IOException {
    return json(
        new String(bytes(channel, member, name), StandardCharsets.UTF_8), "member '" + name + "'");
  }

  private static Map<?, ?> json(String text, String source) throws IOException {
    if (text.length() > MOST_CONFIG) {
      throw new IOException(source + " is longer than any architecture");
    }
    JsonReader json = new JsonReader(text, source);
    Object tree = json.tree();
    json.end();
    if (tree instanceof Map<?, ?> map) {
      return map;
    }
    throw new IOException(source + " is no JSON object");
  }

  private static byte[] bytes(SteadyChannel channel, ZipMember member, String name)
      throws IOException {
    if (member == null) {
      throw new IOException("has no member '" + name + "', which every .keras file has");
    }
    if (member.size() / MOST_RATIO > member.compressed() + ALWAYS) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "member '%s' inflates from %d bytes to %d; no model of Keras does",
              name,
              member.compressed(),
              member.size()));
    }
    try (ZipMemberStream in = new ZipMemberStream(channel, member)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IOException("member '" + name + "' " + e.getMessage(), e);
    }
  }

  /** The names of the layers by those of their groups: their classes, numbered. */
  private static Map<String, String> ownNames(Map<?, ?> config) {
    Map<String, String> own = new LinkedHashMap<>();
    Map<String, Integer> used = new HashMap<>();
    for (Object layer : layers(config)) {
      if (layer instanceof Map<?, ?> map && map.get("config") instanceof Map<?, ?> settings) {
        String group =
            text(map.get("class_name"))
                .replaceAll("\\W", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
        int number = used.merge(group, 1, Integer::sum) - 1;
        own.put(number == 0 ? group : group + "_" + number, text(settings.get("name")));
      }
    }
    return own;
  }

  /** {@return the layers of a model's architecture, which early versions of Keras wrote bare} */
  public static List<?> layers(Map<?, ?> model) {
    Object config = model.get("config");
    Object layers = config instanceof Map<?, ?> map ? map.get("layers") : config;
    return layers instanceof List<?> list ? list : List.of();
  }

  private static String text(Object value) {
    return value instanceof String text ? text : "";
  }

  // ---- .h5 ----

  private static KerasFile ofHdf5(Path file) throws IOException {
    if (FilePath.size(file) > Integer.MAX_VALUE - 8) {
      throw new IOException("has more than 2 GB, which one array of Java holds");
    }
    byte[] bytes;
    try (InputStream in = FilePath.open(file)) {
      bytes = in.readAllBytes();
    }
    Hdf5File tree = new Hdf5File(bytes);
    Walk walk = new Walk(tree);
    for (String layers : LAYERS) {
      if (tree.has(layers)) {
        return new KerasFile(Map.of(), "", walk.layers(Map.of()));
      }
    }
    String group = tree.has("model_weights") ? "model_weights" : "";
    String version = first(tree, group);
    String config = String.join("", tree.texts("", "model_config"));
    return new KerasFile(
        config.isEmpty() ? Map.of() : json(config, "attribute 'model_config'"),
        version,
        walk.named(group));
  }

  private static String first(Hdf5File tree, String group) throws IOException {
    List<String> versions = new ArrayList<>(tree.texts("", "keras_version"));
    if (versions.isEmpty()) {
      versions.addAll(tree.texts(group, "keras_version"));
    }
    return versions.isEmpty() ? "" : versions.get(0);
  }

  /** The arrays of a tree, as they are found. */
  private static final class Walk {

    private final Hdf5File tree;
    private final Map<String, StoredArray> arrays = new LinkedHashMap<>();
    private int groups;

    Walk(Hdf5File tree) {
      this.tree = tree;
    }

    /** Those that Keras 3 numbers in folders named vars. */
    Map<String, StoredArray> layers(Map<String, String> ownNames) throws IOException {
      for (String folder : LAYERS) {
        List<String> found = tree.names(folder);
        List<String> sorted = new ArrayList<>(ownNames.keySet());
        sorted.retainAll(found);
        found.stream().filter(name -> !sorted.contains(name)).forEach(sorted::add);
        for (String group : sorted) {
          String path = folder + "/" + group;
          String own = ownNames.getOrDefault(group, "");
          collect(path, own.isEmpty() ? ownName(path, group) : own, 0, 0);
        }
      }
      return arrays;
    }

    private String ownName(String path, String group) throws IOException {
      List<String> names = tree.texts(path + "/vars", "name");
      return names.isEmpty() ? group : names.get(0);
    }

    /** Adds the arrays of a group and its parts, numbered from a number on; returns the next. */
    private int collect(String path, String name, int number, int depth) throws IOException {
      if (depth > DEEPEST || ++groups > MOST_GROUPS) {
        throw new IOException("'" + path + "' is nested deeper than a model is");
      }
      int next = number;
      List<String> parts = tree.names(path);
      if (parts.contains("vars")) {
        int count = tree.names(path + "/vars").size();
        for (int i = 0; i < count; i++) {
          arrays.put(name + "." + next++, tree.array(path + "/vars/" + i));
        }
      }
      for (String part : PARTS) {
        if (parts.contains(part)) {
          next = collect(path + "/" + part, name, next, depth + 1);
        }
      }
      for (String part : parts) {
        String inner = path + "/" + part;
        if (LAYERS.contains(part)) {
          for (String layer : tree.names(inner)) {
            String below = inner + "/" + layer;
            collect(below, name + "." + ownName(below, layer), 0, depth + 1);
          }
        } else if (!part.equals("vars") && !part.equals("seed_generator") && !PARTS.contains(part)) {
          collect(inner, name + "." + part, 0, depth + 1);
        }
      }
      return next;
    }

    /** Those that Keras before 3 names in attributes. */
    Map<String, StoredArray> named(String group) throws IOException {
      List<String> layers = all(group, "layer_names");
      if (layers.isEmpty()) {
        throw new IOException(
            "is no file of Keras: it has neither a group 'layers' nor the names of layers,"
                + " 'layer_names'");
      }
      for (String layer : layers) {
        String path = group + "/" + layer;
        int number = 0;
        for (String weight : all(path, "weight_names")) {
          arrays.put(layer + "." + number++, tree.array(path + "/" + weight));
        }
      }
      return arrays;
    }

    /** The texts of an attribute, or of several with a number behind if they are many. */
    private List<String> all(String path, String attribute) throws IOException {
      List<String> all = new ArrayList<>(tree.texts(path, attribute));
      if (all.isEmpty()) {
        List<String> some = tree.texts(path, attribute + 0);
        for (int i = 1; !some.isEmpty(); i++) {
          all.addAll(some);
          some = tree.texts(path, attribute + i);
        }
      }
      return all;
    }
  }
}
