package io.github.unroll.io.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.FreshJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Temporary files of programs that were ended, or killed, while they saved. */
class LeftoversTest {

  private static final long THIS_PROCESS = ProcessHandle.current().pid();

  @TempDir Path directory;

  /** Saves, and never comes to the end of it. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException {
      AtomicFile.write(
          Path.of(args[0], "weights"),
          out -> {
            out.write(new byte[1 << 20]);
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private Process startSaving() throws IOException, InterruptedException {
    Files.writeString(directory.resolve("weights"), "old");
    Process process = FreshJvm.start(directory.resolve("out"), Program.class, List.of(), directory);
    while (process.isAlive() && temporaries().stream().noneMatch(f -> f.toFile().length() > 0)) {
      Thread.sleep(2);
    }
    assertThat(process.isAlive()).as("in the middle of a save").isTrue();
    return process;
  }

  private static void await(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private List<Path> temporaries() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.getFileName().toString().startsWith(".unroll")).toList();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which knows no other end than a kill
  void should_not_be_there_when_a_program_is_told_to_end() throws Exception {
    Process process = startSaving();
    process.destroy();
    await(process);
    assertThat(temporaries()).isEmpty();
    assertThat(directory.resolve("weights")).hasContent("old");
  }

  @Test
  void should_be_removed_by_the_next_save_after_a_kill_and_not_before() throws Exception {
    assumeTrue(!Leftovers.machine().equals("0"), "processes are known on Linux only");
    Process process = startSaving();
    AtomicFile.write(directory.resolve("other"), out -> out.write(1));
    assertThat(temporaries()).as("of a process that lives").hasSize(1);
    process.destroyForcibly();
    await(process);
    assertThat(temporaries()).as("of a process that was killed").hasSize(1);
    AtomicFile.write(directory.resolve("weights"), out -> out.write('n'));
    assertThat(temporaries()).isEmpty();
    assertThat(directory.resolve("weights")).hasContent("n");
  }

  @Test
  void should_stay_as_long_as_their_process_may_live() throws Exception {
    String machine = Leftovers.machine();
    long dead = deadProcess();
    Path mine = make(String.format(Locale.ROOT, ".unroll-%s-%d-7.tmp", machine, THIS_PROCESS), 0);
    Path running =
        make(String.format(Locale.ROOT, ".unroll-%s-%d-8.tmp", machine, THIS_PROCESS), 59);
    Path elsewhere = make(String.format(Locale.ROOT, ".unroll-abcd-%d-0.tmp", dead), 59);
    Path unknown = make(String.format(Locale.ROOT, ".unroll-0-%d-0.tmp", dead), 59);
    Path old = make(String.format(Locale.ROOT, ".unroll-abcd-%d-1.tmp", dead), 61);
    Path oldHere =
        make(String.format(Locale.ROOT, ".unroll-%s-%d-9.tmp", machine, THIS_PROCESS), 61);
    List<Path> others = new ArrayList<>();
    for (String name :
        List.of(".unroll-notes.tmp", ".unroll-a-b-c.tmp", "unroll-abcd-1-1.tmp", ".x.tmp")) {
      others.add(make(name, 61));
    }
    Leftovers.remove(directory, mine);
    assertThat(List.of(mine, running, elsewhere, unknown)).allMatch(Files::exists);
    assertThat(old).doesNotExist();
    if (!machine.equals("0")) {
      assertThat(oldHere).exists();
    }
    assertThat(others.subList(0, 1)).allMatch(Files::exists);
    assertThat(others.subList(2, 4)).allMatch(Files::exists);
  }

  @Test
  void should_have_a_name_that_comes_again() throws IOException {
    List<Path> seen = new ArrayList<>();
    for (int save = 0; save < 3; save++) {
      AtomicFile.write(directory.resolve("weights"), out -> seen.addAll(temporaries()));
    }
    assertThat(seen).hasSize(3);
    assertThat(seen.stream().distinct()).as("the JVM remembers each name to the end").hasSize(1);
  }

  private static long deadProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await(process);
    return process.pid();
  }

  private Path make(String name, int minutesOld) throws IOException {
    Path file = Files.writeString(directory.resolve(name), name);
    Instant time = Instant.now().minusSeconds(60L * minutesOld);
    return Files.setLastModifiedTime(file, FileTime.from(time));
  }
}
