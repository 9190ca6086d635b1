package io.github.unroll.data;

import java.util.Locale;

/**
 * Batches for truncated backpropagation through time. The text is read at N places at once, D/N
 * tokens apart (D is the number of predictions in the text), and every batch moves each place on by
 * T tokens, so that the state of a stateful layer after one batch is the right initial state for
 * the next. After the last batch the epoch ends and the places start again.
 *
 * <p>The batches are those of the book's training script for its simple RNN language model: {@code
 * xs = corpus[:-1]}, {@code ts = corpus[1:]}, {@code offsets[i] = i * (D // N)}.
 */
public final class BpttBatches implements Batches<BpttBatches.Batch> {
  private final TokenIds tokens;
  private final int batchSize;
  private final int steps;
  private final Batch kept;

  /**
   * One batch. The caller owns both arrays; those of {@link #read} only until the next batch is
   * read.
   *
   * @param xs the token ids the model reads, (N, T)
   * @param ts the token ids that it predicts, each the one after that in {@code xs}, (N, T)
   */
  public record Batch(int[][] xs, int[][] ts) {}

  /**
   * Batches of ids.
   *
   * @param tokens the text as token ids; copied
   * @param batchSize N, the number of places read at once, at least 1
   * @param steps T, the number of time steps of a batch, at least 1
   * @throws IllegalArgumentException if N or T is below 1, or the text is shorter than one batch,
   *     which takes N·T + 1 tokens
   */
  public BpttBatches(int[] tokens, int batchSize, int steps) {
    this(TokenIds.of(tokens), batchSize, steps);
  }

  /**
   * Batches of a text, whose ids are read with each batch.
   *
   * @param tokens the text, such as a {@link Corpus}
   * @param batchSize N, the number of places read at once, at least 1
   * @param steps T, the number of time steps of a batch, at least 1
   * @throws IllegalArgumentException if N or T is below 1, or the text is shorter than one batch,
   *     which takes N·T + 1 tokens
   */
  public BpttBatches(TokenIds tokens, int batchSize, int steps) {
    if (batchSize < 1 || steps < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "batch size %d and steps %d: both must be at least 1",
              batchSize,
              steps));
    }
    long needed = (long) batchSize * steps + 1;
    if (tokens.size() < needed) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a corpus of %d tokens is shorter than one batch: batch size %d times %d steps, and"
                  + " one more to predict, are %d; take a smaller batch, fewer steps or more text",
              tokens.size(),
              batchSize,
              steps,
              needed));
    }
    this.tokens = tokens;
    this.batchSize = batchSize;
    this.steps = steps;
    this.kept = newBatch();
  }

  /**
   * {@return the number of batches of an epoch, at least 1: D / (N·T), rounded down, where D is one
   * less than the number of tokens}
   */
  @Override
  public int iterations() {
    return dataSize() / (batchSize * steps);
  }

  /**
   * {@return one batch of an epoch, (N, T)}
   *
   * @param iteration its index, 0 to {@link #iterations} - 1
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

  /** {@return a batch of zeros (N, T), to be filled by {@link #fill}} */
  public Batch newBatch() {
    return new Batch(new int[batchSize][steps], new int[batchSize][steps]);
  }

  /**
   * Writes {@link #batch} into a given batch.
   *
   * @param batch modified: overwritten; made by {@link #newBatch}
   * @param iteration its index, 0 to {@link #iterations} - 1
   * @throws IllegalArgumentException if there is no such batch
   */
  public void fill(Batch batch, int iteration) {
    Iteration.check(iteration, iterations());
    int jump = dataSize() / batchSize;
    for (int i = 0; i < batchSize; i++) {
      // Always below D, as T·iterations <= jump, so the script's "% data_size" changes nothing.
      int at = i * jump + iteration * steps;
      for (int t = 0; t < steps; t++) {
        batch.xs[i][t] = tokens.id(at + t);
        batch.ts[i][t] = tokens.id(at + t + 1);
      }
    }
  }

  private int dataSize() {
    return tokens.size() - 1;
  }
}
