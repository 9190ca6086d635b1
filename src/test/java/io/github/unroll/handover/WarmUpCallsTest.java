package io.github.unroll.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import io.github.unroll.architecture.VectorLoops;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No loop of vectors is left out: the first real call of one would be a hundred times as slow. */
class WarmUpCallsTest {

  private static final int SECONDS = 60;

  /** A line of the compilers: number, tier 4, method. */
  private static final Pattern BY_C2 =
      Pattern.compile("\\d+ +[ %sn!b]* +4 +io\\.github\\.unroll\\.simd\\.(\\w+)::(\\w+) ");

  @Test
  void should_bring_every_loop_of_vectors_to_c2() throws Exception {
    String said =
        FreshJvm.run(
            WarmedUp.class,
            List.of("--add-modules=jdk.incubator.vector", "-XX:+PrintCompilation"),
            SECONDS);
    assertThat(
            BY_C2
                .matcher(said)
                .results()
                .map(line -> line.group(1) + "." + line.group(2))
                .collect(Collectors.toSet()))
        .containsAll(VectorLoops.ofMany());
  }
}
