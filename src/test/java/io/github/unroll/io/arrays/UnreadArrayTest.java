package io.github.unroll.io.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.github.unroll.io.FileListing.Entry;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.TorchWeights;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.tensor.Matrix;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An array that cannot be read hides no other: only who asks for it is refused. */
class UnreadArrayTest {

  private static final StoredArray ONES = StoredArray.of(Matrix.of(2, 2, 1, 1, 1, 1));

  @TempDir Path folder;

  // ---- .npz ----

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'<U5'                       ; <U5                        ; keep texts in a file of text",
        "'|S3'                       ; |S3                        ; keep texts in a file of text",
        "'|O'                        ; |O                         ; pickled Python objects",
        "'<c16'                      ; <c16                       ; save .real and .imag",
        "'<M8[ns]'                   ; <M8[ns]                    ; save .astype('int64')",
        "'<f16'                      ; <f16                       ; save .astype('float64')",
        "'|V2'                       ; |V2                        ; save .astype('float64')",
        "[('a', '<f8'), ('b', '|O')] ; [('a', '<f8'), ('b', '|O')] ; each field of the records",
        "[(\"it's\", '|O'), ('a\\'\"', 'O')] ; [(\"it's\", '|O'), ('a\\'\"', 'O')] ; each field",
        "[('x', [('y', '<i4', (2,))])] ; [('x', [('y', '<i4', (2,))])] ; each field of the records",
      })
  void should_list_it_and_read_the_others(String descr, String type, String advice)
      throws IOException {
    Path file = folder.resolve("mixed.npz");
    archive(file, Map.of("odd.npy", npy(descr, "(2, 3)", 6), "ones.npy", bytes(ONES)));

    assertThat(ArrayFile.list(file).entries())
        .contains(new Entry("ones", "float64", List.of(2L, 2L)))
        .anySatisfy(
            entry -> {
              assertThat(entry.name()).isEqualTo("odd");
              assertThat(entry.type()).isEqualTo(type);
              assertThat(entry.shape()).containsExactly(2L, 3L);
              assertThat(entry.unread()).contains(advice);
            });
    Map<String, StoredArray> read = NumpyFile.readArchive(file);
    assertThat(read).containsOnlyKeys("odd", "ones").containsEntry("ones", ONES);
    assertThat(NumpyFile.readFromArchive(file, "ones")).isEqualTo(ONES);

    StoredArray odd = read.get("odd");
    assertThat(odd.isReadable()).isFalse();
    assertThat(odd.typeName()).isEqualTo(type);
    assertThat(odd.shape()).containsExactly(2, 3);
    assertThat(odd).hasToString(type + " (2x3)").isEqualTo(odd).isNotEqualTo(ONES);
    String why =
        String.format(
            Locale.ROOT, "array \"odd\" holds values of type '%s', which are not read; ", type);
    for (Runnable use : uses(odd)) {
      assertThatIllegalStateException()
          .isThrownBy(use::run)
          .withMessageStartingWith(why)
          .withMessageContaining(advice);
    }
    assertThatIOException()
        .isThrownBy(() -> NumpyFile.readFromArchive(file, "odd"))
        .withMessageStartingWith(file + ": member 'odd.npy': holds values of type '" + type)
        .withMessageContaining(advice);
    Path copy = folder.resolve("copy.npz");
    assertThatIllegalStateException()
        .isThrownBy(() -> NumpyFile.writeArchive(copy, read))
        .withMessageStartingWith(why);
    assertThat(copy).doesNotExist();
  }

  private static List<Runnable> uses(StoredArray array) {
    return List.of(
        array::elementType,
        array::size,
        array::doubles,
        array::longs,
        array::matrix,
        array::tensor3);
  }

  @Test
  void should_list_a_member_that_is_no_array_or_has_no_right_header() throws IOException {
    Path file = folder.resolve("mixed.npz");
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("notes.txt", "by hand".getBytes(StandardCharsets.UTF_8));
    members.put("text.npy", "no array".getBytes(StandardCharsets.UTF_8));
    members.put("bad.npy", npy("'<f8'", "(2, -3)", 48));
    members.put("without suffix", bytes(ONES));
    members.put("ones.npy", bytes(ONES));
    archive(file, members);

    assertThat(ArrayFile.list(file).entries())
        .extracting(Entry::name, Entry::isArray)
        .containsExactly(
            tuple("text", false),
            tuple("bad", false),
            tuple("without suffix", true),
            tuple("ones", true),
            tuple("notes.txt", false));
    assertThat(ArrayFile.list(file).entries().stream().map(Entry::unread))
        .containsExactly(
            "is no .npy file but a text; train --data and Corpus read texts, no other command and"
                + " class does",
            "shape has a negative size",
            "",
            "",
            "is no array");
    assertThat(NumpyFile.readFromArchive(file, "ones")).isEqualTo(ONES);
    assertThat(NumpyFile.readFromArchive(file, "without suffix")).isEqualTo(ONES);
    assertThatIOException()
        .isThrownBy(() -> NumpyFile.readFromArchive(file, "bad"))
        .withMessage(file + ": member 'bad.npy': shape has a negative size");
    assertThatIOException()
        .isThrownBy(() -> NumpyFile.readArchive(file))
        .withMessageStartingWith(file + ": member 'text.npy': is no .npy file but a text");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyFile.readFromArchive(file, "none"))
        .withMessage(file + ": no array \"none\"; there are [text, bad, without suffix, ones]");
  }

  @Test
  void should_not_take_two_members_for_one_array() throws IOException {
    Path file = folder.resolve("twice.npz");
    archive(file, Map.of("a", bytes(ONES), "a.npy", bytes(ONES)));
    assertThatIOException()
        .isThrownBy(() -> ArrayFile.list(file))
        .withMessage(file + ": two arrays have the name 'a'");
  }

  @Test
  void should_say_of_an_archive_without_arrays_what_it_has() throws IOException {
    Path file = folder.resolve("model.npz");
    archive(file, Map.of("archive/data.bin", new byte[] {(byte) 0x80, 2, '.'}));
    for (var reading : List.<Reading>of(ArrayFile::list, NumpyFile::readArchive)) {
      assertThatIOException()
          .isThrownBy(() -> reading.of(file))
          .withMessageStartingWith(
              file + ": is a zip archive without arrays, its first member is \"archive/data.bin\"");
    }
  }

  private interface Reading {
    Object of(Path file) throws IOException;
  }

  @Test
  void should_check_the_bytes_that_it_does_not_read() throws IOException {
    Path file = folder.resolve("mixed.npz");
    archive(file, Map.of("odd.npy", npy("'<U5'", "(2,)", 40)));
    byte[] bytes = Files.readAllBytes(file);
    bytes[30 + "odd.npy".length() + 70]++; // a stored member's value
    Files.write(file, bytes);
    assertThatIOException().isThrownBy(() -> NumpyFile.readArchive(file));
  }

  // ---- .safetensors ----

  private static final String ODD_AND_ONES =
      "{'odd':{'dtype':'%s','shape':[2,2],'data_offsets':[0,4]},"
          + "'ones':{'dtype':'U8','shape':[1,2],'data_offsets':[4,6]},"
          + "'weight':{'dtype':'F32','shape':[1,2],'data_offsets':[6,14]}}";

  @ParameterizedTest
  @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "C64", "U4", "new"})
  void should_list_a_tensor_and_read_the_others(String dtype) throws IOException {
    Path file = folder.resolve("f8.safetensors");
    Files.write(file, safeTensors(String.format(Locale.ROOT, ODD_AND_ONES, dtype), 14));

    assertThat(ArrayFile.list(file).entries())
        .contains(new Entry("ones", "U8", List.of(1L, 2L)))
        .anySatisfy(
            entry -> {
              assertThat(entry.name()).isEqualTo("odd");
              assertThat(entry.type()).isEqualTo(dtype);
              assertThat(entry.shape()).containsExactly(2L, 2L);
            });
    SafeTensors read = SafeTensors.read(file);
    assertThat(read.tensor("ones").longs()).containsExactly(0, 0);
    StoredArray odd = read.tensor("odd");
    assertThat(odd.isReadable()).isFalse();
    assertThat(odd.typeName()).isEqualTo(dtype);
    assertThat(odd).hasToString(dtype + " (2x2)").isEqualTo(odd);
    String why =
        "tensor \"odd\" holds values of type "
            + dtype
            + ", which are not read; save them as F32, in PyTorch by tensor.to(torch.float32)";
    for (Runnable use : uses(odd)) {
      assertThatIllegalStateException().isThrownBy(use::run).withMessage(why);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> read.write(new ByteArrayOutputStream()))
        .withMessage(why);
  }

  @Test
  void should_list_a_tensor_that_no_array_holds() throws IOException {
    Path file = folder.resolve("large.safetensors");
    byte[] head =
        safeTensors(
            "{'large':{'dtype':'F32','shape':[1000000000],'data_offsets':[0,4000000000]},"
                + "'ones':{'dtype':'U8','shape':[2],'data_offsets':[4000000000,4000000002]}}",
            0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(head);
      sparse.setLength(head.length + 4_000_000_002L);
    }
    assertThat(ArrayFile.list(file).entries().get(0).shape()).containsExactly(1_000_000_000L);
    SafeTensors read = SafeTensors.read(file);
    assertThat(read.tensor("ones").longs()).containsExactly(0, 0);
    assertThatIllegalStateException()
        .isThrownBy(() -> read.tensor("large").doubles())
        .withMessageContaining("tensor \"large\" is 4000000000 bytes");
  }

  // ---- weights ----

  @Test
  void should_import_weights_beside_one_that_is_not_read() throws IOException {
    Path tensors = folder.resolve("f8.safetensors");
    String header =
        "{'head.weight':{'dtype':'F8_E4M3','shape':[2,2],'data_offsets':[0,4]},"
            + "'embed.weight':{'dtype':'F32','shape':[1,2],'data_offsets':[4,12]}}";
    Files.write(tensors, safeTensors(header, 12));
    Path archive = folder.resolve("mixed.npz");
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("head.weight.npy", npy("'<c16'", "(2, 2)", 64));
    members.put("embed.weight.npy", bytes(StoredArray.of(Matrix.of(1, 2, 0, 0))));
    archive(archive, members);
    for (Path file : List.of(tensors, archive)) {
      TorchWeights weights = TorchWeights.read(file);
      assertThat(weights.embedding("embed.").embeddingSize()).isEqualTo(2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> weights.linear("head."))
          .withMessageContaining(file + ": no ")
          .withMessageContaining("\"head.weight\" holds values of type ")
          .withMessageContaining("which are not read; save ");
      assertThatIllegalArgumentException()
          .isThrownBy(weights::requireNoneLeft)
          .withMessageContaining("left: \"head.weight\" ");
      for (String copy : List.of("copy.npz", "copy.safetensors")) {
        assertThatIllegalStateException()
            .isThrownBy(() -> weights.write(folder.resolve(copy)))
            .withMessageContaining("\"head.weight\" holds values of type ");
        assertThat(folder.resolve(copy)).doesNotExist();
      }
    }
  }

  // ---- files ----

  /** Stored members, as NumPy has them. */
  private static void archive(Path file, Map<String, byte[]> members) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setLevel(0);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
      }
    }
  }

  private static byte[] bytes(StoredArray array) throws IOException {
    Path file = Files.createTempFile("unroll", ".npy");
    try {
      NumpyFile.write(file, array);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] npy(String descr, String shape, int dataBytes) {
    String text = "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    out.write(text.length());
    out.write(0);
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(new byte[dataBytes]);
    return out.toByteArray();
  }

  /** A file of a header (' stands for ") and zeros as data. */
  private static byte[] safeTensors(String header, int dataBytes) {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }
}
