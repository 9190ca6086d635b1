package io.github.unroll.train;

import com.sun.management.ThreadMXBean;
import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import java.lang.management.ManagementFactory;

/** Prints the bytes that an iteration of training allocates: the least of the last epochs. */
final class AllocatedBytes {

  private static final int WINDOWS = 4;
  private static final int ITERATIONS = 20;

  private AllocatedBytes() {}

  public static void main(String[] args) {
    int vocabulary = Integer.parseInt(args[0]);
    int batch = Integer.parseInt(args[1]);
    int steps = Integer.parseInt(args[2]);
    int epochs = Integer.parseInt(args[3]);
    SequenceDescription configuration = configuration(vocabulary, args[4]);
    RandomState random = new RandomState(1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ends = new long[epochs];
    TrainingListener counter =
        new TrainingListener() {
          @Override
          public void epochEnded(EpochEnd epoch) {
            ends[epoch.epoch() - 1] = threads.getCurrentThreadAllocatedBytes();
          }
        };
    int[] tokens = random.randint(0, vocabulary, batch * steps * ITERATIONS + 1);
    new Trainer<>(
            new RnnLanguageModel(configuration, random),
            new Adam(0.001),
            GradientClipping.byGlobalNorm(5),
            counter)
        .train(new BpttBatches(tokens, batch, steps), epochs);
    long least = Long.MAX_VALUE; // compiled code that is thrown away and made anew allocates too
    for (int epoch = epochs - WINDOWS; epoch < epochs; epoch++) {
      least = Math.min(least, ends[epoch] - ends[epoch - 1]);
    }
    System.out.println("allocated " + least / ITERATIONS);
  }

  private static SequenceDescription configuration(int vocabulary, String model) {
    SequenceDescription simple = SequenceDescription.languageModel(vocabulary, 20, 30);
    SequenceDescription square = SequenceDescription.languageModel(vocabulary, 30, 30);
    return switch (model) {
      case "simple" -> simple;
      case "gru" -> simple.withCell(CellKind.GRU).withLayers(3).withDropout(0.2);
      case "better" ->
          square.withCell(CellKind.LSTM).withLayers(2).withDropout(0.5).withTiedWeights();
      default -> throw new IllegalArgumentException(model);
    };
  }
}
