package io.github.unroll.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Any bytes are an archive or give an IOException; and the arrays, written, are read again. */
class NpzFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  private static final Path FILE = temporary();
  private static final Path COPY = temporary();

  @FuzzTest(maxDuration = "60s")
  void npz(byte[] bytes) throws Exception {
    Files.write(FILE, bytes);
    assertThat(Allocation.of(NpzFuzz::check)).isLessThan(MOST_ALLOCATED);
  }

  private static void check() throws IOException {
    Map<String, NumpyArray> arrays;
    try {
      arrays = NumpyFile.readArchive(FILE);
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(FILE + ": ");
      return;
    }
    NumpyFile.writeCompressedArchive(COPY, arrays);
    assertThat(NumpyFile.readArchive(COPY)).isEqualTo(arrays);
  }

  private static Path temporary() {
    Path file = Path.of(System.getProperty("java.io.tmpdir"), "unroll-fuzz-" + System.nanoTime());
    file.toFile().deleteOnExit();
    return file;
  }
}
