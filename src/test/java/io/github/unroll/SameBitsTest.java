package io.github.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One training, one digest: whatever the kernel, the number of threads, the width of vectors and
 * what multiplies and adds. The suite runs on several JDKs, and the digest stands here, so it holds
 * across them too.
 */
class SameBitsTest {

  private static final String DIGEST =
      "60911eb1cbd91c527aa1e3e64a2cc100d54572537b678c862f166e6e243e3f9c";
  private static final String SIMD = "--add-modules jdk.incubator.vector -Dunroll.kernel=simd";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dunroll.kernel=plain -Dunroll.threads=1",
        "-Dunroll.kernel=plain -Dunroll.threads=2",
        "--add-modules jdk.incubator.vector -Dunroll.threads=1",
        "--add-modules jdk.incubator.vector -Dunroll.threads=2",
        "-Dunroll.fma=software -Dunroll.threads=1",
        SIMD + " -Dunroll.fma=software -Dunroll.threads=2",
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
  void the_kernel_should_hand_over_to_vectors_where_they_are_there() throws Exception {
    assertThat(java("--add-modules", "jdk.incubator.vector", "-Dunroll.threads=1"))
        .contains("HandOverKernel ");
    assertThat(java((SIMD + " -Dunroll.threads=1").split(" ", -1))).contains("SimdKernel ");
    assertThat(
            java(
                "--add-modules",
                "jdk.incubator.vector",
                "-Dunroll.kernel=plain",
                "-Dunroll.threads=1"))
        .contains("PlainKernel ");
    assertThat(java("-Dunroll.threads=1")).contains("PlainKernel ");
    assertThat(java("-Dunroll.threads=2")).contains("ParallelKernel ");
  }

  @Test
  void a_machine_without_fma_should_be_warned_of_once_and_give_the_same_bits() throws Exception {
    assertThat(java("-Dunroll.threads=1")).doesNotContain("multiply-add");
    assertThat(java("-Dunroll.threads=1", "-XX:-UseFMA"))
        .containsOnlyOnce("no fused multiply-add in hardware")
        .endsWith(DIGEST);
  }

  private static String java(String... flags) throws IOException, InterruptedException {
    return FreshJvm.run(TrainedBits.class, List.of(flags), 50, 1200);
  }
}
