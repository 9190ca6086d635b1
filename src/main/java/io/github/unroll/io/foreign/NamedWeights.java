package io.github.unroll.io.foreign;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Weights by the names that another library gives them. */
abstract class NamedWeights {

  /** A size that is not known. */
  static final long ANY = -1;

  private static final int MOST_SHOWN = 30; // names in a message

  private final String source;
  private final Map<String, StoredArray> tensors;
  private final LayerNames naming;
  private final String advice;
  private final Set<String> taken = new HashSet<>();

  /** Reads a file, whose first bytes determine its format: the library's own, or one of all. */
  NamedWeights(Path file, FileKind own, LayerNames naming, String advice) throws IOException {
    this(file.toString(), arrays(file, own), naming, advice);
  }

  private static Map<String, StoredArray> arrays(Path file, FileKind own) throws IOException {
    FileKind kind = FileKind.of(file);
    boolean fits =
        switch (kind) {
          case TORCH, ONNX, KERAS -> kind == own;
          case HDF5 -> own == FileKind.KERAS;
          default -> true;
        };
    if (!fits) {
      throw new IOException(file + ": " + own.butIs(kind));
    }
    return ArrayFile.read(file);
  }

  /** Given weights; the map is copied. Errors begin with the source and end with the advice. */
  NamedWeights(String source, Map<String, StoredArray> tensors, LayerNames naming, String advice) {
    this.source = source;
    this.tensors = new LinkedHashMap<>(tensors);
    this.naming = naming;
    this.advice = advice;
  }

  /**
   * Writes all weights as a .safetensors or a .npz file, by the ending of its name.
   *
   * @param file created or replaced; ends in .safetensors or .npz, in small or capital letters
   * @throws IllegalArgumentException naming the weight, if the format cannot hold it
   * @throws IllegalStateException if there is a weight whose values were not read
   * @throws IOException naming the file, if it cannot be written or has another ending
   */
  public final void write(Path file) throws IOException {
    ArrayFile.write(file, tensors);
  }

  // ---- content ----

