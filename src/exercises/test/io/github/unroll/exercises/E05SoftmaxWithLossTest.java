package io.github.unroll.exercises;

import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Exercise(
    number = 5,
    title = "TimeSoftmaxWithLoss.forward, gradient",
    files = "loss/TimeSoftmaxWithLoss.java")
class E05SoftmaxWithLossTest {

  private static final int N = 2;
  private static final int T = 3;
  private static final int V = 4;
  private static final int COUNT = 4;
  private static final int[][] LABELS = {{1, 0, 2}, {-1, 3, -1}};
  private static final double DOUT = 1.5;

  private final Tensor3 xs = new RandomState(5).randn(N, T, V);

  private double p(int n, int t, int j) {
    double sum = 0;
    for (int k = 0; k < V; k++) {
      sum += StrictMath.exp(xs.get(n, t, k));
    }
    return StrictMath.exp(xs.get(n, t, j)) / sum;
  }

  private interface LossOfStep {
    double of(int n, int t, int label);
  }

  /** The sum over the labels that count. */
  private static double total(LossOfStep loss) {
    double total = 0;
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        total += LABELS[n][t] < 0 ? 0 : loss.of(n, t, LABELS[n][t]);
      }
    }
    return total;
  }

  private double nats(int n, int t, int label) {
    return -StrictMath.log(p(n, t, label));
  }

  private static Results loss(double value) {
    return new Results().and("loss", value);
  }

  @Test
  @Order(1)
  void should_give_the_mean_loss() {
    TimeSoftmaxWithLoss layer = new TimeSoftmaxWithLoss();
    double got = Attempt.at("TimeSoftmaxWithLoss.forward", () -> layer.forward(xs, LABELS));
    double right = total(this::nats) / COUNT;
    double ignoredCounted = 0;
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        ignoredCounted += nats(n, t, Math.max(LABELS[n][t], 0));
      }
    }
    new Diagnosis(loss(right), N)
        .formula(
            "loss", "mean over the labels that count of  log Σ exp(x − max) − (x[label] − max)")
        .mistake("has the wrong sign: it is −log p, positive", loss(-right))
        .mistake(
            "is the sum: it is the mean over the %d labels that count".formatted(COUNT),
            loss(right * COUNT))
        .mistake(
            "is the mean over all N·T steps: only labels that are not IGNORE count",
            loss(right * COUNT / (N * T)))
        .mistake("is divided by N: the mean is over all that count, N and T", loss(right * 2))
        .mistake(
            "counts steps whose label is IGNORE: their loss is 0", loss(ignoredCounted / COUNT))
        .mistake(
            "counts steps whose label is IGNORE: their loss is 0, and they are not in the mean",
            loss(ignoredCounted / (N * T)))
        .mistake(
            "is the log of the wrong entry: the probability of the label, p[label], not p[label+1]",
            loss(total((n, t, label) -> nats(n, t, (label + 1) % V)) / COUNT))
        .mistake(
            "is the log of the wrong entry: p[label], not p[label−1]",
            loss(total((n, t, label) -> nats(n, t, (label + V - 1) % V)) / COUNT))
        .mistake(
            "is the log of the wrong entry: p[label], not p[0]",
            loss(total((n, t, label) -> nats(n, t, 0)) / COUNT))
        .mistake(
            "is the log of the wrong entry: p[label], not p[t]",
            loss(total((n, t, label) -> nats(n, t, t)) / COUNT))
        .mistake(
            "is the mean of p: was the logarithm forgotten?",
            loss(total((n, t, label) -> p(n, t, label)) / COUNT))
        .mistake(
            "is the mean of 1 − p: the loss is −log p",
            loss(total((n, t, label) -> 1 - p(n, t, label)) / COUNT))
        .mistake("is in bits: the loss is in nats, of the natural log", loss(right / LN2))
        .mistake("is a log of base 10: the loss is in nats, of the natural log", loss(right / LN10))
        .mistake(
            "lacks the log of the sum: −x[label] alone does not make probabilities",
            loss(total((n, t, label) -> -xs.get(n, t, label)) / COUNT))
        .mistake(
            "lacks the log of the sum: max − x[label] alone does not make probabilities",
            loss(total((n, t, label) -> max(n, t) - xs.get(n, t, label)) / COUNT))
        .mistake(
            "lacks the score of the label: log Σ exp(x − max) − (x[label] − max)",
            loss(
                total((n, t, label) -> nats(n, t, label) + xs.get(n, t, label) - max(n, t))
                    / COUNT))
        .mistake(
            "mixes scores with and without max: subtract max from x[label] too",
            loss(total((n, t, label) -> nats(n, t, label) - max(n, t)) / COUNT))
        .of(loss(got));
  }

  private static final double LN2 = StrictMath.log(2);
  private static final double LN10 = StrictMath.log(10);

  private double max(int n, int t) {
    double max = xs.get(n, t, 0);
    for (int j = 1; j < V; j++) {
      max = Math.max(max, xs.get(n, t, j));
    }
    return max;
  }

  @Test
  @Order(2)
  void should_stand_large_scores() {
    TimeSoftmaxWithLoss layer = new TimeSoftmaxWithLoss();
    Tensor3 large = Tensor3.of(1, 2, 2, 1000, -1000, -2000, -2000);
    double got =
        Attempt.at("TimeSoftmaxWithLoss.forward", () -> layer.forward(large, new int[][] {{1, 0}}));
    String says =
        "is what exp(1000) = ∞ or exp(−2000) = 0 makes of it: subtract the row's max from every"
            + " score before exp";
    new Diagnosis(loss((2000 + LN2) / 2), 1)
        .formula("loss", "log Σ exp(x − max) − (x[label] − max)")
        .mistake(says, loss(Double.POSITIVE_INFINITY))
        .mistake(says, loss(Double.NEGATIVE_INFINITY))
        .mistake(says, loss(Double.NaN))
        .mistake(
            "subtracts one max from all rows: each step has its own", loss((2000 + 3000) / 2.0))
        .of(loss(got));
  }

  @Test
  @Order(3)
  void should_give_the_gradient_of_the_scores() {
    TimeSoftmaxWithLoss layer = new TimeSoftmaxWithLoss();
    Attempt.at("TimeSoftmaxWithLoss.forward", () -> layer.forward(xs, LABELS));
    Tensor3 got = Attempt.at("TimeSoftmaxWithLoss.backward", () -> layer.backward(DOUT));
    double scale = DOUT / COUNT;
    new Diagnosis(gradient(scale, 1, 0), N)
        .formula("dxs", "dxs = (y − onehot(label)) · dout / count, 0 where the label is IGNORE")
        .mistake("is y alone: was 1 not subtracted at the label?", gradient(scale, 0, 0))
        .mistake("has 1 added at the label: it is y − 1 there", gradient(scale, -1, 0))
        .mistake(
            "is the gradient of the sum: the loss is a mean, so divide by the %d labels that count"
                .formatted(COUNT),
            gradient(DOUT, 1, 0))
        .mistake(
            "is divided by N·T: divide by the labels that count, as forward does",
            gradient(DOUT / (N * T), 1, 0))
        .mistake("is divided by N: the loss is a mean over N and T", gradient(DOUT / N, 1, 0))
        .mistake("does not know dout: multiply by it", gradient(1.0 / COUNT, 1, 0))
        .mistake(
            "is subtracted unscaled: y is scaled by dout / count, the 1 at the label is not",
            gradient(scale, 1 / scale, 0))
        .mistake(
            "flows from a step whose label is IGNORE: its gradient is 0", gradient(scale, 1, 1))
        .mistake("is not divided by the sum: y = exp(x − max) / Σ exp(x − max)", unnormed(scale))
        .mistake(
            "has its 1 at the wrong entry: subtract it at the label, not beside it", beside(scale))
        .of(new Results().and("dxs", got));
  }

  /** Of each step (y − one·onehot(label))·scale; ignored ones times {@code ignored}. */
  private Results gradient(double scale, double one, double ignored) {
    Tensor3 dxs = new Tensor3(N, T, V);
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        for (int j = 0; j < V; j++) {
          boolean ignore = LABELS[n][t] < 0;
          double y = p(n, t, j) - (j == LABELS[n][t] ? one : 0);
          dxs.set(n, t, j, y * scale * (ignore ? ignored : 1));
        }
      }
    }
    return new Results().and("dxs", dxs);
  }

  private Results beside(double scale) {
    Tensor3 dxs = new Tensor3(N, T, V);
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        for (int j = 0; j < V && LABELS[n][t] >= 0; j++) {
          dxs.set(n, t, j, (p(n, t, j) - (j == (LABELS[n][t] + 1) % V ? 1 : 0)) * scale);
        }
      }
    }
    return new Results().and("dxs", dxs);
  }

  private Results unnormed(double scale) {
    Tensor3 dxs = new Tensor3(N, T, V);
    for (int n = 0; n < N; n++) {
      for (int t = 0; t < T; t++) {
        for (int j = 0; j < V && LABELS[n][t] >= 0; j++) {
          double one = j == LABELS[n][t] ? 1 : 0;
          dxs.set(n, t, j, (StrictMath.exp(xs.get(n, t, j) - max(n, t)) - one) * scale);
        }
      }
    }
    return new Results().and("dxs", dxs);
  }
}
