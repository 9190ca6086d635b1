package io.github.unroll.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options of a training, as they are saved in its checkpoint. */
final class TrainingSettings {
  /** Options that may change: texts are compared by content, not by path. */
  private static final Set<String> FREE = Set.of("--data", "--valid", "--epochs", "--patience");

  private static final String ALWAYS = "seed";

  private final CommandSpec command;

  TrainingSettings(CommandSpec command) {
    this.command = command;
  }

  /** Each option that has a value, including defaults, and the level that was found. */
  Map<String, String> notes(TextOptions.Level level) {
    boolean startsFromFile = command.findOption("--start").getValue() != null;
    Map<String, String> notes = new TreeMap<>();
    for (OptionSpec option : options(command)) {
      boolean used = !startsFromFile || !ModelOptions.OF_A_NEW_MODEL.contains(option.longestName());
      if (option.getValue() != null && used) {
        notes.put(note(option), option.getValue().toString());
      }
    }
    notes.put(TextModel.LEVEL, level.toString());
    return notes;
  }

  /** The name of an option in the notes: without dashes. */
  private static String note(OptionSpec option) {
    return option.longestName().substring(2);
  }

  /** The options on text, model and training of a command. */
  static List<OptionSpec> options(CommandSpec command) {
    return command.mixins().get("options").argGroups().stream()
        .flatMap(group -> group.options().stream())
        .toList();
  }

  /**
   * Sets the options to the values of a started training.
   *
   * @param notes its {@link #notes}
   * @param checkpoint the file of the notes
   * @throws Failure if an option of the command line has another value
   */
  void takeFrom(Map<String, String> notes, Path checkpoint) throws Failure {
    if (!notes.containsKey(ALWAYS)) {
      throw new Failure(
          checkpoint + ": a training, but not by train --checkpoint: its options are not noted",
          null);
    }
    CommandLine line = command.commandLine();
    ParseResult given = line.getParseResult();
    List<String> arguments = new ArrayList<>();
    for (OptionSpec option : options(command)) {
      String name = option.longestName();
      String begun = notes.get(note(option));
      if (!given.hasMatchedOption(option)) {
        if (begun != null) {
          arguments.add(name + "=" + begun);
        }
      } else if (!FREE.contains(name) && !option.getValue().toString().equals(begun)) {
        throw new Failure(
            String.format(
                Locale.ROOT,
                "%s %s: the training in %s was begun %s; leave the option out, or begin another",
                name,
                option.getValue(),
                checkpoint,
                begun == null ? "without it" : "with " + begun),
            null);
      }
    }
    List<String> all = given.expandedArgs();
    arguments.addAll(all.subList(all.indexOf(command.name()) + 1, all.size()));
    try {
      line.parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new Failure(checkpoint + ": its notes are wrong: " + e.getMessage(), e);
    }
  }
}
