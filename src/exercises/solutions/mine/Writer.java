package mine;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.Locale;

/**
 * A network that reads a text and writes one: letters go through Embedding, Unrolled and Affine.
 * Its weights are six matrices, in this order:
 *
 * <pre>
 * 0  the letters' vectors (V,D)
 * 1  wx (D,H)    2  wh (H,H)    3  b (1,H)      of the recurrent layer
 * 4  w  (H,V)    5  b  (1,V)                    of the output layer
 * </pre>
 */
public final class Writer {

  private Writer() {}

  /**
   * What comes of a block.
   *
   * @param loss the mean over its steps
   * @param h state after its last step (N,H)
   * @param gradients six, each of the shape of its weights
   */
  public record Block(double loss, Matrix h, Matrix[] gradients) {}

  /**
   * What training changes.
   *
   * @param weights six
   * @param m Adam's m, of each
   * @param v Adam's v, of each
   * @param updates how many were made
   */
  public record Memory(Matrix[] weights, Matrix[] m, Matrix[] v, int updates) {}

  /**
   * Forward through a block of T steps, and back.
   *
   * @param weights six, see above
   * @param ids the letters that are read, T times (N)
   * @param targets the letter that comes next, T times (N)
   * @param h0 state before the first step (N,H)
   * @return loss, last state, gradients
   */
  public static Block block(Matrix[] weights, int[][] ids, int[][] targets, Matrix h0) {
    int steps = ids.length;
    Matrix[] xs = new Matrix[steps];
    for (int t = 0; t < steps; t++) {
      xs[t] = Embedding.forward(ids[t], weights[0]);
    }
    Matrix[] hs = Unrolled.forward(xs, h0, weights[1], weights[2], weights[3]);

    double loss = 0;
    Matrix[] dhs = new Matrix[steps];
    Matrix dw = new Matrix(weights[4].rows(), weights[4].cols());
    Matrix db = new Matrix(1, weights[5].cols());
    for (int t = 0; t < steps; t++) {
      Matrix scores = Affine.forward(hs[t], weights[4], weights[5]);
      loss += SoftmaxLoss.forward(scores, targets[t]) / steps;
      Matrix dscores = SoftmaxLossBackward.backward(scores, targets[t]).times(1.0 / steps);
      AffineBackward.Gradients out = AffineBackward.backward(dscores, hs[t], weights[4]);
      dhs[t] = out.dx();
      dw.add(out.dw());
      db.add(out.db());
    }

    BackThroughTime.Gradients rnn =
        BackThroughTime.backward(dhs, xs, h0, hs, weights[1], weights[2]);
    Matrix letters = new Matrix(weights[0].rows(), weights[0].cols());
    for (int t = 0; t < steps; t++) {
      letters.add(Embedding.backward(ids[t], rnn.dxs()[t], letters.rows()));
    }
    Matrix[] gradients = {letters, rnn.dwx(), rnn.dwh(), rnn.db(), dw, db};
    return new Block(loss, hs[steps - 1], gradients);
  }

  /**
   * One update: all gradients are clipped together, then each matrix takes a step of Adam.
   *
   * @param before weights and memory before it; they stay as they are
   * @param gradients six
   * @param max their greatest norm
   * @param rate learning rate
   * @return weights and memory after it
   */
  public static Memory update(Memory before, Matrix[] gradients, double max, double rate) {
    Matrix[] clipped = Clipping.clip(gradients, max);
    int count = clipped.length;
    int t = before.updates() + 1;
    Memory after = new Memory(new Matrix[count], new Matrix[count], new Matrix[count], t);
    for (int k = 0; k < count; k++) {
      AdamRule.Step step =
          AdamRule.step(before.weights()[k], clipped[k], before.m()[k], before.v()[k], t, rate);
      after.weights()[k] = step.w();
      after.m()[k] = step.m();
      after.v()[k] = step.v();
    }
    return after;
  }

