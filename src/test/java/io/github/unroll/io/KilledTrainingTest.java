package io.github.unroll.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that is killed at any moment, in the middle of a write too, goes on to the same bits.
 * With {@code -Dunroll.heavy=true} it is killed 20 times.
 */
class KilledTrainingTest {

  private static final int KILLS = Boolean.getBoolean("unroll.heavy") ? 20 : 3;

  private static final List<String> FLAGS =
      List.of("-Dunroll.threads=1", "-XX:TieredStopAtLevel=1");

  @Test
  void should_come_to_the_same_end_however_often_it_is_killed(@TempDir Path folder)
      throws Exception {
    Path undisturbed = folder.resolve("undisturbed");
    long begin = System.nanoTime();
    String digest = run(undisturbed);
    long duration = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    assertThat(digest).contains("SHA-256 ");

    // The moment depends on the clock; the fractions of it are the same in each run.
    RandomState moments = new RandomState(11);
    Path chain = folder.resolve("killed again and again");
    int killedWhileTraining = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path file = folder.resolve("killed once " + kill);
      Process process = start(file, folder);
      kill(process, moments.randint(0, (int) duration));
      assertThat(run(file)).as("killed once").isEqualTo(digest);

      process = start(chain, folder);
      awaitNewCheckpoint(chain, process);
      boolean alive = kill(process, moments.randint(0, (int) duration / KILLS + 1));
      killedWhileTraining += alive ? 1 : 0;
    }
    assertThat(killedWhileTraining).isPositive();
    assertThat(run(chain)).as("killed %d times", KILLS).isEqualTo(digest);
  }

  private static String run(Path file) throws Exception {
    String out = FreshJvm.run(KilledTraining.class, FLAGS, file);
    return out.substring(Math.max(0, out.indexOf("SHA-256 ")));
  }

  private static Process start(Path file, Path folder) throws IOException {
    return FreshJvm.start(folder.resolve("out"), KilledTraining.class, FLAGS, file);
  }

  private static void awaitNewCheckpoint(Path file, Process process) throws Exception {
    FileTime before = Files.exists(file) ? Files.getLastModifiedTime(file) : null;
    while (process.isAlive()
        && (Files.notExists(file) || Files.getLastModifiedTime(file).equals(before))) {
      Thread.sleep(2);
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
