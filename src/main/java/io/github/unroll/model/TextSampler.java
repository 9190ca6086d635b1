package io.github.unroll.model;

import io.github.unroll.random.RandomState;

/**
 * A sampler that continues a text word by word with a {@link RnnLanguageModel}: each word is chosen
 * by the model's scores after all words before it, and then read.
 *
 * <pre>{@code
 * TextSampler sampler = new TextSampler(model, WordChoice.sampled().withTemperature(0.8).without(unk), new RandomState(1));
 * sampler.start(the, man);
 * int next = sampler.next();
 * }</pre>
 *
 * <p>The same model, choice and seed write the same text. A sampler has its own {@link
 * LanguageModelSession}: it does not change the model or its training state, and the model may be
 * trained between two words.
 */
public final class TextSampler {

  private final LanguageModelSession session;
  private final WordChoice choice;
  private final RandomState random;
  private boolean started;
  private int unread; // the latest word, read before the next is chosen

  /**
   * A sampler that has no text yet.
   *
   * @param model the model; its current parameters are used; not modified
   * @param choice how each word is chosen
   * @param random modified: one draw for each word; none at temperature 0
   * @throws IllegalArgumentException if the choice leaves out a word that the model does not know,
   *     or all words
   */
  public TextSampler(RnnLanguageModel model, WordChoice choice, RandomState random) {
    choice.check(model.description().outputSize());
    this.session = model.newSession();
    this.choice = choice;
    this.random = random;
  }

  /**
   * Starts a new text, independent of the one before.
   *
   * @param prompt its first words, at least one; words that the choice leaves out may be among them
   * @throws IllegalArgumentException if there is none or the model knows no such id; the text is
   *     then unchanged
   */
  public void start(int... prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException(
          "TextSampler.start: no words; a text starts with at least one, e.g. that which ends a"
              + " sentence");
    }
    session.checkIds("TextSampler.start", prompt);
    session.reset();
    for (int i = 0; i < prompt.length - 1; i++) {
      session.read(prompt[i]);
    }
    unread = prompt[prompt.length - 1];
    started = true;
  }

  /**
   * Writes the next word and returns its id.
   *
   * @return the id of the word
   * @throws IllegalStateException if no text was started
   * @throws IllegalArgumentException if scores are not finite
   */
  public int next() {
    if (!started) {
      throw new IllegalStateException(
          "TextSampler.next: no text was started; call start with its first words");
    }
    unread = choice.choose(session.step(unread).data(), random);
    return unread;
  }

  /**
   * Starts a new text and continues it: {@link #start}, then {@link #next} for each word.
   *
   * @param prompt its first words, at least one
   * @param words the number of words to write, 0 or more
   * @return the words after the prompt
   * @throws IllegalArgumentException if there is no prompt, the model knows no such id, words is
   *     negative, or scores are not finite
   */
  public int[] sample(int[] prompt, int words) {
    if (words < 0) {
      throw new IllegalArgumentException(
          "TextSampler.sample: words must be 0 or more, not " + words);
    }
    start(prompt);
    int[] text = new int[words];
    for (int i = 0; i < words; i++) {
      text[i] = next();
    }
    return text;
  }
}
