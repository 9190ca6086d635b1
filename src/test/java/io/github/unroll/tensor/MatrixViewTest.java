package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.MatrixView.RightOperand;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rectangles of a matrix: each verb gives what it gives on a matrix of its own, and no more. */
class MatrixViewTest {

  private final RandomState random = new RandomState(3);
  private final Matrix whole = random.randn(7, 9);

  /** Rows 2 to 4, columns 3 to 7. */
  private final MatrixView inner = whole.rows(2, 3).columns(3, 5);

  @Test
  void should_read_and_write_the_matrix_beneath() {
    assertThat(inner.shape()).isEqualTo("(3x5)");
    assertThat(inner.get(0, 0)).isEqualTo(whole.get(2, 3));
    assertThat(inner.get(2, 4)).isEqualTo(whole.get(4, 7));
    inner.set(1, 2, 8);
    assertThat(whole.get(3, 5)).isEqualTo(8);
    inner.add(1, 2, 0.5);
    assertThat(whole.get(3, 5)).isEqualTo(8.5);
  }

  @Test
  void should_exchange_rows_and_columns_of_a_transposed_view() {
    MatrixView turned = inner.transposed();
    assertThat(turned.shape()).isEqualTo("(5x3)");
    assertThat(turned.get(4, 1)).isEqualTo(inner.get(1, 4));
    assertThat(turned.rows(1, 2).columns(1, 2).get(1, 0)).isEqualTo(inner.get(1, 2));
    assertThat(turned.transposed().copy()).isEqualTo(inner.copy());
    assertThat(turned.copy().transposed().copy()).isEqualTo(inner.copy());
    assertThat(turned.isTransposed()).isTrue();
    assertThat(turned).isSameAs(inner.transposed());
  }

  @Test
  void should_refuse_elements_rows_and_columns_that_it_has_not() {
    // each of these is inside the array
    assertNoElement(() -> inner.get(0, 5), "no element [0,5] in (3x5)");
    assertNoElement(() -> inner.get(3, 0), "no element [3,0] in (3x5)");
    assertNoElement(() -> inner.set(0, -1, 1), "no element [0,-1] in (3x5)");
    assertNoElement(() -> inner.transposed().get(3, 3), "no element [3,3] in (5x3)");
    assertNoElement(() -> inner.maxOfRow(3), "no row 3 in (3x5)");
    assertNoElement(() -> inner.sumOfRow(-1), "no row -1 in (3x5)");
    assertRefused(
        () -> inner.rows(1, 3),
        "rows(1, 3): there are 3; from must be at least 0, count at least 1");
    assertRefused(
        () -> inner.columns(-1, 2),
        "columns(-1, 2): there are 5; from must be at least 0, count at least 1");
    assertRefused(
        () -> inner.columns(0, 0),
        "columns(0, 0): there are 5; from must be at least 0, count at least 1");
  }

