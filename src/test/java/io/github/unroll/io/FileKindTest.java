package io.github.unroll.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.foreign.KerasWeights;
import io.github.unroll.io.foreign.OnnxWeights;
import io.github.unroll.io.foreign.TorchWeights;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.onnx.OnnxModel;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.tensor.Matrix;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileKindTest {

  /** The kinds of files of arrays. */
  private static final Set<FileKind> LISTED =
      Set.of(
          FileKind.NPY,
          FileKind.ZIP,
          FileKind.SAFETENSORS,
          FileKind.TORCH,
          FileKind.ONNX,
          FileKind.KERAS,
          FileKind.HDF5);

  private static final Matrix ONE = Matrix.of(1, 1, 1);

  @TempDir Path folder;

  static Stream<Arguments> files() throws IOException {
    Map<String, Object[]> files = new LinkedHashMap<>();
    byte[] npy = written(".npy", file -> NumpyFile.write(file, StoredArray.of(ONE)));
    byte[] npz =
        written(
            ".npz",
            file -> NumpyFile.writeCompressedArchive(file, Map.of("a", StoredArray.of(ONE))));
    byte[] emptyNpz = written(".npz", file -> NumpyFile.writeCompressedArchive(file, Map.of()));
    ByteArrayOutputStream tensors = new ByteArrayOutputStream();
    new SafeTensors(Map.of("a", StoredArray.of(ONE))).write(tensors);
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream zipped = new GZIPOutputStream(gzip)) { // its time is 0
      zipped.write(npy);
    }
    files.put("array", new Object[] {npy, FileKind.NPY});
    files.put("archive", new Object[] {npz, FileKind.ZIP});
    files.put("archive of nothing", new Object[] {emptyNpz, FileKind.ZIP});
    files.put("tensors", new Object[] {tensors.toByteArray(), FileKind.SAFETENSORS});
    files.put("nothing", new Object[] {new byte[0], FileKind.EMPTY});
    files.put("gzip", new Object[] {gzip.toByteArray(), FileKind.GZIP});
    put(files, "\u0080\u0004\u0095\n\0\0\0\0\0\0\0}\u0094.", FileKind.PICKLE);
    put(files, "\u0080\u0002}q\0(X", FileKind.PICKLE);
    files.put("torch", new Object[] {zip("model/data.pkl", "model/data/0"), FileKind.TORCH});
    files.put("keras", new Object[] {zip("model.weights.h5", "config.json"), FileKind.KERAS});
    put(files, "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080", FileKind.TORCH);
    String magic = "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080";
    put(files, "\u0080\u0003" + magic, FileKind.TORCH);
    put(files, "\u0080\u0004\u0095\r\0\0\0\0\0\0\0" + magic, FileKind.TORCH);
    put(files, "\u0080\u0003\u0095\r\0\0\0\0\0\0\0" + magic, FileKind.PICKLE);
    put(files, "\u0089HDF\r\n\u001a\n\0\0\0", FileKind.HDF5);
    put(files, "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR", FileKind.PNG);
    put(files, "\b\b\u0012\u0007pytorch\u001a\u0005", FileKind.ONNX);
    put(files, "version https://git-lfs.github.com/spec/v1\noid sha256:", FileKind.GIT_LFS);
    put(files, "{\"layers\": 2}", FileKind.TEXT);
    put(files, "x".repeat(511) + "\u00c3", FileKind.TEXT); // a letter of two bytes, cut
    put(files, "\u0000\u0001\u0002", FileKind.UNKNOWN);
    put(files, "caf\u00e9 au lait", FileKind.UNKNOWN);
    return files.entrySet().stream()
        .map(file -> Arguments.of(file.getKey(), file.getValue()[0], file.getValue()[1]));
  }

  private static byte[] zip(String... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String member : members) {
        ZipEntry entry = new ZipEntry(member);
        entry.setTime(0);
        zip.putNextEntry(entry);
      }
    }
    return bytes.toByteArray();
  }

  private interface Writing {
    void to(Path file) throws IOException;
  }

  private static byte[] written(String ending, Writing writing) throws IOException {
    Path file = Files.createTempFile("unroll", ending);
    try {
      writing.to(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static void put(Map<String, Object[]> files, String text, FileKind kind) {
    String name = kind + " " + files.size();
    files.put(name, new Object[] {text.getBytes(ISO_8859_1), kind});
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void should_tell_by_the_first_bytes_under_any_name(String name, byte[] bytes, FileKind kind)
      throws IOException {
    for (String other : new String[] {"file", "file.npz", "file.NPY", "file.safetensors", ".tmp"}) {
      assertThat(FileKind.of(Files.write(folder.resolve(other), bytes))).isEqualTo(kind);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void should_be_named_by_every_reader_that_wants_another(String name, byte[] bytes, FileKind kind)
      throws IOException {
    Path file = Files.write(folder.resolve("file"), bytes);
    String found = kind.inWords();
    if (kind != FileKind.NPY) {
      assertThatIOException()
          .isThrownBy(() -> NumpyFile.read(file))
          .withMessage(file + ": is no .npy file but " + found);
      assertThatIOException()
          .isThrownBy(() -> NumpyFile.read(new ByteArrayInputStream(bytes), "stream"))
          .withMessage("stream: is no .npy file but " + found);
    }
    if (kind != FileKind.ZIP) {
      assertThatIOException()
          .isThrownBy(() -> NumpyFile.readArchive(file))
          .withMessage(file + ": is no .npz file but " + found);
    }
    if (kind != FileKind.SAFETENSORS && kind != FileKind.UNKNOWN) {
      for (Reading reading : new Reading[] {SafeTensors::read, ModelFile::load}) {
        assertThatIOException()
            .isThrownBy(() -> reading.of(file))
            .withMessage(file + ": is no .safetensors file but " + found);
      }
    }
    if (!LISTED.contains(kind)) {
      assertThatIOException()
          .isThrownBy(() -> ArrayFile.list(file))
          .withMessageStartingWith(file + ": is neither .npy, ")
          .withMessageEndingWith(", but " + found);
      assertThatIOException()
          .isThrownBy(() -> OnnxWeights.read(file))
          .withMessageStartingWith(file + ": is neither .npz, ")
          .withMessageEndingWith(", but " + found);
    }
  }

  private interface Reading {
    Object of(Path file) throws IOException;
  }

  @Test
  void should_find_whose_archive_a_file_is_wherever_its_members_stand() throws IOException {
    byte[] torch = zip("model/data/0", "model/code.py", "model/data.pkl");
    byte[] keras = zip("metadata.json", "config.json", "model.weights.h5");
    assertThat(FileKind.of(Files.write(folder.resolve("a"), torch))).isEqualTo(FileKind.TORCH);
    assertThat(FileKind.of(Files.write(folder.resolve("b"), keras))).isEqualTo(FileKind.KERAS);
    byte[] half = Arrays.copyOf(keras, keras.length / 2);
    assertThat(FileKind.of(Files.write(folder.resolve("c"), half))).isEqualTo(FileKind.ZIP);
  }

  @Test
  void should_name_an_archive_of_another_library_wherever_its_members_stand() throws IOException {
    byte[] keras = zip("metadata.json", "config.json", "model.weights.h5");
    Path file = Files.write(folder.resolve("model.keras"), keras);
    for (Reading reading : new Reading[] {SafeTensors::read, ModelFile::load, OnnxModel::read}) {
      assertThatIOException()
          .isThrownBy(() -> reading.of(file))
          .withMessageContaining(" file but a Keras file; KerasModel.read, KerasWeights.read and");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "onnx/export_lm_op17.onnx, ONNX",
    "keras/lm.keras, KERAS",
    "keras/gru_after.h5, HDF5",
    "pt/lm_lstm.pt, TORCH"
  })
  void should_name_the_reader_of_weights_to_that_of_another_library(String name, FileKind kind)
      throws IOException {
    Path file = Path.of("src/test/resources/models", name);
    Map<String, Reading> readers =
        Map.of(".pt", TorchWeights::read, ".onnx", OnnxWeights::read, ".keras", KerasWeights::read);
    for (Map.Entry<String, Reading> reader : readers.entrySet()) {
      if (name.endsWith(reader.getKey())
          || (kind == FileKind.HDF5 && reader.getKey().equals(".keras"))) {
        assertThat(reader.getValue().of(file)).isNotNull();
        continue;
      }
      assertThatIOException()
          .isThrownBy(() -> reader.getValue().of(file))
          .withMessage(file + ": is no " + reader.getKey() + " file but " + kind.inWords());
    }
  }

  @Test
  void should_name_what_is_not_there_or_a_directory() {
    assertThatIOException()
        .isThrownBy(() -> FileKind.of(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .withMessageContaining("none: no such file");
    assertThatIOException()
        .isThrownBy(() -> FileKind.of(folder))
        .withMessage(folder + ": is a directory; give a file");
  }

  // ---- names ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x.npz",
        "X.NPZ",
        "x.npy",
        "x.pt",
        "x.PTH",
        "x.h5",
        "x.onnx",
        "x.json",
        "x.txt",
        "x.PNG",
        "x.zip",
        "x.ZIP",
        "x.safetensors.gz",
        ".npz",
        "x.pickle",
        "x.TIF.PDF",
        "x.GIF"
      })
  void should_refuse_a_name_that_promises_another_kind(String name) throws IOException {
    Path file = folder.resolve(name);
    SafeTensors tensors = new SafeTensors(Map.of("a", StoredArray.of(ONE)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensors.write(file))
        .withMessageStartingWith(file + ": the ending .")
        .withMessageEndingWith(
            " promises another kind of file than the .safetensors that is written; take"
                + " .safetensors");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "npy, x.npz, .npy",
    "npy, x.safetensors, .npy",
    "npy, x.csv, .npy",
    "npz, x.npy, .npz",
    "npz, x.NPY, .npz",
    "npz, x.safetensors, .npz",
    "npz, x.pt, .npz",
  })
  void should_refuse_such_names_for_arrays_too(String writer, String name, String right) {
    Path file = folder.resolve(name);
    StoredArray one = StoredArray.of(ONE);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              if (writer.equals("npy")) {
                NumpyFile.write(file, one);
              } else {
                NumpyFile.writeArchive(file, Map.of("a", one));
              }
            })
        .withMessageStartingWith(file + ": the ending .")
        .withMessageEndingWith("take " + right);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> NumpyFile.writeCompressedArchive(folder.resolve("x.npy"), Map.of("a", one)));
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "x.safetensors",
        "X.SAFETENSORS",
        "x.st",
        "x.bin",
        "x.ckpt",
        "model",
        "v1.0",
        "x.npz.tmp",
        "x.",
        ".hidden",
        "\u00fc.\u0131"
      })
  void should_take_a_name_that_promises_nothing_else(String name) throws IOException {
    Path file = folder.resolve(name);
    new SafeTensors(Map.of("a", StoredArray.of(ONE))).write(file);
    assertThat(SafeTensors.read(file).tensor("a").matrix()).isEqualTo(ONE);
    assertThat(ArrayFile.list(file).entries()).hasSize(1);
  }

  @Test
  void should_rehearse_under_the_same_names_and_leave_all_as_it_was() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileKind.SAFETENSORS.rehearse(folder.resolve("x.npz")));
    FileKind.SAFETENSORS.rehearse(folder.resolve("x.safetensors"));
    assertThat(folder).isEmptyDirectory();
    assertThatIOException()
        .isThrownBy(() -> FileKind.SAFETENSORS.rehearse(folder.resolve("none/x.safetensors")))
        .withMessageContaining("no directory");
  }

  @Test
  void should_know_no_name_for_what_is_not_written() {
    assertThatIllegalStateException().isThrownBy(() -> FileKind.PNG.requireName(folder));
  }
}
