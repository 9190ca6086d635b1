package io.github.unroll.io.bytes;

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
        .hasMessage(directory + ": is a directory; give a file");
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

  // ---- links ----

  @Test
  void should_make_the_file_that_a_link_waits_for_and_keep_the_link() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("weights"));
    AtomicFile.write(link, out -> out.write(NEW));
    assertThat(link).isSymbolicLink().hasBinaryContent(NEW);
    assertThat(directory.resolve("weights")).isRegularFile();
    assertThat(names()).containsExactlyInAnyOrder("link", "weights");
  }

  @Test
  void should_follow_relative_links_from_directory_to_directory() throws IOException {
    Path disk = Files.createDirectories(directory.resolve("disk/models"));
    Path here = Files.createDirectories(directory.resolve("here/run"));
    Files.createSymbolicLink(directory.resolve("shortcut"), here);
    Files.createSymbolicLink(here.resolve("first"), Path.of("../second"));
    Files.createSymbolicLink(directory.resolve("here/second"), Path.of("../disk/models/weights"));
    AtomicFile.write(
        directory.resolve("shortcut/first"),
        out -> {
          out.write(NEW);
          assertThat(names(here)).as("no temporary file beside the link").containsExactly("first");
          assertThat(names(disk)).as("a temporary file where it is renamed").hasSize(1);
        });
    assertThat(disk.resolve("weights")).hasBinaryContent(NEW);
    assertThat(here.resolve("first")).isSymbolicLink();
    assertThat(directory.resolve("here/second")).isSymbolicLink();
    assertThat(names(disk)).containsExactly("weights");
  }

  @Test
  void should_refuse_links_that_lead_nowhere() throws IOException {
    Path round = Files.createSymbolicLink(directory.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(directory.resolve("b"), Path.of("a"));
    assertThatThrownBy(() -> AtomicFile.write(round, out -> out.write(NEW)))
        .isInstanceOf(IOException.class)
        .hasMessage(round + ": is a symbolic link that leads round in a circle");
    Path gone = Files.createSymbolicLink(directory.resolve("c"), Path.of("no/weights"));
    assertThatThrownBy(() -> AtomicFile.write(gone, out -> out.write(NEW)))
        .isInstanceOf(IOException.class)
        .hasMessage(gone + ": no directory " + directory.resolve("no") + "; make it first");
  }

  // ---- before the hours ----

  @Test
  void should_rehearse_and_leave_all_as_it_was() throws IOException {
    Path file = Files.write(directory.resolve("weights"), OLD);
    AtomicFile.rehearse(file);
    assertThat(file).hasBinaryContent(OLD);
    AtomicFile.rehearse(directory.resolve("new"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("new"));
    AtomicFile.rehearse(link);
    assertThat(link).isSymbolicLink();
    assertThat(names()).containsExactlyInAnyOrder("weights", "link");
  }

  @Test
  void should_find_in_a_rehearsal_what_a_write_would() throws IOException {
    assertThatThrownBy(() -> AtomicFile.rehearse(directory))
        .hasMessage(directory + ": is a directory; give a file");
    assertThatThrownBy(() -> AtomicFile.rehearse(directory.resolve("no/weights")))
        .hasMessageContaining("no directory");
    String longest = "x".repeat(300);
    assertThatThrownBy(() -> AtomicFile.rehearse(directory.resolve(longest)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be written");
    assertThat(names()).isEmpty();
  }

  @Test
  void should_be_a_private_file_until_it_replaces_one() throws IOException {
    assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
    Path file = Files.write(directory.resolve("weights"), OLD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    AtomicFile.write(
        file,
        out -> {
          try (Stream<Path> files = Files.list(directory)) {
            Path temporary = files.filter(f -> !f.equals(file)).findFirst().orElseThrow();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)))
                .isEqualTo("rw-------");
          }
        });
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw-rw-");
  }

  private List<String> names() throws IOException {
    return names(directory);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
