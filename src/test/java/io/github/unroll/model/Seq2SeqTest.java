package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.data.task.AdditionTask;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class Seq2SeqTest {

  private static Seq2Seq model(Form form, int hidden, InputOrder order, RandomState random) {
    return model(form, 6, hidden, order, random);
  }

  private static Seq2Seq model(
      Form form, int words, int hidden, InputOrder order, RandomState random) {
    return new Seq2Seq(
        new Seq2SeqDescription(words, 3, hidden).withForm(form).withInputOrder(order), random);
  }

  private static Seq2Seq model(Form form, int hidden, RandomState random) {
    return model(form, hidden, InputOrder.AS_GIVEN, random);
  }

  /** Word vectors as drawn are so short that a question would hardly matter. */
  private static void lengthenWordVectors(Seq2Seq model) {
    for (Parameter p : model.parameters()) {
      if (p.name().endsWith("embed.w")) {
        p.value().copyFrom(p.value().times(100));
      }
    }
  }

  private static PairBatch batch(Golden golden) {
    return new PairBatch(golden.ids("xs"), golden.ints("lengths"), golden.ids("ts"));
  }

  @ParameterizedTest
  @CsvSource({
    "plain, PLAIN, AS_GIVEN, 63",
    "plain_reversed_lengths, PLAIN, REVERSED, 64",
    "peeky, PEEKY, AS_GIVEN, 65",
    "peeky_reversed_lengths, PEEKY, REVERSED, 66",
    "with_attention, ATTENTION, AS_GIVEN, 67",
    "with_attention_reversed_lengths, ATTENTION, REVERSED, 68"
  })
  void should_train_and_answer_as_pytorch(String name, Form form, InputOrder order, int seed) {
    Golden golden = Golden.load("seq2seq/" + name);
    Seq2Seq model = model(form, 7, 4, order, new RandomState(seed));
    lengthenWordVectors(model);
    model.parameters().forEach(p -> golden.assertMatches("start " + p.name(), p.value()));
    PairBatch batch = batch(golden);
    if (form == Form.ATTENTION) {
      Tensor3 weights = model.attentionWeights(batch);
      // The answer that ends early is not followed to its end there.
      Arrays.fill(weights.data(), (3 + 2) * 5, (3 + 3) * 5, 0);
      golden.assertMatches("weights", weights);
    }

    Adam adam = new Adam(0.05);
    GradientClipping clipping = GradientClipping.byGlobalNorm(0.2);
    double[] losses = new double[golden.values("loss").length];
    for (int i = 0; i < losses.length; i++) {
      model.parameters().forEach(Parameter::zeroGrad);
      losses[i] = model.forward(batch);
      model.backward();
      if (i == 0) {
        model.parameters().forEach(p -> golden.assertMatches("d " + p.name(), p.grad()));
      }
      double norm = clipping.clip(model.parameters());
      if (i == 0) {
        golden.assertMatches("norm", norm);
      }
      adam.update(model.parameters());
    }
    golden.assertMatches("loss", losses);
    model.parameters().forEach(p -> golden.assertMatches("end " + p.name(), p.value()));
    assertThat(model.generate(batch.xs(), batch.lengths(), 1, 4))
        .isDeepEqualTo(golden.ids("answers"));
  }

  @ParameterizedTest
  @EnumSource
  void should_pass_the_gradient_check_as_a_whole(Form form) {
    RandomState random = new RandomState(7);
    Seq2Seq model = model(form, 4, InputOrder.REVERSED, random);
    // With weights as drawn the question matters so little that differences would be rounding.
    for (Parameter p : model.parameters()) {
      double scale = p.name().equals("decoder.affine.w") ? 6 : 0.5;
      p.value().copyFrom(random.randn(p.value().rows(), p.value().cols()).times(scale));
    }
    PairBatch batch =
        new PairBatch(
            new int[][] {{0, 1, 5, 2}, {3, 3, 0, 0}},
            new int[] {4, 2},
            new int[][] {{1, 2, 4, 3}, {1, 5, 0, -1}});
    new GradientCheck(() -> model.forward(batch), model::backward)
        .parameters(model.parameters())
        .run()
        .assertBelow(1e-7);
  }

  @ParameterizedTest
  @EnumSource
  void a_reversed_model_should_read_reversed_questions_as_the_other_reads_them(Form form) {
    Seq2Seq reversing = model(form, 4, InputOrder.REVERSED, new RandomState(7));
    Seq2Seq other = model(form, 4, new RandomState(7));
    int[][] ts = {{1, 2, 4}};
    int[][] xs = {{0, 1, 5, 2}};
    int[][] back = {{2, 5, 1, 0}};
    assertThat(reversing.forward(new PairBatch(xs, ts)))
        .isEqualTo(other.forward(new PairBatch(back, ts)))
        .isNotEqualTo(other.forward(new PairBatch(xs, ts)));
    assertThat(reversing.forward(new PairBatch(new int[][] {{1, 0, 5, 5}}, new int[] {2}, ts)))
        .isEqualTo(other.forward(new PairBatch(new int[][] {{0, 1}}, ts)));
  }

  @ParameterizedTest
  @EnumSource
  void padding_that_does_not_count_should_not_be_read(Form form) {
    for (InputOrder order : InputOrder.values()) {
      Seq2Seq model = model(form, 4, order, new RandomState(8));
      lengthenWordVectors(model);
      int[] lengths = {4, 2};
      int[][] ts = {{1, 2, 4}, {1, 0, 3}};
      int[][] xs = {{0, 1, 5, 2}, {3, 4, 0, 0}};
      int[][] otherPadding = {{0, 1, 5, 2}, {3, 4, 5, 1}};
      double loss = model.forward(new PairBatch(xs, lengths, ts));
      assertThat(model.forward(new PairBatch(otherPadding, lengths, ts))).isEqualTo(loss);
      assertThat(model.forward(new PairBatch(xs, ts))).isNotEqualTo(loss);
      assertThat(model.generate(otherPadding, lengths, 1, 3))
          .isDeepEqualTo(model.generate(xs, lengths, 1, 3));
    }
  }

  @ParameterizedTest
  @EnumSource
  void generating_should_write_what_the_scores_of_a_forward_call_best(Form form) {
    RandomState random = new RandomState(9);
    Seq2Seq model = model(form, 8, random);
    lengthenWordVectors(model);
    int[][] xs = {{0, 1, 5}, {3, 3, 2}, {4, 2, 0}, {5, 5, 1}};
    int[][] answers = model.generate(xs, null, 1, 2);
    for (int i = 0; i < xs.length; i++) {
      double least = Double.POSITIVE_INFINITY;
      int best = -1;
      for (int id = 0; id < 6; id++) {
        double loss =
            model.forward(new PairBatch(new int[][] {xs[i]}, new int[][] {{1, answers[i][0], id}}));
        double first =
            model.forward(new PairBatch(new int[][] {xs[i]}, new int[][] {{1, answers[i][0]}}));
        double second = 2 * loss - first;
        best = second < least ? id : best;
        least = Math.min(least, second);
      }
      assertThat(answers[i][1]).isEqualTo(best);
    }
  }

  @ParameterizedTest
  @EnumSource
  void generating_should_not_disturb_training(Form form) {
    Seq2Seq model = model(form, 4, new RandomState(10));
    PairBatch batch = new PairBatch(new int[][] {{0, 1, 5}}, new int[][] {{1, 2, 4}});
    model.forward(batch);
    model.backward();
    List<double[]> undisturbed = new ArrayList<>();
    for (Parameter p : model.parameters()) {
      undisturbed.add(p.grad().data().clone());
      p.zeroGrad();
    }
    model.forward(batch);
    model.generate(new int[][] {{2, 2}, {3, 1}}, null, 0, 5);
    if (form == Form.ATTENTION) {
      model.attentionWeights(new PairBatch(new int[][] {{2, 2}}, new int[][] {{1, 1}}));
    }
    model.backward();
    for (int i = 0; i < undisturbed.size(); i++) {
      assertThat(model.parameters().get(i).grad().data()).isEqualTo(undisturbed.get(i));
    }
  }

  @Test
  void exact_match_should_count_answers_that_are_right_in_every_character() {
    Seq2Seq model = new Seq2Seq(new Seq2SeqDescription(13, 4, 8), new RandomState(11));
    SequencePairs sums = AdditionTask.sums(300, new RandomState(12)); // more than one block
    int[] start = {sums.vocabulary().id("_")};
    PairBatch all = sums.batch(0, 300);
    int[][] written = model.generate(all.xs(), null, start[0], 4);
    List<String> questions = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      questions.add(sums.question(i));
      int[] answer = written[i].clone();
      if (i % 3 == 0) { // one character wrong, each in its turn
        answer[i / 3 % 4] = (answer[i / 3 % 4] + 1) % 13;
      }
      answers.add("_" + sums.text(answer));
    }
    SequencePairs marked = SequencePairs.ofCharacters(sums.vocabulary(), questions, answers);
    assertThat(model.exactMatch(marked)).isEqualTo(200 / 300.0);
  }

  @Test
  void exact_match_should_refuse_answers_of_ids_that_the_model_does_not_know() {
    Seq2Seq model = new Seq2Seq(new Seq2SeqDescription(12, 4, 8), new RandomState(11));
    Vocabulary letters = Vocabulary.of(List.of("abcdefghijklm".split("")));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                model.exactMatch(SequencePairs.ofCharacters(letters, List.of("a"), List.of("bm"))))
        .withMessage("Seq2Seq: id 12 at [0,1] of the answers is not in 0..11, nor -1 (ignore)");
  }

  @Test
  void attention_weights_should_stand_in_the_order_of_the_question() {
    int[][] xs = {{0, 1, 5, 2}, {3, 4, 0, 0}};
    int[][] back = {{2, 5, 1, 0}, {4, 3, 0, 0}};
    int[] lengths = {4, 2};
    int[][] ts = {{1, 2, 4}, {1, 0, 3}};
    Seq2Seq plain =
        new Seq2Seq(new Seq2SeqDescription(6, 3, 4).withAttention(), new RandomState(13));
    Seq2Seq reversing =
        new Seq2Seq(
            new Seq2SeqDescription(6, 3, 4).withAttention().withInputOrder(InputOrder.REVERSED),
            new RandomState(13));
    lengthenWordVectors(plain);
    lengthenWordVectors(reversing);
    Tensor3 read = plain.attentionWeights(new PairBatch(back, lengths, ts));
    Tensor3 given = reversing.attentionWeights(new PairBatch(xs, lengths, ts));
    assertThat(given.shape()).isEqualTo("(2x2x4)");
    for (int t = 0; t < 2; t++) {
      for (int e = 0; e < 4; e++) {
        assertThat(given.get(0, t, e)).isEqualTo(read.get(0, t, 3 - e));
      }
      assertThat(given.get(1, t, 0)).isEqualTo(read.get(1, t, 1));
      assertThat(given.get(1, t, 1)).isEqualTo(read.get(1, t, 0));
      assertThat(given.get(1, t, 2)).isZero();
      assertThat(given.get(1, t, 0) + given.get(1, t, 1)).isCloseTo(1, within(1e-15));
    }
  }

  @ParameterizedTest
  @EnumSource
  void should_say_what_does_not_fit(Form form) {
    Seq2Seq model = model(form, 4, new RandomState(14));
    String name = model.getClass().getSimpleName();
    int[][] xs = {{0, 1, 5}};
    int[][] ts = {{1, 2, 4}};
    assertRefused(model, new int[0][], null, ts, name + ": no question");
    assertRefused(model, new int[1][0], null, ts, name + ": no question");
    assertRefused(model, xs, new int[] {1, 2}, ts, name + ": 1 questions and 2 lengths");
    assertRefused(
        model,
        xs,
        new int[] {4},
        ts,
        name + ": question 0 has 3 steps, so its length must be in 1..3, not 4");
    assertRefused(model, xs, null, new int[2][3], name + ": 1 questions and 2 answers");
    assertRefused(model, xs, null, new int[1][1], "answer 0 has 1 ids");
    assertRefused(
        model, xs, null, new int[][] {{1, 6}}, "id 6 at [0,1] of the answers is not in 0..5, nor");
    assertRefused(
        model, xs, null, new int[][] {{-1, 2}}, "id -1 at [0,0] of the answers is not in 0..5");
    assertRefused(model, xs, null, new int[][] {{1, -1, -1}}, "all 2 labels are -1");
    assertRefused(
        model, new int[][] {{6}}, null, ts, "TimeEmbedding: id 6 at [0,0] is not in 0..5");
    assertRefused(
        model,
        new int[][] {{1, 2}, {3}},
        null,
        new int[2][2],
        "TimeEmbedding: row 0 has 2 ids and row 1 has 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(xs, null, 1, 0))
        .withMessage("generate: steps must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(xs, null, 6, 2))
        .withMessage("TimeEmbedding: id 6 at [0,0] is not in 0..5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(xs, new int[] {0}, 1, 2))
        .withMessageContaining("not 0");
  }

  @ParameterizedTest
  @EnumSource
  void should_refuse_a_backward_without_its_forward_and_add_no_gradient(Form form) {
    Seq2Seq model = model(form, 4, new RandomState(15));
    int[][] xs = {{0, 1, 5}};
    int[][] ts = {{1, 2, 4}};
    assertBackwardRefused(model);
    model.forward(new PairBatch(xs, ts));
    model.backward();
    double[] gradients = Padded.gradients(model.parameters());
    assertBackwardRefused(model);
    model.forward(new PairBatch(xs, ts));
    assertRefused(model, new int[][] {{0, 1, 6}}, null, ts, "id 6 at [0,2]");
    assertBackwardRefused(model);
    assertThat(Padded.gradients(model.parameters())).containsExactly(gradients);
  }

  private static void assertBackwardRefused(Seq2Seq model) {
    assertThatIllegalStateException()
        .isThrownBy(model::backward)
        .withMessage(
            model.getClass().getSimpleName()
                + ".backward: there was no forward since the latest backward; call forward first");
  }

  private static void assertRefused(
      Seq2Seq model, int[][] xs, int[] lengths, int[][] ts, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new PairBatch(xs, lengths, ts)))
        .withMessageContaining(message);
  }
}
