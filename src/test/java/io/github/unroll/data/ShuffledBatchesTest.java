package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShuffledBatchesTest {

  private static ShuffledBatches<int[]> of(int count, int batchSize) {
    return new ShuffledBatches<>(count, batchSize, new RandomState(1), which -> which);
  }

  private static ShuffledBatches<int[]> ofSimilar(int[] lengths, int batchSize, long seed) {
    return ShuffledBatches.ofSimilarLengths(
        lengths, batchSize, new RandomState(seed), which -> which);
  }

  private static List<Integer> epoch(ShuffledBatches<int[]> batches) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < batches.iterations(); i++) {
      Arrays.stream(batches.read(i)).forEach(all::add);
    }
    return all;
  }

  @ParameterizedTest(name = "{0} examples in batches of {1}")
  @CsvSource({
    "1, 1, 1, 1",
    "5, 2, 3, 1",
    "6, 2, 3, 2",
    "3, 10, 1, 3",
    "4, 4, 1, 4",
    "1, 2147483647, 1, 1",
    "7, 1, 7, 1"
  })
  void an_epoch_should_have_every_example_once(int count, int batchSize, int iterations, int last) {
    int[] lengths = new RandomState(2).randint(1, 5, count);
    for (ShuffledBatches<int[]> batches :
        List.of(of(count, batchSize), ofSimilar(lengths, batchSize, 3))) {
      assertThat(batches.iterations()).isEqualTo(iterations);
      for (int round = 0; round < 3; round++) {
        assertThat(epoch(batches))
            .hasSize(count)
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
        assertThat(batches.read(iterations - 1)).hasSize(last);
        for (int i = 0; i < iterations - 1; i++) {
          assertThat(batches.read(i)).hasSize(batchSize);
        }
        batches.beginEpoch();
      }
    }
  }

  @Test
  void each_epoch_should_have_an_order_of_its_own() {
    ShuffledBatches<int[]> batches = of(20, 3);
    assertThat(epoch(batches)).isSorted();
    batches.beginEpoch();
    List<Integer> first = epoch(batches);
    assertThat(epoch(batches)).isEqualTo(first);
    batches.beginEpoch();
    assertThat(epoch(batches)).isNotEqualTo(first);
  }

  @Test
  void whole_batches_should_be_of_similar_lengths_in_a_drawn_order() {
    int[] lengths = new RandomState(5).randint(1, 100, 103);
    Set<String> orders = new HashSet<>();
    Set<Integer> lefts = new HashSet<>();
    ShuffledBatches<int[]> batches = ofSimilar(lengths, 10, 6);
    for (int epoch = 0; epoch < 20; epoch++) {
      batches.beginEpoch();
      List<int[]> ranges = new ArrayList<>();
      StringBuilder order = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        int[] theirs = Arrays.stream(batches.read(i)).map(e -> lengths[e]).sorted().toArray();
        ranges.add(new int[] {theirs[0], theirs[9]});
        order.append(theirs[0]).append(' ');
      }
      ranges.sort((a, b) -> a[0] != b[0] ? a[0] - b[0] : a[1] - b[1]);
      for (int i = 1; i < ranges.size(); i++) {
        assertThat(ranges.get(i)[0]).isGreaterThanOrEqualTo(ranges.get(i - 1)[1]);
      }
      orders.add(order.toString());
      Arrays.stream(batches.read(10)).forEach(lefts::add);
    }
    assertThat(orders).hasSize(20);
    assertThat(lefts).as("those in the smaller batch differ").hasSizeGreaterThan(40);
  }

  @Test
  void examples_of_one_length_should_be_shuffled() {
    int[] lengths = new int[40];
    Arrays.fill(lengths, 7);
    ShuffledBatches<int[]> batches = ofSimilar(lengths, 4, 1);
    batches.beginEpoch();
    Set<Integer> together = new HashSet<>();
    Arrays.stream(batches.read(0)).forEach(e -> together.add(e / 4));
    assertThat(together).hasSizeGreaterThan(1);
  }

  @Test
  void the_lengths_should_be_copied() {
    int[] lengths = {1, 9, 1, 9, 1, 9};
    ShuffledBatches<int[]> batches = ofSimilar(lengths, 3, 1);
    Arrays.fill(lengths, 1);
    for (int epoch = 0; epoch < 5; epoch++) {
      batches.beginEpoch();
      assertThat(Arrays.stream(batches.read(0)).map(e -> e % 2).distinct().count()).isEqualTo(1);
    }
  }

  @Test
  void should_refuse_what_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(0, 4))
        .withMessage("ShuffledBatches: 0 examples in batches of 4; both must be at least 1");
    assertThatIllegalArgumentException().isThrownBy(() -> of(4, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> ofSimilar(new int[0], 4, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(4, 3).read(2))
        .withMessage("no batch 2: an epoch has batches 0 to 1");
  }
}
