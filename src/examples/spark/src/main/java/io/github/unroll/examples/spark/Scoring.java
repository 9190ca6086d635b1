package io.github.unroll.examples.spark;

import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The probabilities of the classes for every series of a Dataset. */
public final class Scoring {

  /** The columns of a Dataset of answers. */
  public static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("probabilities", DataTypes.createArrayType(DataTypes.DoubleType, false));

  private static final int TOGETHER = 64;

  private Scoring() {}

  /**
   * {@return the id of each series and the probabilities of its classes} They have the same bits
   * whatever the partitions are, and when a task is tried again: no series hears of another.
   *
   * @param series with the columns of {@link Series#SCHEMA}
   */
  public static Dataset<Row> score(Dataset<Row> series, Broadcast<SharedModel> model) {
    MapPartitionsFunction<Row, Row> partition = rows -> new Answers(rows, model.value().model());
    return series.mapPartitions(partition, Encoders.row(SCHEMA));
  }

  /** The answers of a partition; as many series as {@link #TOGETHER} are read at a time. */
  private static final class Answers implements Iterator<Row> {

    private final Iterator<Row> rows;
    private final SequenceClassifier model;
    private final Queue<Row> ready = new ArrayDeque<>();

    Answers(Iterator<Row> rows, SequenceClassifier model) {
      this.rows = rows;
      this.model = model;
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (ready.isEmpty()) {
        read();
      }
      return ready.remove();
    }

    private void read() {
      List<Series> together = new ArrayList<>();
      while (together.size() < TOGETHER && rows.hasNext()) {
        together.add(Series.of(rows.next()));
      }
      if (together.isEmpty()) {
        throw new NoSuchElementException("the partition has no more series");
      }
      Tensor3 probabilities = model.probabilities(Series.inputs(together));
      int classes = probabilities.features();
      for (int i = 0; i < together.size(); i++) {
        double[] own = Arrays.copyOfRange(probabilities.data(), i * classes, (i + 1) * classes);
        ready.add(RowFactory.create(together.get(i).id(), own));
      }
    }
  }
}
