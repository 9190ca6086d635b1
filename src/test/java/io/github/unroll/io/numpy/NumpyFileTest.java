package io.github.unroll.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.github.unroll.Allocation;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.tensor.Matrix;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFileTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(value = ElementType.class, mode = EXCLUDE, names = "BFLOAT16")
  void should_give_back_what_was_written(ElementType type) throws IOException {
    long[] shape = {2, 2};
    StoredArray array =
        type.isFloating()
            ? StoredArray.ofDoubles(type, shape, 0.1, Double.NaN, -0.0, Double.NEGATIVE_INFINITY)
            : StoredArray.ofLongs(
                type,
                shape,
                0,
                1,
                type == ElementType.UINT64 || type.toString().startsWith("int") ? -1 : 1,
                0);
    NumpyFile.write(folder.resolve("a.npy"), array);
    assertThat(NumpyFile.read(folder.resolve("a.npy"))).isEqualTo(array);
  }

  @Test
  void should_refuse_a_type_that_numpy_has_not() {
    StoredArray array = StoredArray.ofDoubles(ElementType.BFLOAT16, new long[] {1}, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyFile.write(folder.resolve("a.npy"), array))
        .withMessage(
            "NumPy has no type bfloat16; take the array's to(ElementType.FLOAT32), which holds each"
                + " value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpyFile.writeArchive(folder.resolve("a.npz"), Map.of("w", array)))
        .withMessageStartingWith("w: NumPy has no type bfloat16; ");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void should_keep_names_and_order_in_archives(boolean compressed) throws IOException {
    Path file = folder.resolve("weights.npz");
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    List<String> names =
        List.of("z", "layer/0/wx", "a", "한글 가중치", "a.npy", "", "é", "e\u0301", "𝄞");
    for (String name : names) {
      arrays.put(name, StoredArray.of(Matrix.of(1, 1, arrays.size())));
    }
    if (compressed) {
      NumpyFile.writeCompressedArchive(file, arrays);
    } else {
      NumpyFile.writeArchive(file, arrays);
    }
    Map<String, StoredArray> read = NumpyFile.readArchive(file);
    assertThat(read).isEqualTo(arrays);
    assertThat(read.keySet()).containsExactlyElementsOf(names);
    assertThatThrownBy(() -> read.remove("a")).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void should_write_the_same_bytes_at_any_time() throws Exception {
    Map<String, StoredArray> arrays = Map.of("a", StoredArray.of(Matrix.of(1, 2, 3, 4)));
    NumpyFile.writeArchive(folder.resolve("1.npz"), arrays);
    Thread.sleep(2100); // a zip's clock ticks every two seconds
    NumpyFile.writeArchive(folder.resolve("2.npz"), arrays);
    assertThat(folder.resolve("2.npz")).hasSameBinaryContentAs(folder.resolve("1.npz"));
  }

  @Test
  void should_refuse_names_that_no_archive_can_have() {
    StoredArray one = StoredArray.of(Matrix.of(1, 1, 1));
    for (String name : List.of("a\0b", "\ud800", "x".repeat(65532))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NumpyFile.writeArchive(folder.resolve("a.npz"), Map.of(name, one)));
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void should_tell_a_missing_file_a_directory_and_the_other_kind() throws IOException {
    Path file = folder.resolve("a");
    assertThatThrownBy(() -> NumpyFile.read(file))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> NumpyFile.readArchive(file)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> NumpyFile.read(folder)).hasMessageContaining("is a directory");
    NumpyFile.writeArchive(file, Map.of());
    assertThatThrownBy(() -> NumpyFile.read(file)).hasMessageContaining("readArchive");
    NumpyFile.write(file, StoredArray.of(Matrix.of(1, 1, 1)));
    assertThatThrownBy(() -> NumpyFile.readArchive(file)).hasMessageContaining("no .npz file");
  }

  // ---- headers ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr':'<f8','fortran_order':False,'shape':(1,)}",
        "\t{ 'shape' : ( 1 , ) ,\r\n\f'fortran_order' : True , \"descr\" : \">f8\" , } \n"
      })
  void should_read_a_dictionary_however_it_is_spaced(String text) throws IOException {
    StoredArray array = NumpyFile.read(npy(text, new byte[8]), "header");
    assertThat(array).isEqualTo(StoredArray.ofDoubles(ElementType.FLOAT64, new long[] {1}, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'<f8' ; False ; (1)          ; shape is a number, not a tuple",
        "'<f8' ; False ; 1            ; header cannot be read",
        "'<f8' ; False ; (,)          ; a whole number for a size",
        "'<f8' ; False ; (1,,)        ; a whole number for a size",
        "'<f8' ; False ; (1 1)        ; a comma or )",
        "'<f8' ; False ; (+1,)        ; a whole number for a size",
        "'<f8' ; False ; (01,)        ; a whole number for a size",
        "'<f8' ; False ; (0x1,)       ; a comma or )",
        "'<f8' ; False ; (1_0,)       ; a comma or )",
        "'<f8' ; False ; (１,)        ; a whole number for a size",
        "'<f8' ; False ; (-1,)        ; negative size",
        "'<f8' ; False ; (0,-1)       ; negative size",
        "'<f8' ; False ; (1e0,)       ; a comma or )",
        "'<f8' ; False ; ((1,),)      ; a whole number for a size",
        "'<f8' ; False ; (2147483648,)      ; more than the 2147483647",
        "'<f8' ; False ; (2147483647,)      ; more values than the 2147483639",
        "'<f8' ; False ; (65536,65536)      ; more values than the 2147483639",
        "'<f8' ; False ; (4294967296,0)     ; more than the 2147483647",
        "'<f8' ; False ; (99999999999999999999999999999999999999999999,) ; more than the"
            + " 2147483647",
        "'<f8' ; false ; (1,)         ; True or False",
        "'<f8' ; 0     ; (1,)         ; True or False",
        "'<f8' ; FalseTrue ; (1,)     ; there should be '}'",
        "'=f8' ; False ; (1,)         ; type '=f8'",
        "'|f8' ; False ; (1,)         ; type '|f8'",
        "'f8'  ; False ; (1,)         ; type 'f8'",
        "'<F8' ; False ; (1,)         ; type '<F8'",
        "'<f８' ; False ; (1,)        ; type '<f???'",
        "'<c16'; False ; (1,)         ; type '<c16'",
        "'<U6' ; False ; (1,)         ; type '<U6'",
        "'|O'  ; False ; (1,)         ; pickled Python objects",
        "u'<f8'; False ; (1,)         ; a type as text",
        "'<f8  ; False ; (1,)         ; there should be '}'",
        "[('a','<f8')] ; False ; (1,) ; records",
      })
  void should_refuse_a_header_that_is_not_right(
      String descr, String fortran, String shape, String reason) {
    String text =
        String.format(
            Locale.ROOT,
            "{'descr': %s, 'fortran_order': %s, 'shape': %s, }",
            descr,
            fortran,
            shape);
    assertThatThrownBy(() -> NumpyFile.read(npy(text, new byte[8]), "a resource"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("a resource: ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'shape': (1,), 'shape': (2,)}                        ; has the key 'shape' twice",
        "{'descr': '<f8', 'shape': (1,), 'max': 1}             ; unknown key 'max'",
        "{'descr': '<f8', 'shape': (1,)}                       ; has no key 'fortran_order'",
        "{}                                                    ; has no key 'descr'",
        "{'descr': '<f8' 'shape': (1,)}                        ; there should be '}'",
        "{'descr' '<f8'}                                       ; there should be ':'",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x ; there should be the end",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, ; a whole number for a size",
        "{'descr                                               ; there should be a key",
      })
  void should_refuse_a_dictionary_that_is_not_right(String text, String reason) {
    assertThatThrownBy(() -> NumpyFile.read(npy(text, new byte[8]), "a resource"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void should_read_as_many_axes_as_numpy_has_and_no_more() throws IOException {
    String most = "1,".repeat(64);
    String text = "{'descr': '<i8', 'fortran_order': True, 'shape': (%s), }";
    assertThat(
            NumpyFile.read(npy(String.format(Locale.ROOT, text, most), new byte[8]), "axes")
                .shape())
        .hasSize(64);
    assertThatThrownBy(
            () ->
                NumpyFile.read(
                    npy(String.format(Locale.ROOT, text, most + "1,"), new byte[8]), "axes"))
        .hasMessageContaining("more than the 64 axes");
  }

  @Test
  void should_refuse_a_boolean_that_is_none() {
    String text = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }";
    assertThatThrownBy(() -> NumpyFile.read(npy(text, new byte[] {0, 1, 2}), "flags"))
        .isInstanceOf(IOException.class)
        .hasMessage("flags: value 2 at index 2 is no boolean; 0 and 1 are");
  }

  // ---- memory ----

  @ParameterizedTest
  @EnumSource(value = ElementType.class, mode = EXCLUDE, names = "BFLOAT16")
  void should_take_no_memory_for_a_promise(ElementType type) throws Exception {
    String order = type.bytes() == 1 ? "|" : ">";
    String text =
        String.format(
            Locale.ROOT,
            "{'descr': '%s%s', 'fortran_order': True, 'shape': (2147483, 1000), }",
            order,
            NpyCode.of(type));
    byte[] file = npy(text, new byte[100_000]).readAllBytes();
    Path path = Files.write(folder.resolve("promise.npy"), file);
    // The array would have 17 GB. A stream's 100,000 bytes are held once or twice, 8 bytes each.
    assertThat(
            Allocation.of(
                () ->
                    assertThatThrownBy(
                            () -> NumpyFile.read(new ByteArrayInputStream(file), "stream"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("cut off")
                        .hasMessageContaining("100000 are there")))
        .isLessThan(4 << 20);
    assertThat(
            Allocation.of(
                () ->
                    assertThatThrownBy(() -> NumpyFile.read(path))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("cut off")))
        .isLessThan(1 << 20);
  }

  @Test
  void should_hold_little_more_than_the_values_of_a_file() throws Exception {
    StoredArray array =
        StoredArray.ofDoubles(ElementType.FLOAT32, new long[] {1_000_000}, new double[1_000_000]);
    Path file = folder.resolve("large.npy");
    NumpyFile.write(file, array);
    assertThat(Allocation.of(() -> NumpyFile.read(file))).isBetween(4_000_000L, 4_300_000L);
  }

  @Test
  void should_read_no_further_than_a_stream_has_gone_wrong() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            return length;
          }
        };
    String text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    assertThatThrownBy(
            () -> NumpyFile.read(new SequenceInputStream(npy(text, new byte[0]), endless), "pipe"))
        .isInstanceOf(IOException.class)
        .hasMessage("pipe: bytes follow the 16 of the array float64 (2,)");
  }

  /** A file of version 1 with the given header, in UTF-8 as it comes, and data. */
  private static InputStream npy(String text, byte[] data) {
    byte[] header = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(
        ByteBuffer.allocate(2)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) header.length)
            .array());
    out.writeBytes(header);
    out.writeBytes(data);
    return new ByteArrayInputStream(out.toByteArray());
  }
}
