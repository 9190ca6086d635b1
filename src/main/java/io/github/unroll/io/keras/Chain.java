package io.github.unroll.io.keras;

import io.github.unroll.io.hdf5.KerasFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An architecture that is a chain: a Sequential model, or a functional one in which each layer
 * reads the one before. What is no chain is refused.
 */
final class Chain {

  private static final String INPUT = "InputLayer";
  private static final String FUNCTIONAL = "the model is Functional, and ";

  /** The layers in the order of the chain, without the input. */
  final List<Settings> layers;

  /** What the first layer reads. */
  final KerasLayer input;

  /**
   * The chain of a model.
   *
   * @throws IllegalArgumentException if it is no chain, or lists all layers that are not known
   */
  Chain(KerasFile model) {
    List<Settings> all = new ArrayList<>();
    List<Settings> unknown = new ArrayList<>();
    for (Object layer : model.layers()) {
      Settings settings = new Settings(layer);
      all.add(settings);
      if (!settings.className().equals(INPUT) && !KerasLayer.knows(settings.className())) {
        unknown.add(settings);
      }
    }
    String kind = String.valueOf(model.config().get("class_name"));
    if (!unknown.isEmpty() || all.isEmpty()) {
      throw new IllegalArgumentException("has layers that are not known here: " + unknown);
    }
    if (kind.equals("Functional") || kind.equals("Model")) {
      all = functional(model, all);
    } else if (!kind.equals("Sequential")) {
      throw new IllegalArgumentException("is no Sequential or Functional model but a " + kind);
    }
    input = input(all, model);
    boolean named = all.get(0).className().equals(INPUT);
    layers = all.subList(named ? 1 : 0, all.size());
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("has no layers");
    }
  }

  /** The shape of the input stands in an InputLayer, in the first layer or beside the layers. */
  private static KerasLayer input(List<Settings> chain, KerasFile model) {
    Settings first = chain.get(0);
    Object shape = first.get("batch_shape");
    if (shape == null) {
      shape = first.get("batch_input_shape");
    }
    if (shape == null && model.config().get("config") instanceof Map<?, ?> config) {
      shape = config.get("build_input_shape");
    }
    boolean words = false;
    for (Settings layer : chain) {
      words |= layer.className().equals("Embedding");
    }
    int axes = words ? 2 : 3;
    if (first.is("ragged", false)
        || first.is("sparse", false)
        || (shape instanceof List<?> sizes && sizes.size() != axes)) {
      throw first.wrong("reads %s; sequences (N,T,D) or words (N,T) are read here", shape);
    }
    return new KerasLayer(first, size(shape, 1), words ? 0 : size(shape, 2));
  }

  private static long size(Object shape, int axis) {
    return shape instanceof List<?> sizes && sizes.get(axis) instanceof Long size && size > 0
        ? size
        : KerasLayer.ANY;
  }

  // ---- functional models ----

  private static List<Settings> functional(KerasFile model, List<Settings> all) {
    Map<String, Settings> readers = new HashMap<>(); // by what they read
    List<Settings> chain = new ArrayList<>();
    for (Settings layer : all) {
      if (layer.className().equals(INPUT)) {
        chain.add(layer);
      } else if (readers.put(source(layer), layer) != null) {
        throw layer.wrong(FUNCTIONAL + "another layer reads the same");
      }
    }
    Settings last = chain.isEmpty() ? all.get(0) : chain.get(0);
    if (chain.size() != 1) {
      throw last.wrong(FUNCTIONAL + "has not one of the inputs: %s", chain);
    }
    for (Settings next = last; next != null; next = readers.remove(last.name())) {
      last = next;
      chain.add(next);
    }
    List<String> outputs = new ArrayList<>();
    addSources(((Map<?, ?>) model.config().get("config")).get("output_layers"), outputs);
    if (!readers.isEmpty() || !outputs.equals(List.of(last.name()))) {
      throw last.wrong(FUNCTIONAL + "this is not the only output, but %s", outputs);
    }
    return chain.subList(1, chain.size());
  }

  /** The layer that a layer reads; it is called once, with that alone. */
  private static String source(Settings layer) {
    List<String> sources = new ArrayList<>();
    Object calls = layer.beside("inbound_nodes");
    addSources(calls, sources);
    if (sources.size() != 1 || !(calls instanceof List<?> list) || list.size() != 1) {
      throw layer.wrong(
          FUNCTIONAL + "this layer reads the inputs %s, perhaps an initial_state, not one",
          sources);
    }
    requireNoArguments(layer, calls);
    return sources.get(0);
  }

  /**
   * All tensors in a tree: [layer, call, output, …] before Keras 3, as keras_history since. What is
   * not the first output of a first call has another name.
   */
  private static void addSources(Object tree, List<String> found) {
    if (tree instanceof Map<?, ?> map) {
      addSources(new ArrayList<>(map.values()), found);
    } else if (tree instanceof List<?> list) {
      if (list.size() > 2 && list.get(0) instanceof String && list.get(1) instanceof Long) {
        List<?> output = list.subList(1, 3);
        found.add(list.get(0) + (output.equals(List.of(0L, 0L)) ? "" : "/" + output));
      }
      for (Object value : list) {
        addSources(value, found);
      }
    }
  }

  /** Refuses arguments of a call that would change what a layer gives. */
  private static void requireNoArguments(Settings layer, Object tree) {
    if (tree instanceof List<?> list) {
      for (Object value : list) {
        requireNoArguments(layer, value);
      }
    } else if (tree instanceof Map<?, ?> map && !map.containsKey("class_name")) {
      for (Object key : map.keySet()) {
        Object value = map.get(key);
        if (key.equals("args") || key.equals("kwargs")) {
          requireNoArguments(layer, value);
        } else if (value != null && !value.equals(false)) {
          throw layer.wrong(FUNCTIONAL + "this layer is called with %s=%s", key, value);
        }
      }
    }
  }
}
