package io.github.unroll.data;

import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of numbers that a model reads, in their order, each with its fitted scaling. {@link
 * #toString} is a text that {@link #of} reads again with the same bits: it can be kept with the
 * model, so that raw values can be given in another process, from a table whose columns stand in
 * any order or one row at a time.
 *
 * <pre>{@code
 * ScaledColumns columns = ScaledColumns.fit(Scaling.STANDARDISE, table.slice(0, 800), "price", "sales");
 * Matrix inputs = columns.matrix(table);                        // (rows, 2)
 * double[] row = columns.row(9.90, 210);                        // for a session
 * double sales = columns.scaling("sales").invert(answer);
 * }</pre>
 */
public final class ScaledColumns {

  private final Map<String, FittedScaling> scalings;

  private ScaledColumns(Map<String, FittedScaling> scalings) {
    this.scalings = scalings;
  }

  /**
   * {@return columns with scalings fitted to their values}
   *
   * @param scaling fitted anew to each column
   * @param training the values of each column by its name, in this order; NaN for a gap
   * @throws IllegalArgumentException naming the column, if the scaling refuses its values
   */
  public static ScaledColumns fit(Scaling scaling, Map<String, double[]> training) {
    Map<String, FittedScaling> scalings = new LinkedHashMap<>();
    training.forEach(
        (name, values) -> {
          try {
            scalings.put(name, scaling.fit(values));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("column '" + name + "': " + e.getMessage(), e);
          }
        });
    return new ScaledColumns(scalings);
  }

  /**
   * {@return columns with scalings fitted to the rows of a table}
   *
   * @param scaling fitted anew to each column
   * @param training the rows of the training part
   * @param names the columns in the order in which the model reads them
   * @throws IllegalArgumentException as {@link Table#numbers}; or naming the column, if the scaling
   *     refuses its values
   */
  public static ScaledColumns fit(Scaling scaling, Table training, String... names) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (String name : names) {
      values.put(name, training.numbers(name));
    }
    return fit(scaling, values);
  }

  /**
   * {@return the columns of a text}
   *
   * @param text what {@link #toString} gave
   * @throws IllegalArgumentException if it is no such text
   */
  public static ScaledColumns of(String text) {
    Map<String, FittedScaling> scalings = new LinkedHashMap<>();
    if (!text.isEmpty()) {
      try {
        for (String[] row : new CsvText("ScaledColumns", text, ',').rows()) {
          if (row.length != 2 || scalings.put(row[0], FittedScaling.of(row[1])) != null) {
            throw Fault.of(
                "ScaledColumns: %s is not the name of one more column and its scaling",
                Fault.quoted(String.join(",", row)));
          }
        }
      } catch (IOException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    return new ScaledColumns(scalings);
  }

  /** {@return the names of the columns in the order in which the model reads them} */
  public List<String> names() {
    return List.copyOf(scalings.keySet());
  }

  /**
   * {@return the scaling of a column}
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public FittedScaling scaling(String column) {
    FittedScaling scaling = scalings.get(column);
    if (scaling == null) {
      throw Fault.of("ScaledColumns: no column '%s'; there are %s", column, names());
    }
    return scaling;
  }

  /**
   * {@return the scaled values of a table (rows, columns); NaN where there is a gap}
   *
   * @param table a table with these columns among others, in any order
   * @throws IllegalArgumentException as {@link Table#numbers}; or naming the column, if a logarithm
   *     is taken and a value is not positive
   */
  public Matrix matrix(Table table) {
    Matrix matrix = table.matrix(names().toArray(String[]::new));
    for (int r = 0; r < matrix.rows(); r++) {
      double[] row =
          row(Arrays.copyOfRange(matrix.data(), r * matrix.cols(), (r + 1) * matrix.cols()));
      for (int c = 0; c < row.length; c++) {
        matrix.set(r, c, row[c]);
      }
    }
    return matrix;
  }

  /**
   * {@return the scaled values of a row}
   *
   * @param raw the value of each column, in the order of {@link #names}
   * @throws IllegalArgumentException if there are more or fewer values than columns; or naming the
   *     column, if a logarithm is taken and a value is not positive
   */
  public double[] row(double... raw) {
    List<String> names = names();
    if (raw.length != names.size()) {
      throw Fault.of("ScaledColumns.row: %d values for the columns %s", raw.length, names);
    }
    double[] scaled = new double[raw.length];
    for (int c = 0; c < raw.length; c++) {
      try {
        scaled[c] = scalings.get(names.get(c)).apply(raw[c]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("column '" + names.get(c) + "': " + e.getMessage(), e);
      }
    }
    return scaled;
  }

  /** {@return a line for each column, its name and its scaling, as CSV} */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    scalings.forEach((name, scaling) -> CsvText.write(text, List.of(name, scaling.toString())));
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScaledColumns columns && columns.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
