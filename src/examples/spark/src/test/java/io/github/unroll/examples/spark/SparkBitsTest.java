package io.github.unroll.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.train.GradientShard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores and trained parameters: with Spark, and with lost tasks and executors, the same bits. */
@Timeout(300)
class SparkBitsTest {

  private static final String THREADS = "local[2,4]"; // a task may fail three times
  private static final String PROCESSES = "local-cluster[2,1,1024]";
  private static final int HIDDEN = 16;
  private static final int STEPS = 12;

  @TempDir private Path folder;

  private static final List<Series> SERIES = Sample.series(1_000);

  // ---- scoring ----

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void scores_should_have_the_bits_of_each_series_alone(int partitions) throws Exception {
    try (SparkSession spark = spark(THREADS)) {
      assertThat(scores(spark, Sample.dataset(spark, SERIES, partitions)))
          .containsExactlyInAnyOrderEntriesOf(alone());
    }
  }

  @ParameterizedTest(name = "{0}, the process lost: {1}")
  @CsvSource(
      delimiter = '|',
      value = {THREADS + "|false", PROCESSES + "|false", PROCESSES + "|true"})
  void scores_should_have_the_same_bits_after_a_failure(String master, boolean process)
      throws Exception {
    Path happened = folder.resolve("happened");
    Once failure = new Once(happened, process);
    MapPartitionsFunction<Row, Row> failing = rows -> failingAt(70, rows, failure);
    try (SparkSession spark = spark(master)) {
      Dataset<Row> rows =
          Sample.dataset(spark, SERIES, 4).mapPartitions(failing, Encoders.row(Series.SCHEMA));
      assertThat(scores(spark, rows)).containsExactlyInAnyOrderEntriesOf(alone());
    }
    assertThat(happened).exists();
  }

  private static Iterator<Row> failingAt(int row, Iterator<Row> rows, Once failure) {
    return new Iterator<>() {
      private int read;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        if (read++ == row) {
          try {
            failure.happen();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        }
        return rows.next();
      }
    };
  }

  /** The bits of the probabilities of each series, by its id. */
  private static Map<Long, List<Double>> scores(SparkSession spark, Dataset<Row> rows) {
    SharedModel model = new SharedModel(Sample.model(HIDDEN));
    Map<Long, List<Double>> scores = new TreeMap<>();
    Scoring.score(rows, new JavaSparkContext(spark.sparkContext()).broadcast(model))
        .collectAsList()
        .forEach(answer -> scores.put(answer.getLong(0), answer.getList(1)));
    return scores;
  }

  private static Map<Long, List<Double>> alone() {
    SequenceClassifier model = Sample.model(HIDDEN);
    Map<Long, List<Double>> scores = new TreeMap<>();
    for (Series series : SERIES) {
      double[] own = model.probabilities(Series.inputs(List.of(series))).data();
      scores.put(series.id(), List.of(own[0], own[1]));
    }
    return scores;
  }

  // ---- training ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {THREADS + "|1", THREADS + "|2", THREADS + "|4", PROCESSES + "|2"})
  void training_should_have_the_bits_of_one_machine(String master, int partitions)
      throws Exception {
    try (SparkSession spark = spark(master)) {
      ShardWorker worker = new ShardWorker(Sample.begun(HIDDEN), 7);
      assertThat(trained(bySpark(spark, partitions, worker))).isEqualTo(onOneMachine());
    }
  }

  @ParameterizedTest(name = "{0}, the process lost: {1}")
  @CsvSource(
      delimiter = '|',
      value = {THREADS + "|false", PROCESSES + "|true"})
  void training_should_have_the_same_bits_after_a_failure(String master, boolean process)
      throws Exception {
    Path happened = folder.resolve("happened");
    ShardWorker worker = new FailingWorker(Sample.begun(HIDDEN), 7, new Once(happened, process));
    try (SparkSession spark = spark(master)) {
      assertThat(trained(bySpark(spark, 4, worker))).isEqualTo(onOneMachine());
    }
    assertThat(happened).exists();
  }

  @Test
  void training_should_learn_and_depend_on_the_seed() throws Exception {
    ShardedTraining training = new ShardedTraining(Sample.begun(HIDDEN));
    Workers here = Workers.here(Shard.all(SERIES), new ShardWorker(Sample.begun(HIDDEN), 7));
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      losses.add(training.step(here));
    }
    assertThat(losses.get(59)).isLessThan(losses.get(0) / 2);

    Workers otherMasks = Workers.here(Shard.all(SERIES), new ShardWorker(Sample.begun(HIDDEN), 8));
    assertThat(trained(otherMasks)).isNotEqualTo(onOneMachine());
  }

  /** Fails once, in the fourth step, when a shard is computed already. */
  private static final class FailingWorker extends ShardWorker {

    private static final long serialVersionUID = 1;

    private final Once failure;

    FailingWorker(byte[] begun, long seed, Once failure) {
      super(begun, seed);
      this.failure = failure;
    }

    @Override
    List<GradientShard> gradients(double[] values, long step, Iterator<Shard> shards)
        throws IOException {
      List<GradientShard> gradients =
          new ArrayList<>(super.gradients(values, step, List.of(shards.next()).iterator()));
      if (step == 3) {
        failure.happen();
      }
      gradients.addAll(super.gradients(values, step, shards));
      return gradients;
    }
  }

  private static Workers bySpark(SparkSession spark, int partitions, ShardWorker worker) {
    return Workers.ofSpark(
        new JavaSparkContext(spark.sparkContext()),
        Sample.dataset(spark, SERIES, 3),
        partitions,
        worker);
  }

  private static String onOneMachine() throws Exception {
    return trained(Workers.here(Shard.all(SERIES), new ShardWorker(Sample.begun(HIDDEN), 7)));
  }

  private static String trained(Workers workers) throws Exception {
    ShardedTraining training = new ShardedTraining(Sample.begun(HIDDEN));
    for (int i = 0; i < STEPS; i++) {
      training.step(workers);
    }
    return Sample.sha256(training.values());
  }

  // ---- Spark ----

  private SparkSession spark(String master) {
    try {
      Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SparkSession.builder()
        .master(master)
        .config("spark.ui.enabled", false)
        .config("spark.local.dir", folder.toString())
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .getOrCreate();
  }
}
