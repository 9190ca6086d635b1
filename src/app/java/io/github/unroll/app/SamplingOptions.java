package io.github.unroll.app;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.WordChoice;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of writing text and choosing each word. */
final class SamplingOptions {

  @Option(
      names = "--length",
      order = 31,
      paramLabel = "N",
      defaultValue = "100",
      description = "How many tokens to write.")
  private int length = 100;

  @Option(
      names = "--prompt",
      order = 32,
      paramLabel = "TEXT",
      description = {"What the text begins with. Without it: the start of", "  a new line."})
  private String prompt;

  @Option(
      names = "--temperature",
      order = 33,
      paramLabel = "X",
      defaultValue = "1",
      description = {
        "1: as likely as the model says; less: likely words",
        "  become likelier; 0: always the likeliest."
      })
  private double temperature = 1;

  @Option(
      names = "--top-k",
      order = 34,
      paramLabel = "N",
      description = {"Choose among the N likeliest only.", "  Without it: among all."})
  private Integer topK;

  @Option(
      names = "--leave-out",
      order = 35,
      paramLabel = "TOKEN",
      showDefaultValue = CommandLine.Help.Visibility.NEVER, // an empty list says nothing
      description = {"Never write it, such as <unk>; may be given", "  several times."})
  private List<String> leaveOut = new ArrayList<>();

  void check() throws WrongUse {
    WrongUse.unless(length >= 0, "--length must be 0 or more, not " + length);
    WrongUse.unless(
        temperature >= 0 && Double.isFinite(temperature),
        "--temperature must be 0 or more, not " + temperature);
    if (topK != null) {
      WrongUse.unlessAtLeastOne("--top-k", topK);
    }
  }

  int length() {
    return length;
  }

  boolean hasPrompt() {
    return prompt != null;
  }

  /** The ids of the prompt or, without one, of the end of a line. */
  int[] promptIds(TextOptions.Level level, Vocabulary vocabulary) throws Failure {
    if (hasPrompt()) {
      return Failure.unlessMade(
          "--prompt: ", () -> level.of(prompt).encodedBy(vocabulary).tokens());
    }
    String lineEnd = level.lineEnd();
    // a vocabulary begins with the text's first word
    return new int[] {vocabulary.contains(lineEnd) ? vocabulary.id(lineEnd) : 0};
  }

  WordChoice choice(Vocabulary vocabulary) throws Failure {
    int[] ids = Failure.unlessMade("--leave-out: ", () -> vocabulary.encode(leaveOut));
    WordChoice choice = WordChoice.sampled().withTemperature(temperature).without(ids);
    if (choice.leftOut().size() == vocabulary.size()) {
      throw new Failure("--leave-out: nothing is left to write; leave out less", null);
    }
    return topK == null ? choice : choice.withTopK(topK);
  }
}
