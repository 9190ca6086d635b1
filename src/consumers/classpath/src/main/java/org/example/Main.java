package org.example;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import java.util.Locale;

/** The snippet of the README. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    var text = Corpus.ofWords("the cat sat on the mat . the dog sat on the rug . ".repeat(40));
    var model = new RnnLanguageModel(text.vocabulary().size(), 8, 16, new RandomState(0));
    var trainer = new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(5));
    var epochs = trainer.train(new BpttBatches(text, 4, 10), 10);
    System.out.printf(Locale.ROOT, "%.4f%n", epochs.get(9).perplexity());
  }
}
