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

/** A file of Keras: a .keras archive, a model in .h5, or weights alone in .weights.h5. */
public final class KerasFile {

  private static final String LIBRARY = "io.jhdf:jhdf:0.13.0";
  private static final String ENTRANCE = "io.jhdf.ObjectHeader";
  private static final String SILENCE = "slf4j.internal.verbosity";
  private static final String LOGGER = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";

  private static final int MOST_CONFIG = 1 << 23; // bytes
  private static final long MOST_RATIO = 100; // of a member, inflated
  private static final long ALWAYS = 1 << 20;
  private static final int DEEPEST = 20;
  private static final int MOST_GROUPS = 100_000;

  /** The parts of a layer whose weights get_weights() gives as its own, in its order. */
  private static final List<String> PARTS =
      List.of("cell", "forward_layer", "backward_layer", "layer");

  /** Their folders: of Keras 3, and of TensorFlow's Keras before it. */
  private static final List<String> LAYERS = List.of("layers", "_layer_checkpoint_dependencies");

  private final Map<String, StoredArray> arrays = new LinkedHashMap<>();
  private Map<?, ?> config = Map.of();
  private String version = "";
  private JhdfTree tree; // null until it is open
  private int groups;

  private KerasFile() {}

  /**
   * Reads a file; whatever goes wrong in jhdf becomes an IOException here.
   *
   * @throws IOException naming the file, if it is none of Keras' or is damaged, or jhdf is missing
   */
  public static KerasFile read(Path file) throws IOException {
    FileKind kind = FileKind.of(file);
    KerasFile read = new KerasFile();
    try {
      if (kind == FileKind.KERAS || kind == FileKind.ZIP) {
        read.readArchive(file);
      } else if (kind == FileKind.HDF5 || kind == FileKind.UNKNOWN) { // perhaps behind a user block
        read.readHdf5(file);
      } else {
        throw new IOException(FileKind.KERAS.butIs(kind));
      }
      return read;
    } catch (IOException e) {
      throw new IOException(file + ": " + read.place() + e.getMessage(), e);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: is read by the library %s, which is missing or of another version (%s); add it"
                  + " to your dependencies",
              file,
              LIBRARY,
              e),
          e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new IOException(file + ": " + read.place() + "is damaged: " + reason(e), e);
    }
  }

  private String place() {
    return tree == null ? "" : tree.toString();
  }

  /** What was wrong, at the bottom of what jhdf throws. */
  private static Object reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    return message.contains(" ") ? message : root;
  }

  /** The one place that may find jhdf missing. */
  private void open(byte[] bytes) throws IOException, ClassNotFoundException {
    ClassLoader loader = KerasFile.class.getClassLoader();
    Module jhdf = Class.forName(ENTRANCE, false, loader).getModule();
    KerasFile.class.getModule().addReads(jhdf);
    // Without a logger slf4j prints a warning, which is no concern of whoever reads a model.
    boolean silence = System.getProperty(SILENCE) == null && loader.getResource(LOGGER) == null;
    if (silence) {
      System.setProperty(SILENCE, "ERROR");
    }
    try {
      tree = new JhdfTree(bytes);
    } finally {
      if (silence) {
        System.clearProperty(SILENCE);
      }
    }
  }

  // ---- .keras ----

  private void readArchive(Path file) throws IOException, ClassNotFoundException {
    try (SteadyChannel channel = new SteadyChannel(file, StandardOpenOption.READ)) {
      Map<String, ZipMember> members = new HashMap<>();
      for (ZipMember member : ZipDirectory.read(channel)) {
        members.put(member.name(), member);
      }
      config = json(new String(bytes(channel, members, "config.json"), StandardCharsets.UTF_8));
      if (members.containsKey("metadata.json")) {
        byte[] metadata = bytes(channel, members, "metadata.json");
        version = text(json(new String(metadata, StandardCharsets.UTF_8)).get("keras_version"));
      }
      open(bytes(channel, members, "model.weights.h5"));
    }
    addLayers(ownNames());
  }

  private static byte[] bytes(SteadyChannel channel, Map<String, ZipMember> members, String name)
      throws IOException {
    ZipMember member = members.get(name);
    if (member == null || member.size() / MOST_RATIO > member.compressed() + ALWAYS) {
      throw new IOException(
          "member '" + name + "' is missing, or inflates to more than a model's does");
    }
    try (ZipMemberStream in = new ZipMemberStream(channel, member)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IOException("member '" + name + "' " + e.getMessage(), e);
    }
  }

  private static Map<?, ?> json(String text) throws IOException {
    JsonReader json = new JsonReader(text, "its architecture");
    Object value = text.length() > MOST_CONFIG ? null : json.tree();
    if (value instanceof Map<?, ?> map) {
      json.end();
      return map;
    }
    throw new IOException("its architecture is no JSON object, or too long");
  }

  /** The names of the layers by those of their groups: their classes, numbered. */
  private Map<String, String> ownNames() {
    Map<String, String> own = new LinkedHashMap<>();
    Map<String, Integer> used = new HashMap<>();
    for (Object layer : layers()) {
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

  private static String text(Object value) {
    return value instanceof String text ? text : "";
  }

  /** Adds the arrays of all layers that Keras 3 numbers in folders named vars. */
  private void addLayers(Map<String, String> ownNames) throws IOException {
    for (String folder : LAYERS) {
      List<String> found = new ArrayList<>(ownNames.keySet());
      found.retainAll(tree.names(folder));
      for (String group : tree.names(folder)) {
        if (!found.contains(group)) {
          found.add(group);
        }
      }
      for (String group : found) {
        String path = folder + "/" + group;
        add(path, ownNames.getOrDefault(group, ownName(path, group)), 0, 0);
      }
    }
  }

  private String ownName(String path, String group) throws IOException {
    List<String> names = tree.texts(path + "/vars", "name");
    return names.isEmpty() ? group : names.get(0);
  }

  /** Adds the arrays of a group and its parts, numbered from a number on; returns the next. */
  private int add(String path, String name, int number, int depth) throws IOException {
    if (depth > DEEPEST || ++groups > MOST_GROUPS) {
      throw new IOException("is nested deeper than a model is");
    }
    int next = number;
    int count = tree.names(path + "/vars").size();
    for (int i = 0; i < count; i++) {
      arrays.put(name + "." + next++, tree.array(path + "/vars/" + i));
    }
    List<String> parts = new ArrayList<>(tree.names(path));
    for (String part : PARTS) {
      if (parts.remove(part)) {
        next = add(path + "/" + part, name, next, depth + 1);
      }
    }
    parts.removeAll(List.of("vars", "seed_generator"));
    for (String part : parts) {
      String below = path + "/" + part;
      String end = LAYERS.contains(part) ? "" : "." + ownName(below, part);
      add(below, name + end, 0, depth + 1);
    }
    return next;
  }

  // ---- .h5 ----

  private void readHdf5(Path file) throws IOException, ClassNotFoundException {
    if (FilePath.size(file) > Integer.MAX_VALUE - 8) {
      throw new IOException("has more than 2 GB, which no array of Java holds");
    }
    try (InputStream in = FilePath.open(file)) {
      open(in.readAllBytes());
    }
    addLayers(Map.of());
    if (!arrays.isEmpty()) {
      return;
    }
    String group = tree.names("model_weights").isEmpty() ? "" : "model_weights";
    version = String.join("", texts("", "keras_version"));
    if (version.isEmpty()) {
      version = String.join("", texts(group, "keras_version"));
    }
    String model = String.join("", texts("", "model_config"));
    config = model.isEmpty() ? config : json(model);
    List<String> layers = texts(group, "layer_names");
    if (layers.isEmpty()) {
      throw new IOException("is no file of Keras: it has neither 'layers' nor 'layer_names'");
    }
    for (String layer : layers) {
      String path = group + "/" + layer;
      int number = 0;
      for (String weight : texts(path, "weight_names")) {
        arrays.put(layer + "." + number++, tree.array(path + "/" + weight));
      }
    }
  }

  /** The texts of an attribute, or of several with a number behind if they are many. */
  private List<String> texts(String path, String attribute) throws IOException {
    List<String> all = tree.texts(path, attribute);
    List<String> some = all.isEmpty() ? tree.texts(path, attribute + 0) : List.of();
    for (int i = 1; !some.isEmpty(); i++) {
      all.addAll(some);
      some = tree.texts(path, attribute + i);
    }
    return all;
  }

  // ---- what was read ----

  /** {@return the architecture as a tree of JSON; empty in a file of weights} */
  public Map<?, ?> config() {
    return config;
  }

  /** {@return the layers of the architecture, which early versions of Keras wrote bare} */
  public List<?> layers() {
    Object model = config.get("config");
    Object layers = model instanceof Map<?, ?> map ? map.get("layers") : model;
    return layers instanceof List<?> list ? list : List.of();
  }

  /** {@return the version of the Keras that wrote the file, such as 3.4.1; empty if unknown} */
  public String version() {
    return version;
  }

  /**
   * {@return the weights, by the layer's own name and their number in get_weights(), such as {@code
   * lstm_1.0}; what belongs to the optimizer is left out}
   */
  public Map<String, StoredArray> arrays() {
    return arrays;
  }
}
