package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextSamplerTest {

  private static final int V = 7;
  private static final int[] PROMPT = {3, 0, 5};

  private final RandomState random = new RandomState(1);
  private final RnnLanguageModel model =
      new RnnLanguageModel(
          SequenceDescription.languageModel(V, 4, 4)
              .withCell(CellKind.LSTM)
              .withLayers(2)
              .withDropout(0.5),
          random);

  TextSamplerTest() {
    RandomState weights = new RandomState(7); // large ones: what was read should matter
    for (Parameter p : model.parameters()) {
      double scale = p.name().equals("affine.b") ? 0.5 : 1.5;
      p.value().copyFrom(weights.randn(p.value().rows(), p.value().cols()).times(scale));
    }
  }

  private TextSampler sampler(WordChoice choice, long seed) {
    return new TextSampler(model, choice, new RandomState(seed));
  }

  private static double[] probabilities(double[] scores) {
    TimeSoftmaxWithLoss softmax = new TimeSoftmaxWithLoss();
    softmax.forward(Tensor3.of(1, 1, V, scores), new int[][] {{0}});
    return softmax.probabilities().data();
  }

  @Test
  void the_same_seed_should_write_the_same_text_and_another_seed_another() {
    int[] text = sampler(WordChoice.sampled(), 8).sample(PROMPT, 60);
    assertThat(sampler(WordChoice.sampled(), 8).sample(PROMPT, 60)).isEqualTo(text);
    assertThat(sampler(WordChoice.sampled(), 9).sample(PROMPT, 60)).isNotEqualTo(text);
    assertThat(sampler(WordChoice.sampled(), 8).sample(new int[] {1}, 60)).isNotEqualTo(text);
  }

  @Test
  void a_text_should_come_word_by_word_and_each_be_read_before_the_next() {
    TextSampler sampler = sampler(WordChoice.sampled(), 8);
    sampler.start(PROMPT);
    LanguageModelSession session = model.newSession();
    Arrays.stream(PROMPT).forEach(session::read);
    RandomState draws = new RandomState(8);
    for (int i = 0; i < 30; i++) {
      int word = sampler.next();
      assertThat(word).isEqualTo(draws.choice(V, probabilities(session.scores().data())));
      session.read(word);
    }
  }

  @Test
  void a_greedy_text_should_take_the_best_word_each_time_whatever_the_seed() {
    int[] greedy = sampler(WordChoice.greedy(), 1).sample(PROMPT, 40);
    LanguageModelSession session = model.newSession();
    Arrays.stream(PROMPT).forEach(session::read);
    for (int word : greedy) {
      double[] scores = session.scores().data();
      assertThat(scores[word]).isEqualTo(Arrays.stream(scores).max().orElseThrow());
      session.read(word);
    }
    assertThat(Arrays.stream(greedy).distinct().count()).as("of several words").isGreaterThan(1);
    WordChoice top1 = WordChoice.sampled().withTopK(1);
    WordChoice cold = WordChoice.sampled().withTemperature(1e-9);
    assertThat(sampler(top1, 2).sample(PROMPT, 40)).isEqualTo(greedy);
    assertThat(sampler(cold, 3).sample(PROMPT, 40)).isEqualTo(greedy);
  }

  @Test
  void left_out_words_should_never_be_written_but_may_stand_in_the_prompt() {
    int[] all = sampler(WordChoice.sampled().withTemperature(2), 4).sample(PROMPT, 500);
    int[] some =
        sampler(WordChoice.sampled().withTemperature(2).without(0, 5), 4).sample(PROMPT, 500);
    assertThat(all).contains(0, 5);
    assertThat(some).doesNotContain(0, 5).contains(1, 2, 3, 4, 6);
  }

  /** Texts of two words, whose probability is the product of two softmaxes. */
  @Test
  void texts_should_be_as_frequent_as_the_model_says() {
    int texts = 20_000;
    TextSampler sampler = sampler(WordChoice.sampled(), 10);
    Map<Integer, Integer> counts = new HashMap<>();
    for (int i = 0; i < texts; i++) {
      int[] text = sampler.sample(PROMPT, 2);
      counts.merge(text[0] * V + text[1], 1, Integer::sum);
    }
    double chiSquare = 0;
    for (int first = 0; first < V; first++) {
      LanguageModelSession session = model.newSession();
      Arrays.stream(PROMPT).forEach(session::read);
      double pFirst = probabilities(session.scores().data())[first];
      session.read(first);
      double[] pSecond = probabilities(session.scores().data());
      for (int second = 0; second < V; second++) {
        double expected = texts * pFirst * pSecond[second];
        int got = counts.getOrDefault(first * V + second, 0);
        chiSquare += (got - expected) * (got - expected) / expected;
      }
    }
    assertThat(chiSquare).as("99.9 % quantile of 48 degrees of freedom").isLessThan(84.04);
  }

  @Test
  void the_models_training_should_be_left_alone() {
    int[][] xs = {{0, 1, 6}, {2, 3, 4}};
    RandomState.State masks = random.state();
    model.forward(xs, xs);
    model.backward();
    double second = model.forward(xs, xs);

    random.setState(masks);
    model.resetState();
    model.parameters().forEach(Parameter::zeroGrad);
    TextSampler sampler = sampler(WordChoice.sampled(), 8);
    model.forward(xs, xs);
    sampler.start(PROMPT);
    sampler.next();
    model.backward();
    sampler.next();
    assertThat(model.forward(xs, xs)).isEqualTo(second);
  }

  @Test
  void a_sampler_should_write_with_the_parameters_as_they_stand() {
    TextSampler sampler = sampler(WordChoice.greedy(), 1);
    Parameter b = model.parameters().get(model.parameters().size() - 1);
    for (int word = 0; word < V; word++) {
      b.value().fill(0);
      b.value().set(0, word, 1000);
      assertThat(sampler.sample(PROMPT, 1)).containsExactly(word);
    }
  }

  @Test
  void should_refuse_what_it_cannot_do() {
    TextSampler sampler = sampler(WordChoice.sampled(), 1);
    assertThatIllegalStateException()
        .isThrownBy(sampler::next)
        .withMessage("TextSampler.next: no text was started; call start with its first words");
    assertThatIllegalArgumentException()
        .isThrownBy(sampler::start)
        .withMessageStartingWith("TextSampler.start: no words; a text starts with at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.start(1, 7))
        .withMessage("TextSampler.start: id 7 is not in 0..6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.sample(PROMPT, -1))
        .withMessage("TextSampler.sample: words must be 0 or more, not -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler(WordChoice.sampled().without(7), 1))
        .withMessage("WordChoice: id 7, to be left out, is not in 0..6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler(WordChoice.sampled().without(0, 1, 2, 3, 4, 5, 6), 1))
        .withMessage("WordChoice: all 7 words are left out; leave one to choose");
  }

  @Test
  void a_refused_start_should_leave_the_text_as_it_was() {
    int[] text = sampler(WordChoice.sampled(), 8).sample(PROMPT, 6);
    TextSampler sampler = sampler(WordChoice.sampled(), 8);
    int[] again = new int[6];
    sampler.start(PROMPT);
    for (int i = 0; i < 6; i++) {
      again[i] = sampler.next();
      assertThatIllegalArgumentException().isThrownBy(() -> sampler.start(1, 2, 7));
    }
    assertThat(again).isEqualTo(text);
  }
}
