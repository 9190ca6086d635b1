package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.Golden;
import io.github.unroll.data.BpttBatches.Batch;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpttBatchesTest {
  @Test
  void should_slice_as_the_numpy_original_does() {
    Golden golden = Golden.load("rnnlm/tiny");
    int[][] xs = golden.ids("batch_x");
    int[][] ts = golden.ids("batch_t");
    BpttBatches batches = new BpttBatches(golden.ints("corpus"), 3, 4);

    assertThat(xs).hasDimensions(10 * 3, 4);
    for (int i = 0; i < 10; i++) {
      assertThat(batches.batch(i).xs()).isDeepEqualTo(Arrays.copyOfRange(xs, 3 * i, 3 * i + 3));
      assertThat(batches.batch(i).ts()).isDeepEqualTo(Arrays.copyOfRange(ts, 3 * i, 3 * i + 3));
    }
  }

  @Test
  void should_slice_texts_of_any_length_as_the_script_written_out() {
    for (int size = 2; size <= 40; size++) {
      for (int n = 1; n <= 6; n++) {
        for (int steps = 1; steps <= 7 && n * steps < size; steps++) {
          checkEpoch(IntStream.range(100, 100 + size).toArray(), n, steps);
        }
      }
    }
  }

  /** The script's loop line by line, with its running time index and its modulo. */
  private static void checkEpoch(int[] corpus, int n, int steps) {
    BpttBatches batches = new BpttBatches(corpus, n, steps);
    int dataSize = corpus.length - 1;
    int jump = (corpus.length - 1) / n;
    int timeIdx = 0;
    assertThat(batches.iterations()).isEqualTo(dataSize / (n * steps));
    for (int iteration = 0; iteration < batches.iterations(); iteration++) {
      Batch batch = batches.batch(iteration);
      assertThat(batch.xs()).hasDimensions(n, steps);
      assertThat(batch.ts()).hasDimensions(n, steps);
      for (int t = 0; t < steps; t++) {
        for (int i = 0; i < n; i++) {
          int at = (i * jump + timeIdx) % dataSize;
          assertThat(batch.xs()[i][t]).isEqualTo(corpus[at]);
          assertThat(batch.ts()[i][t]).isEqualTo(corpus[at + 1]);
        }
        timeIdx++;
      }
    }
  }

  @Test
  void should_count_the_iterations_of_the_book() {
    assertThat(new BpttBatches(new int[10_000], 10, 5).iterations()).isEqualTo(199);
    assertThat(new BpttBatches(new int[929_589], 20, 35).iterations()).isEqualTo(1327);
  }

  @Test
  void should_say_how_many_tokens_one_batch_takes() {
    assertThat(new BpttBatches(new int[13], 3, 4).iterations()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BpttBatches(new int[12], 3, 4))
        .withMessage(
            "a corpus of 12 tokens is shorter than one batch: batch size 3 times 4 steps, and one"
                + " more to predict, are 13; take a smaller batch, fewer steps or more text");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BpttBatches(new int[12], 1 << 16, 1 << 16))
        .withMessageContaining("are 4294967297");
  }

  @Test
  void should_refuse_sizes_below_one() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BpttBatches(new int[12], 0, 4))
        .withMessage("batch size 0 and steps 4: both must be at least 1");
    assertThatIllegalArgumentException().isThrownBy(() -> new BpttBatches(new int[12], 4, -1));
  }

  @Test
  void should_refuse_a_batch_outside_the_epoch() {
    BpttBatches batches = new BpttBatches(new int[25], 3, 4);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> batches.batch(2))
        .withMessage("no batch 2: an epoch has batches 0 to 1");
    assertThatIllegalArgumentException().isThrownBy(() -> batches.batch(-1));
  }

  @Test
  void should_not_change_with_the_array_it_was_made_of() {
    int[] tokens = {1, 2, 3};
    BpttBatches batches = new BpttBatches(tokens, 1, 2);
    tokens[0] = 9;
    batches.batch(0).xs()[0][1] = 9;

    assertThat(batches.batch(0).xs()).isDeepEqualTo(new int[][] {{1, 2}});
  }
}
