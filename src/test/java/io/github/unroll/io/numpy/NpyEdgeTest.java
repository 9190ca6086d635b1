package io.github.unroll.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unroll.Allocation;
import io.github.unroll.Golden;
import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of golden/npy-edge is read as its manifest says, or refused. */
class NpyEdgeTest {

  private static final Path FOLDER = Path.of("src/test/resources/golden/npy-edge");

  /** Files that may be read or refused: what is done with each. */
  private static final Map<String, Boolean> READ_BY_CHOICE =
      Map.of(
          "equal_byteorder.npy", false,
          "header_python2_long.npy", true,
          "trailing_bytes.npy", false,
          "other_member.npz", true,
          "bad_bomb.npz", false);

  private record Entry(String file, JsonNode told) {

    Path path() {
      return FOLDER.resolve(file);
    }

    boolean isArchive() {
      return file.endsWith(".npz");
    }

    boolean isRead() {
      return told.get("valid").isNull()
          ? READ_BY_CHOICE.get(file)
          : told.get("valid").booleanValue();
    }

    @Override
    public String toString() {
      return file;
    }
  }

  private static List<Entry> all() {
    return StreamSupport.stream(Golden.json("npy-edge/manifest").get("files").spliterator(), false)
        .map(e -> new Entry(e.get("file").textValue(), e))
        .toList();
  }

  private static Stream<Entry> arrays() {
    return all().stream().filter(e -> e.isRead() && !e.isArchive());
  }

  private static Stream<Entry> archives() {
    return all().stream().filter(e -> e.isRead() && e.isArchive());
  }

  private static Stream<Entry> refused() {
    return all().stream().filter(e -> !e.isRead());
  }

  /** Of those that NumPy wrote, so that their bytes are NumPy's own. */
  private static Stream<Entry> writtenByNumpy() {
    return arrays().filter(e -> !e.file.matches("(be_|header_|v2_|v3_|.*fortran).*"));
  }

  @Test
  void should_know_every_file_of_the_folder() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      TreeSet<String> names = new TreeSet<>();
      files.map(f -> f.getFileName().toString()).forEach(names::add);
      names.remove("manifest.json");
      assertThat(all()).extracting(Entry::file).containsExactlyInAnyOrderElementsOf(names);
    }
    assertThat(arrays().count()).isGreaterThan(30);
    assertThat(archives().count()).isGreaterThan(6);
    assertThat(refused().count()).isGreaterThan(40);
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void should_read_an_array(Entry entry) throws IOException {
    StoredArray array = NumpyFile.read(entry.path());
    JsonNode told = entry.told.has("dtype") ? entry.told : entry("v1_f8.npy").told;
    assertThat(array.elementType()).hasToString(told.get("dtype").textValue());
    assertThat(array.shape()).containsExactly(sizes(told.get("shape")));
    assertValues(
        array,
        leaves(told.get(told.has("values_as_text") ? "values_as_text" : "values_row_major")));
    try (var in = Files.newInputStream(entry.path())) {
      assertThat(NumpyFile.read(in, "a stream")).isEqualTo(array);
    }
  }

  @ParameterizedTest
  @MethodSource("archives")
  void should_read_an_archive(Entry entry) throws IOException {
    Map<String, StoredArray> arrays = NumpyFile.readArchive(entry.path());
    JsonNode told = entry.told.get("arrays");
    List<String> names = new ArrayList<>();
    told.fieldNames().forEachRemaining(names::add);
    assertThat(arrays.keySet()).containsExactlyElementsOf(names);
    for (String name : names) {
      StoredArray array = arrays.get(name);
      assertThat(array.elementType()).hasToString(told.get(name).get("dtype").textValue());
      assertThat(array.shape()).containsExactly(sizes(told.get(name).get("shape")));
      assertValues(array, leaves(told.get(name).get("data")));
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void should_refuse_what_is_wrong_and_take_no_memory_for_it(Entry entry) throws Exception {
    long allocated =
        Allocation.of(
            () ->
                assertThatThrownBy(() -> read(entry))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(entry.path() + ": ")
                    .hasMessageNotContaining("null"));
    assertThat(allocated).isLessThan(2 << 20);
  }

  @ParameterizedTest
  @MethodSource("writtenByNumpy")
  void should_write_the_bytes_that_numpy_writes(Entry entry) throws IOException {
    Path copy = Files.createTempFile("unroll", ".npy");
    try {
      NumpyFile.write(copy, NumpyFile.read(entry.path()));
      assertThat(copy).hasSameBinaryContentAs(entry.path());
    } finally {
      Files.delete(copy);
    }
  }

  private static Object read(Entry entry) throws IOException {
    return entry.isArchive() ? NumpyFile.readArchive(entry.path()) : NumpyFile.read(entry.path());
  }

  private static Entry entry(String file) {
    return all().stream().filter(e -> e.file.equals(file)).findFirst().orElseThrow();
  }

  private static void assertValues(StoredArray array, List<JsonNode> told) {
    assertThat(array.size()).isEqualTo(told.size());
    for (int i = 0; i < told.size(); i++) {
      if (array.elementType().isFloating()) {
        assertThat(array.doubles()[i]).isEqualTo(Double.valueOf(number(told.get(i).asText())));
      } else {
        assertThat(BigInteger.valueOf(array.longs()[i])).isEqualTo(integer(told.get(i)));
      }
    }
  }

  private static double number(String text) {
    return switch (text) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static BigInteger integer(JsonNode node) {
    return node.isBoolean()
        ? BigInteger.valueOf(node.booleanValue() ? 1 : 0)
        : new BigInteger(node.asText());
  }

  private static List<JsonNode> leaves(JsonNode node) {
    if (!node.isArray()) {
      return List.of(node);
    }
    List<JsonNode> found = new ArrayList<>();
    node.forEach(child -> found.addAll(leaves(child)));
    return found;
  }

  private static long[] sizes(JsonNode node) {
    return leaves(node).stream().mapToLong(JsonNode::longValue).toArray();
  }
}
