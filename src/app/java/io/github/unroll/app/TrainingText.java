package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.task.AgreementGrammar;
import io.github.unroll.random.RandomState;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.zip.CRC32;

/**
 * The text of a training in parts, all with the same vocabulary.
 *
 * @param training the tokens for training
 * @param validation the tokens for validation after each epoch, if any
 * @param heldOut the tokens for the final test; may be empty
 * @param grammar the grammar that generated the text, if known
 */
record TrainingText(
    Corpus training,
    Optional<Corpus> validation,
    Corpus heldOut,
    Optional<AgreementGrammar> grammar) {
  static final int EMBEDDED_SENTENCES = 12000;
  static final int EMBEDDED_HELD_OUT_SENTENCES = 500;
  private static final long EMBEDDED_SEED = 1990; // of the text alone: it is the same in every run

  static TrainingText embedded(boolean validated) {
    AgreementGrammar grammar = new AgreementGrammar();
    RandomState random = new RandomState(EMBEDDED_SEED);
    Corpus training = grammar.text(EMBEDDED_SENTENCES, random);
    Corpus heldOut = grammar.text(EMBEDDED_HELD_OUT_SENTENCES, random);
    Optional<Corpus> validation =
        validated
            ? Optional.of(grammar.text(EMBEDDED_HELD_OUT_SENTENCES, random))
            : Optional.empty();
    return new TrainingText(training, validation, heldOut, Optional.of(grammar));
  }

  /** Holds the last tenth of a text out. */
  static TrainingText of(Corpus all) {
    return split(all, all.size() - all.size() / 10, all.size());
  }

  /** Trains on the first n tokens and holds out the tokens after them, up to a tenth of n. */
  static TrainingText ofFirst(int n, Corpus all) {
    return split(all, n, (int) Math.min((long) n + n / 10, all.size()));
  }

  private static TrainingText split(Corpus all, int end, int heldOutEnd) {
    return new TrainingText(
        all.first(end), Optional.empty(), all.slice(end, heldOutEnd), Optional.empty());
  }

  /** Trains on the first n training tokens only, with the same held-out tokens. */
  TrainingText first(int n) {
    return new TrainingText(training.first(n), validation, heldOut, grammar);
  }

  /** The same with another text for validation. */
  TrainingText validatedBy(Corpus text) {
    return new TrainingText(training, Optional.of(text), heldOut, grammar);
  }

  /** A fingerprint of a part of a text, such as {@code 270 tokens, CRC-32 0f3a99c1}. */
  static String fingerprint(Corpus part) {
    CRC32 crc = new CRC32();
    for (int i = 0; i < part.size(); i++) {
      crc.update(part.vocabulary().word(part.id(i)).getBytes(StandardCharsets.UTF_8));
      crc.update(0); // marks the end of each token
    }
    return String.format(Locale.ROOT, "%d tokens, CRC-32 %08x", part.size(), crc.getValue());
  }

  boolean hasHeldOut() {
    return heldOut.size() >= 2; // the first is given, the others are predicted
  }

  /** The best possible perplexity on a part of the text, if known. */
  OptionalDouble bestPerplexity(Corpus part) {
    return grammar.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(grammar.get().perplexity(part.vocabulary().decode(part.tokens())));
  }
}
