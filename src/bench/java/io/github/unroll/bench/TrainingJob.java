package io.github.unroll.bench;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An epoch of the SimpleRnnlm's published training: 10,000 tokens, V = 10,000, D = H = 100, N = 10,
 * T = 5, so 199 iterations of Adam under a clip at 5.
 *
 * <p>{@code -Dunroll.bench.text=ptb.train.txt} names the text. Without it the tokens are drawn from
 * Zipf's law, the same that the NumPy side draws.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(1)
public class TrainingJob {

  private static final int TOKENS = 10_000;
  private static final int ZIPF_WORDS = 10_000;

  private Trainer<BpttBatches.Batch> trainer;
  private BpttBatches batches;

  /**
   * Builds the model and cuts the text.
   *
   * @throws IOException if the text cannot be read
   */
  @Setup
  public void setUp() throws IOException {
    String text = System.getProperty("unroll.bench.text");
    int words = ZIPF_WORDS;
    int[] tokens;
    if (text == null) {
      tokens = zipf();
    } else {
      Corpus corpus = Corpus.words(Path.of(text));
      words = corpus.vocabulary().size();
      tokens = corpus.first(TOKENS).tokens();
    }
    RnnLanguageModel model = new RnnLanguageModel(words, 100, 100, new RandomState(0));
    Adam adam = new Adam(0.001, EpsilonConvention.BOOK);
    trainer = new Trainer<>(model, adam, GradientClipping.byGlobalNorm(5));
    batches = new BpttBatches(tokens, 10, 5);
  }

  private static int[] zipf() {
    double[] p = new double[ZIPF_WORDS];
    double sum = 0;
    for (int rank = 0; rank < p.length; rank++) {
      p[rank] = 1.0 / (rank + 1);
      sum += p[rank];
    }
    for (int rank = 0; rank < p.length; rank++) {
      p[rank] /= sum;
    }
    return new RandomState(0).choice(ZIPF_WORDS, TOKENS, p);
  }

  /**
   * One epoch.
   *
   * @return its perplexity
   */
  @Benchmark
  public double epoch() {
    return trainer.train(batches, 1).get(0).perplexity();
  }
}
