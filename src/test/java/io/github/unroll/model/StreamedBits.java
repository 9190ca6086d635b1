package io.github.unroll.model;

import com.sun.management.ThreadMXBean;
import io.github.unroll.cell.CellKind;
import io.github.unroll.kernel.Kernel;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Steps sessions of every kind and prints a digest of their answers, then how many bytes a steady
 * step allocates.
 */
final class StreamedBits {

  private static final int V = 300;
  private static final int D = 5;
  private static final int COUNTED = 1000;
  private static final long START = System.nanoTime();
  private static final long PATIENCE = 60_000_000_000L; // ns: until C2 comes, vectors are objects

  private StreamedBits() {}

  public static void main(String[] args) throws Exception {
    RandomState random = new RandomState(23);
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    long most = 0;
    for (CellKind cell : List.of(CellKind.RNN, CellKind.LSTM, CellKind.GRU)) {
      RnnLanguageModel model =
          new RnnLanguageModel(
              SequenceDescription.languageModel(V, 37, 37)
                  .withCell(cell)
                  .withLayers(2)
                  .withTiedWeights(),
              random);
      for (int n : new int[] {1, 3}) {
        LanguageModelSession session = model.newSession(n);
        Matrix scores = new Matrix(n, V);
        int[] ids = random.randint(0, V, n);
        for (int t = 0; t < 30; t++) {
          add(session.step(random.randint(0, V, n)), sha);
          add(session.probabilities(), sha);
        }
        add(LanguageModelSession.stepTogether(List.of(session), ids), sha);
        Runnable step =
            () -> {
              session.read(ids);
              session.scoresInto(scores);
            };
        most = Math.max(most, allocated(step));
      }
      for (Readout readout : Readout.values()) {
        SequenceDescription c =
            SequenceDescription.classifier(Input.features(D), 21, 4).withCell(cell);
        SequenceSession session =
            new SequenceClassifier(c.withReadout(readout), random).newSession(3);
        Matrix x = random.randn(3, D);
        Matrix y = new Matrix(3, 4);
        for (int t = 0; t < 30; t++) {
          add(session.step(random.randn(3, D)), sha);
        }
        most = Math.max(most, allocated(() -> session.stepInto(x, y)));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s allocated %d bytes in %d steps %s%n",
        Kernel.active().getClass().getSimpleName(),
        most,
        COUNTED,
        HexFormat.of().formatHex(sha.digest()));
  }

  /** Bytes allocated by a thousand steps, once a thousand take less than one each. */
  private static long allocated(Runnable step) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < COUNTED; i++) {
        step.run();
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    } while (allocated >= COUNTED && System.nanoTime() - START < PATIENCE);
    return allocated;
  }

  private static void add(Matrix answers, MessageDigest sha) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * answers.data().length);
    bytes.asDoubleBuffer().put(answers.data());
    sha.update(bytes);
  }
}
