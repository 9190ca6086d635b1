package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.task.AdditionTask;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches that are shuffled take up an epoch that was under way, and go on as they would have. */
class OrderOfBatchesTest {

  static Stream<Arguments> batches() {
    double[] series = new RandomState(1).randn(40);
    SequencePairs sums = AdditionTask.sums(20, new RandomState(2));
    int[] lengths = new RandomState(4).randint(1, 9, 23);
    SequenceSet set = SequenceSet.ofWords(Arrays.stream(lengths).mapToObj(int[]::new).toList());
    Matrix column = Matrix.of(40, 1, series);
    Windows windows = Windows.of(5, 2, 1, new Windows.Series(column, column, null));
    return Stream.of(
        of("ShuffledBatches", random -> new ShuffledBatches<>(11, 4, random, which -> which)),
        of(
            "ShuffledBatches.ofSimilarLengths",
            random -> ShuffledBatches.ofSimilarLengths(lengths, 4, random, which -> which)),
        of("SequenceSet", random -> set.classified(upTo(23), 5, random)),
        of("Windows", random -> windows.batches(7, random)),
        of("SeriesWindows", random -> new SeriesWindows(series, 5, 3, random)),
        of("PairBatches", random -> new PairBatches(sums, 4, random)),
        of("DrawnBatches", random -> new DrawnBatches<>(3, random, r -> r.randint(0, 1000, 5))));
  }

  private static int[] upTo(int count) {
    return IntStream.range(0, count).toArray();
  }

  private static Arguments of(String name, Function<RandomState, Batches<?>> make) {
    return Arguments.of(name, make);
  }

  private static String epoch(Batches<?> batches) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < batches.iterations(); i++) {
      all.add(inWords(batches.read(i)));
    }
    return all.toString();
  }

  private static String inWords(Object batch) {
    if (batch instanceof SequenceTargets targets) {
      return Arrays.toString(targets.xs().data());
    }
    if (batch instanceof LabelledSequences labelled) {
      return Arrays.deepToString(labelled.labels());
    }
    return batch instanceof PairBatch pairs
        ? Arrays.deepToString(pairs.xs())
        : Arrays.toString((int[]) batch);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("batches")
  void an_epoch_under_way_should_be_taken_up(String name, Function<RandomState, Batches<?>> make) {
    Batches<?> undisturbed = make.apply(new RandomState(3));
    undisturbed.beginEpoch();
    undisturbed.beginEpoch();
    Batches<?> other = make.apply(new RandomState(9));
    assertThat(epoch(other)).isNotEqualTo(epoch(undisturbed));

    other.random().orElseThrow().setState(undisturbed.random().orElseThrow().state());
    other.setOrder(undisturbed.order());
    assertThat(epoch(other)).isEqualTo(epoch(undisturbed));
    other.beginEpoch();
    undisturbed.beginEpoch();
    assertThat(epoch(other)).as("the next epoch").isEqualTo(epoch(undisturbed));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("batches")
  void an_order_that_does_not_fit_should_be_refused(
      String name, Function<RandomState, Batches<?>> make) {
    Batches<?> batches = make.apply(new RandomState(3));
    String before = epoch(batches);
    int[] longer = upTo(batches.order().length + 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> batches.setOrder(longer))
        .withMessageContaining("pass the batches that the training had");
    int[] negative = batches.order();
    negative[0] = -1;
    assertThatIllegalArgumentException().isThrownBy(() -> batches.setOrder(negative));
    assertThat(epoch(batches)).isEqualTo(before);
  }
}
