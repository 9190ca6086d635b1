package io.github.unroll.io.foreign;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Weights by the names that another library gives them, each to be asked for in its shape. */
abstract class NamedWeights {

  /** A size that is not known. */
  static final long ANY = -1;

  private final String source;
  private final Map<String, StoredArray> tensors;
  private final Set<String> taken = new HashSet<>();

  /** By the first bytes of the file, whatever its name. */
  NamedWeights(Path file) throws IOException {
    this(file.toString(), ArrayFile.read(file));
  }

  /** The tensors are copied; errors call them by their source. */
  NamedWeights(String source, Map<String, StoredArray> tensors) {
    this.source = source;
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * Writes all weights, as a .safetensors file or as an archive of NumPy, by the ending of the
   * name.
   *
   * @param file made or replaced; ends in .safetensors or .npz, in small or capital letters
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
   * Makes sure that nothing was forgotten: every weight has been read into a layer.
   *
   * @throws IllegalArgumentException naming all that have not
   */
  public final void requireNoneLeft() {
    StringBuilder left = new StringBuilder();
    tensors.forEach(
        (name, tensor) -> {
          if (!taken.contains(name)) {
            left.append("\n  left: ").append(JsonReader.quoted(name)).append(' ').append(tensor);
          }
        });
    if (left.length() > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: not all weights were read into a layer:%s\nread them, or do without this check",
              source,
              left));
    }
  }

  /**
   * Source and number of the weights, for a log.
   *
   * @return such as {@code model.npz (12 weights)}
   */
  @Override
  public final String toString() {
    return String.format(Locale.ROOT, "%s (%d weights)", source, tensors.size());
  }

  final boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** Whether a name begins and ends so. */
  final boolean has(String prefix, String suffix) {
    return tensors.keySet().stream()
        .anyMatch(name -> name.startsWith(prefix) && name.endsWith(suffix));
  }

  /** The size of an axis, or ANY if there is no such tensor or it has another number of axes. */
  final long size(String name, int axes, int axis) {
    StoredArray tensor = tensors.get(name);
    boolean hasShape = tensor != null && !tensor.typeName().isEmpty();
    return !hasShape || tensor.shape().length != axes ? ANY : tensor.shape()[axis];
  }

  /** H: what the recurrent weights say, or else those of the input, G·H wide. */
  static long hidden(long recurrent, long gateWidth, int gates) {
    return recurrent == ANY && gateWidth != ANY ? gateWidth / gates : recurrent;
  }

  static long times(int factor, long size) {
    return size == ANY ? ANY : factor * size;
  }

  /**
   * Refuses, in one error, all that is missing, too many or not as it must be under a prefix.
   *
   * @param what is asked for
   * @param wanted the shapes of all names there, with ANY for a size that may be any
   * @param advice what to do
   */
  final void require(String what, String prefix, Map<String, long[]> wanted, String advice) {
    StringBuilder wrong = new StringBuilder();
    wanted.forEach((name, shape) -> wrong.append(complaint(name, shape)));
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix) && !wanted.containsKey(name)) {
            wrong.append(
                String.format(
                    Locale.ROOT, "\n  too many: %s is %s", JsonReader.quoted(name), tensor));
          }
        });
    if (wrong.length() > 0) {
      String others =
          has(prefix, "")
              ? ""
              : "\n  there are: "
                  + String.join(", ", tensors.keySet().stream().map(JsonReader::quoted).toList());
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: no %s at %s:%s%s\n%s",
              source,
              what,
              JsonReader.quoted(prefix),
              wrong,
              others,
              advice));
    }
    taken.addAll(wanted.keySet());
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

  // ---- one tensor ----

  /** A matrix, or a row; zeros of a width if there is no such name. */
  final Matrix row(String name, int width) {
    return has(name) ? matrix(name) : new Matrix(1, width);
  }

  final Matrix matrix(String name) {
    return tensors.get(name).matrix();
  }

  /** A plane (i, rows, cols) of three axes, or a row (i, cols) of two, as a matrix. */
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

  /** Matrices of one shape one upon the other: (matrices, rows, cols). */
  final void putPlanes(String name, List<Matrix> planes) {
    Matrix first = planes.get(0);
    put(name, planes, planes.size(), first.rows(), first.cols());
  }

  /** The same, each laid out as one row: (matrices, rows·cols). */
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
