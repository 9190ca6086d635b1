package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.unroll.Allocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;

/**
 * Any bytes are a table or give an IOException that names the file; a column of it has labels,
 * numbers and times or gives an IllegalArgumentException.
 */
class TableFuzz {

  private static final long MOST_ALLOCATED = 4L << 20;

  /** Loads the classes, which Jazzer changes as they are loaded: that is not Table's memory. */
  @BeforeAll
  static void read_some() throws Exception {
    for (String text :
        List.of(
            "time,y\n2024-01-01,1\n2024-01-02,\n2024-01-04,\"3\"\n",
            "t;y\n1;1,5\n2;x\n",
            "a\n1\n\n2\n",
            "a,b\n1\n",
            "")) {
      read(text.getBytes(StandardCharsets.UTF_8));
    }
    read(new byte[] {-1});
  }

  @FuzzTest(maxDuration = "60s")
  void table(byte[] bytes) throws Exception {
    assertThat(read(bytes)).isLessThan(MOST_ALLOCATED);
  }

  private static long read(byte[] bytes) throws Exception {
    Path file = Files.createTempFile("fuzz", ".csv");
    try {
      Files.write(file, bytes);
      return Allocation.of(() -> check(file));
    } finally {
      Files.delete(file);
    }
  }

  private static void check(Path file) throws Exception {
    Table table;
    try {
      table = Table.read(file);
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(file.toString());
      return;
    }
    String column = table.names().get(0);
    assertThat(table.texts(column)).hasSize(table.rows());
    for (Consumer<String> read :
        List.<Consumer<String>>of(table::labels, table::numbers, table::times)) {
      try {
        read.accept(column);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining(column);
      }
    }
  }
}
