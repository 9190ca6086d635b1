package io.github.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a test program in a JVM of its own, with flags that this one does not have. */
public final class FreshJvm {

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private FreshJvm() {}

  /**
   * Runs a program of the test classes.
   *
   * @return what it wrote to both streams
   */
  public static String run(Class<?> program, List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    return runFrom(CLASS_PATH, program, flags, arguments);
  }

  /**
   * Runs a program of another class path.
   *
   * @return what it wrote to both streams
   */
  public static String runFrom(
      String classPath, Class<?> program, List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    return runFrom(classPath, program.getName(), flags, arguments);
  }

  /**
   * Runs a program of another class path, by its name.
   *
   * @return what it wrote to both streams
   */
  public static String runFrom(
      String classPath, String program, List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("unroll", ".txt");
    try {
      return output(out, start(out, classPath, program, flags, arguments));
    } finally {
      Files.delete(out);
    }
  }

  /**
   * Runs a module's program, named as {@code module/class}.
   *
   * @return what it wrote to both streams
   */
  public static String runModule(
      String modulePath, String program, List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("unroll", ".txt");
    List<String> run = new ArrayList<>(List.of("--module-path", modulePath, "-m", program));
    for (Object argument : arguments) {
      run.add(argument.toString());
    }
    try {
      return output(out, start(out, flags, run));
    } finally {
      Files.delete(out);
    }
  }

  private static String output(Path out, Process process) throws IOException, InterruptedException {
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).isTrue();
    return Files.readString(out).strip();
  }

  /** Starts a program of the test classes; what it writes to both streams goes to a file. */
  public static Process start(Path out, Class<?> program, List<String> flags, Object... arguments)
      throws IOException {
    return start(out, CLASS_PATH, program.getName(), flags, arguments);
  }

  private static Process start(
      Path out, String classPath, String program, List<String> flags, Object... arguments)
      throws IOException {
    List<String> run = new ArrayList<>(List.of("-cp", classPath, program));
    for (Object argument : arguments) {
      run.add(argument.toString());
    }
    return start(out, flags, run);
  }

  private static Process start(Path out, List<String> flags, List<String> run) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(run);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }
}
