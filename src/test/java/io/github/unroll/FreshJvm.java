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
    Path out = Files.createTempFile("unroll", ".txt");
    try {
      Process process = start(out, classPath, program, flags, arguments);
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return Files.readString(out).strip();
    } finally {
      Files.delete(out);
    }
  }

  /** Starts a program of the test classes; what it writes to both streams goes to a file. */
  public static Process start(Path out, Class<?> program, List<String> flags, Object... arguments)
      throws IOException {
    return start(out, CLASS_PATH, program, flags, arguments);
  }

  private static Process start(
      Path out, String classPath, Class<?> program, List<String> flags, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, program.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }
}
