package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.FreshJvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's form of streaming: a virtual thread for each session, thousands at once. */
class VirtualThreadsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx256m",
        "-Xmx256m -Djdk.virtualThreadScheduler.parallelism=4",
        "-Xmx256m --add-modules=jdk.incubator.vector"
      })
  void ten_thousand_in_a_small_heap_should_each_get_the_bits_that_one_gets_alone(String flags)
      throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with Java 21");
    assertThat(FreshJvm.run(VirtualThreads.class, List.of(flags.split(" "))))
        .contains("10000 of 10000 sessions");
  }
}
