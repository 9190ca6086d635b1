package io.github.unroll.examples.spark;

import io.github.unroll.model.SequenceClassifier;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Trains and scores with Spark and without, prints times and a hash of the parameters. Arguments:
 * the master, then, unless the defaults do, the width of the model and the number of steps.
 */
public final class Measurement {

  private static final int TRAINED_ON = 4_096;
  private static final int SCORED = 50_000;
  private static final int TOGETHER = 64;

  private Measurement() {}

  /**
   * Measures and prints.
   *
   * @throws IOException if a model cannot be made of its bytes
   * @throws NoSuchAlgorithmException if the JVM has no SHA-256
   */
  public static void main(String... args) throws IOException, NoSuchAlgorithmException {
    int hidden = args.length > 1 ? Integer.parseInt(args[1]) : 64;
    int steps = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    try (SparkSession spark =
        SparkSession.builder().master(args[0]).config("spark.ui.enabled", false).getOrCreate()) {
      training(spark, hidden, steps);
      scoring(spark, Sample.model(hidden));
    }
  }

  private static void training(SparkSession spark, int hidden, int steps)
      throws IOException, NoSuchAlgorithmException {
    List<Series> data = Sample.series(TRAINED_ON);
    byte[] begun = Sample.begun(hidden);
    Workers here = Workers.here(Shard.all(data), new ShardWorker(begun, 7));
    train("without Spark", begun, here, steps);
    for (int partitions : new int[] {1, 2, 4}) {
      Workers workers =
          Workers.ofSpark(
              new JavaSparkContext(spark.sparkContext()),
              Sample.dataset(spark, data, 3),
              partitions,
              new ShardWorker(begun, 7));
      train(String.format(Locale.ROOT, "Spark, %d partitions", partitions), begun, workers, steps);
    }
  }

  private static void train(String name, byte[] begun, Workers workers, int steps)
      throws IOException, NoSuchAlgorithmException {
    ShardedTraining training = new ShardedTraining(begun);
    for (int i = 0; i < steps / 2; i++) { // until what runs is compiled
      training.step(workers);
    }
    Duration before = cpu();
    long start = System.nanoTime();
    double loss = 0;
    for (int i = 0; i < steps / 2; i++) {
      loss = training.step(workers);
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f ms a step, %.1f ms of a processor, of %d parameters, loss %.4f, SHA-256 %s%n",
        name,
        (System.nanoTime() - start) / 1e6 / (steps / 2),
        cpu().minus(before).toNanos() / 1e6 / (steps / 2),
        training.values().length,
        loss,
        Sample.sha256(training.values()));
  }

  private static void scoring(SparkSession spark, SequenceClassifier model) {
    List<Series> data = Sample.series(SCORED);
    Dataset<Row> rows = Sample.dataset(spark, data, 8).cache();
    rows.count();
    Broadcast<SharedModel> shared =
        new JavaSparkContext(spark.sparkContext()).broadcast(new SharedModel(model));
    for (int round = 0; round < 3; round++) {
      Duration before = cpu();
      long start = System.nanoTime();
      long answers = Scoring.score(rows, shared).filter("probabilities[0] > 0.5").count();
      print("Spark", answers, System.nanoTime() - start, cpu().minus(before));

      before = cpu();
      start = System.nanoTime();
      answers = scored(model, data);
      print("one thread", answers, System.nanoTime() - start, cpu().minus(before));
    }
  }

  private static long scored(SequenceClassifier model, List<Series> data) {
    long answers = 0;
    List<Series> together = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      together.add(data.get(i));
      if (together.size() == TOGETHER || i + 1 == data.size()) {
        double[] probabilities = model.probabilities(Series.inputs(together)).data();
        for (int j = 0; j < probabilities.length; j += 2) {
          answers += probabilities[j] > 0.5 ? 1 : 0;
        }
        together.clear();
      }
    }
    return answers;
  }

  private static void print(String name, long answers, long nanos, Duration cpu) {
    System.out.printf(
        Locale.ROOT,
        "scoring, %s: %d series of %d in %.2f s, %.0f a second; %.1f microseconds of a processor a"
            + " series%n",
        name,
        answers,
        SCORED,
        nanos / 1e9,
        SCORED / (nanos / 1e9),
        cpu.toNanos() / 1e3 / SCORED);
  }

  /** The processor time of this process. */
  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
