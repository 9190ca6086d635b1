package io.github.unroll.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.unroll.Allocation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FileListingTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  static Stream<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(GOLDEN)) {
      return all
          .filter(file -> file.toString().matches(".*\\.(npy|npz|safetensors)"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void should_list_what_the_file_holds_or_be_as_strict_about_headers(Path file) throws IOException {
    List<FileListing.Entry> read;
    try {
      read = read(file);
    } catch (IOException e) {
      // of values, which a listing does not read, it cannot know what is wrong
      if (!e.getMessage().matches("(?s).*(CRC|deflate|inflates|directory states).*")) {
        assertThatIOException().isThrownBy(() -> FileListing.of(file)).withMessage(e.getMessage());
      }
      return;
    }
    assertThat(FileListing.of(file).entries()).isEqualTo(read);
    if (file.toString().endsWith(".safetensors")) {
      assertThat(FileListing.of(file).metadata()).isEqualTo(SafeTensors.read(file).metadata());
    }
  }

  private static List<FileListing.Entry> read(Path file) throws IOException {
    String name = file.toString();
    if (name.endsWith(".npy")) {
      return List.of(entry("", NumpyFile.read(file)));
    }
    if (name.endsWith(".npz")) {
      return NumpyFile.readArchive(file).entrySet().stream()
          .map(named -> entry(named.getKey(), named.getValue()))
          .toList();
    }
    return SafeTensors.read(file).tensors().entrySet().stream()
        .map(
            named ->
                new FileListing.Entry(
                    named.getKey(),
                    named.getValue().dtype().name(),
                    Arrays.stream(named.getValue().shape()).boxed().toList()))
        .toList();
  }

  private static FileListing.Entry entry(String name, NumpyArray array) {
    List<Long> shape = Arrays.stream(array.shape()).mapToObj(Long::valueOf).toList();
    return new FileListing.Entry(name, array.type().toString(), shape);
  }

  @Test
  void should_count_values() {
    assertThat(new FileListing.Entry("", "F64", List.of()).size()).isEqualTo(1);
    assertThat(new FileListing.Entry("", "F64", List.of(3L, 0L, 5L)).size()).isZero();
    assertThat(new FileListing.Entry("", "F64", List.of(60000L, 50000L)).size())
        .isEqualTo(3_000_000_000L);
  }

  @Test
  void should_read_no_more_than_the_header(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("large.safetensors");
    String header =
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[250000000],\"data_offsets\":[0,2000000000]}}   ";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(new byte[] {(byte) text.length, 0, 0, 0, 0, 0, 0, 0});
      sparse.write(text);
      sparse.setLength(8 + text.length + 2_000_000_000L);
    }
    assertThat(Allocation.of(() -> FileListing.of(file))).isLessThan(1 << 20);
    assertThat(FileListing.of(file).entries())
        .containsExactly(new FileListing.Entry("a", "F64", List.of(250_000_000L)));
  }
}
