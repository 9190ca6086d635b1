package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams, under every kernel: the same bits, and nothing for the garbage collector. */
class StreamedBitsTest {

  private static final String DIGEST =
      "99fcc56029bcae4c640ae2305cb37a7307503d227c10bfbe7f1fce9ca4d8380e";
  private static final Pattern ALLOCATED =
      Pattern.compile("allocated (\\d+) bytes in (\\d+) steps (\\w+)");

  @ParameterizedTest
  @CsvSource({
    "-Dunroll.kernel=plain, 1",
    "-Dunroll.kernel=plain, 2",
    "-Dunroll.fma=software, 1",
    "--add-modules=jdk.incubator.vector, 1",
    "--add-modules=jdk.incubator.vector, 2",
    "--add-modules=jdk.incubator.vector -Dunroll.kernel=simd, 1",
    "--add-modules=jdk.incubator.vector -Dunroll.kernel=simd, 2"
  })
  void steps_should_give_the_same_bits_and_allocate_nothing(String kernel, int threads)
      throws Exception {
    List<String> flags = new ArrayList<>(List.of(kernel.split(" ", -1)));
    flags.add("-Dunroll.threads=" + threads);
    String said = FreshJvm.run(StreamedBits.class, flags);
    Matcher allocated = ALLOCATED.matcher(said);
    assertThat(allocated.find()).as(said).isTrue();
    assertThat(allocated.group(3)).isEqualTo(DIGEST);
    assertThat(Long.parseLong(allocated.group(1))).isLessThan(Long.parseLong(allocated.group(2)));
  }
}