  /**
   * Draws a letter. The probabilities of the letters lie side by side on a line from 0 to 1, letter
   * 0 first, and u is a point on it: the letter in whose piece it lies is drawn.
   *
   * @param scores of the letters (1,V)
   * @param u a number drawn from 0 to 1
   * @return the letter
   */
  public static int next(Matrix scores, double u) {
    Matrix p = scores.copy();
    p.softmaxRows();
    double sum = 0;
    for (int letter = 0; letter < p.cols() - 1; letter++) {
      sum += p.get(0, letter);
      if (u < sum) {
        return letter;
      }
    }
    return p.cols() - 1; // also if the sum, rounded, stays below u
  }

  // From here on there is nothing to write, but something to play with.

  private static final int PLACES = 8;
  private static final int STEPS = 20;
  private static final int VECTOR = 16;
  private static final int STATE = 64;
  private static final double RATE = 0.003;
  private static final double MAX_NORM = 0.5;
  private static final int EPOCHS = 64;

  /** Trains, and writes a line after 0, 1, 2, 4, 8, 16, 32 and 64 times through the text. */
  public static void main(String[] args) {
    String letters = lettersOf(Rhyme.TEXT);
    int[] text = Rhyme.TEXT.chars().map(letters::indexOf).toArray();
    RandomState random = new RandomState(1);
    Memory memory = begin(letters.length(), random);
    System.out.println("updates  perplexity  a line");
    for (int epoch = 0; epoch <= EPOCHS; epoch++) {
      Matrix h = new Matrix(PLACES, STATE);
      double loss = 0;
      int blocks = (text.length - 1) / PLACES / STEPS;
      for (int k = 0; k < blocks; k++) {
        int[][] ids = new int[STEPS][];
        int[][] targets = new int[STEPS][];
        for (int t = 0; t < STEPS; t++) {
          ids[t] = Truncated.inputs(text, PLACES, k * STEPS + t);
          targets[t] = Truncated.targets(text, PLACES, k * STEPS + t);
        }
        Block block = block(memory.weights(), ids, targets, h);
        h = block.h(); // the state goes on; its gradient does not
        loss += block.loss() / blocks;
        if (epoch > 0) { // the first round only measures
          memory = update(memory, block.gradients(), MAX_NORM, RATE);
        }
      }
      if (Integer.bitCount(epoch) <= 1) {
        String line = line(memory.weights(), letters, 50, random);
        System.out.printf(Locale.ROOT, "%7d %11.2f  %s%n", memory.updates(), Math.exp(loss), line);
      }
    }
  }

  private static Memory begin(int letters, RandomState random) {
    Matrix[] weights = {
      random.randn(letters, VECTOR),
      random.randn(VECTOR, STATE).times(1 / Math.sqrt(VECTOR)),
      random.randn(STATE, STATE).times(1 / Math.sqrt(STATE)),
      new Matrix(1, STATE),
      random.randn(STATE, letters).times(1 / Math.sqrt(STATE)),
      new Matrix(1, letters)
    };
    Matrix[] m = new Matrix[weights.length];
    Matrix[] v = new Matrix[weights.length];
    for (int k = 0; k < weights.length; k++) {
      m[k] = weights[k].times(0);
      v[k] = weights[k].times(0);
    }
    return new Memory(weights, m, v, 0);
  }

  /** Begins after the end of a line and writes so many letters, line ends as {@code /}. */
  private static String line(Matrix[] w, String letters, int count, RandomState random) {
    StringBuilder line = new StringBuilder();
    Matrix h = new Matrix(1, STATE);
    int letter = letters.indexOf('\n');
    for (int i = 0; i < count; i++) {
      h = Rnn.forward(Embedding.forward(new int[] {letter}, w[0]), h, w[1], w[2], w[3]);
      letter = next(Affine.forward(h, w[4], w[5]), random.rand());
      line.append(letters.charAt(letter) == '\n' ? '/' : letters.charAt(letter));
    }
    return line.toString();
  }

  private static String lettersOf(String text) {
    StringBuilder letters = new StringBuilder();
    text.chars().sorted().distinct().forEach(letter -> letters.append((char) letter));
    return letters.toString();
  }
}
