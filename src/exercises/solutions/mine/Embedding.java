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
    Matrix x = new Matrix(ids.length, w.cols());
    for (int n = 0; n < ids.length; n++) {
      x.copyRow(n, w, ids[n]);
    }
    return x;
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
    Matrix dw = new Matrix(words, dx.cols());
    for (int n = 0; n < ids.length; n++) {
      dw.addToRow(ids[n], dx, n);
    }
    return dw;
  }
}
