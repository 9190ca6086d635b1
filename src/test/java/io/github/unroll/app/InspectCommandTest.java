package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {

  @TempDir Path directory;

  private static ProgramRun inspect(Path file) {
    return ProgramRun.of("inspect " + file);
  }

  private static List<String> lines(Path file) {
    ProgramRun run = inspect(file);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run.outLines();
  }

  @Test
  void should_tell_of_a_saved_model() throws IOException {
    Path file = directory.resolve("model.safetensors");
    SequenceDescription description =
        SequenceDescription.languageModel(20, 3, 5).withCell(CellKind.GRU);
    Vocabulary words = Vocabulary.of(IntStream.range(0, 20).mapToObj(i -> "word\n" + i).toList());
    ModelFile.save(
        file,
        new RnnLanguageModel(description, new RandomState(1)),
        Notes.of(words).with("a", "b"));

    assertThat(lines(file))
        .containsExactly(
            "model.safetensors: RnnLanguageModel, 6 arrays, 315 parameters",
            "",
            "  affine.b  F64  1x20   20",
            "  affine.w  F64  5x20  100",
            "  embed.w   F64  20x3   60",
            "  gru.b     F64  1x15   15",
            "  gru.wh    F64  5x15   75",
            "  gru.wx    F64  3x15   45",
            "",
            "  description.bothDirections  none",
            "  description.cell            gru",
            "  description.dropout         0.0",
            "  description.embeddingSize   3",
            "  description.hiddenSize      5",
            "  description.initialBias     zero",
            "  description.input           words",
            "  description.layers          1",
            "  description.output          next_word",
            "  description.readout         every",
            "  description.tied            false",
            "  description.vocabularySize  20",
            "  model                       RnnLanguageModel",
            "  note.a                      b",
            "  unroll.checkpoint           2",
            "  vocabulary                  [\"word\\n0\",\"word\\n1\",\"word\\n2\",\"word\\n3\""
                + "… (211 characters)");
  }

  @Test
  void should_tell_of_a_training() throws IOException {
    Path text = Files.writeString(directory.resolve("text.txt"), "a b c ".repeat(50));
    Path file = directory.resolve("checkpoint");
    ProgramRun.of(
        String.format(
            Locale.ROOT,
            "train --batch=2 --steps=3 --epochs=1 --hidden=4 --embedding=2 --data=%s"
                + " --checkpoint=%s",
            text,
            file));
    int parameters = 3 * 2 + 2 * 4 + 4 * 4 + 4 + 4 * 3 + 3;
    int state = 2 * parameters + 2 * 4 + 624; // Adam's m and v, h, the random numbers' key

    assertThat(lines(file).get(0))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "checkpoint: training of RnnLanguageModel, 20 arrays, %d parameters, %d values of"
                    + " state",
                parameters,
                state));
    assertThat(lines(file)).contains("  note.hidden                   4");
  }

  @Test
  void should_tell_of_one_array() throws IOException {
    Path file = directory.resolve("array.npy");
    NumpyFile.write(file, StoredArray.of(new Matrix(3, 4)));
    assertThat(lines(file))
        .containsExactly("array.npy: 1 array, 12 values", "", "  float64  3x4  12");
  }

  @Test
  void should_tell_of_an_archive() throws IOException {
    Path file = directory.resolve("arrays.npz");
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    arrays.put("weights", StoredArray.of(new Matrix(30, 4)));
    arrays.put("b", StoredArray.of(new Matrix(1, 4)));
    NumpyFile.writeCompressedArchive(file, arrays);
    assertThat(lines(file))
        .containsExactly(
            "arrays.npz: 2 arrays, 124 values",
            "",
            "  weights  float64  30x4  120",
            "  b        float64  1x4     4");
  }

  @Test
  void should_tell_of_a_file_of_another_origin() {
    Path file = Path.of("src/test/resources/golden/safetensors-edge/scalar_and_empty.safetensors");
    assertThat(lines(file).get(0)).matches("scalar_and_empty.safetensors: \\d arrays, \\d+ values");
    assertThat(lines(file)).anyMatch(line -> line.matches(".* \\(\\) +1"));
    assertThat(lines(file)).anyMatch(line -> line.matches(".*0.* +0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"COMP.NPZ", "model.safetensors", "array.npy", "nameless", "picture.png"})
  void should_go_by_the_first_bytes_whatever_the_name(String name) throws IOException {
    Path file = directory.resolve(name);
    NumpyFile.writeCompressedArchive(
        directory.resolve("a.npz"), Map.of("w", StoredArray.of(new Matrix(2, 3))));
    Files.move(directory.resolve("a.npz"), file);
    assertThat(lines(file))
        .containsExactly(name + ": 1 array, 6 values", "", "  w  float64  2x3  6");
    ProgramRun.of("generate --model " + file)
        .assertFailsInOneLine(file + ": is no .safetensors file but a zip archive; if it is .npz");
  }

  @Test
  void should_list_what_cannot_be_read_beside_the_rest() throws IOException {
    Path file = directory.resolve("odd.safetensors");
    String header =
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[3],\"data_offsets\":[0,3]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[3,4]}}";
    byte[] bytes = new byte[8 + header.length() + 4];
    bytes[0] = (byte) header.length();
    System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, bytes, 8, header.length());
    Files.write(file, bytes);
    assertThat(lines(file))
        .containsExactly(
            "odd.safetensors: 2 arrays, 4 values",
            "",
            "  a  F8_E4M3  3  3",
            "  b  U8       1  1",
            "",
            "  not read:  a  holds values of type F8_E4M3, which are not read; save them as F32, in"
                + " PyTorch by tensor.to(torch.float32)");
  }

  @Test
  void should_list_a_member_without_a_header() throws IOException {
    Path file = directory.resolve("odd.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("b.npy"));
      zip.write(1);
    }
    assertThat(lines(file).subList(0, 3))
        .containsExactly("odd.npz: 0 arrays, without header 1, 0 values", "", "  b  ?  ?  ?");
    assertThat(lines(file).get(4)).startsWith("  not read:  b  is no .npy file but of a kind");
  }

  @Test
  void should_let_no_file_steer_the_terminal() throws IOException {
    Path file = directory.resolve("evil.safetensors");
    new SafeTensors(
            Map.of("a\u001b[2J", StoredArray.of(new Matrix(1, 1))),
            Map.of("k\r", "v\u0007\u202e\u009b", "unroll.checkpoint", "1", "model", "\u001b[31m"))
        .write(file);
    assertThat(lines(file))
        .containsExactly(
            "evil.safetensors: ?[31m, 1 array, 1 parameters",
            "",
            "  a?[2J  F64  1x1  1",
            "",
            "  k?                 v???",
            "  model              ?[31m",
            "  unroll.checkpoint  1");
  }

  @Test
  void should_print_nothing_below_if_there_is_nothing() throws IOException {
    Path file = directory.resolve("empty.safetensors");
    new SafeTensors(Map.of()).write(file);
    assertThat(lines(file)).containsExactly("empty.safetensors: 0 arrays, 0 values");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file.npy", "file.npz", "file.safetensors", "file"})
  void should_say_what_is_wrong_with_a_file(String name) throws IOException {
    Path file = directory.resolve(name);
    inspect(file).assertFailsInOneLine(file + ": no such file");
    Files.write(file, new byte[0]);
    inspect(file).assertFailsInOneLine(file + ": ");
    Files.writeString(file, "what is this? no array");
    inspect(file).assertFailsInOneLine(file + ": ");
    Files.delete(file);
    inspect(Files.createDirectory(file)).assertFailsInOneLine("is a directory");
  }

  @Test
  void should_say_that_a_file_is_cut_off() throws IOException {
    Path file = directory.resolve("array.npy");
    NumpyFile.write(file, StoredArray.of(new Matrix(3, 4)));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    inspect(file).assertFailsInOneLine("cut off: the array float64 (3, 4) takes 96 bytes");
  }

  @Test
  void should_call_it_wrong_use_without_a_file() {
    ProgramRun.of("inspect").assertWrongUse("Missing required parameter: 'FILE'");
  }
}
