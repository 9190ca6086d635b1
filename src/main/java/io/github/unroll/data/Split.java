package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A split of examples, by their indices, into those to learn from and those that are held out to
 * judge by.
 *
 * @param training indices, ascending; not copied
 * @param heldOut indices, ascending; not copied
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
    boolean[] held = new boolean[Math.max(count, 0)];
    Arrays.fill(held, count - number("byTime: %d examples", count, share), count, true);
    return of(held);
  }

  /**
   * {@return a random split in which each class has the same share on both sides, rounded; of a
   * class of two or more at least one example is on each side, a class of one is learned from}
   *
   * @param classes the class of each example
   * @param share the share that is held out, between 0 and 1
   * @param random modified: the source of the choice
   * @throws IllegalArgumentException if no class has two examples, or the share is not between 0
   *     and 1
   */
  public static Split byClass(int[] classes, double share, RandomState random) {
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < classes.length; i++) {
      members.computeIfAbsent(classes[i], k -> new ArrayList<>()).add(i);
    }
    boolean[] held = new boolean[classes.length];
    int largest = 0;
    for (List<Integer> of : members.values()) {
      largest = Math.max(largest, of.size());
      if (of.size() > 1) {
        int[] order = of.stream().mapToInt(i -> i).toArray();
        random.shuffle(order);
        for (int i = number("", order.length, share) - 1; i >= 0; i--) {
          held[order[i]] = true;
        }
      }
    }
    number("byClass: classes of at most %d example", largest, share);
    return of(held);
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
    List<Object> names = List.copyOf(new LinkedHashSet<>(groups));
    int number = number("byGroup: %d groups", names.size(), share);
    int[] order = random.permutation(names.size());
    Set<Object> out = new HashSet<>();
    for (int i = 0; i < number; i++) {
      out.add(names.get(order[i]));
    }
    boolean[] held = new boolean[groups.size()];
    for (int i = 0; i < held.length; i++) {
      held[i] = out.contains(groups.get(i));
    }
    return of(held);
  }

  /** The split that holds out what is true. */
  private static Split of(boolean... held) {
    int[][] sides = {new int[held.length], new int[held.length]};
    int[] sizes = new int[2];
    for (int i = 0; i < held.length; i++) {
      int side = held[i] ? 1 : 0;
      sides[side][sizes[side]++] = i;
    }
    return new Split(Arrays.copyOf(sides[0], sizes[0]), Arrays.copyOf(sides[1], sizes[1]));
  }

  /** How many of so many are held out: at least one, and not all. */
  private static int number(String what, int count, double share) {
    if (!(share > 0 && share < 1)) {
      throw Fault.of("Split: the share must be between 0 and 1, not %s", share);
    }
    if (count < 2) {
      throw Fault.of("Split." + what + " cannot be split; there must be at least 2", count);
    }
    return (int) Math.max(1, Math.min(count - 1, Math.round(count * share)));
  }
}
