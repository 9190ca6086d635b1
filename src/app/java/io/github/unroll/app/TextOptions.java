package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
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

  @Option(
      names = "--vocabulary",
      order = 5,
      paramLabel = "N",
      description = {
        "Keep the N most frequent words, <unk> among them,",
        "  which all others are read as. Without it: every",
        "  word of FILE."
      })
  private Integer vocabulary;

  void check() throws WrongUse {
    WrongUse.unless(
        vocabulary == null || vocabulary >= 2,
        "--vocabulary must be at least 2, a word and <unk>, not " + vocabulary);
    WrongUse.unless(
        vocabulary == null || data != null,
        "--vocabulary needs --data: the embedded text has few words");
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

  /** The greatest number of words, if there is one. */
  OptionalInt vocabulary() {
    return vocabulary == null ? OptionalInt.empty() : OptionalInt.of(vocabulary);
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

  /** The level of the command line, if it stands there. */
  Optional<Level> askedLevel(CommandSpec command) {
    boolean given = command.commandLine().getParseResult().hasMatchedOption("--level");
    return given ? Optional.of(level) : Optional.empty();
  }

  String name() {
    return embedded() ? "embedded text" : data.getFileName().toString();
  }

  /**
   * Reads or makes the text.
   *
   * @param validated whether the embedded text needs a part for validation
   * @param start the model that learns it, if it has words already
   */
  TrainingText text(boolean validated, Optional<TextModel> start) throws IOException, Failure {
    if (embedded()) {
      TrainingText embedded = TrainingText.embedded(validated);
      return tokens == null ? embedded : embedded.first(enough(embedded.training()));
    }
    Corpus read = start.map(TextModel::level).orElse(level).read(data);
    Corpus all =
        start.isPresent()
            ? encoded("--data " + data, read, start.get().vocabulary(), true)
            : vocabulary == null ? read : read.limitedTo(vocabulary);
    TrainingText text =
        tokens == null ? TrainingText.of(all) : TrainingText.ofFirst(enough(all), all);
    return valid == null ? text : text.validatedBy(validation(all.vocabulary(), start));
  }

  private Corpus validation(Vocabulary words, Optional<TextModel> start)
      throws IOException, Failure {
    Corpus corpus = start.map(TextModel::level).orElse(level).read(valid);
    if (corpus.size() < 2) {
      throw new Failure(
          String.format(
              Locale.ROOT, "--valid %s: one token leaves none to predict; give at least 2", valid),
          null);
    }
    return encoded("--valid " + valid, corpus, words, vocabulary != null || start.isPresent());
  }

  /** A text in other words; what is not among them is read as unknown or refused. */
  private static Corpus encoded(String where, Corpus text, Vocabulary words, boolean unknown)
      throws Failure {
    return Failure.unlessMade(
        where + ": ",
        () ->
            unknown && words.contains(Vocabulary.UNKNOWN)
                ? text.encodedBy(words, Vocabulary.UNKNOWN)
                : text.encodedBy(words));
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
