package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unroll.Golden;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The published training run of the SimpleRnnlm on the first 10,000 tokens of Penn Treebank, epoch
 * by epoch the same as in NumPy. The text is licensed, so the run needs {@code
 * -Dunroll.ptb=path/to/ptb.train.txt}.
 */
@EnabledIfSystemProperty(named = "unroll.ptb", matches = ".+")
class PennTreebankTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void should_equal_numpy_epoch_by_epoch(int seed) throws IOException {
    Corpus text = Corpus.words(Path.of(System.getProperty("unroll.ptb")));
    RnnLanguageModel model =
        new RnnLanguageModel(text.vocabulary().size(), 100, 100, new RandomState(seed));
    JsonNode reference =
        Golden.json("rnnlm/penn_treebank_reference").get("runs").get(String.valueOf(seed));

    new Trainer<>(
            model,
            new Adam(0.001, EpsilonConvention.BOOK),
            GradientClipping.byGlobalNorm(5),
            new TrainingListener() {
              @Override
              public void epochEnded(EpochEnd epoch) {
                assertThat(epoch.perplexity())
                    .as("seed %d, epoch %d", seed, epoch.epoch())
                    .isCloseTo(
                        reference.get(epoch.epoch() - 1).get("perplexity").doubleValue(),
                        withinPercentage(1e-6)); // 1e-8 relative
              }
            })
        .train(new BpttBatches(text.first(10_000).tokens(), 10, 5), reference.size());
  }
}
