package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A run of the program in a JVM and a shell of its own, for what a pipe or a locale does to it. */
final class ProgramProcess {
  private static final int PATIENCE_SECONDS = 60;

  private final List<String> flags = new ArrayList<>();
  private final List<String> environment = new ArrayList<>();
  private final Path directory;
  private String classPath = absolute(System.getProperty("java.class.path"));

  /** Runs in this directory, in which the standard streams are kept too. */
  ProgramProcess(Path directory) {
    this.directory = directory;
    flags("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dunroll.threads=1");
  }

  ProgramProcess flags(String... more) {
    flags.addAll(List.of(more));
    return this;
  }

  /** Runs what is in a jar, and not the classes of this build. */
  ProgramProcess jar(Path jar) {
    classPath = jar.toAbsolutePath().toString();
    return this;
  }

  /** Sets variables, each as {@code NAME=value}. */
  ProgramProcess environment(String... variables) {
    environment.addAll(List.of(variables));
    return this;
  }

  /** How a shell would start it; what is to stand after it, such as redirections, may follow. */
  String command(String arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return String.format(
        Locale.ROOT,
        "env %s '%s' %s -cp '%s' %s %s",
        String.join(" ", environment),
        java,
        String.join(" ", flags),
        classPath,
        Main.class.getName(),
        arguments);
  }

  private static String absolute(String classPath) {
    return String.join(
        ":",
        Arrays.stream(classPath.split(":"))
            .map(part -> Path.of(part).toAbsolutePath().toString())
            .toList());
  }

  /** Runs a shell's command line to its end. */
  ProgramRun shell(String commandLine) throws IOException, InterruptedException {
    Path out = directory.resolve("stdout");
    Path err = directory.resolve("stderr");
    Process process =
        new ProcessBuilder("sh", "-c", commandLine)
            .directory(directory.toFile())
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(commandLine).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new ProgramRun(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** Runs the program to its end. */
  ProgramRun run(String arguments) throws IOException, InterruptedException {
    return shell(command(arguments));
  }
}
