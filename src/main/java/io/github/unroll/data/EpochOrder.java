package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The order of an epoch's examples: every index once. */
final class EpochOrder {

  private final int[] order;

  private EpochOrder(int[] order) {
    this.order = order;
  }

  /** The order 0, 1, …, count - 1. */
  static EpochOrder ascending(int count) {
    return new EpochOrder(IntStream.range(0, count).toArray());
  }

  /** A drawn order. */
  static EpochOrder drawn(int count, RandomState random) {
    return new EpochOrder(random.permutation(count));
  }

  int size() {
    return order.length;
  }

  void shuffle(RandomState random) {
    random.shuffle(order);
  }

  int at(int place) {
    return order[place];
  }

  /** The examples of some places; to may be beyond the end. */
  int[] part(int from, int to) {
    return Arrays.copyOfRange(order, from, Math.min(to, order.length));
  }

  int[] copy() {
    return order.clone();
  }

  /** Takes over an order of the same indices, or throws. */
  void set(int[] other) {
    Iteration.checkOrder(other, order);
    System.arraycopy(other, 0, order, 0, order.length);
  }
}
