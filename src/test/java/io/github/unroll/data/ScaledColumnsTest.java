package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.tensor.Matrix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledColumnsTest {

  private static final String QUOTED = "a \"b\", c";

  private static Table table() {
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("x", new double[] {1, 3, 5, 7});
    columns.put(QUOTED, new double[] {10, Double.NaN, 30, 20});
    return Table.ofNumbers(columns);
  }

  private static ScaledColumns fitted() {
    return ScaledColumns.fit(Scaling.MIN_MAX, table().slice(0, 3), "x", QUOTED);
  }

  @Test
  void should_scale_each_column_by_the_training_part() {
    ScaledColumns columns = fitted();
    Matrix scaled = columns.matrix(table());
    assertThat(scaled.data()).containsExactly(0, 0, 0.5, Double.NaN, 1, 1, 1.5, 0.5);
    assertThat(columns.row(7, 20)).containsExactly(1.5, 0.5);
    assertThat(columns.scaling("x").invert(1.5)).isEqualTo(7);
    assertThat(columns.names()).containsExactly("x", QUOTED);
  }

  @Test
  void should_find_columns_by_name_in_any_order() {
    Map<String, List<String>> turned = new LinkedHashMap<>();
    turned.put(QUOTED, table().texts(QUOTED));
    turned.put("other", table().texts("x"));
    turned.put("x", table().texts("x"));
    assertThat(fitted().matrix(Table.ofTexts(turned))).isEqualTo(fitted().matrix(table()));
  }

  @Test
  void should_be_kept_in_a_text() {
    ScaledColumns columns =
        ScaledColumns.fit(Scaling.LOG.then(Scaling.STANDARDISE), table(), QUOTED, "x");
    ScaledColumns kept = ScaledColumns.of(columns.toString());
    assertThat(kept).isEqualTo(columns).hasSameHashCodeAs(columns).isNotEqualTo(fitted());
    assertThat(kept.row(11.7, 2.9)).isEqualTo(columns.row(11.7, 2.9));
    assertThat(ScaledColumns.of("").names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "x,linear 1 2,3", "x,cubic", "x,none\nx,none", "x,none\ny", "\"x,none", "\0"})
  void should_refuse_another_text(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ScaledColumns.of(text));
  }

  @Test
  void should_name_the_column_of_a_fault() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ScaledColumns.fit(Scaling.STANDARDISE, Map.of("x", new double[] {Double.NaN})))
        .withMessage(
            "column 'x': Scaling.fit: none of 1 values is known; there is nothing to fit to");
    ScaledColumns log = ScaledColumns.fit(Scaling.LOG, table(), "x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.row(-1))
        .withMessageStartingWith("column 'x': the scaling takes logarithms, and -1.0 has none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.row(1, 2))
        .withMessage("ScaledColumns.row: 2 values for the columns [x]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.scaling("y"))
        .withMessage("ScaledColumns: no column 'y'; there are [x]");
  }
}
