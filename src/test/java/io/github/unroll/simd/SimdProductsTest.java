package io.github.unroll.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.FreshJvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * KernelTest has vectors of the width that its JVM prefers; how rows and panels group depends on
 * it.
 */
class SimdProductsTest {

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void products_should_be_the_fold_whatever_the_width(int bytes) throws Exception {
    List<String> flags =
        List.of("--add-modules=jdk.incubator.vector", "-XX:MaxVectorSize=" + bytes);
    assertThat(FreshJvm.run(FoldedProducts.class, flags)).endsWith("1668 products, wrong: []");
  }
}
