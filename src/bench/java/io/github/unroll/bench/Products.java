package io.github.unroll.bench;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One product of two dense matrices into a third. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Products {

  /** Which operand is transposed (ab, aTb, abT), then m, k and n: (m,k)·(k,n). */
  @Param({
    "ab 512 512 512",
    "ab 20 200 800",
    "ab 700 200 800",
    "aTb 200 700 800",
    "abT 20 800 200",
    "ab 50 100 10000"
  })
  public String product;

  private String form;
  private Matrix a;
  private Matrix b;
  private Matrix out;

  /** Draws the operands. */
  @Setup
  public void setUp() {
    String[] parts = product.split(" ");
    form = parts[0];
    int m = Integer.parseInt(parts[1]);
    int k = Integer.parseInt(parts[2]);
    int n = Integer.parseInt(parts[3]);
    RandomState random = new RandomState(0);
    a = form.equals("aTb") ? random.randn(k, m) : random.randn(m, k);
    b = form.equals("abT") ? random.randn(n, k) : random.randn(k, n);
    out = new Matrix(m, n);
  }

  /** The product. */
  @Benchmark
  public void multiply() {
    switch (form) {
      case "ab" -> out.setMatmul(a, b);
      case "aTb" -> out.setMatmul(a.transposed(), b);
      case "abT" -> out.setMatmul(a, b.transposed());
      default -> throw new IllegalArgumentException(form + ": not ab, aTb or abT");
    }
  }
}