  private static void assertNoElement(ThrowingCallable call, String message) {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(call)
        .withMessage(message);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  // ---- verbs ----

  /** The verb writes to the view what it writes to a matrix, and nothing around it. */
  private void assertWrites(Consumer<MatrixView> verb) {
    Matrix expected = whole.copy();
    Matrix alone = inner.copy();
    verb.accept(alone);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 5; j++) {
        expected.set(2 + i, 3 + j, alone.get(i, j));
      }
    }
    assertThat(alone).isNotEqualTo(inner.copy());
    verb.accept(inner);
    assertThat(whole).isEqualTo(expected);
  }

  @Test
  void a_row_should_be_copied_times_a_factor() {
    Matrix out = new Matrix(2, 2);
    out.copyRow(1, Matrix.of(1, 2, 3, -4), 0, 0.5);
    assertThat(out).isEqualTo(Matrix.of(2, 2, 0, 0, 1.5, -2));
  }

  private void assertWrites(BiConsumer<MatrixView, MatrixView> verb) {
    Matrix operand = random.randn(8, 8);
    assertWrites(out -> verb.accept(out, operand.rows(1, 3).columns(2, 5)));
  }

  @Test
  void verbs_should_write_to_the_rectangle_alone() {
    assertWrites(out -> out.fill(2));
    assertWrites(out -> out.fill(0));
    assertWrites((out, x) -> out.copyFrom(x));
    assertWrites((out, x) -> out.add(x));
    assertWrites((out, x) -> out.setTimes(x, out));
    assertWrites((out, x) -> out.addTimes(x, x));
    assertWrites((out, x) -> out.addRow(x.rows(1, 1)));
    assertWrites((out, x) -> out.setExp(x));
    assertWrites((out, x) -> out.setTanh(x));
    assertWrites((out, x) -> out.setSigmoid(x));
    assertWrites((out, x) -> out.copyRow(1, x, 2));
    assertWrites((out, x) -> out.copyRow(1, x, 2, 0.5));
    assertWrites((out, x) -> out.addToRow(2, x, 0));
    assertWrites(out -> out.fillRow(1, 7));
    assertWrites(MatrixView::softmaxRows);
    assertWrites((out, x) -> out.setExpRow(1, x, 0.5));
    assertWrites((out, x) -> out.rows(1, 1).addColumnSums(x));
    Matrix positive = random.randn(3, 5).exp();
    assertWrites(out -> out.setLog(positive));
    Matrix a = random.randn(3, 4);
    Matrix b = random.randn(4, 5);
    assertWrites(out -> out.setMatmul(a, b));
    assertWrites(out -> out.addMatmul(a, b));
  }

  @Test
  void element_by_element_an_operand_may_be_the_receiver() {
    Matrix tanh = inner.copy().tanh();
    inner.setTanh(inner);
    assertThat(inner.copy()).isEqualTo(tanh);
  }

  @Test
  void rows_should_have_a_greatest_and_a_sum() {
    Matrix m = Matrix.ofRows(new double[] {9, 1, 3, 2, 9}, new double[] {9, -5, -1, -7, 9});
    MatrixView x = m.columns(1, 3);
    assertThat(x.maxOfRow(0)).isEqualTo(3);
    assertThat(x.maxOfRow(1)).isEqualTo(-1);
    assertThat(x.sumOfRow(1)).isEqualTo(-13);
    x.softmaxRow(1);
    assertThat(x.sumOfRow(1)).isEqualTo(1, within(1e-15));
    assertThat(m.get(1, 0)).isEqualTo(9);
    assertThat(m.get(0, 1)).isEqualTo(1);
  }

  @Test
  void products_of_views_should_be_those_of_their_copies() {
    Matrix left = random.randn(12, 12);
    Matrix right = random.randn(12, 12);
    MatrixView a = left.rows(2, 4).columns(1, 6);
    MatrixView b = right.rows(3, 6).columns(4, 7);
    Matrix ab = a.copy().matmul(b.copy());
    assertThat(a.matmul(b)).isEqualTo(ab);
    MatrixView at = a.copy().transposed().copy().transposed();
    MatrixView bt = b.copy().transposed().copy().transposed();
    assertThat(at.matmul(b)).isEqualTo(ab);
    assertThat(a.matmul(bt)).isEqualTo(ab);
    assertThat(at.matmul(bt)).isEqualTo(ab);
  }

  @Test
  void a_view_beside_its_operand_in_one_matrix_should_take_its_product() {
    Matrix gates = random.randn(3, 8);
    Matrix w = random.randn(4, 4);
    Matrix expected = gates.columns(0, 4).matmul(w);
    gates.columns(4, 4).setMatmul(gates.columns(0, 4), w); // side by side, they share no element
    assertThat(gates.columns(4, 4).copy()).isEqualTo(expected);
    assertRefused(
        () -> gates.columns(3, 4).setMatmul(gates.columns(0, 4), w),
        "setMatmul: the receiver shares elements with an operand of the product; copy" + " it");
    assertRefused(
        () -> gates.rows(1, 1).addMatmul(gates.rows(1, 1).columns(0, 8), random.randn(8, 8)),
        "addMatmul: the receiver shares elements with an operand of the product; copy" + " it");
  }

  @Test
  void a_transposed_view_should_only_be_read() {
    MatrixView turned = inner.transposed();
    String only = ": a transposed view can only be an operand of a product; use its copy()";
    assertRefused(() -> turned.set(0, 0, 1), "set" + only);
    assertRefused(() -> turned.add(0, 0, 1), "add" + only);
    assertRefused(() -> turned.fill(1), "fill" + only);
    assertRefused(() -> turned.add(turned), "add" + only);
    assertRefused(() -> turned.setMatmul(new Matrix(5, 2), new Matrix(2, 3)), "setMatmul" + only);
    assertRefused(() -> turned.addRow(new Matrix(1, 3)), "addRow" + only);
    assertRefused(() -> new Matrix(5, 3).copyFrom(turned), "copyFrom" + only);
    assertRefused(() -> new Matrix(1, 3).addColumnSums(turned), "addColumnSums" + only);
    assertRefused(() -> turned.maxOfRow(0), "row" + only);
  }

  @Test
  void verbs_should_refuse_other_shapes() {
    Matrix other = new Matrix(3, 4);
    assertRefused(() -> inner.copyFrom(other), "copyFrom: (3x5) and (3x4): shapes differ");
    assertRefused(() -> inner.setTimes(inner, other), "setTimes: (3x5) and (3x4): shapes differ");
    assertRefused(() -> inner.addTimes(other, inner), "addTimes: (3x5) and (3x4): shapes differ");
    assertRefused(() -> inner.setExp(other), "setExp: (3x5) and (3x4): shapes differ");
    assertRefused(
        () -> inner.copyRow(0, other, 0), "copyRow: (3x5) and (3x4): numbers of columns differ");
    assertRefused(
        () -> inner.addRow(other.rows(0, 1)), "addRow: (3x5) + (1x4): the row must be (1x5)");
    assertRefused(
        () -> inner.addColumnSums(inner),
        "addColumnSums: (3x5) += sums of (3x5): the receiver must be (1x5)");
  }

  // ---- right operands ----

  @Test
  void a_prepared_operand_should_give_the_bits_of_the_matrix_as_it_stood() {
    Matrix a = random.randn(4, 6);
    MatrixView b = random.randn(9, 9).rows(1, 6).columns(2, 5);
    for (MatrixView right : new MatrixView[] {b, b.copy().transposed().copy().transposed()}) {
      Matrix expected = a.matmul(right);
      Matrix sum = expected.copy();
      sum.addMatmul(a, right);
      RightOperand operand = new RightOperand(right);
      assertMultiplies(operand, a, expected, sum);
      operand.prepare();
      assertMultiplies(operand, a, expected, sum);
      assertThat(operand.matrix()).isSameAs(right);
    }
    RightOperand operand = new RightOperand(b);
    Matrix before = a.matmul(b);
    operand.prepare();
    b.set(0, 0, 5);
    Matrix out = new Matrix(4, 5);
    out.setMatmul(a, operand);
    assertThat(out).isEqualTo(before);
    operand.release();
    out.setMatmul(a, operand);
    assertThat(out).isEqualTo(a.matmul(b)).isNotEqualTo(before);
  }

  private static void assertMultiplies(RightOperand b, Matrix a, Matrix ab, Matrix twice) {
    Matrix out = new Matrix(4, 5);
    out.fill(Double.NaN);
    out.setMatmul(a, b);
    assertThat(out).isEqualTo(ab);
    out.addMatmul(a, b);
    assertThat(out).isEqualTo(twice);
  }

  @Test
  void a_prepared_operand_should_check_shapes_too() {
    RightOperand b = new RightOperand(new Matrix(6, 5));
    b.prepare();
    assertRefused(
        () -> new Matrix(4, 5).addMatmul(new Matrix(4, 7), b),
        "addMatmul: (4x7)·(6x5): inner dimensions 7 and 6 differ");
    assertRefused(
        () -> new Matrix(4, 6).setMatmul(new Matrix(4, 6), b),
        "setMatmul: the product of (4x6) and (6x5) is (4x5), but the receiver is (4x6)");
  }

  @Test
  void operands_should_be_one_for_each_rectangle() {
    RightOperands operands = new RightOperands();
    RightOperand all = operands.apply(whole);
    assertThat(operands.apply(whole)).isSameAs(all);
    assertThat(operands.apply(whole.columns(0, 9))).isSameAs(all);
    assertThat(operands.apply(whole.columns(0, 8))).isNotSameAs(all);
    assertThat(operands.apply(whole.transposed())).isNotSameAs(all);
    assertThat(operands.apply(whole.copy())).isNotSameAs(all);
  }

  @Test
  void operands_should_be_copied_where_that_pays() {
    assertThat(isCopied(whole, 5, 4)).isTrue();
    assertThat(isCopied(whole, 1, 4)).isFalse();
    assertThat(isCopied(whole, 5, 1)).isFalse();
    assertThat(isCopied(random.randn(9, 7).transposed(), 5, 1)).isTrue();
    assertThat(isCopied(random.randn(9, 7).transposed(), 1, 1)).isFalse();
  }

  /** Whether products go on with what stood there before. */
  private boolean isCopied(MatrixView b, int products, int rows) {
    RightOperands operands = new RightOperands();
    RightOperand operand = operands.apply(b);
    operands.prepare(products, rows);
    Matrix a = random.randn(rows, b.rows());
    Matrix before = a.matmul(b);
    MatrixView beneath = b.isTransposed() ? b.transposed() : b;
    beneath.set(0, 0, beneath.get(0, 0) + 1);
    Matrix out = new Matrix(rows, b.cols());
    out.setMatmul(a, operand);
    return out.equals(before);
  }

  @Test
  void a_tensor_should_be_seen_as_rows_as_one_row_and_by_sequence() {
    Tensor3 x = random.randn(2, 3, 4);
    assertThat(x.asRows().get(4, 2)).isEqualTo(x.get(1, 1, 2));
    assertThat(x.asRow().get(0, 17)).isEqualTo(x.get(1, 1, 1));
    assertThat(x.sequence(1).get(2, 3)).isEqualTo(x.get(1, 2, 3));
    x.sequence(1).set(2, 3, 5);
    assertThat(x.get(1, 2, 3)).isEqualTo(5);
    assertNoElement(() -> x.sequence(2), "sequence: 2 is not in 0..1 of (2x3x4)");
  }

  @Test
  void a_refused_product_should_leave_its_receiver_as_it_was() {
    Matrix out = Matrix.of(1, 2, 1, 2);
    MatrixView.RightOperand b = new MatrixView.RightOperand(new Matrix(3, 2));
    b.prepare();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> out.setMatmul(new Matrix(1, 4), b))
        .withMessageStartingWith("setMatmul: (1x4)·(3x2)");
    assertThatIllegalArgumentException().isThrownBy(() -> out.setMatmul(out.transposed(), b));
    assertThat(out).isEqualTo(Matrix.of(1, 2, 1, 2));
  }

  @Test
  void element_by_element_an_operand_may_be_the_receiver_but_not_overlap_it() {
    Matrix m = Matrix.of(3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    Matrix before = m.copy();
    for (MatrixView x : List.of(m.columns(1, 2), m.rows(0, 2).columns(0, 2))) {
      MatrixView out = x.rows() == 3 ? m.columns(0, 2) : m.rows(1, 2).columns(0, 2);
      List<Runnable> verbs =
          List.of(
              () -> out.copyFrom(x),
              () -> out.add(x),
              () -> out.setTimes(out, x),
              () -> out.addTimes(x, out),
              () -> out.setTanh(x));
      for (Runnable verb : verbs) {
        assertThatIllegalArgumentException()
            .isThrownBy(verb::run)
            .withMessageContaining("the receiver overlaps an operand without being that operand");
      }
    }
    assertThat(m).isEqualTo(before);

    m.columns(0, 2).copyFrom(m.columns(2, 2)); // side by side they share nothing
    assertThat(m.columns(0, 2).copy()).isEqualTo(before.columns(2, 2).copy());
    m.rows(1, 1).add(m.rows(1, 1));
    assertThat(m.get(1, 3)).isEqualTo(16);
  }
}
