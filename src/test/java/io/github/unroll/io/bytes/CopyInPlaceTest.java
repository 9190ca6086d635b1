package io.github.unroll.io.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.unroll.FreshJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done where a rename is refused; src/test/sh/writing.sh has it refused by the system. */
class CopyInPlaceTest {

  private static final int LARGE = 1 << 26;

  @TempDir Path directory;

  @Test
  void should_overwrite_the_very_file_longer_or_shorter() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "old");
    Object key = Files.readAttributes(target, "*").get("fileKey");
    CopyInPlace.copy(Files.writeString(directory.resolve("f"), "longer than old"), target);
    assertThat(target).hasContent("longer than old");
    CopyInPlace.copy(Files.writeString(directory.resolve("f"), "short"), target);
    assertThat(target).hasContent("short");
    assertThat(Files.readAttributes(target, "*").get("fileKey")).isEqualTo(key);
    assertThat(names()).containsExactly("target");
  }

  @Test
  void should_make_a_missing_file() throws IOException {
    Path finished = Files.writeString(directory.resolve("f"), "new");
    CopyInPlace.copy(finished, directory.resolve("target"));
    assertThat(directory.resolve("target")).hasContent("new");
    assertThat(names()).containsExactly("target");
  }

  @Test
  void should_make_no_file_if_there_is_nothing_to_copy() {
    assertThatIOException()
        .isThrownBy(() -> CopyInPlace.copy(directory.resolve("f"), directory.resolve("target")));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void should_leave_both_as_they_were_if_the_target_cannot_be_opened() throws IOException {
    Path finished = Files.writeString(directory.resolve("f"), "new");
    Path target = Files.createDirectory(directory.resolve("target"));
    assertThatIOException().isThrownBy(() -> CopyInPlace.copy(finished, target));
    assertThat(finished).hasContent("new");
    assertThat(names()).containsExactlyInAnyOrder("f", "target");
  }

  @Test
  void should_keep_the_whole_and_say_where_if_copying_fails() throws IOException {
    Path unreadable = Files.createDirectory(directory.resolve("f"));
    Path target = Files.writeString(directory.resolve("target"), "old");
    assertThatIOException()
        .isThrownBy(() -> CopyInPlace.copy(unreadable, target))
        .withMessageMatching("(?s).*in the middle; whole, it is in .*target\\..*\\.whole");
    assertThat(names()).hasSize(2).anyMatch(name -> name.endsWith(".whole"));
  }

  @Test
  void should_be_brought_to_its_end_when_the_program_is_told_to_end() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "old");
    Path out = Files.createFile(directory.resolve("out"));
    Process process = FreshJvm.start(out, Program.class, List.of(), directory);
    while (process.isAlive() && Files.size(target) < 4) {
      Thread.onSpinWait();
    }
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(target).hasSize(LARGE);
    assertThat(names()).containsExactlyInAnyOrder("target", "out");
  }

  static final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException {
      Path finished = Path.of(args[0], "finished");
      try (RandomAccessFile file = new RandomAccessFile(finished.toFile(), "rw")) {
        file.setLength(LARGE);
      }
      CopyInPlace.copy(finished, Path.of(args[0], "target"));
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
