package io.github.unroll.io.keras;

import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.hdf5.KerasFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The layers of an architecture that is a chain: a Sequential model, or a functional one in which
 * each layer reads the one before.
 *
 * @param input the shape of what the first layer reads
 * @param layers in the order of the chain, without the input
 */
record Chain(Shape input, List<Settings> layers) {

  private static final String INPUT = "InputLayer";

  /** Where a tensor of a functional model comes from: a layer, its call and its output. */
  private record Source(String layer, boolean first) {}

  /**
   * The chain of a model.
   *
   * @param model what Keras writes of it
   * @throws IllegalArgumentException if it is no chain, or lists all layers that are not known
   */
  static Chain of(Map<?, ?> model) {
    String kind = String.valueOf(model.get("class_name"));
    if (!List.of("Sequential", "Functional", "Model").contains(kind)) {
      throw new IllegalArgumentException(
          "is a model of class " + JsonReader.quoted(kind) + "; Sequential and Functional are read");
    }
    List<?> all = KerasFile.layers(model);
    List<Settings> settings = new ArrayList<>();
    all.forEach(layer -> settings.add(new Settings(layer)));
    requireKnown(settings);
    List<Settings> chain =
        kind.equals("Sequential") ? settings : functional((Map<?, ?>) model.get("config"), all);
    Shape input = input(chain, model);
    List<Settings> layers =
        chain.stream().filter(layer -> !layer.className().equals(INPUT)).toList();
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("the model has no layers");
    }
    return new Chain(input, layers);
  }

  private static void requireKnown(List<Settings> layers) {
    List<String> unknown =
        layers.stream()
            .filter(layer -> !layer.className().equals(INPUT))
            .filter(layer -> !LayerReader.knows(layer.className()))
            .map(Settings::label)
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "has layers that are not known here: "
              + String.join(", ", unknown)
              + "; read the weights of the others by KerasWeights");
    }
  }

  /** The shape of the input, which stands in an InputLayer, in the first layer or beside it. */
  private static Shape input(List<Settings> chain, Map<?, ?> model) {
    List<Object> found = new ArrayList<>();
    if (!chain.isEmpty()) {
      if (chain.get(0).flag("ragged", false) || chain.get(0).flag("sparse", false)) {
        throw chain.get(0).wrong("reads ragged or sparse inputs, which are not read here");
      }
      found.add(chain.get(0).get("batch_shape"));
      found.add(chain.get(0).get("batch_input_shape"));
    }
    if (model.get("config") instanceof Map<?, ?> config) {
      found.add(config.get("build_input_shape"));
    }
    boolean words = chain.stream().anyMatch(layer -> layer.className().equals("Embedding"));
    for (Object shape : found) {
      if (shape instanceof List<?> sizes) {
        if (sizes.size() != (words ? 2 : 3)) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "reads inputs of shape %s; %s are read here",
                  sizes,
                  words ? "words (N,T)" : "sequences (N,T,D)"));
        }
        long steps = Shape.size(sizes.get(1));
        return new Shape(true, steps, words ? Shape.WORDS : Shape.size(sizes.get(2)));
      }
    }
    return new Shape(true, Shape.ANY, words ? Shape.WORDS : Shape.ANY);
  }

  // ---- functional models ----

  private static List<Settings> functional(Map<?, ?> config, List<?> layers) {
    Map<String, Object> readers = new HashMap<>(); // by what they read
    List<String> inputs = new ArrayList<>();
    String at = "";
    for (Object layer : layers) {
      Settings settings = new Settings(layer);
      if (settings.className().equals(INPUT)) {
        at = settings.name();
        inputs.add(at);
      } else if (readers.put(source(settings, layer), layer) != null) {
        throw settings.wrong("the model is Functional, and another layer reads the same as this");
      }
    }
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          "is a Functional model with the inputs " + inputs + "; one with one input is read");
    }
    List<Settings> chain = new ArrayList<>();
    Object next = layers.stream().filter(Chain::isInput).findFirst().orElseThrow();
    while (next != null) {
      Settings settings = new Settings(next);
      chain.add(settings);
      at = settings.name();
      next = readers.remove(at);
    }
    List<Source> outputs = new ArrayList<>();
    sources(config.get("output_layers"), outputs);
    if (!readers.isEmpty() || !outputs.equals(List.of(new Source(at, true)))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "is a Functional model with the outputs %s; one is read in which each layer reads the"
                  + " one before, and the last is the output",
              outputs.stream().map(Source::layer).toList()));
    }
    return chain;
  }

  private static boolean isInput(Object layer) {
    return new Settings(layer).className().equals(INPUT);
  }

  /** The layer that a layer reads. */
  private static String source(Settings settings, Object layer) {
    Object calls = ((Map<?, ?>) layer).get("inbound_nodes");
    List<Source> sources = new ArrayList<>();
    sources(calls, sources);
    boolean once = calls instanceof List<?> list && list.size() == 1;
    if (!once || sources.size() != 1 || !sources.get(0).first) {
      throw settings.wrong(
          String.format(
              Locale.ROOT,
              "the model is Functional, and this layer reads the inputs %s, perhaps an"
                  + " initial_state; a layer that reads one other, once, is read",
              sources.stream().map(Source::layer).toList()));
    }
    requireNoArguments(settings, calls);
    return sources.get(0).layer;
  }

  /** All tensors in a tree: [name, call, output, …] before Keras 3, keras_history since. */
  private static void sources(Object tree, List<Source> found) {
    if (tree instanceof Map<?, ?> map) {
      map.values().forEach(value -> sources(value, found));
    } else if (tree instanceof List<?> list) {
      if (list.size() > 2 && list.get(0) instanceof String name && list.get(1) instanceof Long) {
        found.add(new Source(name, List.of(0L, 0L).equals(list.subList(1, 3))));
      }
      list.forEach(value -> sources(value, found));
    }
  }

  /** Refuses arguments of a call that would change what a layer gives. */
  private static void requireNoArguments(Settings settings, Object tree) {
    if (tree instanceof List<?> list) {
      list.forEach(value -> requireNoArguments(settings, value));
    } else if (tree instanceof Map<?, ?> map && !map.containsKey("class_name")) {
      map.forEach(
          (key, value) -> {
            if (List.of("args", "kwargs").contains(key)) {
              requireNoArguments(settings, value);
            } else if (value != null && !Boolean.FALSE.equals(value)) {
              throw settings.wrong(
                  "the model is Functional, and this layer is called with " + key + "=" + value);
            }
          });
    }
  }
}
