package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unroll.Allocation;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeLayer;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of torch.save, good and bad, as src/test/resources/models/pt/index.json tells of each. */
class TorchFilesTest {

  private static final Path FOLDER = Path.of("src/test/resources/models/pt");
  private static final long ALWAYS_ALLOCATED = 4L << 20;
  private static final long ALLOCATED_PER_BYTE = 64;

  static Stream<Named<JsonNode>> cases() {
    try {
      JsonNode index = new ObjectMapper().readTree(FOLDER.resolve("index.json").toFile());
      return StreamSupport.stream(index.get("cases").spliterator(), false)
          .map(one -> Named.of(one.get("name").textValue(), one));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Named<JsonNode>> networks() {
    return cases().filter(one -> one.getPayload().has("network"));
  }

  private static Path file(JsonNode one) {
    return FOLDER.resolve(one.get("file").textValue());
  }

  // ---- tensors, values, refusals ----

  @ParameterizedTest
  @MethodSource("cases")
  void should_load_or_refuse_as_the_index_says(JsonNode one) throws Exception {
    String expect = one.get("expect").textValue();
    List<IOException> refusals = new ArrayList<>();
    long allocated = Allocation.of(() -> read(file(one), refusals));
    assertThat(allocated)
        .isLessThan(ALWAYS_ALLOCATED + ALLOCATED_PER_BYTE * Files.size(file(one)) + honest(one));
    assertThat(Path.of("HOSTILE_CODE_RAN")).doesNotExist();
    if (refusals.isEmpty()) {
      assertThat(expect).isNotEqualTo("refuse");
      if (!expect.equals("any")) {
        assertLoaded(one);
      }
    } else {
      assertThat(expect).as(refusals.get(0).getMessage()).isNotEqualTo("load");
      assertRefusal(one, refusals.get(0).getMessage());
    }
  }

  private static void read(Path file, List<IOException> refusals) {
    try {
      TorchWeights.read(file);
      ArrayFile.list(file);
    } catch (IOException e) {
      refusals.add(e);
    }
  }

  /** What zeros that are deflated honestly take. */
  private static long honest(JsonNode one) {
    return one.get("about").textValue().contains("honestly declared") ? 32L << 20 : 0;
  }

  private static void assertRefusal(JsonNode one, String message) {
    assertThat(message).startsWith(file(one) + ": ");
    for (JsonNode words : one.path("must_name")) {
      assertThat(words).as(message).anyMatch(word -> message.contains(word.textValue()));
    }
  }

  private static void assertLoaded(JsonNode one) throws IOException {
    Map<String, StoredArray> tensors = TorchWeights.read(file(one)).tensors();
    FileListing listing = ArrayFile.list(file(one));
    Map<String, StoredArray> want =
        NumpyFile.readArchive(FOLDER.resolve(one.get("data").textValue()));
    List<String> names = new ArrayList<>();
    one.get("tensors").fieldNames().forEachRemaining(names::add);
    assertThat(tensors).containsOnlyKeys(names);
    assertThat(listing.entries()).extracting(FileListing.Entry::name).hasSameElementsAs(names);
    for (String name : names) {
      assertTensor(name, tensors.get(name), one.get("tensors").get(name), want);
    }
    for (FileListing.Entry entry : listing.entries()) {
      StoredArray tensor = tensors.get(entry.name());
      assertThat(entry.type()).isEqualTo(tensor.typeName());
      assertThat(entry.shape().stream().mapToLong(n -> n)).containsExactly(boxed(tensor.shape()));
      assertThat(entry.unread().isEmpty()).isEqualTo(tensor.isReadable());
    }
    Map<String, String> plain = new TreeMap<>();
    addPlain(one.path("plain"), null, plain);
    assertThat(listing.metadata()).isEqualTo(plain);
  }

  private static Long[] boxed(long[] shape) {
    return java.util.Arrays.stream(shape).boxed().toArray(Long[]::new);
  }

  private static void assertTensor(
      String name, StoredArray got, JsonNode described, Map<String, StoredArray> data) {
    String dtype = described.get("dtype").textValue();
    assertThat(got.typeName()).as(name).isEqualTo(dtype);
    long[] shape =
        StreamSupport.stream(described.get("shape").spliterator(), false)
            .mapToLong(JsonNode::longValue)
            .toArray();
    assertThat(got.shape()).as(name).isEqualTo(shape);
    if (!got.isReadable()) {
      assertThat(dtype).as(got.unread()).startsWith("complex");
      assertThat(got.unread()).contains(dtype, "\"" + name + "\"");
      return;
    }
    StoredArray want = data.get("tensor." + name);
    if (got.elementType().isFloating()) {
      assertThat(got.doubles()).as(name).isEqualTo(want.doubles());
    } else {
      assertThat(got.longs()).as(name).isEqualTo(want.longs());
    }
  }

  /** Values by dotted names; a list without dictionaries and tensors is one value. */
  private static void addPlain(JsonNode node, String name, Map<String, String> plain) {
    if (node.isMissingNode() || node.has("tensor")) {
      return;
    }
    if (node.isObject() && !node.isEmpty()) {
      for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
        String key = keys.next();
        addPlain(node.get(key), name == null ? key : name + "." + key, plain);
      }
    } else if (node.isArray() && hasObject(node)) {
      for (int i = 0; i < node.size(); i++) {
        addPlain(node.get(i), name == null ? "" + i : name + "." + i, plain);
      }
    } else {
      plain.put(name, node.isTextual() ? node.textValue() : text(node));
    }
  }

  private static boolean hasObject(JsonNode node) {
    return node.isObject()
        || StreamSupport.stream(node.spliterator(), false).anyMatch(TorchFilesTest::hasObject);
  }

  private static String text(JsonNode node) {
    if (node.isArray()) {
      List<String> elements = new ArrayList<>();
      node.forEach(element -> elements.add(text(element)));
      return "[" + String.join(", ", elements) + "]";
    }
    if (node.isNull()) {
      return "None";
    }
    if (node.isBoolean()) {
      return node.booleanValue() ? "True" : "False";
    }
    return node.isObject() ? "{}" : node.isTextual() ? node.toString() : node.asText();
  }

  // ---- the networks that the weights belong to ----

  @ParameterizedTest
  @MethodSource("networks")
  void should_answer_as_the_network_of_the_weights(JsonNode one) throws IOException {
    JsonNode network = one.get("network");
    JsonNode parts = network.get("parts");
    Map<String, StoredArray> data =
        NumpyFile.readArchive(FOLDER.resolve(one.get("data").textValue()));
    TorchWeights weights = TorchWeights.read(file(one)).under(network.get("prefix").textValue());

    RecurrentStack layer = recurrent(weights, network);
    Tensor3 xs =
        parts.has("embedding")
            ? weights
                .embedding(parts.get("embedding").textValue() + ".")
                .forward(ids(data.get("input.ids")))
            : data.get("input.x").tensor3();
    Tensor3 ys = layer.forward(xs, initial(layer, data));
    if (parts.has("linear")) {
      TimeLayer linear = weights.linear(parts.get("linear").textValue() + ".");
      ys = linear.forward(ys);
    }
    double tolerance = one.get("tolerance").doubleValue();
    assertThat(ys.allClose(data.get("output.y").tensor3(), tolerance)).as("y").isTrue();
    Tensor3 h = TorchStates.h(layer, layer.finalState());
    assertThat(h.allClose(data.get("output.h_n").tensor3(), tolerance)).as("h_n").isTrue();
    if (data.containsKey("output.c_n")) {
      Tensor3 c = TorchStates.c(layer, layer.finalState());
      assertThat(c.allClose(data.get("output.c_n").tensor3(), tolerance)).as("c_n").isTrue();
    }
  }

  private static RecurrentStack recurrent(TorchWeights weights, JsonNode network) {
    String part = network.get("parts").get("recurrent").textValue() + ".";
    boolean bare = weights.tensors().keySet().stream().noneMatch(name -> name.startsWith(part));
    String prefix = bare ? "" : part;
    return switch (network.get("cell").textValue()) {
      case "LSTM" -> weights.lstm(prefix);
      case "GRU" -> weights.gru(prefix);
      default ->
          weights.rnn(
              prefix,
              network.path("nonlinearity").asText().equals("relu")
                  ? Nonlinearity.RELU
                  : Nonlinearity.TANH);
    };
  }

  private static State initial(RecurrentStack layer, Map<String, StoredArray> data) {
    if (!data.containsKey("input.h_0")) {
      return null;
    }
    Tensor3 h = data.get("input.h_0").tensor3();
    return data.containsKey("input.c_0")
        ? TorchStates.toUnroll(layer, h, data.get("input.c_0").tensor3())
        : TorchStates.toUnroll(layer, h);
  }

  private static int[][] ids(StoredArray array) {
    Matrix values = array.matrix();
    int[][] ids = new int[values.rows()][values.cols()];
    for (int n = 0; n < ids.length; n++) {
      for (int t = 0; t < ids[n].length; t++) {
        ids[n][t] = (int) values.get(n, t);
      }
    }
    return ids;
  }

  @AfterAll
  static void no_code_should_have_run() {
    assertThat(Path.of("HOSTILE_CODE_RAN")).doesNotExist();
    assertThat(FOLDER.resolve("HOSTILE_CODE_RAN")).doesNotExist();
  }
}
