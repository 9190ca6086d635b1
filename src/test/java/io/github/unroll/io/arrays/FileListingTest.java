package io.github.unroll.io.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.Allocation;
import io.github.unroll.Command;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.safetensors.SafeTensors;
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
    FileKind kind = FileKind.of(file);
    if (!file.toString().endsWith(ending(kind))) {
      assertThatIOException()
          .isThrownBy(() -> ArrayFile.list(file))
          .withMessageStartingWith(file + ": is neither .npy, .npz, ")
          .withMessageContaining(", but ");
      return;
    }
    List<FileListing.Entry> read;
    try {
      read = read(file, kind);
    } catch (IOException e) {
      assertRefusedToo(file, e.getMessage());
      return;
    }
    assertThat(ArrayFile.list(file).entries())
        .filteredOn(FileListing.Entry::isArray)
        .map(entry -> new FileListing.Entry(entry.name(), entry.type(), entry.shape()))
        .isEqualTo(read);
    if (kind == FileKind.SAFETENSORS) {
      assertThat(ArrayFile.list(file).metadata()).isEqualTo(SafeTensors.read(file).metadata());
    }
  }

  private static String ending(FileKind kind) {
    return switch (kind) {
      case NPY -> ".npy";
      case ZIP -> ".npz";
      case SAFETENSORS -> ".safetensors";
      default -> "no file of arrays";
    };
  }

  /** Whole, or an array of it; of values, which a listing does not read, it cannot know. */
  private static void assertRefusedToo(Path file, String why) {
    List<FileListing.Entry> listed;
    try {
      listed = ArrayFile.list(file).entries();
    } catch (IOException e) {
      assertThat(e).hasMessage(why);
      return;
    }
    if (!why.matches("(?s).*(CRC|deflate|inflates|directory states).*")) {
      assertThat(listed).anyMatch(e -> !e.unread().isEmpty() && why.endsWith(e.unread()));
    }
  }

  private static List<FileListing.Entry> read(Path file, FileKind kind) throws IOException {
    return switch (kind) {
      case NPY -> List.of(entry("", NumpyFile.read(file)));
      case ZIP ->
          NumpyFile.readArchive(file).entrySet().stream()
              .map(named -> entry(named.getKey(), named.getValue()))
              .toList();
      default ->
          SafeTensors.read(file).tensors().entrySet().stream()
              .map(
                  named ->
                      new FileListing.Entry(
                          named.getKey(),
                          inSafeTensors(named.getValue().typeName()),
                          Arrays.stream(named.getValue().shape()).boxed().toList()))
              .toList();
    };
  }

  /** A listing has the format's own names. */
  private static String inSafeTensors(String typeName) {
    return typeName
        .replace("bfloat", "BF")
        .replace("float", "F")
        .replace("uint", "U")
        .replace("int", "I")
        .replace("bool", "BOOL");
  }

  private static FileListing.Entry entry(String name, StoredArray array) {
    List<Long> shape = Arrays.stream(array.shape()).boxed().toList();
    return new FileListing.Entry(name, array.typeName(), shape);
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
    assertThat(Allocation.of(() -> ArrayFile.list(file))).isLessThan(1 << 20);
    assertThat(ArrayFile.list(file).entries())
        .containsExactly(new FileListing.Entry("a", "F64", List.of(250_000_000L)));
  }

  @Test
  void should_list_what_comes_through_a_pipe(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(Command.run("sh", "-c", "mkfifo " + pipe + " && echo made").equals("made"));
    for (String name : List.of("npy-edge/v1_f8.npy", "safetensors-edge/f64.safetensors")) {
      Path file = GOLDEN.resolve(name);
      Process writer =
          new ProcessBuilder("sh", "-c", "cat " + file + " > " + pipe).inheritIO().start();
      assertThat(ArrayFile.list(pipe)).isEqualTo(ArrayFile.list(file));
      writer.waitFor();
    }
  }
}
