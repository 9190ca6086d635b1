package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ParameterTest {

  private final Parameter p = new Parameter("w", new Matrix(6, 2));

  private List<Integer> touched() {
    List<Integer> rows = new ArrayList<>();
    for (int row = p.nextTouchedRow(0); row < 6; row = p.nextTouchedRow(row + 1)) {
      rows.add(row);
    }
    return rows;
  }

  private List<Integer> untouched() {
    List<Integer> rows = new ArrayList<>();
    for (int row = p.nextUntouchedRow(0); row < 6; row = p.nextUntouchedRow(row + 1)) {
      rows.add(row);
    }
    return rows;
  }

  private void addTo(int... rows) {
    for (int row : rows) {
      p.addToGradRow(row, Matrix.of(2, 2, 0, 0, 3, 4), 1);
    }
  }

  @Test
  void a_row_that_is_added_to_should_collect_and_be_touched() {
    assertThat(touched()).isEmpty();
    assertThat(untouched()).containsExactly(0, 1, 2, 3, 4, 5);
    addTo(5, 2, 3, 5);
    assertThat(touched()).containsExactly(2, 3, 5);
    assertThat(untouched()).containsExactly(0, 1, 4);
    assertThat(p.nextTouchedRow(6)).isEqualTo(6);
    assertThat(p.nextUntouchedRow(5)).isEqualTo(6);
    assertThat(p.nextUntouchedRow(6)).isEqualTo(6);
    assertThat(p.gradOfTouchedRows().data()).containsExactly(0, 0, 0, 0, 3, 4, 3, 4, 0, 0, 6, 8);
    assertThat(touched()).containsExactly(2, 3, 5);
    assertThat(p.grad()).isEqualTo(Matrix.of(6, 2, 0, 0, 0, 0, 3, 4, 3, 4, 0, 0, 6, 8));
  }

  @Test
  void a_gradient_set_to_zero_should_be_untouched_and_zero() {
    addTo(0, 2, 3, 5);
    p.zeroGrad();
    assertThat(touched()).isEmpty();
    assertThat(p.gradOfTouchedRows().data()).containsOnly(0);
    addTo(4);
    assertThat(touched()).containsExactly(4);
  }

  @Test
  void all_rows_should_count_as_touched_once_the_gradient_was_handed_out() {
    addTo(3);
    Matrix grad = p.grad();
    assertThat(touched()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(untouched()).isEmpty();
    p.zeroGrad();
    assertThat(touched()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(p.nextTouchedRow(6)).isEqualTo(6);
    addTo(1);
    grad.set(5, 1, 7);
    p.zeroGrad();
    assertThat(grad).isEqualTo(new Matrix(6, 2));
  }

  /** What is done to a gradient, in words of one parameter. */
  private static final List<Consumer<Parameter>> DEEDS =
      List.of(
          Parameter::zeroGrad,
          w -> w.addMatmulToGrad(Matrix.of(6, 1, 1, 2, 3, 4, 5, 6), Matrix.of(1, 2, 0.1, -0.7)),
          w -> w.addMatmulToGrad(Matrix.of(6, 1, 6, 5, 4, 3, 2, 1), Matrix.of(1, 2, 0.3, 0)),
          w -> w.addToGradRow(2, Matrix.of(1, 2, 0.9, 1e-30), 0),
          w -> w.scaleGrad(1 / 3.0),
          w -> w.scaleGrad(1e-300),
          Parameter::gradOfTouchedRows);

  @Test
  void what_waits_to_be_done_should_leave_the_bits_of_what_is_done_at_once() {
    RandomState random = new RandomState(3);
    for (int run = 0; run < 2000; run++) {
      Parameter waits = new Parameter("w", new Matrix(6, 2));
      Parameter atOnce = new Parameter("w", new Matrix(6, 2));
      Matrix held = atOnce.grad();
      StringBuilder deeds = new StringBuilder();
      for (int deed : random.randint(0, DEEDS.size(), 6)) {
        deeds.append(' ').append(deed);
        DEEDS.get(deed).accept(waits);
        DEEDS.get(deed).accept(atOnce);
      }
      assertThat(waits.gradOfTouchedRows()).as(deeds.toString()).isEqualTo(held);
    }
  }

  @Test
  void an_optimizer_should_be_able_to_scale_the_gradient_itself() {
    p.addMatmulToGrad(new Matrix(6, 1), new Matrix(1, 2));
    p.zeroGrad();
    addTo(1);
    p.scaleGrad(0.5);
    assertThat(p.takeGradFactor()).isEqualTo(0.5);
    assertThat(p.takeGradFactor()).isEqualTo(1);
    p.scaleGrad(-1);
    assertThat(p.takeGradFactor()).as("a factor that makes −0 of 0").isEqualTo(1);
    p.scaleGrad(-1);
    p.scaleGrad(0.5);
    p.zeroGrad();
    assertThat(p.takeGradFactor()).as("nothing is left to be scaled").isEqualTo(1);
    addTo(1);
    assertThat(p.grad()).isEqualTo(Matrix.of(6, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0));
    p.scaleGrad(0.5);
    assertThat(p.takeGradFactor()).as("a gradient that somebody looks at").isEqualTo(1);
    assertThat(p.grad().get(1, 1)).isEqualTo(2);
  }

  @Test
  void a_product_that_does_not_fit_should_leave_the_gradient_as_it_was() {
    p.addMatmulToGrad(Matrix.of(6, 1, 1, 1, 1, 1, 1, 1), Matrix.of(1, 2, 7, 7));
    p.zeroGrad();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> p.addMatmulToGrad(new Matrix(6, 1), new Matrix(1, 3)));
    assertThat(p.grad()).isEqualTo(new Matrix(6, 2));
  }

  @Test
  void should_refuse_to_add_where_there_is_no_row_or_to_other_columns() {
    Matrix x = new Matrix(1, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> p.addToGradRow(6, x, 0))
        .withMessage("addToGradRow: row 0 of (1x2) does not fit row 6 of w (6x2)");
    assertThatIllegalArgumentException().isThrownBy(() -> p.addToGradRow(-1, x, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> p.addToGradRow(0, x, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> p.addToGradRow(0, x, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> p.addToGradRow(0, new Matrix(1, 1), 0));
    assertThatIllegalArgumentException().isThrownBy(() -> p.addToGradRow(0, new Matrix(1, 3), 0));
    assertThat(touched()).isEmpty();
    p.addToGradRow(0, x, 0);
  }
}
