package io.github.unroll.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An application that used the library can be unloaded, though the server's own threads live on.
 */
class RedeploymentTest {

  @ParameterizedTest
  @CsvSource({
    "-Dunroll.kernel=plain, ended",
    "-Dunroll.kernel=plain, left alone",
    "--add-modules=jdk.incubator.vector, ended",
    "--add-modules=jdk.incubator.vector, left alone"
  })
  void should_leave_no_class_loader_behind(String kernel, String threads) throws Exception {
    List<String> flags = List.of(kernel, "-Dunroll.threads=3");
    assertThat(FreshJvm.run(Redeployments.class, flags, threads))
        .endsWith("0 of 20 class loaders are left");
  }
}
