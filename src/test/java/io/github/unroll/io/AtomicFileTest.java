package io.github.unroll.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  private static final byte[] OLD = {1, 2, 3};
  private static final byte[] NEW = {4, 5};

  @TempDir Path directory;

  @Test
  void should_make_a_file_and_replace_one() throws IOException {
    Path file = directory.resolve("weights");
    AtomicFile.write(file, out -> out.write(OLD));
    assertThat(file).hasBinaryContent(OLD);
    AtomicFile.write(file, out -> out.write(NEW));
    assertThat(file).hasBinaryContent(NEW);
    assertThat(names()).containsExactly("weights");
  }

  @Test
  void should_leave_the_old_file_until_all_is_written() throws IOException {
    Path file = Files.write(directory.resolve("weights"), OLD);
    AtomicFile.write(
        file,
        out -> {
          out.write(new byte[1 << 20]);
          assertThat(file).hasBinaryContent(OLD);
        });
    assertThat(file).hasSize(1 << 20);
  }

  @Test
  void should_leave_the_old_file_when_writing_fails() throws IOException {
    Path file = Files.write(directory.resolve("weights"), OLD);
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("disk full");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw new IllegalStateException("no values");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasBinaryContent(OLD);
    assertThat(names()).containsExactly("weights");
  }

  @Test
  void should_refuse_a_directory_and_a_file_in_none() {
    assertThatThrownBy(() -> AtomicFile.write(directory, out -> out.write(NEW)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not an ordinary file");
    assertThatThrownBy(
            () -> AtomicFile.write(directory.resolve("no/weights"), out -> out.write(NEW)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no directory");
  }

  @Test
  void should_keep_permissions_and_links() throws IOException {
    assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
    Path file = Files.write(directory.resolve("weights"), OLD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    AtomicFile.write(link, out -> out.write(NEW));
    assertThat(file).hasBinaryContent(NEW);
    assertThat(link).isSymbolicLink();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
