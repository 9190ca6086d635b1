package io.github.unroll.io.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files of src/test/resources/models/keras, as its index.json describes them. */
final class KerasCases {

  static final Path FOLDER = Path.of("src/test/resources/models/keras");

  private KerasCases() {}

  /** A file and what is to become of it. */
  record Case(String name, JsonNode node) {

    Path file() {
      return FOLDER.resolve(node.get("file").asText());
    }

    String expect() {
      return node.get("expect").asText();
    }

    boolean isWeightsOnly() {
      return name.endsWith(".weights.h5");
    }

    boolean hasData() {
      return node.hasNonNull("data");
    }

    /** Inputs, outputs and weights, by name. */
    Map<String, StoredArray> data() throws IOException {
      return NumpyFile.readArchive(FOLDER.resolve(node.get("data").asText()));
    }

    double tolerance() {
      return node.get("tolerance").asDouble();
    }

    List<String> layers() {
      List<String> layers = new ArrayList<>();
      node.path("layers").forEach(layer -> layers.add(layer.asText()));
      return layers;
    }

    /** A refusal names the file, and one word of each list. */
    void assertRefusal(Throwable refusal) {
      assertThat(refusal)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file().toString() + ": ");
      String message = refusal.getMessage().substring(file().toString().length());
      for (JsonNode words : node.path("must_name")) {
        List<String> any = new ArrayList<>();
        words.forEach(word -> any.add(word.asText()));
        assertThat(any).as(message).anyMatch(message::contains);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> all() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (JsonNode node :
        new ObjectMapper().readTree(FOLDER.resolve("index.json").toFile()).get("cases")) {
      cases.add(new Case(node.get("name").asText(), node));
    }
    return cases.stream();
  }

  static int[][] ids(StoredArray array) {
    assertThat(array.elementType()).isEqualTo(ElementType.INT64);
    int cols = (int) array.shape()[1];
    int[] flat = Arrays.stream(array.longs()).mapToInt(Math::toIntExact).toArray();
    int[][] rows = new int[flat.length / cols][];
    Arrays.setAll(rows, n -> Arrays.copyOfRange(flat, n * cols, (n + 1) * cols));
    return rows;
  }

  static void assertClose(StoredArray got, StoredArray want, double tolerance) {
    assertThat(got.shape()).isEqualTo(want.shape());
    double[] a = got.doubles();
    double[] b = want.doubles();
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i]))
          .as("element %d: %s and %s", i, a[i], b[i])
          .isLessThanOrEqualTo(tolerance * Math.max(1, Math.abs(b[i])));
    }
  }
}
