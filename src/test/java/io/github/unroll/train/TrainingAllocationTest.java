package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Steady training leaves next to nothing for the garbage collector, whatever the sizes. Steady is
 * after some thousand iterations: until they are compiled, vectors and views are objects.
 */
class TrainingAllocationTest {

  private static final long KILOBYTE = 1024;

  private static final Pattern ALLOCATED = Pattern.compile("allocated (\\d+)");

  @ParameterizedTest
  @CsvSource({
    "-Dunroll.kernel=plain, 1, simple, 7, 2, 5, 200",
    "-Dunroll.kernel=plain, 1, simple, 500, 10, 20, 60",
    "-Dunroll.kernel=plain, 2, simple, 500, 10, 20, 200",
    "-Dunroll.kernel=plain, 1, better, 500, 10, 20, 60",
    "-Dunroll.kernel=plain, 1, gru, 7, 2, 5, 1000",
    "--add-modules=jdk.incubator.vector, 1, simple, 500, 10, 20, 150",
    "--add-modules=jdk.incubator.vector -Dunroll.kernel=simd, 1, simple, 500, 10, 20, 150",
    "--add-modules=jdk.incubator.vector -Dunroll.kernel=simd, 2, simple, 500, 10, 20, 150",
    "--add-modules=jdk.incubator.vector -Dunroll.kernel=simd, 1, better, 500, 10, 20, 150"
  })
  void an_iteration_should_allocate_less_than_a_kilobyte(
      String kernel, int threads, String model, int vocabulary, int batch, int steps, int epochs)
      throws Exception {
    assertThat(allocated(kernel, threads, model, vocabulary, batch, steps, epochs))
        .isLessThan(KILOBYTE);
  }

  private static long allocated(
      String kernel, int threads, String model, int vocabulary, int batch, int steps, int epochs)
      throws Exception {
    List<String> flags = new ArrayList<>(List.of(kernel.split(" ", -1)));
    flags.add("-Dunroll.threads=" + threads);
    String said =
        FreshJvm.run(AllocatedBytes.class, flags, vocabulary, batch, steps, epochs, model);
    Matcher allocated = ALLOCATED.matcher(said);
    assertThat(allocated.find()).as(said).isTrue();
    return Long.parseLong(allocated.group(1));
  }
}
