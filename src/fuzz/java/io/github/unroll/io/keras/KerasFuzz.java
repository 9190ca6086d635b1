package io.github.unroll.io.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.io.foreign.KerasWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;

/** Any bytes are a model, and weights, of Keras or give an IOException that names the file. */
class KerasFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  /**
   * Loads the classes, which Jazzer changes as they are loaded: that is not the reader's memory.
   */
  @BeforeAll
  static void read_all_seeds() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/models/keras"))) {
      for (Path file : files.filter(name -> !name.toString().endsWith(".npz")).toList()) {
        check(file);
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void keras(byte[] bytes) throws Exception {
    Path file = Files.createTempFile("fuzz", ".keras");
    try {
      Files.write(file, bytes);
      assertThat(Allocation.of(() -> check(file))).isLessThan(MOST_ALLOCATED);
    } finally {
      Files.delete(file);
    }
  }

  private static void check(Path file) throws IOException {
    try {
      assertThat(KerasModel.read(file).toString()).isNotBlank();
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(file + ": ");
    }
    try {
      assertThat(KerasWeights.read(file).tensors()).isNotNull();
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(file + ": ");
    }
  }
}
