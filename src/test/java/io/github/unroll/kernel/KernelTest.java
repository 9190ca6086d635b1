package io.github.unroll.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.unroll.handover.HandedOver;
import io.github.unroll.simd.SimdKernel;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every kernel must do, to the last bit. Expected values come from the specification written
 * out as plainly as it can be; NaN equals NaN here, and 0.0 differs from -0.0.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("kernels")
class KernelTest {

  /** Every kernel of this JVM; a further one joins the contract here. */
  static Stream<Named<Kernel>> kernels() {
    return Stream.of(
        Named.of("plain", PlainKernel.INSTANCE),
        Named.of("vectors", new SimdKernel()),
        Named.of("handed over to vectors", HandedOver.toVectors()),
        Named.of("active", Kernel.active()));
  }

  private static final int[] SIZES =
      IntStream.concat(IntStream.rangeClosed(1, 17), IntStream.of(31, 32, 33, 63, 64, 65))
          .toArray();
  private static final int[] FEW_SIZES = {1, 2, 3, 5, 8, 13, 17, 33, 64};

  /** Beyond and at the edges of the blocks that a kernel may cut a product into. */
  private static final int[][] LARGE_SIZES = {
    {2, 1025, 300},
    {130, 385, 129},
    {257, 3, 520},
    {1, 600, 1},
    {3, 1, 700},
    {3, 96, 256},
    {5, 49, 257},
    {4, 47, 255},
    {1, 144, 512},
    {119, 37, 391},
    {121, 35, 781},
    {64, 400, 33},
    {65, 400, 33},
    {17, 100, 2051},
    {33, 769, 39},
    {193, 385, 337},
    {20, 385, 145},
    {32, 769, 123},
    {35, 387, 2051},
    {193, 3, 2049}
  };

