package io.github.unroll.layer;

import io.github.unroll.Golden;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.KerasWeights;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layers of Keras 3, figure by figure, from an archive of {@code get_weights()}. */
class KerasTest {

  @TempDir private Path folder;

  @Test
  void should_equal_simple_rnn() throws IOException {
    Golden golden = Golden.load("keras/simple_rnn");
    RecurrentLayer layer = saved(golden).simpleRnn("arr_", Nonlinearity.TANH);
    assertOutput(golden, layer, State.of(golden.matrix("h0")));
  }

  @Test
  void should_equal_lstm() throws IOException {
    Golden golden = Golden.load("keras/lstm");
    RecurrentLayer layer = saved(golden).lstm("arr_");
    assertOutput(golden, layer, State.of(golden.matrix("h0"), golden.matrix("c0")));
    golden.assertMatches("c_last", layer.finalState().c());
  }

  @Test
  void should_equal_gru_with_reset_before() throws IOException {
    Golden golden = Golden.load("keras/gru_reset_before");
    RecurrentLayer layer = saved(golden).gru("arr_", false);
    assertOutput(golden, layer, State.of(golden.matrix("h0")));
  }

  @Test
  void should_equal_gru_with_reset_after() throws IOException {
    Golden golden = Golden.load("keras/gru_reset_after");
    RecurrentLayer layer = saved(golden).gru("arr_", true);
    assertOutput(golden, layer, State.of(golden.matrix("h0")));
  }

  /** As {@code np.savez(file, *layer.get_weights())} writes it. */
  private KerasWeights saved(Golden golden) throws IOException {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    for (String key : List.of("kernel", "recurrent_kernel", "bias")) {
      Matrix values = golden.matrix(key);
      boolean oneAxis = values.rows() == 1;
      long[] shape =
          oneAxis ? new long[] {values.cols()} : new long[] {values.rows(), values.cols()};
      arrays.put(
          "arr_" + arrays.size(), StoredArray.ofDoubles(ElementType.FLOAT64, shape, values.data()));
    }
    Path file = folder.resolve("layer.npz");
    NumpyFile.writeArchive(file, arrays);
    return KerasWeights.read(file);
  }

  private static void assertOutput(Golden golden, RecurrentLayer layer, State initial) {
    golden.assertMatches("output", layer.forward(golden.tensor("x"), initial));
  }
}
