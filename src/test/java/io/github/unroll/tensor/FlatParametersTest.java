package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlatParametersTest {

  private final Parameter vectors = new Parameter("embed.w", Matrix.of(3, 2, 1, 2, 3, 4, 5, 6));
  private final Parameter bias = new Parameter("b", Matrix.of(1, 2, 7, 8));
  private final FlatParameters flat = new FlatParameters(List.of(vectors, bias, vectors));

  private static List<Integer> touched(Parameter p) {
    List<Integer> rows = new ArrayList<>();
    for (int row = p.nextTouchedRow(0); row < 3; row = p.nextTouchedRow(row + 1)) {
      rows.add(row);
    }
    return rows;
  }

  @Test
  void should_have_values_in_order_and_a_parameter_that_is_listed_twice_once() {
    assertThat(flat.size()).isEqualTo(8);
    assertThat(flat.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(flat).hasToString("FlatParameters(2 parameters, 8 values)");
    flat.values()[0] = 9;
    assertThat(vectors.value().get(0, 0)).isEqualTo(1);
  }

  @Test
  void should_write_and_add_values() {
    flat.setValues(8, 7, 6, 5, 4, 3, 2, 1);
    assertThat(vectors.value()).isEqualTo(Matrix.of(3, 2, 8, 7, 6, 5, 4, 3));
    flat.addValues(0, 0, 0, 0, 0, 1, 10, 100);
    assertThat(flat.values()).containsExactly(8, 7, 6, 5, 4, 4, 12, 101);
  }

  @Test
  void should_read_gradients_without_touching_any() {
    vectors.addToGradRow(1, Matrix.of(1, 2, 3, 4), 0);
    bias.grad().set(0, 1, 5);
    assertThat(flat.gradients()).containsExactly(0, 0, 3, 4, 0, 0, 0, 5);
    assertThat(touched(vectors)).containsExactly(1);
  }

  @Test
  void should_overwrite_gradients_and_touch_the_rows_that_are_not_zero() {
    vectors.addToGradRow(0, Matrix.of(1, 2, 3, 4), 0);
    flat.setGradients(0, 0, 0, 0, -0.0, 0, 0, 1);
    assertThat(touched(vectors)).containsExactly(2);
    assertThat(flat.gradients()).isEqualTo(new double[] {0, 0, 0, 0, -0.0, 0, 0, 1});
    assertThat(Double.doubleToRawLongBits(vectors.gradOfTouchedRows().get(2, 0)))
        .isEqualTo(Double.doubleToRawLongBits(-0.0));
    vectors.zeroGrad();
    assertThat(touched(vectors)).isEmpty();
    assertThat(vectors.gradOfTouchedRows().data()).containsOnly(0);
  }

  @Test
  void should_add_to_gradients_and_touch_the_rows_that_change() {
    vectors.addToGradRow(0, Matrix.of(1, 2, 3, 4), 0);
    flat.addGradients(0, 0, 0, 2, 0, 0, 0, 1);
    flat.addGradients(1, 0, 0, 2, 0, 0, 0, 1);
    assertThat(touched(vectors)).containsExactly(0, 1);
    assertThat(flat.gradients()).containsExactly(4, 4, 0, 4, 0, 0, 0, 2);
  }

  @Test
  void should_add_zeros_to_a_touched_row_as_any_numbers() {
    flat.setGradients(1, -0.0, 0, 0, 0, 0, 0, 0);
    flat.addGradients(new double[8]);
    assertThat(Double.doubleToRawLongBits(flat.gradients()[1])).isZero();
  }

  @Test
  void should_write_all_rows_of_a_gradient_that_was_handed_out() {
    Matrix grad = vectors.grad();
    flat.setGradients(1, 2, 0, 0, 0, 0, 3, 4);
    assertThat(grad).isEqualTo(Matrix.of(3, 2, 1, 2, 0, 0, 0, 0));
    assertThat(touched(vectors)).containsExactly(0, 1, 2);
    flat.setGradients(new double[8]);
    assertThat(grad.data()).containsOnly(0);
  }

  static Stream<Consumer<FlatParameters>> wrongLengths() {
    return Stream.of(
        f -> f.setValues(new double[7]),
        f -> f.addValues(new double[9]),
        f -> f.setGradients(),
        f -> f.addGradients(1));
  }

  @ParameterizedTest
  @MethodSource("wrongLengths")
  void should_refuse_another_number_of_values_and_change_nothing(Consumer<FlatParameters> call) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call.accept(flat))
        .withMessageMatching(
            "FlatParameters\\.(set|add)(Values|Gradients): [0179] values for 2 parameters of 8"
                + " values; they are of another model");
    assertThat(flat.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(flat.gradients()).containsOnly(0);
  }

  @Test
  void a_fingerprint_should_tell_any_changed_bit() {
    long before = flat.fingerprint();
    double[] values = flat.values();
    for (int i = 0; i < values.length; i++) {
      for (int bit = 0; bit < 64; bit++) {
        double[] changed = values.clone();
        changed[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(values[i]) ^ 1L << bit);
        flat.setValues(changed);
        assertThat(flat.fingerprint()).isNotEqualTo(before).isNotZero();
      }
    }
    flat.setValues(Arrays.stream(values).map(v -> -v).toArray());
    assertThat(flat.fingerprint()).isNotEqualTo(before);
    flat.setValues(values);
    assertThat(flat.fingerprint()).isEqualTo(before);
    assertThat(new FlatParameters(List.of(bias)).fingerprint()).isEqualTo(documented(7, 8));
  }

  private static long documented(double... values) {
    long f = 1;
    for (double v : values) {
      f = Long.rotateLeft(f ^ Double.doubleToRawLongBits(v), 29) * 0x9E3779B97F4A7C15L;
    }
    return f;
  }
}
