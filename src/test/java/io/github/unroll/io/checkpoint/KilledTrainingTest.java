package io.github.unroll.io.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import io.github.unroll.app.Main;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A training that is killed at any moment, in the middle of a write too, goes on to the same bits:
 * of each model through the library, and one through the program, started each time by the same
 * command line. In the profile {@code heavy} each is killed 10 times once and 10 times in a row.
 */
class KilledTrainingTest {

  private static final int KILLS = Boolean.getBoolean("unroll.heavy") ? 10 : 1;

  private static final List<String> FLAGS =
      List.of("-Dunroll.threads=1", "-XX:TieredStopAtLevel=1");

  @ParameterizedTest
  @ValueSource(strings = {"language-model", "classifier", "regressor", "seq2seq"})
  void should_come_to_the_same_end_however_often_it_is_killed(String model, @TempDir Path folder)
      throws Exception {
    Path undisturbed = folder.resolve("undisturbed");
    long begin = System.nanoTime();
    String digest = run(model, undisturbed);
    long duration = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    assertThat(digest).contains("SHA-256 ");

    // The moment depends on the clock; the fractions of it are the same in each run.
    RandomState moments = new RandomState(11);
    Path chain = folder.resolve("killed again and again");
    int killedWhileTraining = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path file = folder.resolve("killed once " + kill);
      Process process = start(model, file, folder);
      kill(process, moments.randint(0, (int) duration));
      assertThat(run(model, file)).as("killed once").isEqualTo(digest);

      process = start(model, chain, folder);
      awaitNewCheckpoint(chain, process);
      boolean alive = kill(process, moments.randint(0, (int) duration / (KILLS + 2) + 1));
      killedWhileTraining += alive ? 1 : 0;
    }
    assertThat(killedWhileTraining).isPositive();
    assertThat(run(model, chain)).as("killed %d times", KILLS).isEqualTo(digest);
  }

  @Test
  void should_come_to_the_same_end_through_the_program(@TempDir Path folder) throws Exception {
    writeTexts(folder);
    long begin = System.nanoTime();
    String undisturbed = program(folder, "undisturbed");
    long duration = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    byte[] model = Files.readAllBytes(folder.resolve("undisturbed.model"));
    byte[] checkpoint = Files.readAllBytes(folder.resolve("undisturbed"));

    RandomState moments = new RandomState(12);
    Path chain = folder.resolve("chain");
    int killedWhileTraining = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      String once = "once" + kill;
      kill(startProgram(folder, once), moments.randint(0, (int) duration));
      assertSameEnd(folder, once, undisturbed, model, checkpoint);

      Process process = startProgram(folder, "chain");
      awaitNewCheckpoint(chain, process);
      boolean alive = kill(process, moments.randint(0, (int) duration / (KILLS + 2) + 1));
      killedWhileTraining += alive ? 1 : 0;
    }
    assertThat(killedWhileTraining).isPositive();
    assertSameEnd(folder, "chain", undisturbed, model, checkpoint);
  }

  private static void writeTexts(Path folder) throws IOException {
    RandomState random = new RandomState(2);
    for (String name : List.of("text", "valid")) {
      int size = name.equals("text") ? 1800 : 200;
      String words =
          Arrays.stream(random.randint(0, 30, size))
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(" "));
      // all 30 words, so that the validation text has no other
      String all =
          IntStream.range(0, 30).mapToObj(Integer::toString).collect(Collectors.joining(" "));
      Files.writeString(folder.resolve(name), all + " " + words);
    }
  }

  private static String[] arguments(Path folder, String name) {
    return ("train --resume --checkpoint=CK --checkpoint-every=1 --save=CK.model --data=IN/text"
            + " --valid=IN/valid --cell=lstm --layers=2 --dropout=0.3 --tie-weights --hidden=16"
            + " --batch=4 --steps=8 --epochs=6 --schedule=plateau --seed=1")
        .replace("CK", folder.resolve(name).toString())
        .replace("IN", folder.toString())
        .split(" ");
  }

  private static Process startProgram(Path folder, String name) throws IOException {
    Object[] arguments = arguments(folder, name);
    return FreshJvm.start(folder.resolve("out"), Main.class, FLAGS, arguments);
  }

  private static String program(Path folder, String name) throws Exception {
    Object[] arguments = arguments(folder, name);
    return FreshJvm.run(Main.class, FLAGS, arguments).replaceAll("\\d+\\.\\d s", "");
  }

  private static void assertSameEnd(
      Path folder, String name, String undisturbed, byte[] model, byte[] checkpoint)
      throws Exception {
    List<String> all = progress(undisturbed);
    List<String> rest = progress(program(folder, name));
    assertThat(rest).as(name).isEqualTo(all.subList(all.size() - rest.size(), all.size()));
    assertThat(Files.readAllBytes(folder.resolve(name + ".model"))).isEqualTo(model);
    assertThat(Files.readAllBytes(folder.resolve(name))).isEqualTo(checkpoint);
  }

  /** The lines of the epochs and of what came of them. */
  private static List<String> progress(String out) {
    List<String> lines = out.lines().filter(line -> line.matches("(epoch|best|held).*")).toList();
    assertThat(lines).as(out).hasSizeGreaterThan(1);
    return lines;
  }

  private static String run(String model, Path file) throws Exception {
    String out = FreshJvm.run(KilledTraining.class, FLAGS, file, model);
    return out.substring(Math.max(0, out.indexOf("SHA-256 ")));
  }

  private static Process start(String model, Path file, Path folder) throws IOException {
    return FreshJvm.start(folder.resolve("out"), KilledTraining.class, FLAGS, file, model);
  }

  private static void awaitNewCheckpoint(Path file, Process process) throws Exception {
    FileTime before = timeOf(file);
    FileTime now = before;
    while (process.isAlive() && (now == null || now.equals(before))) {
      Thread.sleep(2);
      now = timeOf(file);
    }
  }

  /**
   * Null if it is not there: the program makes and deletes one to see whether it can be written.
   */
  private static FileTime timeOf(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Kills a process after some time; returns whether it was still running. */
  private static boolean kill(Process process, int milliseconds) throws InterruptedException {
    boolean alive = !process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    process.destroyForcibly(); // SIGKILL: no shutdown hook runs, no buffer is flushed
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return alive && process.exitValue() != 0;
  }
}
