package io.github.unroll.examples.spark;

import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.Sequences;
import io.github.unroll.tensor.Tensor3;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A series of measurements and what it was.
 *
 * @param id its number
 * @param values the features of its steps, one step after the other
 * @param label its class, from 0
 */
public record Series(long id, double[] values, int label) implements Serializable {

  /** How many features a step has. */
  public static final int FEATURES = 3;

  /** The columns of a Dataset of series. */
  public static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("values", DataTypes.createArrayType(DataTypes.DoubleType, false))
          .add("label", DataTypes.IntegerType);

  /** {@return the series of a row with the columns of {@link #SCHEMA}} */
  public static Series of(Row row) {
    List<Double> values = row.getList(row.fieldIndex("values"));
    return new Series(
        row.getLong(row.fieldIndex("id")),
        values.stream().mapToDouble(Double::doubleValue).toArray(),
        row.getInt(row.fieldIndex("label")));
  }

  /** {@return several series as a model reads them, padded to the longest} */
  public static Sequences inputs(List<Series> all) {
    int[] lengths = all.stream().mapToInt(series -> series.values.length / FEATURES).toArray();
    int longest = 0;
    for (int length : lengths) {
      longest = Math.max(longest, length);
    }
    Tensor3 xs = new Tensor3(all.size(), longest, FEATURES);
    for (int i = 0; i < lengths.length; i++) {
      double[] values = all.get(i).values;
      System.arraycopy(values, 0, xs.data(), i * longest * FEATURES, values.length);
    }
    return Sequences.of(xs, lengths);
  }

  /** {@return several series and their classes} */
  public static LabelledSequences batch(List<Series> all) {
    return LabelledSequences.ofWhole(inputs(all), all.stream().mapToInt(Series::label).toArray());
  }
}
