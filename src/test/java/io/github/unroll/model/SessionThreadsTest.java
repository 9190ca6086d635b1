package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.CellKind;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten thousand streams over one model, served by eight threads at once. */
class SessionThreadsTest {

  private static final int SESSIONS = 10_000;
  private static final int THREADS = 8;
  private static final int T = 12;
  private static final int D = 2;
  private static final int K = 3;

  private final RandomState random = new RandomState(9);

  @ParameterizedTest
  @MethodSource("io.github.unroll.cell.CellKind#all")
  void each_of_10000_sessions_should_get_the_bits_that_it_gets_alone(CellKind cell)
      throws Exception {
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(D), 8, K)
                .withCell(cell)
                .withLayers(2)
                .withReadout(Readout.EVERY),
            random);
    Padded.shake(model.parameters(), random);
    Tensor3 xs = random.randn(SESSIONS, T, D);
    Tensor3 alone = new Tensor3(SESSIONS, T, K);
    for (int i = 0; i < SESSIONS; i++) {
      SequenceSession session = model.newSession();
      for (int t = 0; t < T; t++) {
        answer(session, xs, alone, i, t);
      }
    }
    assertThat(alone).isEqualTo(model.predict(xs));

    List<SequenceSession> sessions =
        IntStream.range(0, SESSIONS).mapToObj(i -> model.newSession()).toList();
    Tensor3 served = new Tensor3(SESSIONS, T, K);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      for (int t = 0; t < T; t++) { // every session is of another thread in each step
        List<Callable<Void>> shares = new ArrayList<>();
        for (int share = 0; share < THREADS; share++) {
          int first = (share + t) % THREADS;
          int step = t;
          shares.add(
              () -> {
                for (int i = first; i < SESSIONS; i += THREADS) {
                  answer(sessions.get(i), xs, served, i, step);
                }
                return null;
              });
        }
        for (Future<Void> done : pool.invokeAll(shares)) {
          done.get();
        }
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(served).isEqualTo(alone);
  }

  private static void answer(SequenceSession session, Tensor3 xs, Tensor3 ys, int i, int t) {
    double[] y = session.step(xs.get(i, t, 0), xs.get(i, t, 1));
    System.arraycopy(y, 0, ys.data(), (i * T + t) * K, K);
  }

  @ParameterizedTest
  @MethodSource("io.github.unroll.cell.CellKind#all")
  void language_models_should_be_read_on_8_threads_at_once(CellKind cell) throws Exception {
    int v = 300;
    RnnLanguageModel model =
        new RnnLanguageModel(
            SequenceDescription.languageModel(v, 40, 40)
                .withCell(cell)
                .withLayers(2)
                .withTiedWeights(),
            random);
    Padded.shake(model.parameters(), random);
    int texts = 64;
    int[][] ids =
        IntStream.range(0, texts).mapToObj(i -> random.randint(0, v, 40)).toArray(int[][]::new);
    List<Matrix> alone = new ArrayList<>();
    for (int[] text : ids) {
      alone.add(read(model, text));
    }
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Matrix>> tasks = new ArrayList<>();
      for (int[] text : ids) {
        tasks.add(() -> read(model, text));
      }
      List<Matrix> served = new ArrayList<>();
      for (Future<Matrix> done : pool.invokeAll(tasks)) {
        served.add(done.get());
      }
      assertThat(served).isEqualTo(alone);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Matrix read(RnnLanguageModel model, int[] text) {
    LanguageModelSession session = model.newSession();
    for (int word : text) {
      session.read(word);
    }
    return session.probabilities();
  }
}
