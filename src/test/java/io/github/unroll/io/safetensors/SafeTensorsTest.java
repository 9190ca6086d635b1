package io.github.unroll.io.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unroll.Golden;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafeTensorsTest {

  private static final String EDGE = "safetensors-edge/";

  private static Path golden(String name) {
    return Path.of("src/test/resources/golden").resolve(name);
  }

  // ---- files that others wrote ----

  static Stream<JsonNode> edgeFiles() {
    return elements(Golden.json(EDGE + "manifest").get("files"));
  }

  private static Stream<JsonNode> elements(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("edgeFiles")
  void should_read_or_refuse_each_file_at_the_edge(JsonNode file) throws IOException {
    Path path = golden(EDGE + file.get("file").asText());
    if (file.get("file").asText().equals("bad_dtype.safetensors")) {
      assertThat(SafeTensors.read(path).tensors()).hasToString("{a=F65 (2x3)}");
      return;
    }
    if (!file.get("valid").asBoolean()) {
      assertThatIOException()
          .isThrownBy(() -> SafeTensors.read(path))
          .withMessageStartingWith(path + ": ");
      return;
    }
    SafeTensors got = SafeTensors.read(path);
    List<String> names = new ArrayList<>();
    file.get("tensors").fieldNames().forEachRemaining(names::add);
    assertThat(got.tensors()).containsOnlyKeys(names);
    for (String name : names) {
      JsonNode want = file.get("tensors").get(name);
      StoredArray tensor = got.tensor(name);
      assertThat(tensor.shape())
          .containsExactly(elements(want.get("shape")).mapToLong(JsonNode::asLong).toArray());
      assertThat(dtype(tensor)).isEqualTo(want.get("dtype").asText());
      assertThat(tensor.doubles()).containsExactly(leaves(want.get("data")));
      if (!tensor.elementType().isFloating()) {
        double[] longs = Arrays.stream(tensor.longs()).asDoubleStream().toArray();
        assertThat(longs).containsExactly(leaves(want.get("data")));
      }
    }
  }

  private static String dtype(StoredArray tensor) {
    return switch (tensor.elementType()) {
      case BFLOAT16 -> "float32"; // the manifest has no name for bfloat16
      default -> tensor.typeName();
    };
  }

  private static double[] leaves(JsonNode node) {
    if (node.isArray()) {
      return elements(node).flatMapToDouble(n -> Arrays.stream(leaves(n))).toArray();
    }
    return new double[] {node.isBoolean() ? (node.asBoolean() ? 1 : 0) : node.asDouble()};
  }

  @Test
  void should_read_metadata_that_is_not_ascii() throws IOException {
    assertThat(SafeTensors.read(golden(EDGE + "metadata.safetensors")).metadata().values())
        .isNotEmpty()
        .anyMatch(text -> text.chars().anyMatch(c -> c > 127));
  }

  static Stream<String> torchCases() throws IOException {
    try (Stream<Path> files = Files.list(golden("torch"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".f64.safetensors"))
          .map(name -> name.replace(".f64.safetensors", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("torchCases")
  void should_read_the_weights_that_pytorch_had(String name) throws IOException {
    Golden want = Golden.load("torch/" + name);
    SafeTensors doubles = SafeTensors.read(golden("torch/" + name + ".f64.safetensors"));
    SafeTensors floats = SafeTensors.read(golden("torch/" + name + ".f32.safetensors"));
    assertThat(doubles.metadata()).isNotEmpty();
    assertThat(floats.metadata()).isEmpty();
    assertThat(doubles.tensors()).isNotEmpty();
    assertThat(floats.tensors().keySet()).isEqualTo(doubles.tensors().keySet());
    for (String key : doubles.tensors().keySet()) {
      Matrix weights = want.matrix(key);
      assertThat(doubles.tensor(key).matrix()).isEqualTo(weights);
      Matrix rounded = weights.copy();
      for (int i = 0; i < rounded.data().length; i++) {
        rounded.data()[i] = (float) rounded.data()[i];
      }
      assertThat(floats.tensor(key).matrix()).isEqualTo(rounded);
    }
  }

  @Test
  void should_read_what_the_reference_wrote_without_losing_a_bit() throws IOException {
    SafeTensors got = SafeTensors.read(golden("safetensors/reference_writer.safetensors"));
    assertThat(got.tensor("i64").longs())
        .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 0);
    assertThat(got.tensor("u64").longs()).containsExactly(-1, 1);
    assertThat(got.tensor("u32").longs()).containsExactly((1L << 32) - 1);
    assertThat(got.tensor("i8").longs()).containsExactly(-128, 127);
    assertThat(got.tensor("z").doubles()).containsExactly(1.5, -0.0, Double.POSITIVE_INFINITY);
    assertThat(got.tensor("h").doubles()).containsExactly(0.0999755859375, 65504, 0x1p-24);
    assertThat(got.tensor("bf").doubles()).containsExactly(0.10009765625, Double.POSITIVE_INFINITY);
    assertThat(got.tensor("a").tensor3()).isEqualTo(Tensor3.of(2, 1, 2, 1, 2, 3, 4));
    assertThat(got.metadata())
        .containsExactly(Map.entry("made by", "the reference writer, ü\u0001"));
  }

  @Test
  void should_write_the_bytes_that_the_reference_writes() throws IOException {
    Path file = golden("safetensors/reference_writer.safetensors");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafeTensors.read(file).write(out);
    assertThat(out.toByteArray()).isEqualTo(Files.readAllBytes(file));
  }

  // ---- what was written comes back ----

  @Test
  void should_read_back_what_it_wrote(@TempDir Path folder) throws IOException {
    Map<String, StoredArray> tensors =
        Map.of(
            "matrix", StoredArray.of(Matrix.of(2, 3, 1, -0.0, Double.NaN, 1e-320, 5, 0.1)),
            "tensor", StoredArray.of(Tensor3.of(1, 2, 1, Math.PI, -1e300)),
            "empty",
                StoredArray.ofLongs(ElementType.INT16, new long[] {2, 0, 1L << 40}, new long[0]),
            "bool", StoredArray.ofLongs(ElementType.BOOL, new long[] {3}, 1, 0, 1),
            "", StoredArray.ofLongs(ElementType.UINT8, new long[0], 200L));
    Map<String, String> metadata = Map.of("한국", "line\nfeed", "a", "", "", "\u0000\"\\");
    Path file = folder.resolve("a.safetensors");
    new SafeTensors(tensors, metadata).write(file);

    SafeTensors got = SafeTensors.read(file);
    assertThat(got.tensors()).isEqualTo(tensors);
    assertThat(got.metadata()).isEqualTo(metadata);
    assertThat(SafeTensors.read(Files.newInputStream(file), "a").tensors()).isEqualTo(tensors);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void should_refuse_names_that_the_format_cannot_hold() {
    StoredArray one = StoredArray.ofDoubles(ElementType.FLOAT64, new long[0], 1.0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SafeTensors(Map.of("__metadata__", one)))
        .withMessageContaining("__metadata__");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SafeTensors(Map.of("\ud800", one)))
        .withMessageContaining("surrogate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SafeTensors(Map.of(), Map.of("a", "\udc00")))
        .withMessageContaining("surrogate");
  }

  @Test
  void should_name_the_tensors_that_are_there() {
    SafeTensors file = new SafeTensors(Map.of("a", StoredArray.of(new Matrix(1, 1))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file.tensor("b"))
        .withMessage("no tensor \"b\"; there are [a]");
  }

  // ---- files that lie ----

  /** A file of a header (' stands for ") and zeros as data. */
  static byte[] file(String header, int dataBytes) {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return bytes(text.length, text, dataBytes);
  }

  static byte[] bytes(long headerLength, byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(header)
        .array();
  }

  private static SafeTensors read(byte[] bytes) {
    try {
      return SafeTensors.read(new ByteArrayInputStream(bytes), "lie");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final String ONE = "'dtype':'U8','shape':[1],'data_offsets':[0,1]";

  @Test
  void should_read_the_file_that_the_lies_are_made_from() {
    assertThat(read(file("{'a':{" + ONE + "}}", 1)).tensor("a").longs()).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{ONE},'a':{ONE}}                            | the name \"a\" comes twice",
        "{'a':{ONE},'\\u0061':{ONE}}                      | the name \"a\" comes twice",
        "{'a':{ONE,'dtype':'U8'}}                         | the name \"dtype\" comes twice",
        "{'__metadata__':{'k':'1','k':'2'}}               | the name \"k\" comes twice",
        "{'__metadata__':{},'__metadata__':{}}            | the name \"__metadata__\" comes twice",
        "{'__metadata__':{'k':1}}                         | expected a text in \", found '1'",
        "{'__metadata__':null}                            | expected an object {…}, found 'n'",
        "{'a':{ONE,'more':1}}                             | unknown key \"more\"",
        "{'a':{'dtype':'U8','shape':[1]}}                 | needs a dtype, a shape and two"
            + " data_offsets",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0]}} | two data_offsets",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1,1]}} | more than two data_offsets",
        "{'a':{'dtype':'U8','shape':[-1],'data_offsets':[0,1]}} | expected a whole number not below"
            + " 0, found '-'",
        "{'a':{'dtype':'U8','shape':[01],'data_offsets':[0,1]}} | expected a comma or ], found '1'",
        "{'a':{'dtype':'U8','shape':[1.0],'data_offsets':[0,1]}} | expected a comma or ], found"
            + " '.'",
        "{'a':{'dtype':'U8','shape':[1e0],'data_offsets':[0,1]}} | expected a comma or ], found"
            + " 'e'",
        "{'a':{'dtype':'U8','shape':['1'],'data_offsets':[0,1]}} | expected a whole number not"
            + " below 0, found '\"'",
        "{'a':{'dtype':'U8','shape':[١],'data_offsets':[0,1]}} | expected a whole number not below"
            + " 0, found byte 0xd9",
        "{'a':{'dtype':'U8','shape':[9223372036854775808],'data_offsets':[0,1]}} | a number above"
            + " 9223372036854775807",
        "{'a':{'dtype':'U8','shape':[99999999999999999999999999],'data_offsets':[0,1]}} | a number"
            + " above",
        "{'a':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | beyond all"
            + " bounds",
        "{'a':{'dtype':'U64','shape':[2305843009213693952],'data_offsets':[0,0]}} | beyond all"
            + " bounds",
        "{'a':{'dtype':'U8','shape':[9223372036854775807],'data_offsets':[0,9223372036854775807]}}"
            + " | ends at 9223372036854775807, beyond all bounds",
        "{'a':{'dtype':'U8','shape':[3000000000],'data_offsets':[0,3000000000]}} | ends inside"
            + " tensor \"a\", after 1 of its 3000000000 bytes",
        "{'a':{'dtype':'F8','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | beyond all"
            + " bounds",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[1,0]}} | ends at 0, before it begins at 1",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,1]}} | (2) of U8 takes 2 bytes, and its"
            + " data_offsets give it 1",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}} | begins at byte 1 of the data, and"
            + " what lies before it ends at 0",
        "{'a':{ONE},'b':{ONE}}                            | tensor \"b\" begins at byte 0 of the"
            + " data, and what lies before it ends at 1",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}} | ends inside tensor \"a\", after 1"
            + " of its 2 bytes",
        "{}                                               | more bytes than the 0 of data that the"
            + " header describes",
        "{'a':{ONE}}}                                     | expected nothing more, found '}'",
        "{'a':{ONE},}                                     | expected a text in \", found '}'",
        "{a:{ONE}}                                        | expected a text in \", found 'a'",
        "{'a' {ONE}}                                      | expected a colon, found '{'",
        "{'a':{ONE}                                       | expected a comma or }, found the end",
        "{'a                                              | it ends inside a text",
        "{'\\x'                                           | an unknown escape",
        "{'\\u00e'                                        | four hexadecimal digits",
        "{'\\ud800':{ONE}}                                | half a surrogate pair",
        "{'\\ud800\\u0061':{ONE}}                         | half a surrogate pair",
        "{'\\udc00':{ONE}}                                | half a surrogate pair",
        "[]                                               | expected an object {…}, found '['",
        "[[[[                                             | expected an object {…}, found '['",
        "\uFEFF{}                                         | expected an object {…}, found byte"
            + " 0xef",
        "\u00a0{}                                         | expected an object {…}, found byte"
            + " 0xc2",
      })
  void should_refuse_a_header_that_is_wrong(String header, String reason) {
    byte[] bytes = file(header.replace("ONE", ONE), 1);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> read(bytes))
        .withMessageContaining("lie: ")
        .withMessageContaining(reason);
  }

  @Test
  void should_refuse_text_that_is_not_utf8() {
    byte[][] wrong = {
      {(byte) 0xff},
      {(byte) 0xc0, (byte) 0x80},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xe2}
    };
    for (byte[] name : wrong) {
      byte[] header = new byte[name.length + 2];
      header[0] = '{';
      header[1] = '"';
      System.arraycopy(name, 0, header, 2, name.length);
      byte[] whole = concat(header, "\":{}}".getBytes(StandardCharsets.US_ASCII));
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> read(bytes(whole.length, whole, 0)))
          .withMessageContaining("a text that is not UTF-8");
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  @Test
  void should_keep_apart_names_that_only_look_alike() {
    String header =
        "{'é':{'dtype':'U8','shape':[],'data_offsets':[0,1]},"
            + "'e\u0301':{'dtype':'U8','shape':[],'data_offsets':[1,2]}}";
    assertThat(read(file(header, 2)).tensors()).containsOnlyKeys("é", "e\u0301");
  }

  @Test
  void should_refuse_a_byte_that_is_neither_true_nor_false() {
    byte[] bytes = file("{'a':{'dtype':'BOOL','shape':[2],'data_offsets':[0,2]}}", 2);
    bytes[bytes.length - 1] = 2;
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> read(bytes))
        .withMessageContaining("tensor \"a\": value 2 at index 1 is no boolean; 0 and 1 are");
  }

  @Test
  void should_refuse_every_file_that_is_cut_off_or_too_long(@TempDir Path folder)
      throws IOException {
    byte[] whole = Files.readAllBytes(golden("safetensors/reference_writer.safetensors"));
    Path file = folder.resolve("cut");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      Files.write(file, cut);
      assertThatIOException()
          .isThrownBy(() -> SafeTensors.read(file))
          .withMessageStartingWith(file + ": ");
      assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> read(cut));
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    Files.write(file, longer);
    assertThatIOException().isThrownBy(() -> SafeTensors.read(file));
    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> read(longer));
  }

  @Test
  void should_name_the_file_that_is_not_there(@TempDir Path folder) {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> SafeTensors.read(folder.resolve("none")))
        .withMessageContaining("none");
    assertThatIOException()
        .isThrownBy(() -> SafeTensors.read(folder))
        .withMessage(folder + ": is a directory; give a file");
  }

  @Test
  void should_not_print_control_characters_or_endless_names() {
    String name = "\\u001b[2J\\r" + "x".repeat(1000);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> read(file("{'" + name + "':{}}", 0)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250).doesNotContain("\u001b"));
  }
}
