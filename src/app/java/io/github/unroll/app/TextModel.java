package io.github.unroll.app;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A language model from a file.
 *
 * @param model the model
 * @param vocabulary the words of its ids
 * @param level the kind of token of its text
 */
record TextModel(RnnLanguageModel model, Vocabulary vocabulary, TextOptions.Level level) {
  static final String LEVEL = "level"; // so it is called in a training's settings, too

  /** The notes in the file of a model. */
  static Map<String, String> notes(TextOptions.Level level, String text, int epoch, long seed) {
    return Map.of(
        LEVEL,
        level.toString(),
        "text",
        text,
        "epoch",
        Integer.toString(epoch),
        "seed",
        Long.toString(seed));
  }

  /**
   * Loads a model.
   *
   * @param file what train --save or --checkpoint wrote, or {@link ModelFile}
   * @param asked the level of the command line, if given
   * @throws Failure if the file notes another level
   */
  static TextModel of(Path file, Optional<TextOptions.Level> asked) throws IOException, Failure {
    return of(file, asked, new RandomState(0)); // of dropout, which only training has
  }

  /**
   * Loads a model to be trained further.
   *
   * @param random the source of its dropout
   */
  static TextModel of(Path file, Optional<TextOptions.Level> asked, RandomState random)
      throws IOException, Failure {
    var saved = ModelFile.load(file, RnnLanguageModel.class, random);
    Vocabulary vocabulary = saved.notes().vocabulary().orElse(null);
    if (vocabulary == null) {
      throw new Failure(
          file + ": the model has no vocabulary; save it with Notes.of(vocabulary)", null);
    }
    String noted = saved.notes().texts().get(LEVEL);
    if (noted == null) { // it was saved in Java, not by train
      return new TextModel(saved.model(), vocabulary, asked.orElse(TextOptions.Level.WORD));
    }
    TextOptions.Level level =
        Failure.unlessMade(file + ": level: ", () -> TextOptions.Level.named(noted));
    if (asked.isPresent() && asked.get() != level) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "--level %s: the model in %s is one of level %s; leave the option out",
              asked.get(),
              file,
              level),
          null);
    }
    return new TextModel(saved.model(), vocabulary, level);
  }
}
