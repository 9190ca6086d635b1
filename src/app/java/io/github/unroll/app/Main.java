package io.github.unroll.app;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The program. Exit codes: 0 done, 1 failed (one line on stderr says why), 2 wrong use, 141 the
 * output is no longer read, the code of shells for a program that SIGPIPE ended.
 */
@Command(
    name = "unroll",
    description = "Recurrent networks in plain Java: forecasts, labels, text.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "  0:done",
      "  1:failed; standard error says why",
      "  2:wrong use",
      "141:the output is no longer read, as after | head; a training goes on to its end"
          + " all the same if --save, --checkpoint or --chart keeps something of it"
    })
public final class Main implements Callable<Integer> {
  private static final int CLOSED_PIPE = 141;

  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs the program and ends the JVM with its exit code.
   *
   * @param args the command line; without any the usage is printed
   */
  public static void main(String[] args) {
    // Charts are drawn to files, so no window system is needed.
    System.setProperty("java.awt.headless", "true");
    // picocli, the progress bar and the chart always format with the default locale.
    Locale.setDefault(Locale.ROOT);
    StandardStream out = new StandardStream(FileDescriptor.out, Terminal.charset());
    StandardStream err = new StandardStream(FileDescriptor.err, Terminal.charset());
    System.setErr(err.printStream());
    System.exit(run(args, out, err));
  }

  /** Runs the program and checks that its standard output has arrived. */
  private static int run(String[] args, StandardStream out, StandardStream err) {
    PrintWriter printed = out.writer(false);
    PrintWriter errors = err.writer(true);
    Optional<String> undecoded =
        UndecodedText.ofThisJvm().refusal(args, System.getProperty("user.dir"));
    if (undecoded.isPresent()) {
      errors.println("unroll: " + undecoded.get());
      return CommandLine.ExitCode.USAGE;
    }
    int exitCode = commandLine(Terminal.columns()).setOut(printed).setErr(errors).execute(args);
    printed.flush();
    Optional<IOException> failure = out.failure();
    if (failure.isEmpty() || exitCode == CommandLine.ExitCode.SOFTWARE) {
      return exitCode;
    }
    if (out.isClosedPipe()) {
      return CLOSED_PIPE;
    }
    errors.println("unroll: standard output: " + failure.get().getMessage());
    return CommandLine.ExitCode.SOFTWARE;
  }

  /**
   * The program.
   *
   * @param columns the width of the terminal; 0 if there is none to draw on
   */
  static CommandLine commandLine(IntSupplier columns) {
    return new CommandLine(new Main())
        .addSubcommand(new TrainCommand(columns))
        .addSubcommand(new GenerateCommand(columns))
        .addSubcommand(new EvaluateCommand())
        .addSubcommand(new ForecastCommand(columns))
        .addSubcommand(new ClassifyCommand(columns))
        .addSubcommand(new PredictCommand())
        .addSubcommand(new ConvertCommand())
        .addSubcommand(new InspectCommand())
        .setExpandAtFiles(false) // a prompt may begin with @
        .setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.colors()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Main::file)
        .setExecutionStrategy(Main::runUnlessGivenTwice)
        .setParameterExceptionHandler(Main::wrongUse)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
  }

  private static Path file(String name) {
    if (name.isEmpty()) {
      throw new TypeConversionException("it is empty; give the name of a file");
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("no file can have this name: " + e.getMessage());
    }
  }

  /** Rejects repeated options: in a group, picocli takes one as the start of a second group. */
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
    if (e instanceof OutputLost) {
      return CLOSED_PIPE; // or another failure, which run reports
    }
    if (!(e instanceof Failure || e instanceof WrongUse)) {
      throw e; // a bug, which needs a stack trace
    }
    command.getErr().println("unroll: " + e.getMessage());
    return e instanceof WrongUse ? seeHelp(command) : CommandLine.ExitCode.SOFTWARE;
  }
}
