package io.github.unroll.bench;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
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

/** One step of an {@link LstmCell} for one sequence, the state carried: inference on a stream. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StreamingStep {

  static final int STEPS = 1000;

  private static final int D = 32;
  private static final int H = 64;

  private LstmCell cell;
  private final Matrix[] xs = new Matrix[STEPS];

  /** Builds the cell and draws a stream. */
  @Setup
  public void setUp() {
    RandomState random = new RandomState(0);
    cell = LstmLayer.cell(D, H, random);
    for (int t = 0; t < STEPS; t++) {
      xs[t] = random.randn(1, D);
    }
  }

  /**
   * A thousand steps from a zero state.
   *
   * @return the last hidden state
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public Matrix stream() {
    Matrix h = new Matrix(1, H);
    Matrix c = new Matrix(1, H);
    for (Matrix x : xs) {
      LstmCell.Step step = cell.forward(x, h, c);
      h = step.hNext();
      c = step.cNext();
    }
    return h;
  }
}
