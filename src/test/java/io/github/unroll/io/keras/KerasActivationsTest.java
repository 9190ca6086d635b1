package io.github.unroll.io.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.Activation;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keras' activations against their definitions, and their slopes against differences. */
class KerasActivationsTest {

  private static final double[] POINTS = {-7.3, -2.1, -0.9, -0.3, 0.2, 0.7, 1.4, 3.4, 4.1};

  private static double at(Object setting, boolean keras2, double x) {
    Matrix y = new Matrix(1, 1);
    KerasActivations.of(setting, keras2).forward(Matrix.of(1, 1, x), y);
    return y.get(0, 0);
  }

  /** Values at -2, -0.3 and 1.5, computed by Python's math. */
  @ParameterizedTest
  @CsvSource({
    "linear, -2, -0.3, 1.5",
    "tanh, -0.964027580075817, -0.291312612451591, 0.905148253644866",
    "sigmoid, 0.119202922022118, 0.425557483188341, 0.817574476193644",
    "relu, 0, 0, 1.5",
    "elu, -0.864664716763387, -0.259181779318282, 1.5",
    "celu, -0.864664716763387, -0.259181779318282, 1.5",
    "selu, -1.520166468595695, -0.455667315379122, 1.576051481033221",
    "softplus, 0.126928011042972, 0.554355244468527, 1.701413277982752",
    "softsign, -0.666666666666667, -0.230769230769231, 0.6",
    "exponential, 0.135335283236613, 0.740818220681718, 4.481689070338065",
    "silu, -0.238405844044235, -0.127667244956502, 1.226361714290465",
    "swish, -0.238405844044235, -0.127667244956502, 1.226361714290465",
    "mish, -0.252501482695709, -0.151133177138335, 1.403378266395803",
    "gelu, -0.045500263896358, -0.114626573343314, 1.399789198096713",
    "hard_sigmoid, 0.166666666666667, 0.45, 0.75",
    "hard_silu, -0.333333333333333, -0.135, 1.125",
    "hard_swish, -0.333333333333333, -0.135, 1.125",
    "leaky_relu, -0.4, -0.06, 1.5",
    "relu6, 0, 0, 1.5",
    "log_sigmoid, -2.126928011042972, -0.854355244468527, -0.201413277982752",
    "hard_tanh, -1, -0.3, 1",
    "hard_shrink, -2, 0, 1.5",
    "soft_shrink, -1.5, 0, 1",
    "tanh_shrink, -1.035972419924183, -0.008687387548409, 0.594851746355134",
    "squareplus, 0.414213562373095, 0.861187420807834, 2",
    "sparse_plus, 0, 0.1225, 1.5",
    "sparse_sigmoid, 0, 0.35, 1",
  })
  void should_be_as_defined(String name, double first, double second, double third) {
    double[] wanted = {first, second, third};
    double[] points = {-2, -0.3, 1.5};
    for (int i = 0; i < points.length; i++) {
      assertThat(at(name, false, points[i])).isCloseTo(wanted[i], within(2e-15));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "selu",
        "exponential",
        "silu",
        "mish",
        "gelu",
        "hard_silu",
        "relu6",
        "log_sigmoid",
        "hard_tanh",
        "hard_shrink",
        "soft_shrink",
        "tanh_shrink",
        "squareplus",
        "sparse_plus",
        "sparse_sigmoid",
        "softmax",
        "log_softmax"
      })
  void should_have_the_slope_of_its_values(String name) {
    Activation f = KerasActivations.of(name, false);
    Matrix x = Matrix.of(3, 3, POINTS);
    Matrix dy = Matrix.of(3, 3, 0.3, -1, 2, 0.5, 1.5, -0.7, 0.9, -2, 1);
    Matrix y = new Matrix(3, 3);
    Matrix dx = new Matrix(3, 3);
    f.forward(x, y);
    f.backward(x, y, dy, dx);
    for (int i = 0; i < POINTS.length; i++) {
      double h = 1e-5;
      double slope = (weighted(f, x, dy, i, h) - weighted(f, x, dy, i, -h)) / (2 * h);
      assertThat(dx.data()[i]).as("at %s", POINTS[i]).isCloseTo(slope, within(2e-8));
    }
  }

  /** The sum of dy ⊙ f(x), of which one x is moved. */
  private static double weighted(Activation f, Matrix x, Matrix dy, int i, double by) {
    Matrix moved = x.copy();
    moved.data()[i] += by;
    f.forward(moved, moved);
    double sum = 0;
    for (int j = 0; j < moved.data().length; j++) {
      sum += moved.data()[j] * dy.data()[j];
    }
    return sum;
  }

  @Test
  void should_take_softmax_along_a_row() {
    Matrix x = Matrix.of(2, 2, 0, Math.log(3), 1000, 1000);
    Matrix y = new Matrix(2, 2);
    KerasActivations.of("softmax", false).forward(x, y);
    assertThat(y.data()).containsExactly(new double[] {0.25, 0.75, 0.5, 0.5}, within(1e-15));
    KerasActivations.of("log_softmax", false).forward(x, x);
    assertThat(x.data())
        .containsExactly(
            Arrays.stream(new double[] {0.25, 0.75, 0.5, 0.5}).map(Math::log).toArray(),
            within(1e-12));
  }

  @Test
  void should_read_settings_of_functions_that_are_layers() {
    Object relu = layer("ReLU", Map.of("negative_slope", 0.5, "max_value", 2.0, "threshold", 1.0));
    assertThat(at(relu, false, -1)).isEqualTo(-1);
    assertThat(at(relu, false, 1.5)).isEqualTo(1.5);
    assertThat(at(relu, false, 3)).isEqualTo(2);
    assertThat(at(relu, false, 1)).isZero();
    assertThat(at(layer("LeakyReLU", Map.of("negative_slope", 0.1)), false, -2)).isEqualTo(-0.2);
    assertThat(at(layer("LeakyReLU", Map.of("alpha", 0.25)), true, -2)).isEqualTo(-0.5);
    assertThat(at(layer("ELU", Map.of("alpha", 2L)), false, -1))
        .isCloseTo(2 * Math.expm1(-1), within(1e-15));
    assertThat(at(layer("ThresholdedReLU", Map.of("theta", 1.5)), true, 1.4)).isZero();
    assertThat(at(layer("Softmax", Map.of("axis", -1L)), false, 4)).isEqualTo(1);
    assertThat(at(Map.of("class_name", "function", "config", "relu6"), false, 9)).isEqualTo(6);
    assertThat(at(null, false, -3)).isEqualTo(-3);
    assertThat(at("hard_sigmoid", true, 1)).isEqualTo(0.7);
    assertThat(at("gelu", false, Double.NaN)).isNaN();
    assertThat(at("gelu", false, -40)).isZero();
    assertThat(at("gelu", false, 40)).isEqualTo(40);
  }

  private static Object layer(String name, Map<String, Object> config) {
    return Map.of("class_name", name, "config", config);
  }

  @Test
  void should_refuse_what_is_not_known_by_name() {
    for (Object unknown :
        List.of(
            "wobble",
            "glu",
            "crelu",
            "",
            Map.of("class_name", "function", "config", "wobble"),
            layer("wobble", Map.of()),
            3L)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> KerasActivations.of(unknown, false))
          .withMessageContaining("there is no activation \"");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KerasActivations.of(layer("Softmax", Map.of("axis", 1L)), false))
        .withMessageContaining("another axis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KerasActivations.of(layer("ReLU", Map.of("shift", 1L)), false))
        .withMessageContaining("shift is 1");
  }
}
