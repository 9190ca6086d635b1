package io.github.unroll.layer;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;

/**
 * An embedding: replaces each word id (N,T) with its word vector, a row of {@code w} (V,D).
 *
 * <pre>{@code
 * xs[n,t] = w[ids[n,t]]
 * dw[ids[n,t]] += dxs[n,t]      an id that occurs twice gets both
 * }</pre>
 */
public final class TimeEmbedding {

  private final Parameter w;
  private int[][] ids = {};

  /**
   * An embedding over a table of word vectors.
   *
   * @param w one row for each word (V,D)
   */
  public TimeEmbedding(Parameter w) {
    this.w = w;
  }

  /**
   * The vectors of the words.
   *
   * @param ids word ids (N,T), each in 0..V-1; rows of one length
   * @return (N,T,D)
   * @throws IllegalArgumentException if there are no ids, rows differ in length or an id has no row
   */
  public Tensor3 forward(int[][] ids) {
    checkIds(ids);
    int steps = ids[0].length;
    Tensor3 xs = new Tensor3(ids.length, steps, embeddingSize());
    forwardInto(ids, xs);
    return xs;
  }

  /**
   * Runs {@link #forward} and writes the vectors to {@code xs}.
   *
   * @param ids word ids (N,T), each in 0..V-1; rows of one length
   * @param xs modified: overwritten with the vectors (N,T,D)
   * @throws IllegalArgumentException if there are no ids, rows differ in length, an id has no row
   *     or xs has another shape
   */
  public void forwardInto(int[][] ids, Tensor3 xs) {
    checkIds(ids);
    int steps = ids[0].length;
    int d = embeddingSize();
    Shapes.check("TimeEmbedding.forward: xs", xs, ids.length, steps, d);
    keep(ids, steps);
    double[] table = w.value().data();
    for (int n = 0; n < ids.length; n++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(table, ids[n][t] * d, xs.data(), (n * steps + t) * d, d);
      }
    }
  }

  /**
   * Adds the gradients of the latest forward's vectors to the rows of their words.
   *
   * @param dxs gradient of the vectors (N,T,D)
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dxs does not have the shape of the vectors
   */
  public void backward(Tensor3 dxs) {
    Shapes.checkForwardDone("TimeEmbedding.backward", ids.length > 0);
    int steps = ids[0].length;
    int d = embeddingSize();
    Shapes.check("TimeEmbedding.backward: dxs", dxs, ids.length, steps, d);
    MatrixView rows = dxs.asRows();
    for (int n = 0; n < ids.length; n++) {
      for (int t = 0; t < steps; t++) {
        w.addToGradRow(ids[n][t], rows, n * steps + t);
      }
    }
  }

  /**
   * Checks ids as forward does.
   *
   * @param ids word ids (N,T)
   * @throws IllegalArgumentException if there are none, rows differ in length or an id is unknown
   */
  public void checkIds(int[][] ids) {
    if (ids.length == 0 || ids[0].length == 0) {
      throw new IllegalArgumentException("TimeEmbedding: no ids; pass at least one (1x1)");
    }
    int steps = ids[0].length;
    for (int n = 0; n < ids.length; n++) {
      if (ids[n].length != steps) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "TimeEmbedding: row 0 has %d ids and row %d has %d",
                steps,
                n,
                ids[n].length));
      }
      for (int t = 0; t < steps; t++) {
        if (ids[n][t] < 0 || ids[n][t] >= vocabularySize()) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "TimeEmbedding: id %d at [%d,%d] is not in 0..%d",
                  ids[n][t],
                  n,
                  t,
                  vocabularySize() - 1));
        }
      }
    }
  }

  private void keep(int[][] source, int steps) {
    if (ids.length != source.length || ids[0].length != steps) {
      ids = new int[source.length][steps];
    }
    for (int n = 0; n < source.length; n++) {
      System.arraycopy(source[n], 0, ids[n], 0, steps);
    }
  }

  /** {@return the trainable parameters: w} */
  public List<Parameter> parameters() {
    return List.of(w);
  }

  /** {@return the live table of word vectors (V,D), one row for each word} */
  public Matrix vectors() {
    return w.value();
  }

  /** {@return V, the number of words} */
  public int vocabularySize() {
    return w.value().rows();
  }

  /** {@return D, the length of a word vector} */
  public int embeddingSize() {
    return w.value().cols();
  }
}
