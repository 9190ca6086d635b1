package io.github.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One training, one digest: whatever the kernel, the number of threads and the width of vectors.
 * The suite runs on several JDKs, and the digest stands here, so it holds across them too.
 */
class SameBitsTest {

  private static final String DIGEST = "DIGESTHERE";
  private static final String SIMD = "--add-modules jdk.incubator.vector -Dunroll.kernel=simd";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dunroll.kernel=plain -Dunroll.threads=1",
        "-Dunroll.kernel=plain -Dunroll.threads=2",
        SIMD + " -Dunroll.threads=1",
        SIMD + " -Dunroll.threads=2",
        SIMD + " -Dunroll.threads=3",
        SIMD + " -Dunroll.threads=1 -XX:MaxVectorSize=16",
        SIMD + " -Dunroll.threads=1 -XX:MaxVectorSize=32",
        SIMD + " -Dunroll.threads=1 -XX:MaxVectorSize=64"
      })
  void training_should_give_the_same_bits(String flags) throws Exception {
    assertThat(java(flags.split(" ", -1))).endsWith(DIGEST);
  }

  @Test
  void the_faster_kernel_should_be_taken_where_it_is_there() throws Exception {
    assertThat(java("--add-modules", "jdk.incubator.vector", "-Dunroll.threads=1"))
        .contains("SimdKernel ");
    assertThat(java("-Dunroll.threads=1")).contains("PlainKernel ");
    assertThat(java("-Dunroll.threads=2")).contains("ParallelKernel ");
  }

  @Test
  void a_kernel_that_is_not_there_should_be_missed_by_name() throws Exception {
    assertThat(java("-Dunroll.kernel=simd"))
        .contains("-Dunroll.kernel=simd: there is no Vector API in this JVM; start it with ")
        .contains("--add-modules jdk.incubator.vector");
    assertThat(java("-Dunroll.kernel=fast"))
        .contains("-Dunroll.kernel=fast: there are simd and plain");
    assertThat(java("-Dunroll.threads=0")).contains("-Dunroll.threads=0: there must be at least 1");
  }

  private String java(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TrainedBits.class.getName());
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return Files.readString(out).strip();
  }
}
