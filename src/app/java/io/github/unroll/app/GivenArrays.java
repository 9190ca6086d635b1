package io.github.unroll.app;

import io.github.unroll.data.Table;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The arrays that a model of another library reads: of a .npy, .npz or CSV file. */
final class GivenArrays {

  private final Path file;
  private final Map<String, StoredArray> arrays; // one without a name, unless of an archive

  private GivenArrays(Path file, Map<String, StoredArray> arrays) {
    this.file = file;
    this.arrays = arrays;
  }

  static GivenArrays read(Path file) throws IOException, Failure {
    return switch (FileKind.of(file)) {
      case NPY -> new GivenArrays(file, Map.of("", NumpyFile.read(file)));
      case ZIP -> new GivenArrays(file, NumpyFile.readArchive(file));
      default -> new GivenArrays(file, Map.of("", numbers(Table.read(file))));
    };
  }

  /** All columns of a table, as one array of two axes. */
  private static StoredArray numbers(Table table) throws Failure {
    int columns = table.names().size();
    double[] values = new double[table.rows() * columns];
    for (int c = 0; c < columns; c++) {
      String name = table.names().get(c);
      double[] column = Failure.unlessMade("", () -> table.numbers(name));
      for (int r = 0; r < column.length; r++) {
        values[r * columns + c] = column[r];
      }
    }
    return StoredArray.ofDoubles(ElementType.FLOAT64, new long[] {table.rows(), columns}, values);
  }

  /** The array for an input: that of its name, or the only one. */
  StoredArray of(String name) throws Failure {
    if (arrays.size() == 1) {
      return arrays.values().iterator().next();
    }
    StoredArray array = arrays.get(name);
    if (array == null) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "%s: has no array '%s', which the model reads; there are %s",
              file,
              name,
              arrays.keySet()),
          null);
    }
    return array;
  }

  /**
   * An array with the number of axes that a model reads: one sequence (T,D) becomes a batch of one
   * (1,T,D), and one column of ids (T,1) a batch of one (1,T).
   */
  static StoredArray withAxes(StoredArray array, int axes, boolean ids) throws Failure {
    long[] shape = array.shape();
    long[] wanted = shape;
    if (ids && axes == 2 && shape.length == 2 && shape[1] == 1) {
      wanted = new long[] {1, shape[0]};
    } else if (axes == 3 && shape.length == 2) {
      wanted = new long[] {1, shape[0], shape[1]};
    }
    if (!ids) {
      return wanted == shape
          ? array
          : StoredArray.ofDoubles(ElementType.FLOAT64, wanted, array.doubles());
    }
    return StoredArray.ofLongs(ElementType.INT64, wanted, integers(array));
  }

  private static long[] integers(StoredArray array) throws Failure {
    double[] values = array.doubles();
    long[] integers = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = (long) values[i];
      if (integers[i] != values[i]) {
        throw new Failure(
            String.format(
                Locale.ROOT, "the model reads whole numbers, and value %d is %s", i + 1, values[i]),
            null);
      }
    }
    return integers;
  }
}
