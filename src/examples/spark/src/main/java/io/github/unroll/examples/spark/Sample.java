package io.github.unroll.examples.spark;

import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Made-up series of two classes, and a model for them: the same numbers wherever they are made. */
final class Sample {

  private static final int LONGEST = 24;

  private Sample() {}

  /** Noise that drifts up or down; the class is which. */
  static Series series(long id) {
    SplittableRandom random = new SplittableRandom(id);
    int label = random.nextInt(2);
    double[] values = new double[Series.FEATURES * (LONGEST / 2 + random.nextInt(LONGEST / 2 + 1))];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.nextDouble() - 1 + (label - 0.5) * i / values.length;
    }
    return new Series(id, values, label);
  }

  static List<Series> series(int count) {
    return LongStream.range(0, count).mapToObj(Sample::series).toList();
  }

  static Dataset<Row> dataset(SparkSession spark, List<Series> data, int partitions) {
    List<Row> rows =
        data.stream()
            .map(series -> RowFactory.create(series.id(), series.values(), series.label()))
            .toList();
    return spark.createDataFrame(rows, Series.SCHEMA).repartition(partitions);
  }

  static SequenceClassifier model(int hidden) {
    return new SequenceClassifier(
        SequenceDescription.classifier(Input.features(Series.FEATURES), hidden, 2).withDropout(0.1),
        new RandomState(1));
  }

  static byte[] begun(int hidden) {
    return ModelFile.toBytes(model(hidden), Notes.none());
  }

  /** The SHA-256 of the bits of numbers. */
  static String sha256(double[] values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    bytes.asDoubleBuffer().put(values);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }
}
