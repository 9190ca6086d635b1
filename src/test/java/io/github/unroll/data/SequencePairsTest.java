package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.task.AdditionTask;
import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequencePairsTest {

  private static final Vocabulary LETTERS = Vocabulary.of(List.of(" ", "_", "a", "b", "c"));

  private static SequencePairs pairs() {
    return SequencePairs.ofCharacters(
        LETTERS, List.of("ab ", "c  ", "abc", "   ", "b c"), List.of("_a", "_b", "_c", "_ ", "_b"));
  }

  @Test
  void should_number_characters() {
    PairBatch batch = pairs().batch(0, 2);
    assertThat(batch.xs()).isDeepEqualTo(new int[][] {{2, 3, 0}, {4, 0, 0}});
    assertThat(batch.ts()).isDeepEqualTo(new int[][] {{1, 2}, {1, 3}});
    assertThat(batch.lengths()).isNull();
    assertThat(pairs().question(1)).isEqualTo("c  ");
    assertThat(pairs().answer(1)).isEqualTo("_b");
    assertThat(pairs().text(new int[] {2, 1, 4})).isEqualTo("a_c");
    assertThat(pairs()).hasToString("SequencePairs(5 pairs, 5 words, 3 to 2 steps)");
  }

  @Test
  void lengths_should_end_before_trailing_padding() {
    SequencePairs ends = pairs().withLengths(" ");
    assertThat(ends.batch(0, 5).lengths()).containsExactly(2, 1, 3, 1, 3);
    assertThat(ends.slice(1, 3).batch(0, 2).lengths()).containsExactly(1, 3);
    assertThat(ends.batch(0, 5).xs()).isDeepEqualTo(pairs().batch(0, 5).xs());
    assertThat(new PairBatches(ends, 5, new RandomState(1)).read(0).lengths())
        .containsExactly(2, 1, 3, 1, 3);
  }

  @Test
  void should_hold_out_the_last_pairs() {
    SequencePairs.Split split = pairs().split(2);
    assertThat(split.train().size()).isEqualTo(3);
    assertThat(split.test().size()).isEqualTo(2);
    assertThat(split.train().question(2)).isEqualTo("abc");
    assertThat(split.test().question(0)).isEqualTo("   ");
    assertThat(split.test().vocabulary()).isEqualTo(LETTERS);
  }

  @Test
  void should_say_what_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequencePairs.ofCharacters(LETTERS, List.of("a"), List.of()))
        .withMessage("pairs: 1 questions and 0 answers; there must be as many, and at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequencePairs.ofCharacters(LETTERS, List.of(), List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SequencePairs.ofCharacters(LETTERS, List.of("a", "ab"), List.of("_a", "_b")))
        .withMessage(
            "question 1, \"ab\", has 2 characters and question 0 has 1; pad all to one length, at"
                + " least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequencePairs.ofCharacters(LETTERS, List.of("a"), List.of("_")))
        .withMessageContaining("answer 0, \"_\", has 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequencePairs.ofCharacters(LETTERS, List.of("x"), List.of("_a")))
        .withMessageContaining("unknown word \"x\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs().split(5))
        .withMessage("5 of 5 pairs held out: both parts need at least one");
    assertThatIllegalArgumentException().isThrownBy(() -> pairs().split(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs().batch(2, 6))
        .withMessage("no pairs 2 to 6: there are 5; 0 <= from < to <= 5 must hold");
    assertThatIllegalArgumentException().isThrownBy(() -> pairs().slice(2, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairBatches(pairs(), 6, new RandomState(1)))
        .withMessage("batch size 6: it must be in 1..5, the number of pairs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairBatches(pairs(), 2, new RandomState(1)).read(2))
        .withMessage("no batch 2: an epoch has batches 0 to 1");
  }

  /** The questions and answers of an epoch, one after the other. */
  private static List<String> epoch(PairBatches batches, SequencePairs pairs) {
    batches.beginEpoch();
    List<String> read = new ArrayList<>();
    for (int i = 0; i < batches.iterations(); i++) {
      PairBatch batch = batches.read(i);
      for (int row = 0; row < batch.xs().length; row++) {
        read.add(pairs.text(batch.xs()[row]) + pairs.text(batch.ts()[row]));
      }
    }
    return read;
  }

  @Test
  void an_epoch_should_have_every_pair_once_in_an_order_of_its_own() {
    SequencePairs sums = AdditionTask.sums(60, new RandomState(2));
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(sums.question(i) + sums.answer(i));
    }
    PairBatches batches = new PairBatches(sums, 20, new RandomState(3));
    assertThat(batches.iterations()).isEqualTo(3);
    List<String> first = epoch(batches, sums);
    List<String> second = epoch(batches, sums);
    assertThat(first).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(all);
    assertThat(second).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(first);
    assertThat(epoch(new PairBatches(sums, 20, new RandomState(3)), sums)).isEqualTo(first);
  }

  @Test
  void pairs_that_do_not_fill_a_batch_should_have_their_turn_in_other_epochs() {
    SequencePairs sums = AdditionTask.sums(7, new RandomState(2));
    PairBatches batches = new PairBatches(sums, 3, new RandomState(3));
    assertThat(batches.iterations()).isEqualTo(2);
    assertThat(epoch(batches, sums)).hasSize(6).doesNotHaveDuplicates();
    List<String> ten = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ten.addAll(epoch(batches, sums));
    }
    assertThat(ten.stream().distinct()).hasSize(7);
  }

  @Test
  void a_batch_should_be_the_same_when_read_twice() {
    PairBatches batches = new PairBatches(pairs(), 2, new RandomState(4));
    batches.beginEpoch();
    int[][] first = Arrays.stream(batches.read(0).xs()).map(int[]::clone).toArray(int[][]::new);
    batches.read(1);
    assertThat(batches.read(0).xs()).isDeepEqualTo(first);
  }
}
