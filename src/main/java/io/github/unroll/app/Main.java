package io.github.unroll.app;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The program. Exit codes: 0 done, 1 failed (one line on stderr says why), 2 wrong use. */
@Command(
    name = "unroll",
    description = "Trains recurrent networks and writes text with them, in plain Java.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs the program and ends the JVM with its exit code.
   *
   * @param args the command line; without any the usage is printed
   */
  public static void main(String[] args) {
    // Charts are drawn to files: no window system must be asked for, nor be missed.
    System.setProperty("java.awt.headless", "true");
    // What picocli, the progress bar and the chart format takes the default, and has no other way.
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine(Terminal.attached()).execute(args));
  }

  static CommandLine commandLine(boolean showProgress) {
    return new CommandLine(new Main())
        .addSubcommand(new TrainCommand(showProgress))
        .addSubcommand(new GenerateCommand(showProgress))
        .addSubcommand(new EvaluateCommand())
        .addSubcommand(new InspectCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(Main::runUnlessGivenTwice)
        .setParameterExceptionHandler(Main::wrongUse)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
  }

  /** In a group, picocli takes an option given twice for the begin of another group of values. */
  private static int runUnlessGivenTwice(ParseResult parsed) {
    for (ParseResult part = parsed; part != null; part = part.subcommand()) {
      for (OptionSpec option : part.matchedOptions()) {
        if (!option.isMultiValue() && option.stringValues().size() > 1) {
          throw new ParameterException(
              part.commandSpec().commandLine(),
              String.format(
                  Locale.ROOT, "option '%s' should be specified only once", option.longestName()));
        }
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.OK;
  }

  private static int wrongUse(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command.getErr().println("unroll: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
    return seeHelp(command);
  }

  private static int seeHelp(CommandLine command) {
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  static int failed(Exception e, CommandLine command) throws Exception {
    if (!(e instanceof Failure || e instanceof WrongUse)) {
      throw e; // a bug: its stack trace is wanted
    }
    command.getErr().println("unroll: " + e.getMessage());
    return e instanceof WrongUse ? seeHelp(command) : CommandLine.ExitCode.SOFTWARE;
  }
}
