package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.Golden;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures of Keras are in KerasTest, of package layer. */
class KerasWeightsTest {

  @TempDir private Path folder;

  private final RandomState random = new RandomState(6);

  @ParameterizedTest
  @ValueSource(strings = {"tanh", "relu", "lstm", "gru", "gru before"})
  void should_go_there_and_back_bit_for_bit(String kind) throws IOException {
    for (boolean both : List.of(false, true)) {
      RecurrentLayer layer = RandomLayers.layer(kind, both, 3, 4, random);
      Path file = folder.resolve("layer.npz");
      new KerasWeights().put(layer, "arr_").write(file);
      assertThat(NumpyFile.readArchive(file)).hasSize(both ? 6 : 3);
      KerasWeights weights = KerasWeights.read(file);
      RecurrentLayer other = RandomLayers.layer(kind, both, 3, 4, random);
      weights.into(other, "arr_");
      RandomLayers.assertSameBits(other.parameters(), layer.parameters());
      RandomLayers.assertSameBits(made(weights, kind, "arr_").parameters(), layer.parameters());
      weights.requireNoneLeft();
    }
  }

  private static RecurrentLayer made(KerasWeights weights, String kind, String prefix) {
    return switch (kind) {
      case "lstm" -> weights.lstm(prefix);
      case "gru" -> weights.gru(prefix, true);
      case "gru before" -> weights.gru(prefix, false);
      default -> weights.simpleRnn(prefix, Nonlinearity.RELU);
    };
  }

  /** Of reset_after the biases are summed; the others have one, and nothing is rounded. */
  @ParameterizedTest
  @ValueSource(strings = {"simple_rnn", "lstm", "gru_reset_before"})
  void should_write_kerass_own_arrays_again(String name) {
    Golden golden = Golden.load("keras/" + name);
    RecurrentLayer layer =
        RandomLayers.layer(
            Map.of("simple_rnn", "tanh", "lstm", "lstm", "gru_reset_before", "gru before")
                .get(name),
            3,
            4,
            random);
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    for (String key : List.of("kernel", "recurrent_kernel", "bias")) {
      boolean row = key.equals("bias");
      StoredArray tensor =
          row
              ? StoredArray.ofDoubles(
                  ElementType.FLOAT64, new long[] {golden.matrix(key).cols()}, golden.values(key))
              : StoredArray.of(golden.matrix(key));
      tensors.put("arr_" + tensors.size(), tensor);
    }
    new KerasWeights(tensors).into(layer, "arr_");
    assertThat(new KerasWeights().put(layer, "arr_").tensors()).isEqualTo(tensors);
  }

  @Test
  void should_take_no_bias_as_zeros() {
    for (String kind : RandomLayers.KINDS) {
      for (boolean both : List.of(false, true)) {
        RecurrentLayer layer = RandomLayers.layer(kind, both, 3, 4, random);
        for (Parameter parameter : layer.parameters()) {
          if (parameter.name().startsWith("b")) {
            parameter.value().fill(0);
          }
        }
        Map<String, StoredArray> all = new KerasWeights().put(layer, "").tensors();
        Map<String, StoredArray> kernels = new LinkedHashMap<>();
        for (String key : both ? List.of("0", "1", "3", "4") : List.of("0", "1")) {
          kernels.put("arr_" + kernels.size(), all.get(key));
        }
        KerasWeights weights = new KerasWeights(kernels);
        RecurrentLayer other = RandomLayers.layer(kind, both, 3, 4, random);
        weights.into(other, "arr_");
        for (RecurrentLayer got : List.of(other, made(weights, kind, "arr_"))) {
          for (int i = 0; i < layer.parameters().size(); i++) {
            // Not isEqualTo: a bias of zero, negated, is −0.
            Matrix want = layer.parameters().get(i).value();
            assertThat(got.parameters().get(i).value().allClose(want, 0)).isTrue();
          }
        }
      }
    }
  }

  @Test
  void should_carry_embedding_and_dense_there_and_back() {
    TimeEmbedding embedding = new TimeEmbedding(RandomLayers.parameter("w", random, 5, 2));
    TimeAffine affine = affine();
    KerasWeights weights = new KerasWeights().put(embedding, "embedding.").put(affine, "dense.");
    assertThat(weights.tensors().get("dense.0").shape()).containsExactly(2, 3);

    RandomLayers.assertSameBits(
        weights.embedding("embedding.").parameters(), embedding.parameters());
    RandomLayers.assertSameBits(weights.dense("dense.").parameters(), affine.parameters());
    TimeEmbedding otherEmbedding = new TimeEmbedding(RandomLayers.parameter("w", random, 5, 2));
    TimeAffine otherAffine = affine();
    weights.into(otherEmbedding, "embedding.");
    weights.into(otherAffine, "dense.");
    RandomLayers.assertSameBits(otherEmbedding.parameters(), embedding.parameters());
    RandomLayers.assertSameBits(otherAffine.parameters(), affine.parameters());

    TimeAffine tied =
        TimeAffine.tied(
            RandomLayers.parameter("w", random, 3, 2), RandomLayers.parameter("b", random, 1, 3));
    weights.into(tied, "dense.");
    RandomLayers.assertSameBits(
        new KerasWeights().put(tied, "").dense("").parameters(), affine.parameters());
  }

