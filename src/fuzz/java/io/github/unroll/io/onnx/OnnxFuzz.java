package io.github.unroll.io.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;

/**
 * Any bytes are a model or give an IOException. A model runs on zeros, or refuses them by an
 * IllegalArgumentException; so with its layers.
 */
class OnnxFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;
  private static final long MOST_INPUTS = 256;
  private static final Path FILE = Path.of("nowhere", "fuzz"); // no other file is there

  /** Every class is loaded before: Jazzer rewrites it then, which would count as allocated. */
  @BeforeAll
  static void loadClasses() throws IOException {
    try (Stream<Path> seeds = Files.list(Path.of("src/test/resources/models/onnx"))) {
      for (Path seed : seeds.filter(file -> file.toString().endsWith(".onnx")).toList()) {
        check(Files.readAllBytes(seed));
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void onnx(byte[] bytes) throws Exception {
    assertThat(Allocation.of(() -> check(bytes))).isLessThan(MOST_ALLOCATED);
  }

  private static void check(byte[] bytes) {
    OnnxModel model;
    try {
      model = new OnnxModel(GraphReader.read(OnnxFile.read(new ByteArrayInputStream(bytes), FILE)));
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(FILE + ": ");
      return;
    }
    assertThat(model.toString()).contains("together");
    try {
      assertThat(model.layers().recurrent()).isNotEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("is no plain stack");
    }
    Map<String, StoredArray> zeros = zeros(model.inputs());
    if (zeros.size() == model.inputs().size()) {
      try {
        assertThat(model.run(zeros)).hasSameSizeAs(model.outputs());
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  /** Zeros for each input, if they are not very many. */
  private static Map<String, StoredArray> zeros(List<DeclaredArray> inputs) {
    Map<String, StoredArray> zeros = new LinkedHashMap<>();
    for (DeclaredArray input : inputs) {
      List<String> sizes = input.shape();
      long[] shape = new long[sizes.size()];
      long count = 1;
      for (int axis = 0; axis < shape.length && count <= MOST_INPUTS; axis++) {
        shape[axis] = sizes.get(axis).matches("[0-9]{1,4}") ? Long.parseLong(sizes.get(axis)) : 2;
        count *= shape[axis];
      }
      if (count <= MOST_INPUTS) {
        zeros.put(
            input.name(),
            input.type().contains("float")
                ? StoredArray.ofDoubles(ElementType.FLOAT64, shape, new double[(int) count])
                : StoredArray.ofLongs(ElementType.INT64, shape, new long[(int) count]));
      }
    }
    return zeros;
  }
}
