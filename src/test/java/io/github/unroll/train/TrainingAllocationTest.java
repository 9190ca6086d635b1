package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steady training leaves next to nothing for the garbage collector, whatever the sizes. */
class TrainingAllocationTest {

  @ParameterizedTest
  @CsvSource({"7, 3, 4, 2, 5", "200, 20, 30, 10, 10"})
  void an_iteration_should_allocate_less_than_a_kilobyte(
      int vocabulary, int embedding, int hidden, int batch, int steps) {
    RandomState random = new RandomState(1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Long> allocated = new ArrayList<>(10_000);
    TrainingListener counter =
        new TrainingListener() {
          @Override
          public void epochEnded(EpochEnd epoch) {
            allocated.add(threads.getCurrentThreadAllocatedBytes());
          }
        };
    int iterations = 20;
    BpttBatches batches =
        new BpttBatches(
            random.randint(0, vocabulary, batch * steps * iterations + 1), batch, steps);
    new Trainer(
            new RnnLanguageModel(vocabulary, embedding, hidden, random),
            new Adam(0.001),
            GradientClipping.byGlobalNorm(5),
            counter)
        .train(batches, 150);

    // Until vectors are compiled they are objects: the least of the epochs is the steady one.
    long least = Long.MAX_VALUE;
    for (int epoch = 1; epoch < allocated.size(); epoch++) {
      least = Math.min(least, allocated.get(epoch) - allocated.get(epoch - 1));
    }
    assertThat(least / iterations).isLessThan(1024);
  }
}
