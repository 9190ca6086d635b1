package io.github.unroll.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll.Command;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy reads what is written here and the other way round, where there is a NumPy. */
class NumpyExchangeTest {

  private static final Path SCRIPT = Path.of("src/test/resources/numpy/exchange.py");

  private static final List<String> VARIANTS =
      List.of("little C", "big C", "little F", "big F", "version 2", "version 3");

  private static final long[][] SHAPES = {
    {},
    {0},
    {5},
    {2, 3},
    {0, 3},
    {2, 3, 4},
    {1, 2, 1, 3, 1, 2},
    {70000},
    {3, 3000},
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 100}
  };

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"python3", "/usr/bin/python3"})
  void numpy_should_read_what_is_written_and_write_the_same_bytes(String python) throws Exception {
    assumeTrue(hasNumpy(python), python + " has no NumPy");
    Map<String, StoredArray> arrays = make();
    for (Map.Entry<String, StoredArray> named : arrays.entrySet()) {
      NumpyFile.write(folder.resolve(named.getKey() + ".npy"), named.getValue());
    }
    NumpyFile.writeArchive(folder.resolve("stored.npz"), arrays);
    NumpyFile.writeCompressedArchive(folder.resolve("deflated.npz"), arrays);
    assertThat(Command.run(python, SCRIPT.toString(), "check", folder.toString()))
        .isEqualTo("checked " + arrays.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"python3", "/usr/bin/python3"})
  void should_read_all_that_numpy_writes(String python) throws Exception {
    assumeTrue(hasNumpy(python), python + " has no NumPy");
    Map<String, StoredArray> arrays = make();
    assertThat(Command.run(python, SCRIPT.toString(), "write", folder.toString()))
        .isEqualTo("wrote " + arrays.size());
    for (String archive : List.of("stored.npz", "deflated.npz")) {
      Map<String, StoredArray> read = NumpyFile.readArchive(folder.resolve(archive));
      assertThat(read.keySet()).containsExactlyElementsOf(arrays.keySet());
      read.forEach((name, array) -> assertSame(name, array, arrays.get(name)));
    }
    for (Map.Entry<String, StoredArray> named : arrays.entrySet()) {
      for (String variant : VARIANTS) {
        String file = named.getKey() + ", " + variant + ".npy";
        assertSame(file, NumpyFile.read(folder.resolve(file)), named.getValue());
      }
    }
  }

  /** Not isEqualTo alone, which would print all the values of both. */
  private static void assertSame(String name, StoredArray got, StoredArray want) {
    assertThat(got.equals(want)).as("%s: got %s", name, got).isTrue();
  }

  private static Map<String, StoredArray> make() {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    for (ElementType type : EnumSet.complementOf(EnumSet.of(ElementType.BFLOAT16))) {
      for (long[] shape : SHAPES) {
        int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
        String axes =
            Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
        arrays.put(type + " " + axes, make(type, shape, size));
      }
    }
    return arrays;
  }

  private static StoredArray make(ElementType type, long[] shape, int size) {
    double[] doubles = new double[size];
    long[] longs = new long[size];
    for (int i = 0; i < size; i++) {
      if (type.isFloating()) {
        doubles[i] =
            switch (i) {
              case 3 -> Double.NaN;
              case 4 -> Double.POSITIVE_INFINITY;
              case 5 -> Double.NEGATIVE_INFINITY;
              case 6 -> -0.0;
              default -> (i % 1000 - 500) / 7.0;
            };
      } else {
        longs[i] = integer(type, i);
      }
    }
    return type.isFloating()
        ? StoredArray.ofDoubles(type, shape, doubles)
        : StoredArray.ofLongs(type, shape, longs);
  }

  private static long integer(ElementType type, int i) {
    if (type == ElementType.BOOL) {
      return i % 3 == 0 ? 1 : 0;
    }
    boolean signed = type.toString().startsWith("int");
    long most = -1L >>> (Long.SIZE - 8 * type.bytes() + (signed ? 1 : 0));
    return switch (i) {
      case 3 -> signed ? -most - 1 : 0;
      case 4 -> most;
      default -> i % 100 - (signed ? 50 : 0);
    };
  }

  private static boolean hasNumpy(String python) throws InterruptedException {
    try {
      return Command.run(python, "-c", "import numpy; print('here')").equals("here");
    } catch (IOException e) {
      return false;
    }
  }
}
