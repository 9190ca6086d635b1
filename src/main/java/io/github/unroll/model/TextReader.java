package io.github.unroll.model;

import java.util.Arrays;

/**
 * Reads a text word by word with the parameters of a {@link RnnLanguageModel} and scores what may
 * follow.
 *
 * <p>A reader has a state of its own and never drops anything: the model's state, its masks and a
 * backward that is still to come are left alone. It reads with the parameters as they stand, so it
 * may be kept while the model is trained. It is not for use by several threads at once; several
 * readers of one model are, as long as nobody trains it.
 */
public final class TextReader {

  private final LanguageModelLayers layers;
  private final int vocabularySize;
  private final int[][] id = new int[1][1];
  private boolean begun;

  /**
   * A reader that has read nothing.
   *
   * @param model whose parameters are used, live; it is not modified
   */
  public TextReader(RnnLanguageModel model) {
    layers = model.reader();
    vocabularySize = model.configuration().vocabularySize();
    layers.reserve(id);
  }

  /**
   * Reads the next word of the text.
   *
   * @param word its id
   * @throws IllegalArgumentException if the model knows no such id; the state is then as it was
   */
  public void read(int word) {
    checkId("TextReader.read", word);
    id[0][0] = word;
    layers.read(id);
    begun = true;
  }

  void checkId(String what, int word) {
    if (word < 0 || word >= vocabularySize) {
      throw new IllegalArgumentException(
          "%s: id %d is not in 0..%d".formatted(what, word, vocabularySize - 1));
    }
  }

  /**
   * The scores of the words that may follow those read so far; their softmax is the probabilities.
   *
   * @return a copy (V)
   * @throws IllegalStateException if nothing was read yet
   */
  public double[] scores() {
    if (!begun) {
      throw new IllegalStateException("TextReader.scores: nothing was read yet; read a word first");
    }
    return Arrays.copyOf(layers.score().data(), vocabularySize);
  }

  /** Forgets all that was read: the next word begins a new text. */
  public void resetState() {
    layers.recurrent().resetState();
    begun = false;
  }
}
