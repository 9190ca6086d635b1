package io.github.unroll.io.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import io.github.unroll.io.StoredArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Any bytes are tensors or give an IOException; and the tensors, written, are read again. */
class SafeTensorsFuzz {

  private static final long MOST_ALLOCATED = 64L << 20;

  @FuzzTest(maxDuration = "60s")
  void safetensors(byte[] bytes) throws Exception {
    assertThat(Allocation.of(() -> check(bytes))).isLessThan(MOST_ALLOCATED);
  }

  private static void check(byte[] bytes) throws IOException {
    SafeTensors file;
    try {
      file = read(bytes, "fuzz");
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
      return;
    }
    if (!file.tensors().values().stream().allMatch(StoredArray::isReadable)) {
      return; // what was not read cannot be written
    }
    byte[] written = written(file);
    SafeTensors copy = read(written, "copy");
    assertThat(copy.tensors()).isEqualTo(file.tensors());
    assertThat(copy.metadata()).isEqualTo(file.metadata());
    assertThat(written(copy)).isEqualTo(written);
  }

  private static byte[] written(SafeTensors file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    file.write(out);
    return out.toByteArray();
  }

  private static SafeTensors read(byte[] bytes, String name) throws IOException {
    return SafeTensors.read(new ByteArrayInputStream(bytes), name);
  }
}
