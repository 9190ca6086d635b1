package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
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
