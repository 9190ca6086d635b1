package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import org.junit.jupiter.api.Test;

/**
 * Lesson 11. A language model says how likely each next word is. All lessons so far, put together:
 *
 * <pre>{@code
 * ids → embedding → recurrent layer → affine → softmax with loss
 * }</pre>
 *
 * <p>Perplexity is exp(mean loss): among how many equally likely words the model believes to
 * choose.
 */
class Lesson11LanguageModelTest {

  private static final int V = 4;

  /** The words 0 1 0 2 0 3 again and again: after 0 the next word depends on the one before. */
  private static int[] text(int words) {
    int[] period = {0, 1, 0, 2, 0, 3};
    int[] text = new int[words];
    for (int i = 0; i < words; i++) {
      text[i] = period[i % period.length];
    }
    return text;
  }

  private final RnnLanguageModel model = new RnnLanguageModel(V, 8, 16, new RandomState(11));

  @Test
  void untrained_it_knows_nothing() {
    assertThat(model.perplexity(text(100))).isCloseTo(V, within(0.5));
  }

  @Test
  void a_batch_reads_the_text_at_several_places_and_the_target_is_the_next_word() {
    BpttBatches batches = new BpttBatches(text(121), 2, 5);

    BpttBatches.Batch batch = batches.batch(0);

    assertThat(batch.xs()[0]).containsExactly(0, 1, 0, 2, 0);
    assertThat(batch.ts()[0]).containsExactly(1, 0, 2, 0, 3); // one ahead
    assertThat(batch.xs()[1]).containsExactly(0, 1, 0, 2, 0); // 60 words further on
  }

  @Test
  void trained_it_is_nearly_sure_of_each_word_also_where_only_memory_can_tell() {
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5));

    trainer.train(new BpttBatches(text(601), 4, 10), 20);

    // Who knows only the last word has to guess among 1, 2 and 3 after every 0: √3 = 1.73.
    assertThat(model.perplexity(text(100))).isLessThan(1.1);
  }

  @Test
  void the_same_seed_gives_the_same_model_to_the_last_bit() {
    assertThat(trainedFrom(5)).isEqualTo(trainedFrom(5)).isNotEqualTo(trainedFrom(6));
  }

  private static double trainedFrom(int seed) {
    RnnLanguageModel model = new RnnLanguageModel(V, 8, 16, new RandomState(seed));
    new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5))
        .train(new BpttBatches(text(121), 4, 5), 2);
    return model.perplexity(text(50));
  }
}
