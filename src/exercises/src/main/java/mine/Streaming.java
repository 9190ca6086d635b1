package mine;

import io.github.unroll.tensor.Matrix;

/**
 * A session: reads input by input, as they come, and keeps what it needs from one call to the next.
 * So it is the one class of the road that you make objects of.
 */
public final class Streaming {

  private final Matrix wx;
  private final Matrix wh;
  private final Matrix b;

  /** What is kept from call to call. */
  private Matrix h;

  /**
   * A session that has read nothing yet.
   *
   * @param n how many sequences it reads side by side
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @param b bias (1,H)
   */
  public Streaming(int n, Matrix wx, Matrix wh, Matrix b) {
    this.wx = wx;
    this.wh = wh;
    this.b = b;
    this.h = new Matrix(n, wh.rows());
  }

  /**
   * Reads the next input of each sequence: one step of an RNN, from where the last call ended.
   *
   * @param x (N,D)
   * @return the state after the step (N,H), which whoever called may write into
   */
  public Matrix step(Matrix x) {
    throw new Todo();
  }

  /** Forgets all that was read: the next input begins new sequences. */
  public void reset() {
    throw new Todo();
  }

  /**
   * Chooses a word by chance, but as the scores say.
   *
   * @param scores of all words (1,V), of any size
   * @param temperature 0: always the best word; small: nearly always; great: any word
   * @param u a random number, at least 0 and below 1, drawn by whoever calls
   * @return the word's id, from 0 to V − 1
   */
  public static int choose(Matrix scores, double temperature, double u) {
    throw new Todo();
  }
}
