package io.github.unroll.exercises;

import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(
    number = 6,
    title = "TimeEmbedding.forwardInto, backward",
    files = "layer/TimeEmbedding.java")
class E06EmbeddingTest {

  private static final int N = 2;
  private static final int T = 3;
  private static final int V = 7;
  private static final int D = 2;
  private static final int[][] IDS = {{3, 0, 3}, {5, 3, 2}};

  private final RandomState random = new RandomState(6);
  private final Matrix w = random.randn(V, D);
  private final Tensor3 dxs = random.randn(N, T, D);
  private final Matrix before = random.randn(V, D);
  private final Parameter table = new Parameter("w", w);
  private final TimeEmbedding layer = new TimeEmbedding(table);

  private interface RowOf {
    int at(int n, int t);
  }

  private Results vectors(RowOf row) {
    Tensor3 xs = new Tensor3(N, T, D);
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        for (int j = 0; j < D; j++) {
          xs.set(n, t, j, w.get(row.at(n, t), j));
        }
      }
    }
    return new Results().and("xs", xs);
  }

  @Test
  @Order(1)
  void should_look_up_a_row_for_each_id() {
    Tensor3 got = Attempt.at("TimeEmbedding.forward", () -> layer.forward(IDS));
    new Diagnosis(vectors((n, t) -> IDS[n][t]), N)
        .formula("xs", "xs[n,t] = w[ids[n][t]]; row id begins at id·D in w.value().data()")
        .mistake(
            "is the row of the place, not of the word: the row of w is ids[n][t]",
            vectors((n, t) -> n * T + t))
        .mistake("is the row of the step t: the row of w is ids[n][t]", vectors((n, t) -> t))
        .mistake("is one row too far down: ids count from 0", vectors((n, t) -> IDS[n][t] + 1))
        .mistake(
            "is one row too far up: ids count from 0",
            vectors((n, t) -> Math.max(0, IDS[n][t] - 1)))
        .mistake(
            "is the first word's vector at every step: does t reach ids[n][t]?",
            vectors((n, t) -> IDS[n][0]))
        .mistake(
            "stands at the wrong step: (n,t) begins at (n·T + t)·D, not (t·N + n)·D",
            vectors((n, t) -> IDS[(n * T + t) % N][(n * T + t) / N]))
        .of(new Results().and("xs", got));
  }

  private enum Slip {
    NONE,
    LAST_WINS,
    FIRST_WINS,
    OF_THE_PLACE,
    MEAN,
    LAST_WINS_ADDED,
    TIME_MAJOR,
    FIRST_SAMPLE,
    LAST_STEP
  }

  private Results gradient(Slip slip) {
    Matrix dw = new Matrix(V, D);
    int[] seen = new int[V];
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        int id = slip == Slip.OF_THE_PLACE ? n * T + t : IDS[n][t];
        seen[id]++;
        int at = slip == Slip.TIME_MAJOR ? t * N + n : n * T + t;
        for (int j = 0; j < D; j++) {
          double g = dxs.get(at / T, at % T, j);
          boolean counts =
              (slip != Slip.FIRST_WINS || seen[id] == 1)
                  && (slip != Slip.FIRST_SAMPLE || n == 0)
                  && (slip != Slip.LAST_STEP || t == T - 1);
          boolean replaces = slip == Slip.LAST_WINS || slip == Slip.LAST_WINS_ADDED;
          dw.set(id, j, (replaces ? 0 : dw.get(id, j)) + (counts ? g : 0));
        }
      }
    }
    if (slip == Slip.MEAN) {
      for (int id = 0; id < V; id++) {
        for (int j = 0; j < D; j++) {
          dw.set(id, j, dw.get(id, j) / Math.max(1, seen[id]));
        }
      }
    }
    if (slip != Slip.LAST_WINS) {
      return new Results().added("dw", before, dw);
    }
    for (int id = 0; id < V; id++) {
      for (int j = 0; j < D; j++) {
        dw.set(id, j, seen[id] == 0 ? before.get(id, j) : dw.get(id, j));
      }
    }
    return new Results().and("dw", dw);
  }

  @Test
  @Order(2)
  void should_collect_the_gradients_of_each_word() {
    Attempt.at("TimeEmbedding.forward", () -> layer.forward(IDS));
    table.grad().copyFrom(before);
    Attempt.at("TimeEmbedding.backward", () -> layer.backward(dxs));
    new Diagnosis(gradient(Slip.NONE), N)
        .formula("dw", "dw[ids[n][t]] += dxs[n,t], for every n and t")
        .mistake(
            "is overwritten: word 3 occurs three times and collects all three; += where = stands",
            gradient(Slip.LAST_WINS))
        .mistake(
            "holds the last occurrence only: word 3 occurs three times and collects all three",
            gradient(Slip.LAST_WINS_ADDED))
        .mistake(
            "holds the first occurrence only: word 3 occurs three times and collects all three",
            gradient(Slip.FIRST_WINS))
        .mistake(
            "went to the row of the place, not of the word: the row is ids[n][t]",
            gradient(Slip.OF_THE_PLACE))
        .mistake("is the mean over the occurrences of a word: it is their sum", gradient(Slip.MEAN))
        .mistake(
            "came from the wrong step: (n,t) begins at (n·T + t)·D, not (t·N + n)·D",
            gradient(Slip.TIME_MAJOR))
        .mistake(
            "is of the first sample only: the sum over the batch is missing",
            gradient(Slip.FIRST_SAMPLE))
        .mistake("is of the last step only: the sum over t is missing", gradient(Slip.LAST_STEP))
        .of(new Results().and("dw", table.grad()));
  }
}
