package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that is kept in a file, and learns from another text with the words that it knows. */
class FurtherTrainingTest {

  private static final String FIRST = "the cat sees a dog . the dog sees a cat . a bird sings . ";
  private static final String SECOND = "a cat hears the fish . a fish hears the dog . ";

  private static void train(RnnLanguageModel model, Corpus text, int epochs) {
    new Trainer<>(model, new Adam(0.02), GradientClipping.byGlobalNorm(1))
        .train(new BpttBatches(text.tokens(), 2, 6), epochs);
  }

  @Test
  void a_saved_model_should_learn_a_text_with_words_that_it_does_not_know(@TempDir Path folder)
      throws IOException {
    Corpus first = Corpus.ofWords(FIRST.repeat(6)).limitedTo(7); // bird and sings are unknown
    assertThat(first.vocabulary().contains("bird")).isFalse();
    RnnLanguageModel model =
        new RnnLanguageModel(
            SequenceDescription.languageModel(first.vocabulary().size(), 6, 8).withDropout(0.1),
            new RandomState(1));
    train(model, first, 10);
    Path file = folder.resolve("first.model");
    ModelFile.save(file, model, Notes.of(first.vocabulary()));

    SavedModel<RnnLanguageModel> saved =
        ModelFile.load(file, RnnLanguageModel.class, new RandomState(2));
    Vocabulary known = saved.notes().vocabulary().orElseThrow();
    Corpus second = Corpus.ofWords(SECOND.repeat(6)).encodedBy(known, Vocabulary.UNKNOWN);
    assertThat(second.vocabulary().decode(second.first(6).tokens()))
        .containsExactly("a", "cat", "<unk>", "the", "<unk>", ".");
    RnnLanguageModel further = saved.model();
    double before = further.perplexity(second.tokens());
    assertThat(before).isEqualTo(model.perplexity(second.tokens()));
    train(further, second, 10);
    assertThat(further.perplexity(second.tokens())).isLessThan(before / 1.5);
    ModelFile.save(file, further, saved.notes());
    assertThat(ModelFile.load(file, RnnLanguageModel.class).notes().vocabulary()).contains(known);
    assertThat(further.parameters().stream().map(Parameter::name))
        .isEqualTo(model.parameters().stream().map(Parameter::name).toList());
  }
}
