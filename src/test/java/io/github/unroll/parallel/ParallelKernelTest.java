package io.github.unroll.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.random.RandomState;
import io.github.unroll.simd.SimdKernel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large calls, split; that each kernel is right, KernelTest shows. */
class ParallelKernelTest {

  // Of one thread, as the active kernel need not be.
  private final Kernel kernel = new SimdKernel();

  @ParameterizedTest
  @CsvSource({"50, 100, 1001", "1001, 100, 50", "97, 460, 97", "3, 7, 200011", "200011, 7, 3"})
  void products_should_have_the_bits_of_one_thread(int m, int k, int n) {
    RandomState random = new RandomState(1);
    double[] a = random.randn(m * k);
    double[] b = random.randn(k * n);
    double[] start = random.randn(m * n);
    for (int threads = 2; threads <= 5; threads++) {
      Kernel parallel = new ParallelKernel(kernel, threads);
      double[] want = start.clone();
      double[] got = start.clone();
      kernel.matmul(true, m, k, n, a, 0, k, 1, b, 0, n, 1, want, 0, n);
      parallel.matmul(true, m, k, n, a, 0, k, 1, b, 0, n, 1, got, 0, n);
      assertThat(Arrays.equals(got, want)).as("a·b on %d", threads).isTrue();

      kernel.matmul(true, m, k, n, a, 0, 1, m, b, 0, n, 1, want, 0, n);
      parallel.matmul(true, m, k, n, a, 0, 1, m, b, 0, n, 1, got, 0, n);
      assertThat(Arrays.equals(got, want)).as("aᵀ·b on %d", threads).isTrue();

      kernel.matmul(true, m, k, n, a, 0, k, 1, b, 0, 1, k, want, 0, n);
      parallel.matmul(true, m, k, n, a, 0, k, 1, b, 0, 1, k, got, 0, n);
      assertThat(Arrays.equals(got, want)).as("a·bᵀ on %d", threads).isTrue();

      Kernel.RightOperand operand = parallel.newRightOperand();
      operand.set(k, n, b, 0, n, 1);
      kernel.matmul(true, m, k, n, a, 0, k, 1, b, 0, n, 1, want, 0, n);
      operand.addMatmul(m, a, 0, k, got, 0, n);
      assertThat(Arrays.equals(got, want)).as("a·operand on %d", threads).isTrue();

      operand.set(k, n, b, 0, 1, k);
      kernel.matmul(true, m, k, n, a, 0, k, 1, b, 0, 1, k, want, 0, n);
      operand.addMatmul(m, a, 0, k, got, 0, n);
      assertThat(Arrays.equals(got, want)).as("a·operandᵀ on %d", threads).isTrue();
    }
  }

  @Test
  void a_large_call_within_a_part_of_another_should_be_whole_when_it_returns() {
    Kernel parallel = new ParallelKernel(kernel, 2);
    int n = 1 << 18;
    double[] x = new RandomState(3).randn(n);
    double[] want = new double[n];
    kernel.apply(Kernel.Function.EXP, n, x, 0, want, 0);
    for (int round = 0; round < 20; round++) {
      double[] within = new double[n];
      double[] got = new double[n];
      parallel.forRanges(
          n,
          2,
          (from, to) -> {
            parallel.apply(Kernel.Function.EXP, to - from, x, from, within, from);
            System.arraycopy(within, from, got, from, to - from);
          });
      assertThat(Arrays.equals(got, want)).isTrue();
    }
  }

