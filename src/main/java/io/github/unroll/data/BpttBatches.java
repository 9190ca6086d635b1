package io.github.unroll.data;

import java.util.Locale;

/**
 * Batches for truncated backpropagation through time. The text is read at N places at once, each
 * D/N tokens after the one before (D predictions in all), and every batch carries each place on by
 * T tokens, so that a stateful layer's state at the end of one batch is the right start for the
 * next. After the last batch an epoch is over and the places start anew.
 *
 * <p>The batches are those of the book's training script for its simple RNN language model: {@code
 * xs = corpus[:-1]}, {@code ts = corpus[1:]}, {@code offsets[i] = i * (D // N)}.
 */
public final class BpttBatches implements Batches<BpttBatches.Batch> {
  private final int[] tokens;
  private final int batchSize;
  private final int steps;
  private final Batch kept;

  /**
   * One batch. Both arrays are the caller's own; those of {@link #read} until the next is read.
   *
   * @param xs the token ids the model reads, (N, T)
   * @param ts the token ids it shall predict, each the one after that in {@code xs}, (N, T)
   */
  public record Batch(int[][] xs, int[][] ts) {}

  /**
   * Cuts a text into batches.
   *
   * @param tokens the text as token ids; copied
   * @param batchSize N, the number of places read at once, at least 1
   * @param steps T, the number of time steps of a batch, at least 1
   * @throws IllegalArgumentException if N or T is below 1, or the text is shorter than one batch,
   *     which takes N·T + 1 tokens
   */
  public BpttBatches(int[] tokens, int batchSize, int steps) {
    if (batchSize < 1 || steps < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "batch size %d and steps %d: both must be at least 1",
              batchSize,
              steps));
    }
    long needed = (long) batchSize * steps + 1;
    if (tokens.length < needed) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a corpus of %d tokens is shorter than one batch: batch size %d times %d steps, and"
                  + " one more to predict, are %d; take a smaller batch, fewer steps or more text",
              tokens.length,
              batchSize,
              steps,
              needed));
    }
    this.tokens = tokens.clone();
    this.batchSize = batchSize;
    this.steps = steps;
    this.kept = newBatch();
  }

  /**
   * The number of batches of an epoch: D / (N·T), rounded down, where D is one less than the number
   * of tokens.
   *
   * @return the number of batches, at least 1
   */
  @Override
  public int iterations() {
    return dataSize() / (batchSize * steps);
  }

  /**
   * One batch of an epoch.
   *
   * @param iteration which one, 0 to {@link #iterations} - 1
   * @return the batch, (N, T)
   * @throws IllegalArgumentException if there is no such batch
   */
  public Batch batch(int iteration) {
    Batch batch = newBatch();
    fill(batch, iteration);
    return batch;
  }

  @Override
  public Batch read(int iteration) {
    fill(kept, iteration);
    return kept;
  }

  /**
   * A batch of the right shape, to be filled by {@link #fill}.
   *
   * @return zeros (N, T)
   */
  public Batch newBatch() {
    return new Batch(new int[batchSize][steps], new int[batchSize][steps]);
  }

  /**
   * {@link #batch} into a batch of the caller's.
   *
   * @param batch modified: overwritten; made by {@link #newBatch}
   * @param iteration which one, 0 to {@link #iterations} - 1
   * @throws IllegalArgumentException if there is no such batch
   */
  public void fill(Batch batch, int iteration) {
    Iteration.check(iteration, iterations());
    int jump = dataSize() / batchSize;
    for (int i = 0; i < batchSize; i++) {
      // Below D always, as T·iterations <= jump: the script's "% data_size" never acts.
      int at = i * jump + iteration * steps;
      System.arraycopy(tokens, at, batch.xs[i], 0, steps);
      System.arraycopy(tokens, at + 1, batch.ts[i], 0, steps);
    }
  }

  private int dataSize() {
    return tokens.length - 1;
  }
}
