package io.github.unroll.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.io.StoredArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Any bytes are an array or give an IOException; and the array, written, is read again. */
class NpyFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  @FuzzTest(maxDuration = "60s")
  void npy(byte[] bytes) throws Exception {
    assertThat(Allocation.of(() -> check(bytes))).isLessThan(MOST_ALLOCATED);
  }

  private static void check(byte[] bytes) throws IOException {
    StoredArray array;
    try {
      array = NumpyFile.read(new ByteArrayInputStream(bytes), "fuzz");
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
      return;
    }
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    NpyStream.write(copy, array);
    assertThat(NumpyFile.read(new ByteArrayInputStream(copy.toByteArray()), "copy"))
        .isEqualTo(array);
  }
}
