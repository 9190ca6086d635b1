package io.github.unroll.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationTest {

  /** None at a kink of any of the functions. */
  private static final double[] POINTS = {-40, -3.1, -1.3, -0.45, -0.2, 0.15, 0.3, 0.55, 2.2, 37};

  static Stream<Activation> activations() {
    return GeneralCells.activations().stream();
  }

  private static double value(Activation f, double x) {
    Matrix y = new Matrix(1, 1);
    f.forward(Matrix.of(1, 1, x), y);
    return y.get(0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "linear, -1.5, -1.5",
    "tanh, 0.3, 0.2913126124515909",
    "sigmoid, 0.3, 0.574442516811659",
    "relu, -2, 0",
    "relu, 2, 2",
    "softsign, -3, -0.75",
    "softplus, 0.3, 0.8543552444685272",
    "affine 0.7 0.1, 2, 1.5",
    "scaled tanh 1.2 0.6, 0.5, 0.3495751349419091",
    "hard sigmoid 0.2 0.5, 1, 0.7",
    "hard sigmoid 0.2 0.5, 9, 1",
    "hard sigmoid 0.2 0.5, -9, 0",
    "leaky relu 0.1, -2, -0.2",
    "thresholded relu 0.4, 0.4, 0",
    "thresholded relu 0.4, 0.5, 0.5",
    "elu 0.8, -1, -0.5056964470628461",
    "elu 0.8, 3, 3",
    "tanh clipped at 0.6, 5, 0.5370495669980353",
    "sigmoid clipped at 0.5, -5, 0.3775406687981454",
  })
  void should_have_the_value_of_its_formula(String name, double x, double y) {
    Activation f = activations().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    assertThat(value(f, x)).isCloseTo(y, within(1e-15));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void should_have_the_slope_of_a_central_difference(Activation f) {
    double step = 1e-5;
    for (double x : POINTS) {
      double slope = (value(f, x + step) - value(f, x - step)) / (2 * step);
      Matrix dx = new Matrix(1, 1);
      f.backward(Matrix.of(1, 1, x), Matrix.of(1, 1, value(f, x)), Matrix.of(1, 1, 3), dx);
      assertThat(dx.get(0, 0)).as("at " + x).isCloseTo(3 * slope, within(1e-8));
    }
  }

  /** Where two formulas meet, the slope is that of the side that is documented. */
  @ParameterizedTest
  @CsvSource({
    "relu, 0, 0",
    "hard sigmoid 0.2 0.5, 2.5, 0",
    "hard sigmoid 0.2 0.5, -2.5, 0",
    "leaky relu 0.1, 0, 1",
    "thresholded relu 0.4, 0.4, 0",
    "elu 0.8, 0, 1",
    "sigmoid clipped at 0.5, 0.5, 0.2350037122015945",
    "sigmoid clipped at 0.5, -0.5, 0.2350037122015945",
  })
  void should_have_the_slope_of_one_side_at_a_kink(String name, double x, double slope) {
    Activation f = activations().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    Matrix dx = new Matrix(1, 1);
    f.backward(Matrix.of(1, 1, x), Matrix.of(1, 1, value(f, x)), Matrix.of(1, 1, 1), dx);
    assertThat(dx.get(0, 0)).isCloseTo(slope, within(1e-15));
  }

  @Test
  void should_be_called_by_its_name() {
    assertThat(activations().map(Activation::toString))
        .containsExactly(
            "linear",
            "tanh",
            "sigmoid",
            "relu",
            "softsign",
            "softplus",
            "affine 0.7 0.1",
            "scaled tanh 1.2 0.6",
            "hard sigmoid 0.2 0.5",
            "leaky relu 0.1",
            "thresholded relu 0.4",
            "elu 0.8",
            "tanh clipped at 0.6",
            "sigmoid clipped at 0.5",
            "elu 1.0 clipped at 0.9");
  }

  @Test
  void clipped_at_zero_should_be_the_value_at_zero() {
    assertThat(value(Activation.SIGMOID.clipped(0), 7)).isEqualTo(0.5);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void should_write_in_place(Activation f) {
    Matrix x = Matrix.of(2, 3, -2, -0.3, -0.1, 0.2, 0.45, 3);
    Matrix dy = Matrix.of(2, 3, 1, -2, 3, -4, 5, -6);
    Matrix y = new Matrix(2, 3);
    f.forward(x, y);
    Matrix inPlace = x.copy();
    f.forward(inPlace, inPlace);
    assertThat(inPlace.data()).isEqualTo(y.data());
    Matrix dx = new Matrix(2, 3);
    f.backward(x, y, dy, dx);
    for (int same = 0; same < 3; same++) {
      List<Matrix> copies = List.of(x.copy(), y.copy(), dy.copy());
      f.backward(copies.get(0), copies.get(1), copies.get(2), copies.get(same));
      assertThat(copies.get(same).data()).isEqualTo(dx.data());
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void should_hand_NaN_on(Activation f) {
    assertThat(value(f, Double.NaN)).isNaN();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.NEGATIVE_INFINITY})
  void should_refuse_a_limit_that_is_none(double limit) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Activation.TANH.clipped(limit))
        .withMessage("Activation.clipped: the limit must be at least 0, not " + limit);
  }

  @Test
  void of_your_own_that_mixes_elements_should_refuse_to_be_clipped() {
    Activation own =
        new Activation() {
          @Override
          public String name() {
            return "own";
          }

          @Override
          public void forward(MatrixView x, MatrixView y) {
            y.copyFrom(x);
          }

          @Override
          public void backward(MatrixView x, MatrixView y, MatrixView dy, MatrixView dx) {
            dx.copyFrom(dy);
          }
        };
    assertThatIllegalArgumentException()
        .isThrownBy(() -> own.clipped(1))
        .withMessage("own cannot be clipped at 1.0: it is no function of single elements");
  }
}
