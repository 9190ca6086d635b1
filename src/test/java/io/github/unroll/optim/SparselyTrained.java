package io.github.unroll.optim;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Trains a language model of many words with every optimizer, once knowing which rows of the word
 * vectors' gradient are zero and once not, and prints a line for each: how many of those rows there
 * were in the end, how often it clipped, and a hash of all bits of norms, parameters and state.
 */
final class SparselyTrained {

  private static final int VOCABULARY = 3000;
  private static final int EMBEDDING = 150;
  private static final int BATCH = 8;
  private static final int STEPS = 6;
  private static final int ITERATIONS = 30;

  private SparselyTrained() {}

  public static void main(String[] args) {
    for (Rule rule : Rule.values()) {
      System.out.println(rule + " sparse " + trained(rule.optimizer(), false));
      System.out.println(rule + " dense " + trained(rule.optimizer(), true));
    }
  }

  private static String trained(Optimizer optimizer, boolean dense) {
    RandomState random = new RandomState(5);
    RnnLanguageModel model =
        new RnnLanguageModel(SequenceDescription.languageModel(VOCABULARY, EMBEDDING, 20), random);
    Parameter embedding = model.parameters().get(0);
    // Two words of three occur at all, and an iteration has 48 of them at most; in the end there
    // are
    // enough rows with state for threads to share.
    int[] tokens = random.randint(0, VOCABULARY / 3 * 2, BATCH * STEPS * ITERATIONS + 1);
    Arrays.setAll(tokens, i -> tokens[i] + tokens[i] / 2);
    if (dense) {
      embedding.grad();
    }
    List<Double> norms = new ArrayList<>();
    TrainingListener keepNorms =
        new TrainingListener() {
          @Override
          public void batchEnded(BatchEnd batch) {
            norms.add(batch.gradientNorm());
          }
        };
    new Trainer<>(model, optimizer, GradientClipping.byGlobalNorm(0.1), keepNorms)
        .train(new BpttBatches(tokens, BATCH, STEPS), 1);
    int known = 0;
    for (int row = 0; row < VOCABULARY; row++) {
      known += embedding.nextUntouchedRow(row) == row ? 1 : 0;
    }
    int bits = norms.hashCode();
    for (Parameter parameter : model.parameters()) {
      bits = 31 * bits + Arrays.hashCode(parameter.value().data());
      for (var part : optimizer.state(parameter).values()) {
        bits = 31 * bits + Arrays.hashCode(part.data());
      }
    }
    long clipped = norms.stream().filter(norm -> norm > 0.1).count();
    return String.format(Locale.ROOT, "untouched %d clipped %d bits %08x", known, clipped, bits);
  }
}
