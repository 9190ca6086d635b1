package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A split of examples, by their indices, into those to learn from and those that are held out to
 * judge by.
 *
 * @param training indices, ascending
 * @param heldOut indices, ascending
 */
public record Split(int[] training, int[] heldOut) {

  /**
   * {@return a split in order of time: the last examples are held out}
   *
   * @param count the number of examples
   * @param share the share that is held out, between 0 and 1; at least one example is on each side
   * @throws IllegalArgumentException if there are fewer than two examples, or the share is not
   *     between 0 and 1
   */
  public static Split byTime(int count, double share) {
    int held = number("byTime", count, share);
    return new Split(
        IntStream.range(0, count - held).toArray(), IntStream.range(count - held, count).toArray());
  }

  /**
   * {@return a random split in which each class has the same share on both sides, as far as its
   * number allows; a class of one example is learned from}
   *
   * @param classes the class of each example
   * @param share the share that is held out, between 0 and 1
   * @param random modified: the source of the choice
   * @throws IllegalArgumentException if there are fewer than two examples, no class has two, or the
   *     share is not between 0 and 1
   */
  public static Split byClass(int[] classes, double share, RandomState random) {
    number("byClass", classes.length, share);
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < classes.length; i++) {
      members.computeIfAbsent(classes[i], k -> new ArrayList<>()).add(i);
    }
    boolean[] held = new boolean[classes.length];
    for (List<Integer> of : members.values()) {
      if (of.size() > 1) {
        int[] order = of.stream().mapToInt(i -> i).toArray();
        random.shuffle(order);
        Arrays.stream(order, 0, number("byClass", order.length, share))
            .forEach(i -> held[i] = true);
      }
    }
    Split split = of(held);
    if (split.heldOut.length == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Split.byClass: each of the %d classes has only one example; none can be held out",
              members.size()));
    }
    return split;
  }

  /**
   * {@return a random split in which no group is on both sides, such as the sequences of one
   * person}
   *
   * @param groups the group of each example
   * @param share the share of the groups that is held out, between 0 and 1; at least one group is
   *     on each side
   * @param random modified: the source of the choice
   * @throws IllegalArgumentException if there are fewer than two groups, or the share is not
   *     between 0 and 1
   */
  public static Split byGroup(List<?> groups, double share, RandomState random) {
    List<?> names = groups.stream().distinct().toList();
    int held = number("byGroup", names.size(), share);
    int[] order = random.permutation(names.size());
    List<?> out = Arrays.stream(order, 0, held).mapToObj(names::get).toList();
    boolean[] isOut = new boolean[groups.size()];
    IntStream.range(0, isOut.length).forEach(i -> isOut[i] = out.contains(groups.get(i)));
    return of(isOut);
  }

  private static Split of(boolean[] held) {
    return new Split(
        IntStream.range(0, held.length).filter(i -> !held[i]).toArray(),
        IntStream.range(0, held.length).filter(i -> held[i]).toArray());
  }

  /** How many of so many are held out: at least one, and not all. */
  private static int number(String what, int count, double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "Split.%s: the share must be between 0 and 1, not %s", what, share));
    }
    if (count < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "Split.%s: %d cannot be split; there must be at least 2", what, count));
    }
    return (int) Math.max(1, Math.min(count - 1, Math.round(count * share)));
  }
}
