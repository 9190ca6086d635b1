package io.github.unroll.io.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.unroll.Allocation;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayFileTest {

  @TempDir Path folder;

  private static Map<String, StoredArray> arrays() {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    arrays.put("z", StoredArray.ofDoubles(ElementType.FLOAT32, new long[] {2, 1}, 0.5, -0.0));
    arrays.put("a", StoredArray.ofLongs(ElementType.UINT64, new long[] {}, -1));
    return arrays;
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.npz", "X.NPZ", "x.safetensors"})
  void should_give_back_every_array_as_it_was(String name) throws IOException {
    Path file = folder.resolve(name);
    ArrayFile.write(file, arrays());
    assertThat(ArrayFile.read(file)).isEqualTo(arrays());
  }

  @Test
  void should_carry_arrays_from_one_format_to_another_and_back() throws IOException {
    Path archive = folder.resolve("x.npz");
    Path tensors = folder.resolve("x.safetensors");
    ArrayFile.write(archive, arrays());
    ArrayFile.write(tensors, ArrayFile.read(archive));
    ArrayFile.write(folder.resolve("y.npz"), ArrayFile.read(tensors));
    assertThat(ArrayFile.read(folder.resolve("y.npz"))).isEqualTo(arrays());
  }

  @Test
  void should_hold_what_an_archive_holds_and_no_more() throws Exception {
    StoredArray array =
        StoredArray.ofDoubles(ElementType.FLOAT32, new long[] {1_000_000}, new double[1_000_000]);
    Path file = folder.resolve("x.npz");
    ArrayFile.write(file, Map.of("a", array));
    assertThat(ArrayFile.read(file)).hasSize(1); // classes are loaded, once
    assertThat(Allocation.of(() -> ArrayFile.read(file))).isBetween(4_000_000L, 4_300_000L);
  }

  @Test
  void should_refuse_other_endings_and_a_file_of_one_array_without_a_name() throws IOException {
    Path file = folder.resolve("x.npy");
    assertThatIOException()
        .isThrownBy(() -> ArrayFile.write(file, arrays()))
        .withMessage(
            file + ": ends neither in .npz nor in .safetensors, the formats that are written");
    NumpyFile.write(file, arrays().get("a"));
    assertThatIOException()
        .isThrownBy(() -> ArrayFile.read(file))
        .withMessageStartingWith(file + ": is neither .npz, ")
        .withMessageContaining(", but a .npy file; ");
  }
}
