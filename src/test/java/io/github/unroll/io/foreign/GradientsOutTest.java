package io.github.unroll.io.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients in another library's form: how the loss changes with each of its weights. */
class GradientsOutTest {

  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-8;

  private final RandomState random = new RandomState(8);
  private final Tensor3 xs = tensor(2, 4, 3);

  private Tensor3 tensor(int n, int t, int d) {
    return Tensor3.of(n, t, d, random.randn(n * t, d).data());
  }

  private interface Library {
    NamedWeights of(Map<String, StoredArray> weights);
  }

  private static Library library(String name) {
    return switch (name) {
      case "torch" -> TorchWeights::new;
      case "keras" -> KerasWeights::new;
      default -> OnnxWeights::new;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "torch, tanh, false",
    "torch, lstm, true",
    "torch, projected, false",
    "torch, projected, true",
    "torch, gru, false",
    "torch, gru, true",
    "keras, tanh, true",
    "keras, lstm, false",
    "keras, lstm, true",
    "keras, gru, true",
    "keras, gru before, false",
    "onnx, tanh, false",
    "onnx, lstm, true",
    "onnx, gru, true",
    "onnx, gru before, true"
  })
  void should_be_the_slopes_of_the_loss_in_each_weight(String name, String kind, boolean both) {
    RecurrentLayer layer = RandomLayers.layer(kind, both, 3, 4, random);
    Tensor3 slopes = tensor(2, 4, layer.outputSize());
    layer.forward(xs);
    layer.backward(slopes);
    Library library = library(name);
    NamedWeights weights = library.of(Map.of());
    weights.putRecurrent(layer, "", false);
    NamedWeights gradients = library.of(Map.of());
    gradients.putRecurrent(layer, "", true);

    assertThat(gradients.tensors().keySet()).isEqualTo(weights.tensors().keySet());
    weights
        .tensors()
        .forEach(
            (weight, values) -> {
              StoredArray gradient = gradients.tensors().get(weight);
              assertThat(gradient.shape()).isEqualTo(values.shape());
              for (int i = 0; i < values.size(); i++) {
                double up = loss(library, weights, weight, i, STEP, layer, slopes);
                double down = loss(library, weights, weight, i, -STEP, layer, slopes);
                assertThat(gradient.doubles()[i])
                    .as("%s [%d]", weight, i)
                    .isCloseTo((up - down) / (2 * STEP), within(TOLERANCE));
              }
            });
  }

  /** The loss after a step in one element of one weight. */
  private double loss(
      Library library,
      NamedWeights weights,
      String weight,
      int index,
      double step,
      RecurrentLayer layer,
      Tensor3 slopes) {
    Map<String, StoredArray> moved = new LinkedHashMap<>(weights.tensors());
    double[] values = moved.get(weight).doubles();
    values[index] += step;
    moved.put(
        weight, StoredArray.ofDoubles(ElementType.FLOAT64, moved.get(weight).shape(), values));
    NamedWeights changed = library.of(moved);
    changed.fill(changed.filling(layer, ""));
    double loss = 0;
    double[] outputs = layer.forward(xs).data();
    for (int i = 0; i < outputs.length; i++) {
      loss += outputs[i] * slopes.data()[i];
    }
    return loss;
  }

  @Test
  void should_put_those_of_embedding_and_affine_map_in_the_shapes_of_their_weights() {
    TimeEmbedding embedding = new TimeEmbedding(RandomLayers.parameter("w", random, 5, 3));
    TimeAffine affine =
        new TimeAffine(
            RandomLayers.parameter("w", random, 3, 2), RandomLayers.parameter("b", random, 1, 2));
    affine.forward(embedding.forward(new int[][] {{4, 1, 4}}));
    embedding.backward(affine.backward(tensor(1, 3, 2)));

    TorchWeights torch =
        new TorchWeights().putGradients(embedding, "e.").putGradients(affine, "h.");
    KerasWeights keras =
        new KerasWeights().putGradients(embedding, "e.").putGradients(affine, "h.");
    Matrix words = embedding.parameters().get(0).gradOfTouchedRows();
    Matrix w = affine.parameters().get(0).grad();
    Matrix b = affine.parameters().get(1).grad();
    assertThat(torch.tensors().get("e.weight").matrix()).isEqualTo(words);
    assertThat(torch.tensors().get("h.weight").matrix()).isEqualTo(w.transposed().copy());
    assertThat(torch.tensors().get("h.bias").matrix()).isEqualTo(b);
    assertThat(keras.tensors().get("e.0").matrix()).isEqualTo(words);
    assertThat(keras.tensors().get("h.0").matrix()).isEqualTo(w);
    assertThat(keras.tensors().get("h.1").matrix()).isEqualTo(b);
    assertThat(embedding.parameters().get(0).nextTouchedRow(0)).as("row 0 untouched").isEqualTo(1);
  }

  @Test
  void should_refuse_a_projection_where_a_library_has_none() {
    RecurrentLayer projected = RandomLayers.layer("projected", 3, 4, random);
    for (String name : new String[] {"keras", "onnx"}) {
      NamedWeights weights = library(name).of(Map.of());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> weights.putRecurrent(projected, "", false))
          .withMessageContaining("a layer that only PyTorch has");
      assertThatIllegalArgumentException().isThrownBy(() -> weights.filling(projected, ""));
      assertThat(weights.tensors()).isEmpty();
    }
  }
}