  @Test
  void should_list_all_that_does_not_fit_in_one_error() {
    KerasWeights weights =
        new KerasWeights().put(RandomLayers.layer("gru before", 3, 4, random), "arr_");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.gru("arr_", true))
        .withMessageStartingWith(
            """
            KerasWeights: no GRU with reset_after at "arr_":
              shape: "arr_2" is float64 (12), must be (2x12)
            compare with [w.shape for w in layer.get_weights()]:\
            """);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.lstm("arr_"))
        .withMessageContaining("\"arr_0\" is float64 (3x12), must be (3x16)")
        .withMessageContaining("\"arr_1\" is float64 (4x12), must be (4x16)")
        .withMessageContaining("\"arr_2\" is float64 (12), must be (16)");
    Map<String, StoredArray> most = new LinkedHashMap<>();
    new KerasWeights()
        .put(RandomLayers.layer("lstm", true, 3, 4, random), "arr_")
        .tensors()
        .forEach((name, tensor) -> most.put(name.replace("arr_5", "arr_6"), tensor));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights(most).lstm("arr_"))
        .withMessageStartingWith(
            """
            KerasWeights: no Bidirectional LSTM at "arr_":
              missing: "arr_5", must be (16)
              too many: "arr_6" is float64 (16)
            """);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new KerasWeights(most).into(RandomLayers.layer("gru", true, 3, 4, random), "arr_"))
        .withMessageStartingWith("KerasWeights: no GRU and back GRU at \"arr_\":\n")
        .withMessageContaining("\"arr_2\" is float64 (16), must be (2x12)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights(Map.of("a0", most.get("arr_0"))).lstm("a"))
        .withMessageContaining("missing: \"a1\", must be (4x16)")
        .withMessageContaining("missing: \"a2\", must be (16)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KerasWeights().dense("d."))
        .withMessageContaining("missing: \"d.0\", must be (?x?)");
  }

  /** {@code np.savez(file, *model.get_weights())}: which layers there are, no name tells. */
  @Test
  void should_tell_all_weights_of_a_model_from_those_of_one_layer() {
    TimeEmbedding words = new TimeEmbedding(RandomLayers.parameter("w", random, 7, 3));
    KerasWeights model =
        numbered(
            new KerasWeights().put(words, "").tensors(),
            new KerasWeights().put(RandomLayers.layer("lstm", false, 3, 4, random), "").tensors(),
            new KerasWeights().put(affine(), "").tensors());
    String several = "\n  several: these look like all weights of a model, Embedding, LSTM, Dense;";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.lstm("arr_"))
        .withMessageContaining(several);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.into(RandomLayers.layer("lstm", true, 3, 4, random), "arr_"))
        .withMessageContaining(several);

    KerasWeights stack =
        numbered(
            new KerasWeights().put(RandomLayers.layer("gru", false, 3, 4, random), "").tensors(),
            new KerasWeights().put(RandomLayers.layer("gru", false, 4, 4, random), "").tensors());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.gru("arr_", true))
        .withMessageContaining("must be (3x12)");
  }

  /** Two layers of as many units as features have the shapes of the two directions of one. */
  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "gru before", "relu"})
  void should_not_guess_whether_two_layers_are_two_directions(String kind) {
    RecurrentLayer both = RandomLayers.layer(kind, true, 4, 4, random);
    KerasWeights unnamed = new KerasWeights().put(both, "arr_");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> made(unnamed, kind, "arr_"))
        .withMessageContaining("unclear: these may be the two directions of one layer, or two");
    RecurrentLayer other = RandomLayers.layer(kind, true, 4, 4, random);
    unnamed.into(other, "arr_");
    RandomLayers.assertSameBits(other.parameters(), both.parameters());
    RandomLayers.assertSameBits(
        made(new KerasWeights().put(both, "bidirectional."), kind, "bidirectional.").parameters(),
        both.parameters());
  }

  @SafeVarargs
  private static KerasWeights numbered(Map<String, StoredArray>... layers) {
    Map<String, StoredArray> all = new LinkedHashMap<>();
    for (Map<String, StoredArray> layer : layers) {
      layer.values().forEach(weight -> all.put("arr_" + all.size(), weight));
    }
    return new KerasWeights(all);
  }

  private TimeAffine affine() {
    return new TimeAffine(
        RandomLayers.parameter("w", random, 2, 3), RandomLayers.parameter("b", random, 1, 3));
  }
}
