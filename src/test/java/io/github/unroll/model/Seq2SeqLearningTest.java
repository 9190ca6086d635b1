package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.PairBatches;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Words of one to four letters, to be written backwards: in seconds, and words never seen. */
class Seq2SeqLearningTest {

  private static final Vocabulary LETTERS =
      Vocabulary.of(List.of(" ", "_", "a", "b", "c", "d", "e", "f"));

  private static SequencePairs wordsBackwards(int count, RandomState random) {
    Set<String> words = new LinkedHashSet<>();
    while (words.size() < count) {
      StringBuilder word = new StringBuilder();
      for (int letters = 1 + random.randint(0, 4); letters > 0; letters--) {
        word.append("abcdef".charAt(random.randint(0, 6)));
      }
      words.add(word.toString());
    }
    List<String> questions = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (String word : words) {
      String padding = " ".repeat(4 - word.length());
      questions.add(word + padding);
      answers.add("_" + new StringBuilder(word).reverse() + padding + " ");
    }
    return SequencePairs.ofCharacters(LETTERS, questions, answers).withLengths(" ");
  }

  private static double exactMatchAfterTraining(Seq2Seq model, int epochs) {
    SequencePairs.Split split = wordsBackwards(450, new RandomState(1)).split(50);
    Trainer<PairBatch> trainer =
        new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5));
    trainer.train(new PairBatches(split.train(), 20, new RandomState(3)), epochs);
    return model.exactMatch(split.test());
  }

  @Test
  void a_plain_model_should_learn_to_write_backwards() {
    Seq2Seq model = new Seq2Seq(new Seq2SeqDescription(8, 8, 32), new RandomState(2));
    assertThat(exactMatchAfterTraining(model, 20)).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void a_peeky_model_should_learn_to_write_backwards() {
    Seq2Seq model = new Seq2Seq(new Seq2SeqDescription(8, 8, 32).withPeeking(), new RandomState(2));
    assertThat(exactMatchAfterTraining(model, 20)).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void attention_should_learn_to_write_backwards_in_half_the_time() {
    Seq2Seq model =
        new Seq2Seq(new Seq2SeqDescription(8, 8, 32).withAttention(), new RandomState(2));
    assertThat(exactMatchAfterTraining(model, 10)).isGreaterThanOrEqualTo(0.98);
  }
}
