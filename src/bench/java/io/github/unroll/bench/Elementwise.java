package io.github.unroll.bench;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.random.RandomState;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The elementary functions over 8192 values of 2·N(0,1), time per element. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Elementwise.N)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Elementwise {

  static final int N = 8192;

  private final Kernel kernel = Kernel.active();
  private double[] x;
  private double[] out;

  /** Draws the arguments. */
  @Setup
  public void setUp() {
    x = new RandomState(0).normal(0, 2, N);
    out = new double[N];
  }

  /** {@code out = exp(x)}. */
  @Benchmark
  public void exp() {
    kernel.apply(Kernel.Function.EXP, N, x, 0, out, 0);
  }

  /** {@code out = tanh(x)}. */
  @Benchmark
  public void tanh() {
    kernel.apply(Kernel.Function.TANH, N, x, 0, out, 0);
  }

  /** {@code out = 1 / (1 + exp(-x))}. */
  @Benchmark
  public void sigmoid() {
    kernel.apply(Kernel.Function.SIGMOID, N, x, 0, out, 0);
  }
}
