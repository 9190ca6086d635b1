package io.github.unroll.data;

/**
 * A batch of questions and answers: what a sequence-to-sequence model reads and what it should
 * write. Not copied.
 *
 * @param xs the questions as ids (N,Te)
 * @param lengths how many steps of each question count (N), each in 1..Te; null for all
 * @param ts the answers as ids (N,Td+1): the start symbol, then the Td ids to be predicted, of
 *     which −1 is ignored
 */
public record PairBatch(int[][] xs, int[] lengths, int[][] ts) {

  /**
   * A batch of questions in which all steps count.
   *
   * @param xs the questions as ids (N,Te)
   * @param ts the answers as ids (N,Td+1), the start symbol first
   */
  public PairBatch(int[][] xs, int[][] ts) {
    this(xs, null, ts);
  }
}