  @Test
  void passes_should_have_the_bits_of_one_thread() {
    Kernel parallel = new ParallelKernel(kernel, 3);
    int n = 100_003;
    double[] x = new RandomState(2).randn(n);
    double[] want = new double[n];
    double[] got = new double[n];
    kernel.apply(Kernel.Function.EXP, n, x, 0, want, 0);
    parallel.apply(Kernel.Function.EXP, n, x, 0, got, 0);
    assertThat(Arrays.equals(got, want)).isTrue();
    kernel.apply(Kernel.Function.TANH, n, x, 0, want, 0);
    parallel.apply(Kernel.Function.TANH, n, x, 0, got, 0);
    assertThat(Arrays.equals(got, want)).isTrue();
    kernel.apply(Kernel.Function.SIGMOID, n, x, 0, want, 0);
    parallel.apply(Kernel.Function.SIGMOID, n, x, 0, got, 0);
    assertThat(Arrays.equals(got, want)).isTrue();
    kernel.apply(Kernel.Function.LOG, n, got, 0, want, 0);
    parallel.apply(Kernel.Function.LOG, n, got, 0, got, 0);
    assertThat(Arrays.equals(got, want)).isTrue();
    kernel.addRow(n / 11, 11, x, 0, want, 0, 11);
    parallel.addRow(n / 11, 11, x, 0, got, 0, 11);
    assertThat(Arrays.equals(got, want)).isTrue();
    kernel.clear(n - 3, want, 1);
    parallel.clear(n - 3, got, 1);
    assertThat(Arrays.equals(got, want)).isTrue();
    assertThat(parallel.sum(n, x, 0)).isEqualTo(kernel.sum(n, x, 0));
    assertThat(parallel.max(n, x, 0)).isEqualTo(kernel.max(n, x, 0));
    assertThat(parallel.sumOfSquares(n, x, 0)).isEqualTo(kernel.sumOfSquares(n, x, 0));
  }

  @ParameterizedTest
  @CsvSource({"11, 9000, 9091", "33333, 2, 3", "70001, 1, 1"})
  void column_sums_should_have_the_bits_of_one_thread(int m, int n, int stride) {
    Kernel parallel = new ParallelKernel(kernel, 3);
    double[] a = new RandomState(6).randn(1 + m * stride);
    double[] want = new RandomState(7).randn(2 + n + 1);
    double[] got = want.clone();
    kernel.addColumnSums(m, n, a, 1, stride, want, 2);
    parallel.addColumnSums(m, n, a, 1, stride, got, 2);
    assertThat(Arrays.equals(got, want)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 1000})
  void ranges_should_cover_every_element_once(int n) {
    Kernel parallel = new ParallelKernel(kernel, 4);
    AtomicIntegerArray times = new AtomicIntegerArray(n);
    parallel.forRanges(
        n, 2, (from, to) -> IntStream.range(from, to).forEach(times::incrementAndGet));
    assertThat(IntStream.range(0, n).map(times::get)).containsOnly(1);
  }

  @Test
  void a_failure_should_reach_the_caller_and_leave_the_workers_at_work() {
    Kernel parallel = new ParallelKernel(kernel, 2);
    for (int round = 0; round < 3; round++) {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  parallel.forRanges(
                      10,
                      2,
                      (from, to) -> {
                        throw new IllegalStateException("from " + from);
                      }))
          .withMessageContaining("from ");
      AtomicIntegerArray times = new AtomicIntegerArray(10);
      parallel.forRanges(
          10, 2, (from, to) -> IntStream.range(from, to).forEach(times::incrementAndGet));
      assertThat(IntStream.range(0, 10).map(times::get)).containsOnly(1);
    }
  }

  @Test
  void several_callers_at_once_should_each_get_their_own() throws InterruptedException {
    Kernel parallel = new ParallelKernel(kernel, 2);
    int n = 72;
    double[] a = new RandomState(3).randn(n * n * 4);
    double[] want = new double[4 * n * 4 * n];
    kernel.matmul(true, 4 * n, n, 4 * n, a, 0, n, 1, a, 0, 4 * n, 1, want, 0, 4 * n);
    Thread[] callers = new Thread[4];
    boolean[] same = new boolean[callers.length];
    for (int c = 0; c < callers.length; c++) {
      int caller = c;
      callers[c] =
          new Thread(
              () -> {
                same[caller] = true;
                for (int round = 0; round < 20; round++) {
                  double[] got = new double[want.length];
                  parallel.matmul(true, 4 * n, n, 4 * n, a, 0, n, 1, a, 0, 4 * n, 1, got, 0, 4 * n);
                  same[caller] &= Arrays.equals(got, want);
                }
              });
      callers[c].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(same).containsOnly(true);
  }
}
