package io.github.unroll.io.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file promises, reading it costs memory only for the bytes that are there. */
class SafeTensorsMemoryTest {

  private static final long LITTLE = 1_000_000; // the smallest lie below is of 90 MB

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static void assertRefusedWithLittleMemory(ThrowingCallable reading) {
    assertThatThrownBy(reading).isInstanceOf(IOException.class); // classes are loaded, once
    long before = THREADS.getCurrentThreadAllocatedBytes();
    IOException refusal = catchThrowableOfType(IOException.class, reading);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(refusal).isNotNull();
    assertThat(allocated).as("bytes allocated until: %s", refusal).isLessThan(LITTLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // 2 GB in one tensor; 8 EB; 2^63 - 1 elements; a thousand tensors' worth in the second
        "{'a':{'dtype':'F64','shape':[268435454],'data_offsets':[0,2147483632]}}",
        "{'a':{'dtype':'F64','shape':[1000000000000000000],'data_offsets':[0,8000000000000000000]}}",
        "{'a':{'dtype':'U8','shape':[9223372036854775807],'data_offsets':[0,9223372036854775807]}}",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
            + "'b':{'dtype':'F32','shape':[500000000],'data_offsets':[1,2000000001]}}",
      })
  void should_not_allocate_what_a_header_promises(String header, @TempDir Path folder)
      throws IOException {
    byte[] bytes = SafeTensorsTest.file(header, 8);
    Path file = Files.write(folder.resolve("lie"), bytes);
    assertRefusedWithLittleMemory(() -> SafeTensors.read(file));
    assertRefusedWithLittleMemory(() -> SafeTensors.read(new ByteArrayInputStream(bytes), "lie"));
  }

  @ParameterizedTest
  @ValueSource(longs = {99_999_999, 100_000_001, 1L << 32, 1L << 62, Long.MAX_VALUE, -1})
  void should_not_allocate_what_a_length_promises(long length, @TempDir Path folder)
      throws IOException {
    byte[] bytes = SafeTensorsTest.bytes(length, new byte[] {'{', '"', 'a'}, 0);
    Path file = Files.write(folder.resolve("lie"), bytes);
    assertRefusedWithLittleMemory(() -> SafeTensors.read(file));
    assertRefusedWithLittleMemory(() -> SafeTensors.read(new ByteArrayInputStream(bytes), "lie"));
  }

  @Test
  void should_not_allocate_a_header_that_is_only_a_hole_in_the_disk(@TempDir Path folder)
      throws IOException {
    Path file =
        Files.write(folder.resolve("sparse"), SafeTensorsTest.bytes(90_000_000, new byte[0], 0));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 + 90_000_000);
    }
    assertRefusedWithLittleMemory(() -> SafeTensors.read(file));
  }

  @Test
  void should_not_recurse_into_nesting() {
    byte[] nested = SafeTensorsTest.file("{'a':" + "[".repeat(10_000_000), 0);
    assertRefusedWithLittleMemory(
        () -> SafeTensors.read(new ByteArrayInputStream(nested), "nested"));
  }
}
