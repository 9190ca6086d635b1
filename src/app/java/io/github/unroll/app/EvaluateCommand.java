package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.tensor.NotFinite;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that computes how well a saved model predicts a text. */
@Command(
    name = "evaluate",
    description = {
      "Tells the perplexity of a text under a saved language model.",
      "It is among how many words the model wavers, on average, at each place of the",
      "text; less is better."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "What train --save or --checkpoint saved.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = {
        "Text in UTF-8. It is read from its first token",
        "  on, which is given; the others are predicted."
      })
  private Path data;

  @Option(
      names = "--unknown",
      paramLabel = "WORD",
      description = {
        "Read words that the model does not know as this",
        "  one, which it knows, such as <unk>. Without it: an",
        "  unknown word is an error."
      })
  private String unknown;

  @Option(
      names = "--level",
      paramLabel = "word|char",
      description = {"What a token of FILE is, of a model that was not", "  saved by train."})
  private TextOptions.Level level;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws WrongUse, Failure {
    Failure.unlessDone(this::evaluate);
    return CommandLine.ExitCode.OK;
  }

  private void evaluate() throws IOException, Failure {
    TextModel saved = TextModel.of(model, Optional.ofNullable(level));
    Vocabulary vocabulary = saved.vocabulary();
    if (unknown != null) {
      Failure.unlessMade("--unknown: ", () -> vocabulary.id(unknown));
    }
    Corpus text = saved.level().read(data);
    if (text.size() < 2) {
      throw new Failure(
          String.format(
              Locale.ROOT, "--data %s: one token leaves none to predict; give at least 2", data),
          null);
    }
    List<String> words = text.vocabulary().words(); // in the order of the text
    if (unknown == null) {
      Optional<String> stranger = words.stream().filter(w -> !vocabulary.contains(w)).findFirst();
      if (stranger.isPresent()) {
        throw new Failure(refusal(stranger.get(), vocabulary), null);
      }
    }
    Corpus known =
        unknown == null ? text.encodedBy(vocabulary) : text.encodedBy(vocabulary, unknown);
    double perplexity = saved.model().perplexity(known);
    if (Double.isNaN(perplexity)) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "--model %s: the perplexity is NaN: %s",
              model,
              NotFinite.parameter(saved.model().parameters())
                  .orElse("all parameters are finite, so the scores overflowed")),
          null);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT, "%s: %d tokens, perplexity %.4f", data.getFileName(), text.size(), perplexity);
    out.println(
        unknown == null
            ? ""
            : String.format(Locale.ROOT, "; %d read as %s", strangers(text, vocabulary), unknown));
    out.flush();
  }

  /** The number of tokens of words that a vocabulary does not have. */
  private static long strangers(Corpus text, Vocabulary vocabulary) {
    return IntStream.range(0, text.size())
        .filter(i -> !vocabulary.contains(text.vocabulary().word(text.id(i))))
        .count();
  }

  private String refusal(String token, Vocabulary vocabulary) {
    return String.format(
            Locale.ROOT,
            "--data %s: unknown word \"%s\": not among the %d words of the model; --unknown %s",
            data,
            token.replaceAll("\\p{C}", "?"),
            vocabulary.size(),
            vocabulary.contains("<unk>") ? "'<unk>'" : "WORD")
        + " reads it as another";
  }
}
