package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** A run of the program in this JVM, and what it printed. */
record ProgramRun(int exitCode, String out, String err) {

  static ProgramRun of(boolean showProgress, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine main =
        Main.commandLine(() -> showProgress ? 80 : 0)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new ProgramRun(main.execute(args), out.toString(), err.toString());
  }

  /** A command line without blanks inside an argument. */
  static ProgramRun of(String commandLine) {
    return of(false, commandLine.split(" "));
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  /** All but the seconds, which differ from run to run. */
  String outWithoutTime() {
    return out.replaceAll("\\d+\\.\\d s", "");
  }

  void assertFailsInOneLine(String why) {
    assertThat(exitCode).as(err).isEqualTo(1);
    assertThat(err.lines()).singleElement().asString().startsWith("unroll: ").contains(why);
  }

  void assertWrongUse(String why) {
    assertThat(exitCode).as(err).isEqualTo(2);
    assertThat(err).startsWith("unroll: ").contains(why).doesNotContain("\tat ");
    assertThat(err.lines()).last().asString().startsWith("Try 'unroll");
    assertThat(out).isEmpty();
  }
}
