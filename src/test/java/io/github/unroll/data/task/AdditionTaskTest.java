package io.github.unroll.data.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.SequencePairs;
import io.github.unroll.random.RandomState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdditionTaskTest {

  @Test
  void should_make_50000_different_sums_that_are_right() {
    SequencePairs sums = AdditionTask.sums(50_000, new RandomState(1));
    Set<List<Integer>> seen = new HashSet<>();
    int threeDigits = 0;
    for (int i = 0; i < sums.size(); i++) {
      assertThat(sums.question(i)).hasSize(7).matches("\\d{1,3}\\+\\d{1,3} *");
      assertThat(sums.answer(i)).hasSize(5).matches("_\\d{1,4} *");
      String[] numbers = sums.question(i).trim().split("\\+");
      int a = Integer.parseInt(numbers[0]);
      int b = Integer.parseInt(numbers[1]);
      assertThat(Integer.parseInt(sums.answer(i).substring(1).trim())).isEqualTo(a + b);
      assertThat(numbers[0]).isEqualTo(String.valueOf(a)); // no leading zeros
      assertThat(seen.add(List.of(Math.min(a, b), Math.max(a, b)))).isTrue();
      threeDigits += a > 99 ? 1 : 0;
    }
    assertThat(sums.size()).isEqualTo(50_000);
    assertThat(threeDigits).isBetween(20_000, 40_000);
    assertThat(seen).contains(List.of(0, 0), List.of(5, 7));
  }

  @Test
  void should_make_the_same_sums_from_the_same_seed() {
    assertThat(texts(1)).isEqualTo(texts(1)).isNotEqualTo(texts(2));
  }

  private static List<String> texts(int seed) {
    SequencePairs sums = AdditionTask.sums(3, new RandomState(seed));
    return List.of(sums.question(0), sums.question(1), sums.question(2));
  }

  @Test
  void a_held_out_sum_should_not_be_in_the_training_set_either_way_round() {
    SequencePairs.Split split = AdditionTask.sums(5_000, new RandomState(1)).split(500);
    Set<String> known = new HashSet<>();
    for (int i = 0; i < split.train().size(); i++) {
      String[] numbers = split.train().question(i).trim().split("\\+");
      known.add(numbers[0] + "+" + numbers[1]);
      known.add(numbers[1] + "+" + numbers[0]);
    }
    for (int i = 0; i < split.test().size(); i++) {
      assertThat(known).doesNotContain(split.test().question(i).trim());
    }
  }

  @Test
  void should_have_the_vocabulary_of_all_sums() {
    assertThat(AdditionTask.vocabulary().size()).isEqualTo(13);
    assertThat(AdditionTask.sums(1, new RandomState(1)).vocabulary())
        .isEqualTo(AdditionTask.vocabulary());
  }

  @Test
  void should_refuse_more_sums_than_there_are() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdditionTask.sums(300_001, new RandomState(1)))
        .withMessage("300001 sums: the count must be in 1..300000");
    assertThatIllegalArgumentException().isThrownBy(() -> AdditionTask.sums(0, new RandomState(1)));
  }
}
