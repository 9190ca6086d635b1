package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {

  private static void assertWhole(Split split, int count) {
    List<Integer> all = new ArrayList<>();
    Arrays.stream(split.training()).forEach(all::add);
    Arrays.stream(split.heldOut()).forEach(all::add);
    assertThat(all).hasSize(count).containsExactlyInAnyOrderElementsOf(upTo(count));
    assertThat(split.training()).isSorted().isNotEmpty();
    assertThat(split.heldOut()).isSorted().isNotEmpty();
  }

  private static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @ParameterizedTest(name = "{1} of {0}")
  @CsvSource({
    "10, 0.2, 2",
    "10, 0.25, 3",
    "10, 0.24, 2",
    "2, 0.5, 1",
    "2, 0.01, 1",
    "2, 0.99, 1",
    "100, 0.001, 1",
    "100, 0.999, 99",
    "7, 0.5, 4"
  })
  void should_hold_out_the_last(int count, double share, int held) {
    Split split = Split.byTime(count, share);
    assertWhole(split, count);
    assertThat(split.heldOut()).hasSize(held);
    assertThat(split.heldOut()[0]).isEqualTo(count - held);
  }

  @Test
  void should_hold_out_the_same_share_of_each_class() {
    int[] sizes = {100, 10, 5, 2, 1, 3};
    int[] held = {20, 2, 1, 1, 0, 1}; // a fifth, rounded; one at least, but of a class of one
    int[] classes = new int[Arrays.stream(sizes).sum()];
    int next = 0;
    for (int k = 0; k < sizes.length; k++) {
      for (int i = 0; i < sizes[k]; i++) {
        classes[next++] = 7 * k - 7; // negative ones too
      }
    }
    new RandomState(5).shuffle(classes);
    for (int seed = 0; seed < 20; seed++) {
      Split split = Split.byClass(classes, 0.2, new RandomState(seed));
      assertWhole(split, classes.length);
      for (int k = 0; k < sizes.length; k++) {
        int own = 7 * k - 7;
        assertThat(Arrays.stream(split.heldOut()).filter(i -> classes[i] == own).count())
            .as("class %d of %d", k, sizes[k])
            .isEqualTo(held[k]);
      }
    }
  }

  @Test
  void each_example_of_a_class_should_be_held_out_at_times() {
    int[] classes = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    int[] times = new int[classes.length];
    for (int seed = 0; seed < 1000; seed++) {
      for (int i : Split.byClass(classes, 0.2, new RandomState(seed)).heldOut()) {
        times[i]++;
      }
    }
    for (int of : times) {
      assertThat(of).isBetween(150, 250);
    }
  }

  @Test
  void one_class_only_should_be_split_too() {
    Split split = Split.byClass(new int[8], 0.25, new RandomState(1));
    assertWhole(split, 8);
    assertThat(split.heldOut()).hasSize(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Split.byClass(new int[] {1, 2, 3}, 0.25, new RandomState(1)))
        .withMessage(
            "Split.byClass: classes of at most 1 example cannot be split; there must be at least"
                + " 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Split.byClass(new int[0], 0.25, new RandomState(1)));
  }

  @Test
  void no_group_should_be_on_both_sides() {
    RandomState draw = new RandomState(3);
    for (int seed = 0; seed < 50; seed++) {
      int count = draw.randint(2, 60);
      List<String> groups = new ArrayList<>(List.of("person 0", "person 1"));
      while (groups.size() < count) {
        groups.add("person " + draw.randint(0, 9));
      }
      long persons = groups.stream().distinct().count();
      Split split = Split.byGroup(groups, 0.3, new RandomState(seed));
      assertWhole(split, count);
      List<String> held = names(groups, split.heldOut());
      assertThat(held).hasSize((int) Math.max(1, Math.round(persons * 0.3)));
      assertThat(names(groups, split.training())).doesNotContainAnyElementsOf(held);
    }
  }

  private static List<String> names(List<String> groups, int... which) {
    return Arrays.stream(which).mapToObj(groups::get).distinct().toList();
  }

  @Test
  void many_groups_should_take_no_time() {
    List<Integer> groups = IntStream.range(0, 200_000).mapToObj(i -> i / 2).toList();
    assertThat(Split.byGroup(groups, 0.5, new RandomState(1)).heldOut()).hasSize(100_000);
    int[] classes = groups.stream().mapToInt(i -> i).toArray();
    assertThat(Split.byClass(classes, 0.5, new RandomState(1)).heldOut()).hasSize(100_000);
  }

  @Test
  void the_same_seed_should_give_the_same_split() {
    int[] classes = new RandomState(1).randint(0, 3, 50);
    Split split = Split.byClass(classes, 0.3, new RandomState(2));
    assertThat(Split.byClass(classes, 0.3, new RandomState(2)).heldOut())
        .isEqualTo(split.heldOut());
    assertThat(Split.byClass(classes, 0.3, new RandomState(3)).heldOut())
        .isNotEqualTo(split.heldOut());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {0, 1, -0.1, 1.1, Double.NaN, 20})
  void should_refuse_what_is_no_share(double share) {
    String message = "Split: the share must be between 0 and 1, not " + share;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Split.byTime(10, share))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Split.byClass(new int[10], share, new RandomState(1)))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Split.byGroup(List.of(1, 2), share, new RandomState(1)))
        .withMessage(message);
  }

  @Test
  void should_refuse_too_few() {
    for (int count : new int[] {-1, 0, 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Split.byTime(count, 0.5))
          .withMessage(
              "Split.byTime: %d examples cannot be split; there must be at least 2", count);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Split.byGroup(List.of("a", "a"), 0.5, new RandomState(1)))
        .withMessage("Split.byGroup: 1 groups cannot be split; there must be at least 2");
  }
}
