package mine;

import io.github.unroll.tensor.Matrix;

/** Dot-product attention: each query takes from each of the T states of one sequence. */
public final class Attention {

  private Attention() {}

  /** Gradients of the loss with respect to the queries (Q,H) and the states (T,H). */
  public record Gradients(Matrix dQueries, Matrix dStates) {}

  /**
   * How much each query takes from each state.
   *
   * @param queries one row a query (Q,H)
   * @param states one row a state (T,H)
   * @return the weights (Q,T)
   */
  public static Matrix weights(Matrix queries, Matrix states) {
    throw new Todo();
  }

  /**
   * What each query takes away with it.
   *
   * @param queries one row a query (Q,H)
   * @param states one row a state (T,H)
   * @return the contexts (Q,H)
   */
  public static Matrix forward(Matrix queries, Matrix states) {
    throw new Todo();
  }

  /**
   * Back through the softmax of one query, to a single score.
   *
   * @param weights its weights (1,T)
   * @param dWeights the gradients of the loss with respect to them (1,T)
   * @param j which score
   * @return the gradient of the loss with respect to score j
   */
  public static double oneScore(Matrix weights, Matrix dWeights, int j) {
    throw new Todo();
  }

  /**
   * Back through forward.
   *
   * @param dContexts gradients of the loss with respect to the contexts (Q,H)
   * @param queries as they were given to forward (Q,H)
   * @param states as they were given to forward (T,H)
   * @return both gradients
   */
  public static Gradients backward(Matrix dContexts, Matrix queries, Matrix states) {
    throw new Todo();
  }
}
