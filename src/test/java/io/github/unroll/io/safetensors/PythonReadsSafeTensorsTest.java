package io.github.unroll.io.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Python and NumPy alone, in a reader that is not Unroll's, open what Java wrote. */
class PythonReadsSafeTensorsTest {

  private static final Path READER =
      Path.of("src/test/resources/golden/safetensors/read_safetensors.py");

  @Test
  void should_be_read_by_numpy(@TempDir Path folder) throws Exception {
    assumeTrue(exitCode(folder, "-c", "import numpy") == 0, "no python3 with NumPy here");
    Path file = folder.resolve("java.safetensors");
    new SafeTensors(
            Map.of(
                "rnn.wx", StoredArray.of(Matrix.of(2, 2, 0.1, -1e-320, 1e300, -0.5)),
                "한", StoredArray.ofDoubles(ElementType.FLOAT16, new long[] {3}, 0.1, -2, 65504),
                "u64", StoredArray.ofLongs(ElementType.UINT64, new long[] {1, 1}, -1L),
                "flags", StoredArray.ofLongs(ElementType.BOOL, new long[] {3}, 1, 0, 1)),
            Map.of("vocabulary", "[\"<eos>\",\"\\\"quoted\\\"\",\"한\"]"))
        .write(file);

    assertThat(exitCode(folder, READER.toAbsolutePath().toString(), file.toString())).isZero();
    JsonNode found = new ObjectMapper().readTree(folder.resolve("out").toFile());
    assertThat(found.get("metadata").get("vocabulary").asText())
        .isEqualTo("[\"<eos>\",\"\\\"quoted\\\"\",\"한\"]");
    assertThat(found.get("rnn.wx"))
        .hasToString(
            "{\"dtype\":\"float64\",\"shape\":[2,2],\"data\":[0.1,-1.0E-320,1.0E300,-0.5]}");
    assertThat(found.get("한"))
        .hasToString(
            "{\"dtype\":\"float16\",\"shape\":[3],\"data\":[0.0999755859375,-2.0,65504.0]}");
    assertThat(found.get("u64"))
        .hasToString("{\"dtype\":\"uint64\",\"shape\":[1,1],\"data\":[18446744073709551615]}");
    assertThat(found.get("flags"))
        .hasToString("{\"dtype\":\"bool\",\"shape\":[3],\"data\":[true,false,true]}");
  }

  private static int exitCode(Path folder, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder python = new ProcessBuilder("python3");
    python.command().addAll(List.of(arguments));
    python.redirectOutput(folder.resolve("out").toFile());
    python.redirectError(folder.resolve("err").toFile());
    try {
      Process process = python.start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } catch (IOException e) {
      return 127; // no python3
    }
  }
}