  /**
   * All weights by name, in the other library's shapes.
   *
   * @return an unmodifiable copy, in the order of the file or as they were put
   */
  public final Map<String, StoredArray> tensors() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * Checks that no weight was forgotten: each has been read into a layer.
   *
   * @throws IllegalArgumentException naming all that have not been read
   */
  public final void requireNoneLeft() {
    StringBuilder left = new StringBuilder();
    tensors.forEach(
        (name, tensor) -> {
          if (!isTaken(name, tensor)) {
            left.append("\n  left: ").append(JsonReader.quoted(name)).append(' ').append(tensor);
          }
        });
    if (left.length() > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: not all weights were read into a layer:%s\nread them, or leave out this check",
              source,
              left));
    }
  }

  /** Whether a layer has read a weight, or can read none such, or has read it by another name. */
  private boolean isTaken(String name, StoredArray tensor) {
    boolean floating = !tensor.isReadable() || tensor.elementType().isFloating();
    return !floating
        || taken.contains(name)
        || taken.stream().map(tensors::get).anyMatch(other -> isSame(tensor, other));
  }

  /** A .onnx file has a weight by two names, perhaps transposed. */
  @SuppressWarnings("ReferenceEquality") // equals would compare all values
  private static boolean isSame(StoredArray tensor, StoredArray other) {
    return tensor == other
        || (tensor.isReadable()
            && tensor.shape().length == 2
            && tensor.size() == other.size()
            && other.transposed().equals(tensor));
  }

  /** {@return source and number of the weights, such as {@code model.npz (12 weights)}} */
  @Override
  public final String toString() {
    return String.format(Locale.ROOT, "%s (%d weights)", source, tensors.size());
  }

  final boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** Whether a recurrent layer with a prefix has a weight whose own name matches too. */
  final boolean hasRecurrent(String prefix, String regex) {
    return recurrentNames(prefix).anyMatch(own -> own.matches(regex));
  }

  /** The own names of the weights that a recurrent layer with a prefix has. */
  final Stream<String> recurrentNames(String prefix) {
    return tensors.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .filter(this::isRecurrent);
  }

  private boolean isRecurrent(String name) {
    return name.matches(naming.recurrent());
  }

  /**
   * The weights under a prefix, by what follows it in their names.
   *
   * @throws IllegalArgumentException if there are none, naming the prefixes that there are
   */
  final Map<String, StoredArray> named(String prefix) {
    Map<String, StoredArray> under = new LinkedHashMap<>();
    Set<String> prefixes = new LinkedHashSet<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            under.put(name.substring(prefix.length()), tensor);
          }
          for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            prefixes.add(name.substring(0, dot + 1));
          }
        });
    if (under.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: no weights under %s; there are weights under %s",
              source,
              JsonReader.quoted(prefix),
              prefixes.isEmpty() ? "no prefix" : some(prefixes)));
    }
    return under;
  }

  /** The first names of many. */
  private static String some(Set<String> names) {
    String shown =
        names.stream().limit(MOST_SHOWN).map(JsonReader::quoted).collect(Collectors.joining(", "));
    return names.size() > MOST_SHOWN
        ? shown + " and " + (names.size() - MOST_SHOWN) + " more"
        : shown;
  }

  final String source() {
    return source;
  }

  /** The size of an axis; ANY if there is no such tensor or it has another number of axes. */
  final long size(String name, int axes, int axis) {
    StoredArray tensor = tensors.get(name);
    boolean hasShape = tensor != null && !tensor.typeName().isEmpty();
    return !hasShape || tensor.shape().length != axes ? ANY : tensor.shape()[axis];
  }

  /** H: the size of the recurrent weights, or if they are missing, of the input's, which is G·H. */
  static long hidden(long recurrent, long gateWidth, int gates) {
    return recurrent == ANY && gateWidth != ANY ? gateWidth / gates : recurrent;
  }

  static long times(int factor, long size) {
    return size == ANY ? ANY : factor * size;
  }

  /**
   * Refuses in one error all that is missing, too many or of a wrong shape or type under a prefix.
   *
   * @param what the layer, as messages call it
   * @param wanted the shapes of all its weights, with ANY for a size that may be any
   */
  final void require(String what, String prefix, Map<String, long[]> wanted) {
    fill(new Filling(what, prefix, wanted, () -> {}));
  }

  /** Fills a layer, or refuses all that is wrong in one error. */
  final void fill(Filling layer) {
    String wrong = complaint(layer, List.of(layer));
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          source + ": " + wrong + others(List.of(layer)) + "\n" + advice);
    }
    taken.addAll(layer.wanted().keySet());
    layer.fill().run();
  }

  /** Fills all layers of a model, or refuses all that is wrong with any in one error. */
  final void fill(SequenceModel<?> model, List<Filling> layers) {
    StringBuilder wrong = new StringBuilder();
    for (Filling layer : layers) {
      String complaint = complaint(layer, layers);
      wrong.append(complaint.isEmpty() ? "" : "\n" + complaint);
    }
    if (wrong.length() > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: not the weights of this %s, which was not changed:%s%s\n%s",
              source,
              model.getClass().getSimpleName(),
              wrong,
              others(layers),
              advice));
    }
    layers.forEach(layer -> taken.addAll(layer.wanted().keySet()));
    layers.forEach(layer -> layer.fill().run());
  }

  /** What is wrong with one of the layers that are filled together; empty if nothing is. */
  private String complaint(Filling layer, List<Filling> all) {
    StringBuilder wrong = new StringBuilder();
    layer.wanted().forEach((name, shape) -> wrong.append(complaint(name, shape)));
    wrong.append(layer.wrong());
    tensors.forEach(
        (name, tensor) -> {
          if (isTooMany(name, layer, all)) {
            wrong.append(
                String.format(
                    Locale.ROOT, "\n  too many: %s is %s", JsonReader.quoted(name), tensor));
          }
        });
    return wrong.length() == 0
        ? ""
        : String.format(
            Locale.ROOT, "no %s at %s:%s", layer.what(), JsonReader.quoted(layer.prefix()), wrong);
  }

  /** Whether a name has the layer's prefix, no longer prefix fits, and no layer wants it. */
  private boolean isTooMany(String name, Filling layer, List<Filling> all) {
    return name.startsWith(layer.prefix())
        && all.stream()
            .noneMatch(
                other ->
                    other.wanted().containsKey(name)
                        || (name.startsWith(other.prefix())
                            && other.prefix().length() > layer.prefix().length()))
        && (!layer.prefix().isEmpty() || isOwn(name, layer));
  }

  /** Whether a layer without a prefix, which leaves all others alone, could own a name. */
  private boolean isOwn(String name, Filling layer) {
    return isRecurrent(name) && layer.wanted().keySet().stream().anyMatch(this::isRecurrent);
  }

  /** The names that there are, if a layer finds none of those it wants. */
  private String others(List<Filling> layers) {
    boolean allFindSome =
        layers.stream()
            .map(layer -> layer.wanted().keySet())
            .allMatch(wanted -> wanted.isEmpty() || wanted.stream().anyMatch(this::has));
    return allFindSome ? "" : "\n  there are: " + some(tensors.keySet());
  }

  private String complaint(String name, long[] shape) {
    StoredArray tensor = tensors.get(name);
    String must = StoredArray.shapeText(shape).replace("-1", "?");
    if (tensor == null) {
      return String.format(
          Locale.ROOT, "\n  missing: %s, must be %s", JsonReader.quoted(name), must);
    }
    if (!tensor.isReadable()) {
      return "\n  type: " + tensor.unread();
    }
    if (!fits(tensor.shape(), shape) || tensor.size() == 0) {
      return String.format(
          Locale.ROOT, "\n  shape: %s is %s, must be %s", JsonReader.quoted(name), tensor, must);
    }
    if (!tensor.elementType().isFloating()) {
      return String.format(
          Locale.ROOT,
          "\n  type: %s is %s, must be floating-point numbers",
          JsonReader.quoted(name),
          tensor);
    }
    return "";
  }

  private static boolean fits(long[] shape, long[] wanted) {
    boolean fits = shape.length == wanted.length;
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = wanted[axis] == ANY || wanted[axis] == shape[axis];
    }
    return fits;
  }

  // ---- embedding and affine map ----

  /** Names and shape of an embedding. */
  final Map<String, long[]> wantedOfEmbedding(String prefix, long words, long size) {
    return Map.of(prefix + naming.vectors(), new long[] {words, size});
  }

  /** Names and shapes of an affine map; of its bias only if it is there. */
  final Map<String, long[]> wantedOfAffine(String prefix, long inputs, long outputs) {
    Map<String, long[]> wanted = new LinkedHashMap<>();
    wanted.put(
        prefix + naming.kernel(),
        naming.outputsFirst() ? new long[] {outputs, inputs} : new long[] {inputs, outputs});
    if (has(prefix + naming.bias())) {
      wanted.put(prefix + naming.bias(), new long[] {outputs});
    }
    return wanted;
  }

  final Filling filling(TimeEmbedding layer, String prefix) {
    return new Filling(
        naming.embedding(),
        prefix,
        wantedOfEmbedding(prefix, layer.vocabularySize(), layer.embeddingSize()),
        () -> layer.vectors().copyFrom(matrix(prefix + naming.vectors())));
  }

  final Filling filling(TimeAffine layer, String prefix) {
    return new Filling(
        naming.affine(),
        prefix,
        wantedOfAffine(prefix, layer.inputSize(), layer.outputSize()),
        () -> {
          Matrix kernel = matrix(prefix + naming.kernel());
          boolean turn = layer.isTied() != naming.outputsFirst();
          layer.parameters().get(0).value().copyFrom(turn ? kernel.transposed().copy() : kernel);
          fillBias(layer, prefix);
        });
  }

  private void fillBias(TimeAffine layer, String prefix) {
    layer.parameters().get(1).value().copyFrom(row(prefix + naming.bias(), layer.outputSize()));
  }

  /** Adds the vectors of an embedding, or their gradients. */
  final void putEmbedding(TimeEmbedding layer, String prefix, boolean gradients) {
    putMatrix(prefix + naming.vectors(), of(layer.parameters().get(0), gradients));
  }

  /** Adds the weights of an affine map, or their gradients. */
  final void putAffine(TimeAffine layer, String prefix, boolean gradients) {
    Matrix w = of(layer.parameters().get(0), gradients);
    boolean turn = layer.isTied() != naming.outputsFirst();
    putMatrix(prefix + naming.kernel(), turn ? w.transposed().copy() : w);
    putRow(prefix + naming.bias(), of(layer.parameters().get(1), gradients));
  }

  private static Matrix of(Parameter parameter, boolean gradients) {
    return gradients ? parameter.gradOfTouchedRows() : parameter.value();
  }

  /** Adds the weights of a recurrent layer, or their gradients. */
  abstract void putRecurrent(RecurrentLayer layer, String prefix, boolean gradients);

  /** Adds all weights of a model, or their gradients. */
  final void put(ModelLayers layers, boolean gradients) {
    layers.requireOwnPrefixes(getClass().getSimpleName());
    layers.embedding().ifPresent(at -> putEmbedding(at.layer(), at.prefix(), gradients));
    layers.recurrent().forEach(at -> putRecurrent(at.layer(), at.prefix(), gradients));
    putAffine(layers.head().layer(), layers.head().prefix(), gradients);
  }

  // ---- a whole model ----

  /** The weights that a recurrent layer wants. */
  abstract Filling filling(RecurrentLayer layer, String prefix);

  /** Fills all layers of a model. */
  final void fill(SequenceModel<?> model, ModelLayers layers) {
    List<Filling> fillings = new ArrayList<>();
    layers.embedding().ifPresent(at -> fillings.add(filling(at.layer(), at.prefix())));
    layers.recurrent().forEach(at -> fillings.add(filling(at.layer(), at.prefix())));
    fillings.add(filling(layers.head().layer(), layers.head().prefix()));
    if (layers.head().layer().isTied()) {
      tie(fillings, layers);
    }
    fill(model, fillings);
  }

  /**
   * The word vectors of a tied model are in a file twice, with equal values; or once, if one module
   * is both layers, or one of two tensors that share memory was left out.
   */
  private void tie(List<Filling> fillings, ModelLayers layers) {
    int last = fillings.size() - 1;
    Filling words = fillings.get(0);
    Filling head = fillings.get(last);
    String vectors = words.prefix() + naming.vectors();
    String kernel = head.prefix() + naming.kernel();
    boolean biasAlone = has(vectors) && !has(kernel) && has(head.prefix() + naming.bias());
    if (layers.headIsEmbedding() || biasAlone) {
      Map<String, long[]> bias = new LinkedHashMap<>(head.wanted());
      bias.remove(kernel);
      TimeAffine affine = layers.head().layer();
      fillings.set(
          last,
          new Filling(head.what(), head.prefix(), bias, () -> fillBias(affine, head.prefix())));
    } else if (has(kernel) && !has(vectors)) {
      fillings.set(0, new Filling(words.what(), words.prefix(), Map.of(), () -> {}));
    } else if (complaint(vectors, words.wanted().get(vectors)).isEmpty()
        && complaint(kernel, head.wanted().get(kernel)).isEmpty()) {
      fillings.set(last, head.withWrong(difference(vectors, kernel)));
    }
  }

  /** The first difference of word vectors and head weights as a message; empty if there is none. */
  private String difference(String vectors, String kernel) {
    Matrix words = matrix(vectors);
    Matrix weights = matrix(kernel);
    for (int i = 0; i < words.rows(); i++) {
      for (int j = 0; j < words.cols(); j++) {
        double word = words.get(i, j);
        double weight = naming.outputsFirst() ? weights.get(i, j) : weights.get(j, i);
        if (word != weight && !(Double.isNaN(word) && Double.isNaN(weight))) {
          return String.format(
              Locale.ROOT,
              "\n"
                  + "  differs: the model is tied, but element %2$d of word %1$d is %3$s in %4$s"
                  + " and %5$s in %6$s; take a description that is not tied",
              i,
              j,
              word,
              JsonReader.quoted(vectors),
              weight,
              JsonReader.quoted(kernel));
        }
      }
    }
    return "";
  }

  // ---- one tensor ----

  /** A row; zeros of a width if there is no such name. */
  final Matrix row(String name, int width) {
    return has(name) ? matrix(name) : new Matrix(1, width);
  }

  final Matrix matrix(String name) {
    return tensors.get(name).matrix();
  }

  /** A matrix: plane i of three axes, or row i of two. */
  final Matrix plane(String name, int i) {
    StoredArray tensor = tensors.get(name);
    long[] shape = tensor.shape();
    int rows = shape.length == 3 ? (int) shape[1] : 1;
    int cols = (int) shape[shape.length - 1];
    double[] values = tensor.doubles();
    return Matrix.of(
        rows, cols, Arrays.copyOfRange(values, i * rows * cols, (i + 1) * rows * cols));
  }

  final void putMatrix(String name, Matrix matrix) {
    tensors.put(name, StoredArray.of(matrix));
  }

  final void putRow(String name, Matrix row) {
    tensors.put(
        name, StoredArray.ofDoubles(ElementType.FLOAT64, new long[] {row.cols()}, row.data()));
  }

  /** Adds matrices of one shape as an array (matrices, rows, cols). */
  final void putPlanes(String name, List<Matrix> planes) {
    Matrix first = planes.get(0);
    put(name, planes, planes.size(), first.rows(), first.cols());
  }

  /** Adds matrices of one shape as an array (matrices, rows·cols). */
  final void putRows(String name, List<Matrix> planes) {
    put(name, planes, planes.size(), planes.get(0).data().length);
  }

  private void put(String name, List<Matrix> matrices, long... shape) {
    int size = matrices.get(0).data().length;
    if ((long) matrices.size() * size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %d matrices of %d elements are more than the %d that one array holds; take fewer"
                  + " hidden units",
              name,
              matrices.size(),
              size,
              Integer.MAX_VALUE));
    }
    double[] values = new double[matrices.size() * size];
    for (int i = 0; i < matrices.size(); i++) {
      System.arraycopy(matrices.get(i).data(), 0, values, i * size, size);
    }
    tensors.put(name, StoredArray.ofDoubles(ElementType.FLOAT64, shape, values));
  }
}