  private static final double[] SPECIAL = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    0.0,
    -0.0,
    Double.MIN_VALUE,
    -Double.MIN_NORMAL,
    Double.MAX_VALUE
  };

  private final Kernel kernel;
  private final Random random = new Random(7);

  KernelTest(Kernel kernel) {
    this.kernel = kernel;
  }

  // ---- products ----

  @Test
  void should_multiply_a_and_b() {
    forEachSize((m, k, n) -> checkProduct(false, false, m, k, n, this::ordinary));
  }

  @Test
  void should_multiply_a_transposed_and_b() {
    forEachSize((m, k, n) -> checkProduct(true, false, m, k, n, this::ordinary));
  }

  @Test
  void should_multiply_a_and_b_transposed() {
    forEachSize((m, k, n) -> checkProduct(false, true, m, k, n, this::ordinary));
  }

  @Test
  void should_multiply_both_transposed() {
    forEachSize((m, k, n) -> checkProduct(true, true, m, k, n, this::ordinary));
  }

  @Test
  void should_add_a_times_a_right_operand_as_a_times_b() {
    forEachSize((m, k, n) -> checkRightOperand(false, m, k, n, this::ordinary));
  }

  @Test
  void should_add_a_times_a_transposed_right_operand_as_a_times_b_transposed() {
    forEachSize((m, k, n) -> checkRightOperand(true, m, k, n, this::ordinary));
  }

  @Test
  void should_set_a_right_operand_again_to_another_size() {
    Kernel.RightOperand operand = kernel.newRightOperand();
    for (int[] size : new int[][] {{7, 400, 40}, {20, 17, 430}, {3, 5, 2}}) {
      int m = size[0];
      int k = size[1];
      int n = size[2];
      checkRightOperand(operand, false, m, k, n, this::ordinary);
    }
  }

  @Test
  void should_carry_nan_infinities_and_zeros_through_products_as_the_fold_does() {
    for (int m : FEW_SIZES) {
      for (int k : FEW_SIZES) {
        for (int n : FEW_SIZES) {
          for (boolean transposed : new boolean[] {false, true}) {
            checkProduct(false, transposed, m, k, n, this::sometimesSpecial);
            checkProduct(true, transposed, m, k, n, this::sometimesSpecial);
            checkRightOperand(transposed, m, k, n, this::sometimesSpecial);
          }
        }
      }
    }
  }

  @Test
  void should_not_skip_a_factor_of_zero() {
    double[] zero = {0.0};
    double[] b = {Double.POSITIVE_INFINITY, Double.NaN, 1};

    double[] out = {1, 1, -0.0};
    kernel.matmul(true, 1, 1, 3, zero, 0, 1, 1, b, 0, 3, 1, out, 0, 3);
    assertSameBits("a·b", out, Double.NaN, Double.NaN, 0.0);

    double[] outTransA = {1, 1, -0.0};
    kernel.matmul(true, 1, 1, 3, zero, 0, 1, 7, b, 0, 3, 1, outTransA, 0, 3);
    assertSameBits("aᵀ·b", outTransA, Double.NaN, Double.NaN, 0.0);

    double[] outTransB = {1, 1, -0.0};
    kernel.matmul(true, 1, 1, 3, zero, 0, 1, 1, b, 0, 1, 1, outTransB, 0, 3);
    assertSameBits("a·bᵀ", outTransB, Double.NaN, Double.NaN, 0.0);
  }

  @Test
  void should_overwrite_with_zeros_where_there_is_nothing_to_add_up() {
    for (int transposed = 0; transposed < 4; transposed++) {
      double[] out = {1, 2, 3, 4, 5, 6, 7};
      boolean a = (transposed & 1) != 0;
      boolean b = (transposed & 2) != 0;
      double[] empty = new double[2];
      kernel.matmul(
          false, 2, 0, 2, empty, 0, a ? 1 : 2, a ? 2 : 1, empty, 0, b ? 1 : 2, b ? 2 : 1, out, 1,
          3);
      assertSameBits("k=0", out, 1, 0, 0, 4, 0, 0, 7);
    }
  }

  private void checkProduct(
      boolean aTransposed, boolean bTransposed, int m, int k, int n, Values values) {
    Block a = aTransposed ? new Block(k, m, values) : new Block(m, k, values);
    Block b = bTransposed ? new Block(n, k, values) : new Block(k, n, values);
    String form = (aTransposed ? "aᵀ·" : "a·") + (bTransposed ? "bᵀ" : "b");
    double[][] left = aTransposed ? a.columns() : a.rows();
    double[][] right = bTransposed ? b.rows() : b.columns();
    for (boolean add : new boolean[] {true, false}) {
      Product product =
          (out, outAt, outStride) ->
              kernel.matmul(
                  add,
                  m,
                  k,
                  n,
                  a.array,
                  a.at,
                  aTransposed ? 1 : a.stride,
                  aTransposed ? a.stride : 1,
                  b.array,
                  b.at,
                  bTransposed ? 1 : b.stride,
                  bTransposed ? b.stride : 1,
                  out,
                  outAt,
                  outStride);
      check(form, add, product, a, b, left, right);
    }
  }

  private void checkRightOperand(boolean transposed, int m, int k, int n, Values values) {
    checkRightOperand(kernel.newRightOperand(), transposed, m, k, n, values);
  }

  private void checkRightOperand(
      Kernel.RightOperand operand, boolean transposed, int m, int k, int n, Values values) {
    Block a = new Block(m, k, values);
    Block b = transposed ? new Block(n, k, values) : new Block(k, n, values);
    Product product =
        (out, outAt, outStride) -> {
          operand.set(k, n, b.array, b.at, transposed ? 1 : b.stride, transposed ? b.stride : 1);
          operand.addMatmul(m, a.array, a.at, a.stride, out, outAt, outStride);
        };
    check("a·operand", true, product, a, b, a.rows(), transposed ? b.rows() : b.columns());
  }

  /**
   * Adds the product to an out that is not zero, or overwrites one that is NaN, and compares the
   * whole array that out lies in. {@code left[i]} are the k values that meet the k values of {@code
   * right[j]} in out's [i,j].
   */
  private void check(
      String form,
      boolean adds,
      Product product,
      Block a,
      Block b,
      double[][] left,
      double[][] right) {
    int m = left.length;
    int n = right.length;
    int k = left[0].length;
    Block out = new Block(m, n, adds ? this::ordinary : () -> Double.NaN);
    out.fillAround(-7);
    double[] want = out.array.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double s = adds ? out.get(i, j) : 0;
        for (int l = 0; l < k; l++) {
          s = Math.fma(left[i][l], right[j][l], s);
        }
        want[out.index(i, j)] = s;
      }
    }
    double[] aBefore = a.array.clone();
    double[] bBefore = b.array.clone();

    product.into(out.array, out.at, out.stride);

    String what = form + " with m=" + m + ", k=" + k + ", n=" + n;
    assertSameBits(what + ", out " + out, out.array, want);
    assertSameBits(what + ", a", a.array, aBefore);
    assertSameBits(what + ", b", b.array, bBefore);
  }

  // ---- rows and columns ----

  @Test
  void should_add_a_row_to_each_row() {
    forEachMatrix(
        (m, n) -> {
          int stride = n + m % 3;
          double[] row = values(1 + n);
          double[] out = values(3 + m * stride + 2);
          double[] want = out.clone();
          for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
              want[3 + i * stride + j] = out[3 + i * stride + j] + row[1 + j];
            }
          }
          double[] rowBefore = row.clone();

          kernel.addRow(m, n, row, 1, out, 3, stride);

          assertSameBits("addRow with m=" + m + ", n=" + n, out, want);
          assertSameBits("row with n=" + n, row, rowBefore);
        });
  }

  @Test
  void should_add_column_sums_from_the_first_row_to_the_last() {
    forEachMatrix(
        (m, n) -> {
          int stride = n + m % 3;
          double[] a = values(5 + m * stride + 1);
          double[] sums = values(2 + n + 2);
          double[] want = sums.clone();
          for (int j = 0; j < n; j++) {
            for (int i = 0; i < m; i++) {
              want[2 + j] = want[2 + j] + a[5 + i * stride + j];
            }
          }
          double[] aBefore = a.clone();

          kernel.addColumnSums(m, n, a, 5, stride, sums, 2);

          assertSameBits("addColumnSums with m=" + m + ", n=" + n, sums, want);
          assertSameBits("a with m=" + m + ", n=" + n, a, aBefore);
        });
  }

  @Test
  void should_set_elements_to_zero_and_no_others() {
    for (int n : new int[] {0, 1, 7, 1000, 70_001}) {
      double[] out = values(n + 5);
      double[] want = out.clone();
      Arrays.fill(want, 3, 3 + n, 0.0);

      kernel.clear(n, out, 3);

      assertSameBits("clear of " + n + " elements", out, want);
    }
  }

  // ---- elementary functions ----

  @ParameterizedTest
  @EnumSource
  void should_give_the_function_of_each_element(Kernel.Function f) {
    DoubleUnaryOperator scalar =
        switch (f) {
          case EXP -> Elementary::exp;
          case LOG -> Elementary::log;
          case SIGMOID -> Elementary::sigmoid;
          case TANH -> Elementary::tanh;
        };
    for (int n = 0; n <= 70; n++) {
      for (int at = 0; at < 4; at++) {
        int outAt = (3 * at + n) % 5;
        double[] x = arguments(at + n + 2);
        double[] out = values(outAt + n + 3);
        double[] xBefore = x.clone();
        double[] want = out.clone();
        double[] wantInPlace = x.clone();
        for (int i = 0; i < n; i++) {
          want[outAt + i] = scalar.applyAsDouble(x[at + i]);
          wantInPlace[at + i] = scalar.applyAsDouble(x[at + i]);
        }
        String what = f + " of " + n + " elements from " + at;

        kernel.apply(f, n, x, at, out, outAt);
        assertSameBits(what + " to " + outAt, out, want);
        assertSameBits(what + ", its argument", x, xBefore);

        kernel.apply(f, n, x, at, x, at);
        assertSameBits(what + " in place", x, wantInPlace);
      }
    }
  }

  // ---- sum and max ----

  @Test
  void should_sum_by_eight_partial_sums_joined_in_a_fixed_tree() {
    for (int n = 0; n <= 40; n++) {
      for (int at = 0; at < 4; at++) {
        double[] x = values(at + n + 3);
        double[] s = new double[8];
        for (int i = 0; i < n; i++) {
          s[i % 8] += x[at + i];
        }
        double want = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));

        assertSameBits("sum of " + n + " from " + at, array(kernel.sum(n, x, at)), want);
      }
    }
  }

  @Test
  void should_sum_squares_in_the_order_of_a_sum() {
    for (int n = 0; n <= 40; n++) {
      double[] x = values(n + 3);
      double[] s = new double[8];
      for (int i = 0; i < n; i++) {
        s[i % 8] = Math.fma(x[3 + i], x[3 + i], s[i % 8]);
      }
      double want = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
      assertSameBits("squares of " + n, array(kernel.sumOfSquares(n, x, 3)), want);
    }
  }

  @Test
  void should_begin_a_sum_at_zero() {
    for (int n = 0; n <= 40; n++) {
      double[] x = new double[n];
      Arrays.fill(x, -0.0);
      assertSameBits("sum of " + n + " times -0.0", array(kernel.sum(n, x, 0)), 0.0);
    }
  }

  @Test
  void should_carry_nan_and_infinities_through_a_sum() {
    for (int n = 1; n <= 40; n++) {
      for (int i = 0; i < n; i++) {
        double[] x = new double[n];
        x[i] = Double.NEGATIVE_INFINITY;
        assertThat(kernel.sum(n, x, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
        x[(i + 3) % n] = Double.NaN;
        assertThat(kernel.sum(n, x, 0)).isNaN();
      }
    }
  }

  @Test
  void should_find_the_maximum_wherever_it_stands() {
    for (int n = 1; n <= 40; n++) {
      for (int i = 0; i < n; i++) {
        // greater values just outside must not count
        double[] x = new double[n + 5];
        Arrays.fill(x, 9);
        Arrays.fill(x, 2, 2 + n, -3);
        x[2 + i] = -2.5;
        assertThat(kernel.max(n, x, 2)).isEqualTo(-2.5);
      }
    }
  }

  @Test
  void should_give_nan_as_the_maximum_if_one_element_is() {
    for (int n = 1; n <= 40; n++) {
      for (int i = 0; i < n; i++) {
        double[] x = new double[n];
        Arrays.fill(x, Double.POSITIVE_INFINITY);
        x[i] = Double.NaN;
        assertThat(kernel.max(n, x, 0)).as("NaN at %d of %d", i, n).isNaN();
      }
    }
  }

  @Test
  void should_hold_zero_above_minus_zero_in_a_maximum() {
    for (int n = 1; n <= 40; n++) {
      double[] x = new double[n];
      Arrays.fill(x, -0.0);
      assertSameBits("max of " + n + " times -0.0", array(kernel.max(n, x, 0)), -0.0);
      for (int i = 0; i < n; i++) {
        x[i] = 0.0;
        assertSameBits("max with 0.0 at " + i + " of " + n, array(kernel.max(n, x, 0)), 0.0);
        x[i] = -0.0;
      }
    }
  }

  @Test
  void should_give_minus_infinity_as_the_maximum_of_nothing() {
    assertThat(kernel.max(0, new double[] {1}, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(kernel.max(0, new double[0], 0)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  // ---- what the tests are made of ----

  private interface Product {
    void into(double[] out, int outAt, int outStride);
  }

  private interface Values {
    double next();
  }

  private interface ProductSizes {
    void accept(int m, int k, int n);
  }

  private interface MatrixSizes {
    void accept(int m, int n);
  }

  private static void forEachSize(ProductSizes test) {
    for (int m : SIZES) {
      for (int k : SIZES) {
        for (int n : SIZES) {
          test.accept(m, k, n);
        }
      }
    }
    for (int[] size : LARGE_SIZES) {
      test.accept(size[0], size[1], size[2]);
    }
  }

  private static void forEachMatrix(MatrixSizes test) {
    for (int m : SIZES) {
      for (int n : SIZES) {
        test.accept(m, n);
      }
    }
  }

  /**
   * A matrix somewhere in an array. What lies around it is NaN, which spoils a sum that reads it.
   */
  private final class Block {
    final int rows;
    final int cols;
    final int at;
    final int stride;
    final double[] array;

    Block(int rows, int cols, Values values) {
      this.rows = rows;
      this.cols = cols;
      at = random.nextInt(7);
      stride = cols + random.nextInt(6);
      // often nothing follows the last element: reading on throws
      array = new double[at + (rows - 1) * stride + cols + Math.max(0, random.nextInt(9) - 4)];
      Arrays.fill(array, Double.NaN);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          array[index(i, j)] = values.next();
        }
      }
    }

    /** Sets what lies around the matrix: NaN would stay NaN if something were added to it. */
    void fillAround(double value) {
      double[] matrix = array.clone();
      Arrays.fill(array, value);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(matrix, index(i, 0), array, index(i, 0), cols);
      }
    }

    int index(int i, int j) {
      return at + i * stride + j;
    }

    double get(int i, int j) {
      return array[index(i, j)];
    }

    double[][] rows() {
      double[][] copy = new double[rows][cols];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          copy[i][j] = get(i, j);
        }
      }
      return copy;
    }

    double[][] columns() {
      double[][] copy = new double[cols][rows];
      for (int j = 0; j < cols; j++) {
        for (int i = 0; i < rows; i++) {
          copy[j][i] = get(i, j);
        }
      }
      return copy;
    }

    @Override
    public String toString() {
      return "(" + rows + "x" + cols + ") from " + at + " with stride " + stride;
    }
  }

  private double ordinary() {
    return random.nextDouble() * 2 - 1;
  }

  private double sometimesSpecial() {
    return random.nextInt(25) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : ordinary();
  }

  private double[] values(int n) {
    return IntStream.range(0, n).mapToDouble(i -> ordinary()).toArray();
  }

  /** Arguments of elementary functions: small, large, and special ones. */
  private double[] arguments(int n) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = sometimesSpecial() * (random.nextBoolean() ? 1 : 800);
    }
    return x;
  }

  private static double[] array(double value) {
    return new double[] {value};
  }

  private static void assertSameBits(String what, double[] got, double... want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < want.length; i++) {
      boolean same =
          Double.doubleToRawLongBits(got[i]) == Double.doubleToRawLongBits(want[i])
              || (Double.isNaN(got[i]) && Double.isNaN(want[i]));
      if (!same) {
        fail("%s: element %d is %s, but should be %s", what, i, got[i], want[i]);
      }
    }
  }
}
