package io.github.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Another program, such as a Python script that reads what Java wrote. */
public final class Command {

  private static final int SECONDS = 300;

  private Command() {}

  /** Runs it to its end; what it printed, errors too. */
  public static String run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("unroll", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      return Files.readString(out).strip();
    } finally {
      Files.delete(out);
    }
  }
}
