package io.github.unroll.bench;

import io.github.unroll.cell.GruCell;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
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

/** A whole sequence through {@link TimeGru}, its reset after the product as in PyTorch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GruLayer {

  /** N, T, D and H. */
  @Param({"20 35 100 100", "1 35 64 64"})
  public String sizes;

  private TimeGru layer;
  private Tensor3 xs;
  private Tensor3 hs;
  private Tensor3 dhs;
  private Tensor3 dxs;

  /** Builds the layer, draws its inputs and the gradient of its outputs. */
  @Setup
  public void setUp() {
    String[] parts = sizes.split(" ");
    int n = Integer.parseInt(parts[0]);
    int t = Integer.parseInt(parts[1]);
    int d = Integer.parseInt(parts[2]);
    int h = Integer.parseInt(parts[3]);
    RandomState random = new RandomState(0);
    layer = new TimeGru(cell(d, h, random));
    xs = random.randn(n, t, d);
    hs = new Tensor3(n, t, h);
    dhs = random.randn(n, t, h);
    dxs = new Tensor3(n, t, d);
    layer.forwardInto(xs, hs);
  }

  static GruCell cell(int d, int h, RandomState random) {
    return GruCell.resetAfter(
        Initializers.normal(d, 3 * h, random),
        Initializers.normal(h, 3 * h, random),
        new Matrix(1, 3 * h),
        new Matrix(1, h));
  }

  /** The outputs. */
  @Benchmark
  public void forward() {
    layer.forwardInto(xs, hs);
  }

  /** The outputs, then the gradients of inputs and parameters, from zero. */
  @Benchmark
  public void forwardBackward() {
    for (Parameter parameter : layer.parameters()) {
      parameter.zeroGrad();
    }
    layer.forwardInto(xs, hs);
    layer.backwardInto(dhs, dxs);
  }
}
