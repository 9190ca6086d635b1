package io.github.unroll.examples.spark;

import io.github.unroll.data.LabelledSequences;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A fixed share of the training data, the same however many machines there are.
 *
 * @param number from 0
 * @param series in the order of their ids
 */
public record Shard(int number, List<Series> series) implements Serializable {

  /** Into how many shards a training's data is divided; other shards are another training. */
  public static final int COUNT = 8;

  private static final int BATCH = 16;

  /** A shard, its series in any order. */
  public Shard {
    series = series.stream().sorted(Comparator.comparingLong(Series::id)).toList();
  }

  /** {@return the number of the shard that a series belongs to} */
  public static int of(Series series) {
    return (int) Math.floorMod(series.id(), (long) COUNT);
  }

  /** {@return all shards of data in one memory} */
  public static List<Shard> all(List<Series> data) {
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      int number = i;
      shards.add(new Shard(i, data.stream().filter(series -> of(series) == number).toList()));
    }
    return shards;
  }

  /** {@return this shard's part of a step's batch, its series in turn} */
  LabelledSequences batch(long step) {
    List<Series> batch = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      batch.add(series.get((int) ((step * BATCH + i) % series.size())));
    }
    return Series.batch(batch);
  }
}
