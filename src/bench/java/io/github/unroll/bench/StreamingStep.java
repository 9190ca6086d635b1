package io.github.unroll.bench;

import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.TimeLstm;
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

/** One step of a session over an LSTM for one sequence: inference on a stream. */
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

  private RecurrentSession session;
  private final Matrix[] xs = new Matrix[STEPS];

  /** Builds the layer and draws a stream. */
  @Setup
  public void setUp() {
    RandomState random = new RandomState(0);
    session = new RecurrentSession(new TimeLstm(LstmLayer.cell(D, H, random)), 1);
    for (int t = 0; t < STEPS; t++) {
      xs[t] = random.randn(1, D);
    }
  }

  /**
   * A thousand steps.
   *
   * @return the last hidden state
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public Matrix stream() {
    Matrix h = null;
    for (Matrix x : xs) {
      h = session.step(x);
    }
    return h;
  }
}
