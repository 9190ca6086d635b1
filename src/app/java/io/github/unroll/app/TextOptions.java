package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of the texts for training and validation. */
final class TextOptions {

  /** The kind of token of a file. */
  enum Level {
    WORD,
    CHAR;

    Corpus read(Path file) throws IOException {
      return this == WORD ? Corpus.words(file) : Corpus.characters(file);
    }

    Corpus of(String text) {
      return this == WORD ? Corpus.ofWords(text) : Corpus.ofCharacters(text);
    }

    /** The level with a name. */
    static Level named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The token that ends a line. */
    String lineEnd() {
      return this == WORD ? Corpus.EOS : "\n";
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--data",
      order = 1,
      paramLabel = "FILE",
      description = {
        "Text in UTF-8, such as a Penn Treebank file.",
        "  Without it: the embedded text, " + TrainingText.EMBEDDED_SENTENCES + " sentences",
        "  of a small grammar, whose own perplexity",
        "  is the best possible."
      })
  private Path data;

  @Option(
      names = "--level",
      order = 2,
      paramLabel = "word|char",
      defaultValue = "word",
      description = "What a token of FILE is.")
  private Level level = Level.WORD;

  @Option(
      names = "--tokens",
      order = 3,
      paramLabel = "N",
      description = {
        "Train on the first N tokens, with the vocabulary",
        "  of the whole file. Up to N/10 tokens that follow",
        "  are held out. Without it: the last tenth of FILE",
        "  is held out."
      })
  private Integer tokens;

  @Option(
      names = "--valid",
      order = 4,
      paramLabel = "FILE",
      description = {
        "Text that judges the model after each epoch, of",
        "  words that --data has too; the best epoch's",
        "  parameters are kept. For the embedded text:",
        "  " + TrainingText.EMBEDDED_HELD_OUT_SENTENCES + " sentences more, where an option needs",
        "  validation."
      })
  private Path valid;

  void check() throws WrongUse {
    if (tokens != null) {
      WrongUse.unlessAtLeastOne("--tokens", tokens);
    }
    WrongUse.unless(
        data != null || level == Level.WORD,
        "--level char needs --data: the embedded text is one of words");
    WrongUse.unless(
        data != null || valid == null,
        "--valid needs --data: the embedded text has a validation text of its own, which"
            + " --patience uses");
  }

  boolean embedded() {
    return data == null;
  }

  /** Null for the embedded text. */
  Path data() {
    return data;
  }

  /** Null if there is none. */
  Path valid() {
    return valid;
  }

  boolean hasValid() {
    return valid != null;
  }

  Level level() {
    return level;
  }

  String name() {
    return embedded() ? "embedded text" : data.getFileName().toString();
  }

  /**
   * Reads or makes the text.
   *
   * @param validated whether the embedded text needs a part for validation
   */
  TrainingText text(boolean validated) throws IOException, Failure {
    if (embedded()) {
      TrainingText embedded = TrainingText.embedded(validated);
      return tokens == null ? embedded : embedded.first(enough(embedded.training()));
    }
    Corpus all = level.read(data);
    TrainingText text =
        tokens == null ? TrainingText.of(all) : TrainingText.ofFirst(enough(all), all);
    return valid == null ? text : text.validatedBy(validation(all));
  }

  private Corpus validation(Corpus all) throws IOException, Failure {
    Corpus corpus = level.read(valid);
    if (corpus.size() < 2) {
      throw new Failure(
          String.format(
              Locale.ROOT, "--valid %s: one token leaves none to predict; give at least 2", valid),
          null);
    }
    return Failure.unlessMade("--valid " + valid + ": ", () -> corpus.encodedBy(all.vocabulary()));
  }

  private int enough(Corpus all) throws Failure {
    if (tokens > all.size()) {
      throw new Failure(
          String.format(
              Locale.ROOT, "--tokens %d: the text has only %d tokens", tokens, all.size()),
          null);
    }
    return tokens;
  }
}
