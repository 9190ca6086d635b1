package mine;

import io.github.unroll.tensor.Matrix;

/** A table of word vectors: each word of the vocabulary has a row of its own. */
public final class Embedding {

  private Embedding() {}

  /**
   * Looks words up.
   *
   * @param ids words, each as the number of its row (N)
   * @param w the table (V,D)
   * @return x (N,D), the vector of each word
   */
  public static Matrix forward(int[] ids, Matrix w) {
    throw new Todo();
  }

  /**
   * The gradient of the table.
   *
   * @param ids the words that were looked up (N)
   * @param dx gradient of their vectors (N,D)
   * @param words V, how many rows the table has
   * @return dw (V,D)
   */
  public static Matrix backward(int[] ids, Matrix dx, int words) {
    throw new Todo();
  }
}
