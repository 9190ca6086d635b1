package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MatrixTest {

  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** (2x3) */
  private final Matrix a = Matrix.ofRows(row(1, 2, 3), row(4, 5, 6));

  private static double[] row(double... values) {
    return values;
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Nested
  class ShapeAndElements {

    @Test
    void should_be_row_major_zeros() {
      Matrix m = new Matrix(2, 3);

      assertThat(m.rows()).isEqualTo(2);
      assertThat(m.cols()).isEqualTo(3);
      assertThat(m.shape()).isEqualTo("(2x3)");
      assertThat(m.data()).containsExactly(0, 0, 0, 0, 0, 0);
      m.set(1, 0, 7);
      assertThat(m.get(1, 0)).isEqualTo(7);
      assertThat(m.data()).containsExactly(0, 0, 0, 7, 0, 0);
    }

    @Test
    void should_copy_the_values_it_is_made_of() {
      double[] values = {1, 2, 3, 4, 5, 6};
      Matrix m = Matrix.of(2, 3, values);
      double[] first = {1, 2, 3};
      Matrix ofRows = Matrix.ofRows(first, row(4, 5, 6));
      values[0] = 99;
      first[0] = 99;

      assertThat(m).isEqualTo(a);
      assertThat(ofRows).isEqualTo(a);
    }

    @Test
    void should_give_its_live_storage() {
      a.data()[4] = 50;

      assertThat(a.get(1, 1)).isEqualTo(50);
      a.set(0, 2, 30);
      assertThat(a.data()).containsExactly(1, 2, 30, 4, 50, 6);
    }

    @Test
    void should_fill_and_copy() {
      Matrix copy = a.copy();
      Matrix target = new Matrix(2, 3);
      target.copyFrom(a);
      a.fill(-1);

      assertThat(a.data()).containsExactly(-1, -1, -1, -1, -1, -1);
      assertThat(copy).isEqualTo(Matrix.of(2, 3, 1, 2, 3, 4, 5, 6));
      assertThat(target).isEqualTo(copy);
    }

    @Test
    void should_transpose() {
      assertThat(a.transposed().copy()).isEqualTo(Matrix.ofRows(row(1, 4), row(2, 5), row(3, 6)));
      assertThat(a.transposed().transposed().copy()).isEqualTo(a);
    }

    @Test
    void should_refuse_values_that_do_not_fill_it() {
      assertRefused(() -> Matrix.of(2, 3, 1, 2, 3, 4, 5), "Matrix.of: (2x3) takes 6 values, not 5");
      assertRefused(() -> Matrix.ofRows(), "Matrix.ofRows: no rows; pass at least one");
      assertRefused(
          () -> Matrix.ofRows(row(1, 2), row(3, 4), row(5)),
          "Matrix.ofRows: row 0 has 2 values and row 2 has 1");
    }

    @Test
    void should_refuse_an_empty_shape() {
      assertRefused(
          () -> new Matrix(0, 3), "Matrix: (0x3) is empty; both sizes must be at least 1");
      assertRefused(
          () -> new Matrix(3, 0), "Matrix: (3x0) is empty; both sizes must be at least 1");
      assertRefused(
          () -> new Matrix(-2, -3), "Matrix: (-2x-3) is empty; both sizes must be at least 1");
      assertRefused(
          () -> Matrix.ofRows(row()), "Matrix: (1x0) is empty; both sizes must be at least 1");
    }

    @Test
    void should_refuse_a_size_that_overflows_before_anything_is_allocated() {
      // as ints these products are 0, 131073 and negative
      assertRefused(
          () -> new Matrix(65536, 65536),
          "Matrix: (65536x65536) has 4294967296 elements; an array holds at most 2147483647");
      assertRefused(
          () -> new Matrix(65537, 65537),
          "Matrix: (65537x65537) has 4295098369 elements; an array holds at most 2147483647");
      assertRefused(
          () -> new Matrix(46341, 46341),
          "Matrix: (46341x46341) has 2147488281 elements; an array holds at most 2147483647");
      assertRefused(
          () -> Matrix.of(65536, 65536),
          "Matrix: (65536x65536) has 4294967296 elements; an array holds at most 2147483647");
      assertRefused(
          () -> new Matrix(65536, 1).matmul(new Matrix(1, 65536)),
          "Matrix: (65536x65536) has 4294967296 elements; an array holds at most 2147483647");
    }

    @Test
    void should_refuse_an_element_it_does_not_have() {
      assertNoElement(() -> a.get(2, 0), "no element [2,0] in (2x3)");
      // inside the array, but not in row 0
      assertNoElement(() -> a.get(0, 3), "no element [0,3] in (2x3)");
      assertNoElement(() -> a.get(-1, 0), "no element [-1,0] in (2x3)");
      assertNoElement(() -> a.set(1, -1, 0), "no element [1,-1] in (2x3)");
    }

    @Test
    void should_refuse_to_copy_from_another_shape() {
      assertRefused(() -> a.copyFrom(new Matrix(3, 2)), "copyFrom: (2x3) and (3x2): shapes differ");
    }

    private void assertNoElement(ThrowingCallable call, String message) {
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(call)
          .withMessage(message);
    }
  }

  @Nested
  class Products {

    /** (3x2) */
    private final Matrix b = Matrix.ofRows(row(7, 8), row(9, 10), row(11, 12));

    /** (2x4) */
    private final Matrix c = Matrix.ofRows(row(1, 2, 0, -1), row(3, 4, 1, 0));

    /** (4x3) */
    private final Matrix d = Matrix.ofRows(row(1, 0, -1), row(2, 1, 0), row(0, 0, 1), row(1, 1, 1));

    private final Matrix ab = Matrix.ofRows(row(58, 64), row(139, 154));
    private final Matrix aTransC =
        Matrix.ofRows(row(13, 18, 4, -1), row(17, 24, 5, -2), row(21, 30, 6, -3));
    private final Matrix aDTrans = Matrix.ofRows(row(-2, 4, 3, 6), row(-2, 13, 6, 15));

    @Test
    void should_return_a_new_product_and_leave_its_operands() {
      Matrix aBefore = a.copy();
      Matrix bBefore = b.copy();

      assertThat(a.matmul(b)).isEqualTo(ab);
      assertThat(a.matmul(b)).isNotSameAs(a.matmul(b));
      assertThat(a.transposed().matmul(c)).isEqualTo(aTransC);
      assertThat(a.matmul(d.transposed())).isEqualTo(aDTrans);
      assertThat(a).isEqualTo(aBefore);
      assertThat(b).isEqualTo(bBefore);
    }

    @Test
    void should_overwrite_out_whatever_it_held() {
      Matrix out = filled(2, 2, Double.NaN);
      out.setMatmul(a, b);
      assertThat(out).isEqualTo(ab);

      Matrix outTransA = filled(3, 4, Double.NaN);
      outTransA.setMatmul(a.transposed(), c);
      assertThat(outTransA).isEqualTo(aTransC);

      Matrix outTransB = filled(2, 4, Double.NaN);
      outTransB.setMatmul(a, d.transposed());
      assertThat(outTransB).isEqualTo(aDTrans);
    }

    @Test
    void should_add_a_product_to_what_it_holds() {
      Matrix sum = Matrix.ofRows(row(1, 10), row(100, 1000));
      sum.addMatmul(a, b);
      assertThat(sum).isEqualTo(Matrix.ofRows(row(59, 74), row(239, 1154)));

      Matrix sumTransA = filled(3, 4, 0.5);
      sumTransA.addMatmul(a.transposed(), c);
      assertThat(sumTransA).isEqualTo(filled(3, 4, 0.5).plus(aTransC));

      Matrix sumTransB = filled(2, 4, -100);
      sumTransB.addMatmul(a, d.transposed());
      assertThat(sumTransB)
          .isEqualTo(Matrix.ofRows(row(-102, -96, -97, -94), row(-102, -87, -94, -85)));
    }

    @Test
    void should_multiply_a_matrix_by_itself() {
      Matrix square = Matrix.ofRows(row(1, 2), row(3, 4));

      assertThat(square.matmul(square)).isEqualTo(Matrix.ofRows(row(7, 10), row(15, 22)));
      assertThat(square.transposed().matmul(square))
          .isEqualTo(Matrix.ofRows(row(10, 14), row(14, 20)));
      assertThat(square.matmul(square.transposed()))
          .isEqualTo(Matrix.ofRows(row(5, 11), row(11, 25)));
    }

    @Test
    void should_fuse_each_product_and_sum() {
      // (1 + e)(1 - e) = 1 - e², which only a fused operation keeps beside -1
      double e = 0x1p-30;

      assertThat(Matrix.ofRows(row(-1, 1 + e)).matmul(Matrix.ofRows(row(1), row(1 - e))))
          .isEqualTo(Matrix.of(1, 1, -0x1p-60));
    }

    @Test
    void should_refuse_inner_dimensions_that_differ() {
      Matrix m4x5 = new Matrix(4, 5);
      Matrix out = new Matrix(9, 9);

      assertRefused(() -> a.matmul(m4x5), "matmul: (2x3)·(4x5): inner dimensions 3 and 4 differ");
      assertRefused(
          () -> out.setMatmul(a, m4x5), "setMatmul: (2x3)·(4x5): inner dimensions 3 and 4 differ");
      assertRefused(
          () -> out.addMatmul(a, m4x5), "addMatmul: (2x3)·(4x5): inner dimensions 3 and 4 differ");
      assertRefused(
          () -> a.transposed().matmul(m4x5),
          "matmul: (3x2)·(4x5): inner dimensions 2 and 4 differ");
      assertRefused(
          () -> a.matmul(m4x5.transposed()),
          "matmul: (2x3)·(5x4): inner dimensions 3 and 5 differ");
    }

    @Test
    void should_refuse_a_receiver_of_another_shape() {
      Matrix out = filled(3, 3, 5);

      assertRefused(
          () -> out.setMatmul(a, b),
          "setMatmul: the product of (2x3) and (3x2) is (2x2), but the receiver is (3x3)");
      assertRefused(
          () -> out.addMatmul(a, b),
          "addMatmul: the product of (2x3) and (3x2) is (2x2), but the receiver is (3x3)");
      assertRefused(
          () -> out.setMatmul(a.transposed(), c),
          "setMatmul: the product of (3x2) and (2x4) is (3x4), but the receiver is (3x3)");
      assertThat(out).isEqualTo(filled(3, 3, 5));
    }

    @Test
    void should_refuse_an_operand_as_receiver() {
      Matrix p = Matrix.ofRows(row(1, 2), row(3, 4));
      Matrix q = filled(2, 2, 1);

      assertOperandRefused("setMatmul", () -> p.setMatmul(p, q));
      assertOperandRefused("setMatmul", () -> p.setMatmul(q, p));
      assertOperandRefused("addMatmul", () -> p.addMatmul(p, q));
      assertOperandRefused("addMatmul", () -> p.addMatmul(q, p));
      assertOperandRefused("setMatmul", () -> p.setMatmul(p.transposed(), q));
      assertOperandRefused("addMatmul", () -> p.addMatmul(q, p.transposed()));
      assertThat(p).isEqualTo(Matrix.ofRows(row(1, 2), row(3, 4)));
    }

    private void assertOperandRefused(String verb, ThrowingCallable call) {
      assertRefused(
          call,
          verb + ": the receiver shares elements with an operand of the product; copy" + " it");
    }
  }

  @Nested
  class ElementByElement {

    private final Matrix b = Matrix.ofRows(row(10, -20, 0.5), row(0, 2, -1));

    @Test
    void should_return_new_sums_differences_and_products() {
      Matrix before = a.copy();

      assertThat(a.plus(b)).isEqualTo(Matrix.ofRows(row(11, -18, 3.5), row(4, 7, 5)));
      assertThat(a.minus(b)).isEqualTo(Matrix.ofRows(row(-9, 22, 2.5), row(4, 3, 7)));
      assertThat(a.times(b)).isEqualTo(Matrix.ofRows(row(10, -40, 1.5), row(0, 10, -6)));
      assertThat(a.times(0.5)).isEqualTo(Matrix.ofRows(row(0.5, 1, 1.5), row(2, 2.5, 3)));
      assertThat(a).isEqualTo(before);
    }

    @Test
    void should_add_in_place() {
      a.add(b);

      assertThat(a).isEqualTo(Matrix.ofRows(row(11, -18, 3.5), row(4, 7, 5)));
      a.add(a);
      assertThat(a).isEqualTo(Matrix.ofRows(row(22, -36, 7), row(8, 14, 10)));
    }

    @Test
    void should_add_a_row_to_each_row_and_a_column_to_each_column() {
      a.addRow(Matrix.ofRows(row(10, 20, 30)));
      assertThat(a).isEqualTo(Matrix.ofRows(row(11, 22, 33), row(14, 25, 36)));

      a.addColumn(Matrix.ofRows(row(-11), row(100)));
      assertThat(a).isEqualTo(Matrix.ofRows(row(0, 11, 22), row(114, 125, 136)));
    }

    @Test
    void should_give_elementary_functions_of_each_element() {
      Matrix x = Matrix.ofRows(row(0, 1, -2));
      Matrix before = x.copy();

      assertClose(x.exp(), 1, 2.718281828459045, 0.1353352832366127);
      assertClose(x.tanh(), 0, 0.7615941559557649, -0.9640275800758169);
      assertClose(x.sigmoid(), 0.5, 0.7310585786300049, 0.11920292202211755);
      assertClose(Matrix.ofRows(row(1, 2, 0.1)).log(), 0, 0.6931471805599453, -2.302585092994046);
      assertThat(x).isEqualTo(before);
    }

    @Test
    void should_refuse_another_shape() {
      Matrix transposed = new Matrix(3, 2);

      assertRefused(() -> a.plus(transposed), "plus: (2x3) and (3x2): shapes differ");
      assertRefused(() -> a.minus(transposed), "minus: (2x3) and (3x2): shapes differ");
      assertRefused(() -> a.times(transposed), "times: (2x3) and (3x2): shapes differ");
      assertRefused(() -> a.add(transposed), "add: (2x3) and (3x2): shapes differ");
      assertRefused(() -> a.add(new Matrix(2, 4)), "add: (2x3) and (2x4): shapes differ");
      assertRefused(() -> a.add(new Matrix(1, 3)), "add: (2x3) and (1x3): shapes differ");
    }

    @Test
    void should_refuse_a_row_or_column_of_another_length() {
      assertRefused(
          () -> a.addRow(new Matrix(1, 2)), "addRow: (2x3) + (1x2): the row must be (1x3)");
      assertRefused(
          () -> a.addRow(new Matrix(2, 3)), "addRow: (2x3) + (2x3): the row must be (1x3)");
      assertRefused(
          () -> a.addRow(new Matrix(3, 1)), "addRow: (2x3) + (3x1): the row must be (1x3)");
      assertRefused(
          () -> a.addColumn(new Matrix(3, 1)),
          "addColumn: (2x3) + (3x1): the column must be (2x1)");
      assertRefused(
          () -> a.addColumn(new Matrix(1, 2)),
          "addColumn: (2x3) + (1x2): the column must be (2x1)");
    }

    private void assertClose(Matrix got, double... want) {
      assertThat(got.allClose(Matrix.ofRows(want), 4e-16)).as("%s", got).isTrue();
    }
  }

  @Nested
  class Sums {

    @Test
    void should_sum_columns_and_rows() {
      assertThat(a.columnSums()).isEqualTo(Matrix.ofRows(row(5, 7, 9)));
      assertThat(a.rowSums()).isEqualTo(Matrix.ofRows(row(6), row(15)));
    }

    @Test
    void should_add_column_sums_to_what_it_holds() {
      Matrix sums = Matrix.ofRows(row(100, 200, 300));
      sums.addColumnSums(a);

      assertThat(sums).isEqualTo(Matrix.ofRows(row(105, 207, 309)));
      assertThat(a).isEqualTo(Matrix.of(2, 3, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void should_add_the_rows_of_a_column_sum_in_order() {
      // 1 is lost beside 1e16 unless the two 1e16 cancel first
      assertThat(Matrix.ofRows(row(1e16), row(-1e16), row(1)).columnSums())
          .isEqualTo(Matrix.of(1, 1, 1));
      assertThat(Matrix.ofRows(row(1), row(1e16), row(-1e16)).columnSums())
          .isEqualTo(Matrix.of(1, 1, 0));
    }

    @Test
    void should_refuse_column_sums_of_another_width() {
      assertRefused(
          () -> new Matrix(1, 2).addColumnSums(a),
          "addColumnSums: (1x2) += sums of (2x3): the receiver must be (1x3)");
      assertRefused(
          () -> new Matrix(2, 3).addColumnSums(a),
          "addColumnSums: (2x3) += sums of (2x3): the receiver must be (1x3)");
    }
  }

  @Nested
  class ComparisonAndText {

    @Test
    void should_equal_a_matrix_of_the_same_shape_and_values() {
      Matrix same = Matrix.of(2, 3, 1, 2, 3, 4, 5, 6);

      assertThat(a).isEqualTo(same).hasSameHashCodeAs(same);
      assertThat(a).isNotEqualTo(Matrix.of(3, 2, 1, 2, 3, 4, 5, 6));
      assertThat(a).isNotEqualTo(Matrix.of(2, 3, 1, 2, 3, 4, 5, Math.nextUp(6.0)));
      assertThat(a).isNotEqualTo("(2x3)").isNotEqualTo(null);
    }

    @Test
    void should_hold_nan_equal_to_nan_and_apart_zero_and_minus_zero() {
      Matrix nan = Matrix.of(1, 1, Double.NaN);
      Matrix otherNan = Matrix.of(1, 1, Double.longBitsToDouble(0x7ff8000000000123L));

      assertThat(nan).isEqualTo(otherNan).hasSameHashCodeAs(otherNan);
      assertThat(Matrix.of(1, 1, 0.0)).isNotEqualTo(Matrix.of(1, 1, -0.0));
    }

    @Test
    void should_have_a_hash_code_that_tells_shapes_and_values_apart() {
      assertThat(a).doesNotHaveSameHashCodeAs(Matrix.of(3, 2, 1, 2, 3, 4, 5, 6));
      assertThat(a).doesNotHaveSameHashCodeAs(Matrix.of(2, 3, 1, 2, 3, 4, 5, 7));
    }

    @Test
    void should_be_close_within_the_tolerance() {
      assertThat(close(0, 0.5, 0.5)).isTrue();
      assertThat(close(0, 0.5, 0.499)).isFalse();
      assertThat(close(-0.5, 0, 0.5)).isTrue();
      assertThat(close(0.0, -0.0, 0)).isTrue();
    }

    @Test
    void should_scale_the_tolerance_by_values_above_one() {
      assertThat(close(1000, 1008, 0.008)).isTrue();
      assertThat(close(1000, -1008, 0.008)).isFalse();
      assertThat(close(1000, 1009, 0.008)).isFalse();
      assertThat(close(0.001, 0.009, 0.007)).isFalse();
    }

    @Test
    void should_hold_nothing_close_to_nan() {
      assertThat(close(Double.NaN, Double.NaN, 1)).isFalse();
      assertThat(close(Double.NaN, 0, 1)).isFalse();
      assertThat(close(0, Double.NaN, 1)).isFalse();
    }

    @Test
    void should_hold_an_infinity_close_to_itself_only() {
      assertThat(close(INFINITY, INFINITY, 0)).isTrue();
      assertThat(close(-INFINITY, -INFINITY, 0)).isTrue();
      assertThat(close(INFINITY, -INFINITY, 1)).isFalse();
      assertThat(close(5, INFINITY, 1e-9)).isFalse();
      assertThat(close(-INFINITY, 5, 1e-9)).isFalse();
    }

    @Test
    void should_compare_every_element_and_the_shape() {
      assertThat(a.allClose(Matrix.of(2, 3, 1, 2, 3, 4, 5, 6), 0)).isTrue();
      for (int i = 0; i < 6; i++) {
        Matrix other = a.copy();
        other.data()[i] += 0.1;
        assertThat(a.allClose(other, 0.01)).as("element %d", i).isFalse();
      }
      assertThat(a.allClose(Matrix.of(3, 2, 1, 2, 3, 4, 5, 6), 1)).isFalse();
      assertThat(a.allClose(Matrix.of(2, 2, 1, 2, 3, 4), 9)).isFalse();
      assertThat(a.allClose(Matrix.of(1, 3, 1, 2, 3), 9)).isFalse();
    }

    @Test
    void should_show_its_shape_and_values() {
      assertThat(Matrix.ofRows(row(1e-9, 1e300)))
          .hasToString("Matrix (1x2)\n    1.00000e-09  1.00000e+300");
      assertThat(Matrix.ofRows(row(1, -0.25), row(12.5, Double.NaN)))
          .hasToString("Matrix (2x2)\n    1.00000 -0.250000\n    12.5000 NaN");
    }

    @Test
    void should_show_at_most_six_rows_and_columns() {
      assertThat(filled(6, 6, 1).toString()).doesNotContain("...");
      assertThat(filled(7, 7, 1))
          .hasToString(
              "Matrix (7x7)"
                  + "\n    1.00000  1.00000  1.00000  1.00000  1.00000  1.00000 ...".repeat(6)
                  + "\n   ...");
    }

    private boolean close(double got, double want, double tolerance) {
      return Matrix.of(1, 1, got).allClose(Matrix.of(1, 1, want), tolerance);
    }
  }

  private static Matrix filled(int rows, int cols, double value) {
    Matrix m = new Matrix(rows, cols);
    m.fill(value);
    return m;
  }

  @Test
  void should_be_over_the_array_that_it_is_given() {
    double[] values = {1, 2, 3, 4, 5, 6};
    Matrix m = Matrix.over(2, 3, values);
    m.set(1, 0, 7);
    assertThat(values).containsExactly(1, 2, 3, 7, 5, 6);
    assertThat(m.data()).isSameAs(values);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Matrix.over(2, 2, values))
        .withMessage("Matrix.over: (2x2) takes 4 values, not 6");
  }
}
