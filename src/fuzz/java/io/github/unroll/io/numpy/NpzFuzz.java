package io.github.unroll.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.io.StoredArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Any bytes are an archive or give an IOException; and the arrays, written, are read again. */
class NpzFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  @FuzzTest(maxDuration = "60s")
  void npz(byte[] bytes) throws Exception {
    assertThat(Allocation.of(() -> check(bytes))).isLessThan(MOST_ALLOCATED);
  }

  private static void check(byte[] bytes) throws IOException {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    try {
      NpzReader archive = new NpzReader(new MemoryChannel(bytes));
      assertThat(archive.entries()).allSatisfy(entry -> assertThat(entry.size()).isNotNegative());
      arrays.putAll(archive.readAll());
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    arrays.values().removeIf(array -> !array.isReadable());
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    NumpyFile.writeArchive(copy, arrays, true);
    assertThat(new NpzReader(new MemoryChannel(copy.toByteArray())).readAll()).isEqualTo(arrays);
  }
}
