package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is made of NaN is no class and no word. */
class GreatestTest {

  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static int greatest(double... scores) {
    return Greatest.of(scores.length, scores, 0);
  }

  @Test
  void should_be_the_first_of_equals() {
    assertThat(greatest(-3, 2, 1, 2)).isEqualTo(1);
    assertThat(greatest(-INFINITY, -7, -INFINITY)).isEqualTo(1);
  }

  @Test
  void should_be_refused_where_a_score_is_nan_or_the_greatest_infinite() {
    assertRefused(0, Double.NaN, Double.NaN);
    assertRefused(2, 1, 2, Double.NaN);
    assertRefused(1, 0, INFINITY, 3);
    assertRefused(0, -INFINITY, -INFINITY);
  }

  private static void assertRefused(int bad, double... scores) {
    assertThat(greatest(scores)).isEqualTo(-1 - bad);
  }

  private static SequenceClassifier classifier(Readout readout) {
    return new SequenceClassifier(
        SequenceDescription.classifier(Input.features(2), 4, 3).withReadout(readout),
        new RandomState(1));
  }

  /** Two sequences of 5 steps; the second has a NaN at step 3. */
  private static Tensor3 withNan() {
    Tensor3 xs = new Tensor3(2, 5, 2);
    xs.fill(0.3);
    xs.set(1, 3, 1, Double.NaN);
    return xs;
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void a_classifier_should_say_which_input_leaves_it_without_a_class(Readout readout) {
    SequenceClassifier model = classifier(readout);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.predict(withNan()))
        .withMessageContaining(
            readout == Readout.EVERY
                ? "of sequence 1, step 3 the score"
                : "of sequence 1 the score")
        .withMessageContaining("is NaN")
        .withMessageContaining("the input is NaN at step 3, feature 1");
    assertThatCode(() -> model.predict(withNan(), new int[] {5, 3})).doesNotThrowAnyException();
    assertThat(model.probabilities(withNan()).get(1, readout.answers(5) - 1, 0)).isNaN();
  }

  @Test
  void a_classifier_should_say_which_parameter_leaves_it_without_a_class() {
    SequenceClassifier model = classifier(Readout.LAST);
    model.parameters().get(4).value().set(0, 2, Double.NaN); // the last of three classes alone
    Tensor3 xs = new Tensor3(1, 5, 2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.predict(xs))
        .withMessage(
            "SequenceClassifier.predict: of sequence 0 the score of class 2 is NaN, so that no"
                + " class is the most likely: the first bad parameter is affine.b[0,2] = NaN");
  }

  static Stream<Seq2Seq> encodersAndDecoders() {
    int v = 4;
    RandomState random = new RandomState(2);
    return Stream.of(
        new Seq2Seq(new Seq2SeqDescription(v, 3, 4).withInputOrder(InputOrder.AS_GIVEN), random),
        new Seq2Seq(new Seq2SeqDescription(v, 3, 4).withPeeking(), random),
        new Seq2Seq(new Seq2SeqDescription(v, 3, 4).withAttention(), random));
  }

  @ParameterizedTest
  @MethodSource("encodersAndDecoders")
  void a_decoder_should_write_nothing_by_scores_that_are_nan(Seq2Seq model) {
    spoilWordOne(model);
    String name = model.getClass().getSimpleName();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(new int[][] {{0, 2}, {0, 1}}, null, 2, 4))
        .withMessage(
            name
                + ".generate: of question 1, step 0 the score of id 0 is NaN, so that none is the"
                + " highest: the first bad parameter is encoder.embed.w[1,0] = NaN");
  }

  @Test
  void an_exact_match_should_count_no_answer_that_is_made_of_nan() {
    Vocabulary letters = Vocabulary.of(List.of("a", "b", "c", "_"));
    List<String> questions = new ArrayList<>(Collections.nCopies(300, "ac"));
    questions.set(290, "ab");
    SequencePairs pairs =
        SequencePairs.ofCharacters(letters, questions, Collections.nCopies(300, "_a"));
    Seq2Seq model =
        new Seq2Seq(
            new Seq2SeqDescription(4, 3, 4).withInputOrder(InputOrder.AS_GIVEN),
            new RandomState(3));
    spoilWordOne(model);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.exactMatch(pairs))
        .withMessageContaining("of question 290, step 0");
  }

  private static void spoilWordOne(Seq2Seq model) {
    model
        .parameters()
        .get(0)
        .value()
        .set(1, 0, Double.NaN); // only questions that hold id 1 read it
  }
}
