package io.github.unroll.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What is timed, and what it stands for. */
class SamplesTest {

  private final Samples samples = new Samples();

  @Test
  void should_time_few_of_small_calls_and_every_large_one() {
    int timed = 0;
    for (int i = 0; i < 10_000; i++) {
      long start = samples.start(Operation.EXP, 1000);
      if (start != 0) {
        samples.end(Operation.EXP, false, 1000, start);
        timed++;
      }
    }
    assertThat(timed).isEqualTo(100);
    for (int i = 0; i < 10; i++) {
      long start = samples.start(Operation.TANH, 200_000);
      assertThat(start).isNotZero();
      samples.end(Operation.TANH, false, 200_000, start);
    }
  }

  @Test
  void should_count_a_timed_call_for_those_before_it() {
    for (int i = 0; i < 99; i++) {
      assertThat(samples.start(Operation.SUM, 1000)).isZero();
    }
    long start = samples.start(Operation.SUM, 1000);
    LockSupport.parkNanos(1_000_000);
    double unit = samples.end(Operation.SUM, false, 1000, start);

    assertThat(unit).isGreaterThanOrEqualTo(1000);
    assertThat(samples.seconds(Operation.SUM)).isBetween(0.1, 100_000 * unit * 1.001e-9);
    assertThat(samples.seconds(Operation.MAX)).isZero();
    assertThat(samples.inPlain(Operation.SUM, 1000)).isEqualTo(unit);
    assertThat(samples.inPlain(Operation.SUM, 3000)).as("another size").isZero();
  }

  @Test
  void should_take_the_shortest_time_for_the_usual_one() {
    double shortest = Double.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long start = samples.start(Operation.LOG, 200_000);
      if (i % 5 == 0) {
        LockSupport.parkNanos(1_000_000);
      }
      shortest = Math.min(shortest, samples.end(Operation.LOG, false, 200_000, start));
    }
    assertThat(samples.inPlain(Operation.LOG, 200_000)).isBetween(shortest, 3 * shortest);
  }
}
