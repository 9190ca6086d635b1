package io.github.unroll.examples.spark;

import io.github.unroll.train.GradientShard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Whoever computes the gradients of all shards of a step. */
@FunctionalInterface
public interface Workers {

  /**
   * {@return the gradients of all shards, in any order}
   *
   * @throws IOException if a model cannot be made of its bytes
   */
  List<GradientShard> gradients(double[] values, long step) throws IOException;

  /** {@return one thread of this process, without Spark} */
  static Workers here(List<Shard> shards, ShardWorker worker) {
    return (values, step) -> worker.gradients(values, step, shards.iterator());
  }

  /**
   * {@return the partitions of a cluster, each with some of the shards, which it keeps in memory}
   *
   * @param data with the columns of {@link Series#SCHEMA}
   */
  static Workers ofSpark(
      JavaSparkContext spark, Dataset<Row> data, int partitions, ShardWorker worker) {
    JavaRDD<Shard> shards =
        data.toJavaRDD()
            .map(Series::of)
            .groupBy(Shard::of, partitions)
            .map(shard -> new Shard(shard._1, listed(shard._2)))
            .cache();
    Broadcast<ShardWorker> everywhere = spark.broadcast(worker);
    return (values, step) -> {
      Broadcast<double[]> now = spark.broadcast(values);
      try {
        return shards
            .mapPartitions(part -> everywhere.value().gradients(now.value(), step, part).iterator())
            .collect();
      } finally {
        now.destroy();
      }
    };
  }

  private static List<Series> listed(Iterable<Series> all) {
    List<Series> list = new ArrayList<>();
    all.forEach(list::add);
    return list;
  }
}
