package mine;

import java.nio.file.Path;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.opentest4j.AssertionFailedError;
import road.Judge;
import road.Road;
import road.Stop;
import road.Verdict;

/** The stops of the road, a test each, red until it is solved. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class RoadTest {

  /** Where the answers are: for the judge's lines. */
  private static final Path ANSWERS = Path.of(System.getProperty("road.answers", "src/main/java"));

  @Test
  void stop_01_matrices_and_shapes() {
    judge(1, "Affine.java");
  }

  @Test
  void stop_02_one_step() {
    judge(2, "Rnn.java");
  }

  @Test
  void stop_03_unrolling() {
    judge(3, "Unrolled.java");
  }

  @Test
  void stop_04_softmax_and_loss() {
    judge(4, "SoftmaxLoss.java");
  }

  @Test
  void stop_05_the_central_difference() {
    judge(5, "Slope.java");
  }

  @Test
  void stop_06_back_through_a_layer() {
    judge(6, "AffineBackward.java");
  }

  @Test
  void stop_07_back_through_the_loss() {
    judge(7, "SoftmaxLossBackward.java");
  }

  @Test
  void stop_08_back_through_one_step() {
    judge(8, "RnnBackward.java");
  }

  @Test
  void stop_09_back_through_time() {
    judge(9, "BackThroughTime.java");
  }

  @Test
  void stop_10_vanishing_and_exploding() {
    judge(10, "Growth.java");
  }

  @Test
  void stop_11_clipping() {
    judge(11, "Clipping.java");
  }

  @Test
  void stop_12_truncation_and_state() {
    judge(12, "Truncated.java");
  }

  @Test
  void stop_13_word_vectors() {
    judge(13, "Embedding.java");
  }

  @Test
  void stop_14_adam() {
    judge(14, "AdamRule.java");
  }

  @Test
  void stop_15_your_code_writes() {
    judge(15, "Writer.java");
  }

  @Test
  void stop_16_lstm() {
    judge(16, "Lstm.java");
  }

  @Test
  void stop_17_back_through_an_lstm() {
    judge(17, "LstmBackward.java");
  }

  @Test
  void stop_18_gru() {
    judge(18, "Gru.java");
  }

  @Test
  void stop_19_back_through_a_gru() {
    judge(19, "GruBackward.java");
  }

  @Test
  void stop_20_streaming() {
    judge(20, "Streaming.java");
  }

  @Test
  void stop_21_attention() {
    judge(21, "Attention.java");
  }

  private static void judge(int number, String file) {
    Stop stop = Road.stops().get(number - 1);
    if (!stop.file().equals(file)) {
      throw new IllegalStateException("stop " + number + " is " + stop.file());
    }
    Verdict verdict = new Judge(ANSWERS).judge(stop);
    if (verdict.isRight()) {
      return;
    }
    String text =
        verdict.kind() == Verdict.Kind.OPEN
            ? "Read docs/learn/" + stop.lesson() + ", then write " + file + ". " + verdict.text()
            : verdict.text();
    AssertionFailedError red = new AssertionFailedError(text);
    red.setStackTrace(new StackTraceElement[0]); // the text says where
    throw red;
  }
}
