package io.github.unroll.io.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unroll.Allocation;
import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of src/test/resources/models/onnx, as its index.json says. */
class OnnxModelsTest {

  static final Path FOLDER = Path.of("src/test/resources/models/onnx");

  private static final long MOST_ALLOCATED = 8L << 20; // the largest file has 3 KB

  /** A line of the index. */
  record Case(JsonNode json) {

    Path file() {
      return FOLDER.resolve(json.get("file").asText());
    }

    String expect() {
      return json.get("expect").asText();
    }

    double tolerance() {
      return json.get("tolerance").asDouble();
    }

    List<Path> data() {
      List<Path> data = new ArrayList<>();
      json.path("data").forEach(name -> data.add(FOLDER.resolve(name.asText())));
      return data;
    }

    @Override
    public String toString() {
      return json.get("name").asText();
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    JsonNode index = new ObjectMapper().readTree(FOLDER.resolve("index.json").toFile());
    index.get("cases").forEach(one -> cases.add(new Case(one)));
    return cases.stream();
  }

  static Stream<Case> casesThatLoad() throws IOException {
    return cases().filter(one -> !one.data().isEmpty());
  }

  /** The arrays of an archive whose names begin so, without it. */
  static Map<String, StoredArray> arrays(Path archive, String prefix) throws IOException {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    NumpyFile.readArchive(archive)
        .forEach(
            (name, array) -> {
              if (name.startsWith(prefix)) {
                arrays.put(name.substring(prefix.length()), array);
              }
            });
    return arrays;
  }

  static void assertClose(StoredArray got, StoredArray want, double tolerance) {
    assertThat(got.shape()).isEqualTo(want.shape());
    if (!want.elementType().isFloating()) {
      assertThat(got.longs()).isEqualTo(want.longs());
      return;
    }
    double[] values = got.doubles();
    double[] wanted = want.doubles();
    for (int i = 0; i < wanted.length; i++) {
      assertThat(Math.abs(values[i] - wanted[i]))
          .as("[%d]: %s, not %s", i, values[i], wanted[i])
          .isLessThanOrEqualTo(tolerance * Math.max(1, Math.abs(wanted[i])));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void should_do_with_a_file_what_the_index_says(Case one) throws Exception {
    switch (one.expect()) {
      case "load" -> run(OnnxModel.read(one.file()), one);
      case "refuse" -> refuse(one);
      case "load_or_refuse" -> {
        Throwable refusal = catchThrowable(() -> OnnxModel.read(one.file()));
        if (refusal == null) {
          run(OnnxModel.read(one.file()), one);
        } else {
          assertRefused(refusal, one);
        }
      }
      default -> {
        assertThat(one.expect()).isEqualTo("any");
        Throwable refusal = catchThrowable(() -> OnnxModel.read(one.file()));
        assertThat(refusal == null || refusal instanceof IOException).isTrue();
      }
    }
  }

  private static void run(OnnxModel model, Case one) throws IOException {
    for (Path data : one.data()) {
      Map<String, StoredArray> want = arrays(data, "output.");
      Map<String, StoredArray> got = model.run(arrays(data, "input."));
      assertThat(got.keySet()).containsExactlyElementsOf(want.keySet());
      want.forEach((name, array) -> assertClose(got.get(name), array, one.tolerance()));
    }
    assertThat(model.toString()).startsWith("node ").contains("together");
  }

  private static void refuse(Case one) throws Exception {
    Throwable[] refusal = new Throwable[1];
    long allocated =
        Allocation.of(
            () ->
                refusal[0] =
                    catchThrowable(
                        () -> {
                          OnnxModel model = OnnxModel.read(one.file());
                          if (one.json().has("run_with")) {
                            model.run(inputs(one.json().get("run_with"), model));
                          }
                        }));
    assertRefused(refusal[0], one);
    assertThat(allocated).isLessThan(MOST_ALLOCATED);
  }

  private static void assertRefused(Throwable refusal, Case one) {
    if (refusal instanceof IllegalArgumentException && one.json().has("run_with")) {
      assertThat(refusal).hasMessageContaining("node \"");
    } else {
      assertThat(refusal).isInstanceOf(IOException.class);
      assertThat(refusal).hasMessageStartingWith(one.file() + ": ");
    }
    for (JsonNode words : one.json().path("must_name")) {
      List<String> any = new ArrayList<>();
      words.forEach(word -> any.add(word.asText()));
      assertThat(any).as(refusal.getMessage()).anyMatch(refusal.getMessage()::contains);
    }
  }

  private static Map<String, StoredArray> inputs(JsonNode given, OnnxModel model) {
    Map<String, StoredArray> inputs = new LinkedHashMap<>();
    for (DeclaredArray input : model.inputs()) {
      JsonNode values = given.get(input.name());
      List<Double> flat = new ArrayList<>();
      List<Long> shape = new ArrayList<>();
      flatten(values, flat, shape, 0);
      long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
      inputs.put(
          input.name(),
          input.type().startsWith("float")
              ? StoredArray.ofDoubles(
                  ElementType.FLOAT64,
                  sizes,
                  flat.stream().mapToDouble(Double::doubleValue).toArray())
              : StoredArray.ofLongs(
                  ElementType.INT64, sizes, flat.stream().mapToLong(Double::longValue).toArray()));
    }
    return inputs;
  }

  private static void flatten(JsonNode node, List<Double> into, List<Long> shape, int depth) {
    if (!node.isArray()) {
      into.add(node.asDouble());
      return;
    }
    if (shape.size() == depth) {
      shape.add((long) node.size());
    }
    node.forEach(part -> flatten(part, into, shape, depth + 1));
  }

  @Test
  void should_know_all_kinds_of_cases() throws IOException {
    assertThat(cases().map(Case::expect).distinct())
        .containsExactlyInAnyOrder("load", "refuse", "load_or_refuse", "any");
    assertThat(Files.isRegularFile(FOLDER.resolve("external.data"))).isTrue();
  }
}
