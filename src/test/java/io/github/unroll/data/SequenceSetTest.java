package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceSetTest {

  private static final Matrix ONE = Matrix.of(1, 2, 1, 2);
  private static final Matrix THREE = Matrix.of(3, 2, 10, 11, 20, 21, 30, 31);
  private static final SequenceSet FEATURES = SequenceSet.of(List.of(ONE, THREE));
  private static final SequenceSet WORDS =
      SequenceSet.ofWords(List.of(new int[] {5, 6}, new int[] {7}, new int[] {8, 9, 4}));

  private static RandomState random() {
    return new RandomState(1);
  }

  /** Number i has i % 7 + 1 steps of two features: i and the step. */
  private static SequenceSet numbered(int count) {
    List<Matrix> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Matrix one = new Matrix(i % 7 + 1, 2);
      for (int t = 0; t < one.rows(); t++) {
        one.set(t, 0, i);
        one.set(t, 1, t);
      }
      all.add(one);
    }
    return SequenceSet.of(all);
  }

  private static int[] upTo(int count) {
    return IntStream.range(0, count).toArray();
  }

  @Test
  void should_pad_features_to_the_longest() {
    Sequences batch = FEATURES.all();
    assertThat(batch.features())
        .isEqualTo(Tensor3.of(2, 3, 2, 1, 2, 0, 0, 0, 0, 10, 11, 20, 21, 30, 31));
    assertThat(batch.lengths()).containsExactly(1, 3);
    assertThat(FEATURES.batch(0, 0).features()).isEqualTo(Tensor3.of(2, 1, 2, 1, 2, 1, 2));
    assertThat(FEATURES.size()).isEqualTo(2);
    assertThat(FEATURES.lengths()).containsExactly(1, 3);
  }

  @Test
  void should_pad_words_to_the_longest() {
    Sequences batch = WORDS.batch(2, 1);
    assertThat(batch.words()).isDeepEqualTo(new int[][] {{8, 9, 4}, {7, 0, 0}});
    assertThat(batch.lengths()).containsExactly(3, 1);
    assertThat(batch.features()).isNull();
  }

  @Test
  void should_take_parts_in_any_order() {
    assertThat(WORDS.part(2, 0).lengths()).containsExactly(3, 2);
    assertThat(FEATURES.part(1).all().features().sequence(0).copy()).isEqualTo(THREE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WORDS.part())
        .withMessage("SequenceSet: no sequences; pass at least one");
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> WORDS.part(3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> WORDS.batch(-1));
  }

  @Test
  void a_set_of_one_sequence_should_do() {
    Batches<LabelledSequences> batches =
        SequenceSet.of(List.of(THREE)).classified(new int[] {4}, 32, random());
    assertThat(batches.iterations()).isEqualTo(1);
    batches.beginEpoch();
    LabelledSequences batch = batches.read(0);
    assertThat(batch.labels()).isDeepEqualTo(new int[][] {{4}});
    assertThat(batch.inputs().features().sequence(0).copy()).isEqualTo(THREE);
  }

  @ParameterizedTest(name = "{0} sequences in batches of {1}")
  @CsvSource({"50, 8", "50, 100", "50, 1", "7, 7"})
  void every_sequence_should_come_once_with_its_own(int count, int batchSize) {
    SequenceSet set = numbered(count);
    int[] classes = Arrays.stream(upTo(count)).map(i -> 3 * i).toArray();
    List<int[]> tags = new ArrayList<>();
    List<Matrix> stepTargets = new ArrayList<>();
    Matrix targets = new Matrix(count, 1);
    for (int i = 0; i < count; i++) {
      targets.set(i, 0, 5 * i);
      int steps = set.lengths()[i];
      int own = i;
      tags.add(IntStream.range(0, steps).map(t -> 100 * own + t).toArray());
      Matrix each = new Matrix(steps, 1);
      for (int t = 0; t < steps; t++) {
        each.set(t, 0, 100 * i + t);
      }
      stepTargets.add(each);
    }
    var classified = set.classified(classes, batchSize, random());
    var tagged = set.tagged(tags, batchSize, random());
    var valued = set.withTargets(targets, batchSize, random());
    var stepValued = set.withTargets(stepTargets, batchSize, random());
    List<Integer> seen = new ArrayList<>();
    classified.beginEpoch();
    tagged.beginEpoch();
    valued.beginEpoch();
    stepValued.beginEpoch();
    for (int b = 0; b < classified.iterations(); b++) {
      LabelledSequences one = classified.read(b);
      Tensor3 xs = one.xs();
      assertThat(tagged.read(b).xs()).isEqualTo(xs);
      assertThat(valued.read(b).xs()).isEqualTo(xs);
      assertThat(stepValued.read(b).xs()).isEqualTo(xs);
      assertThat(valued.read(b).targets().steps()).isEqualTo(1);
      assertThat(xs.steps()).isEqualTo(Arrays.stream(one.lengths()).max().orElseThrow());
      for (int n = 0; n < xs.batch(); n++) {
        int i = (int) xs.get(n, 0, 0);
        seen.add(i);
        assertThat(one.lengths()[n]).isEqualTo(set.lengths()[i]);
        assertThat(one.labels()[n]).containsExactly(3 * i);
        assertThat(valued.read(b).targets().get(n, 0, 0)).isEqualTo(5 * i);
        for (int t = 0; t < xs.steps(); t++) {
          boolean counts = t < set.lengths()[i];
          assertThat(xs.get(n, t, 0)).isEqualTo(counts ? i : 0);
          assertThat(tagged.read(b).labels()[n][t]).isEqualTo(counts ? 100 * i + t : -1);
          assertThat(stepValued.read(b).targets().get(n, t, 0))
              .isEqualTo(Double.valueOf(counts ? 100 * i + t : Double.NaN));
        }
      }
    }
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(upTo(count)).boxed().toList());
  }

  @Test
  void labels_should_be_copied() {
    int[] classes = {1, 2, 3};
    Batches<LabelledSequences> batches = WORDS.classified(classes, 3, random());
    Arrays.fill(classes, 9);
    assertThat(batches.read(0).labels()).isDeepEqualTo(new int[][] {{1}, {2}, {3}});
    batches.read(0).labels()[0][0] = 8;
    assertThat(batches.read(0).labels()[0][0]).isEqualTo(1);
  }

  @Test
  void should_refuse_what_does_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceSet.of(List.of()))
        .withMessage("SequenceSet: no sequences; pass at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceSet.ofWords(List.of(new int[] {1}, new int[0])))
        .withMessage("SequenceSet: sequence 1 has no steps; leave it out");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceSet.of(List.of(ONE, new Matrix(2, 3))))
        .withMessage(
            "SequenceSet: sequence 1 has 3 features, and the first has 2; give all the same"
                + " columns");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WORDS.classified(new int[2], 4, random()))
        .withMessage("SequenceSet: 2 classes for 3 sequences; give one for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WORDS.classified(new int[3], 0, random()))
        .withMessageContaining("3 examples in batches of 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WORDS.tagged(List.of(new int[2], new int[1]), 4, random()))
        .withMessage("SequenceSet: 2 arrays of classes for 3 sequences; give one for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WORDS.tagged(List.of(new int[2], new int[2], new int[3]), 4, random()))
        .withMessage("SequenceSet: 2 classes for the 1 steps of sequence 1; give one for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WORDS.withTargets(new Matrix(2, 1), 4, random()))
        .withMessage("SequenceSet: 2 rows of targets for 3 sequences; give one for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FEATURES.withTargets(List.of(ONE, ONE), 4, random()))
        .withMessage(
            "SequenceSet: 1 rows of targets for the 3 steps of sequence 1; give one for each");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FEATURES.withTargets(List.of(ONE, new Matrix(3, 1)), 4, random()))
        .withMessageContaining("sequence 1 has 1 targets, and the first has 2");
  }
}
