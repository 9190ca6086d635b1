package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.train.TrainingListener.EpochEnd;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EpochHistoryTest {

  private static EpochEnd end(int epoch, double loss, double rate, Double score, boolean best) {
    OptionalDouble validation = score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
    return new EpochEnd(epoch, loss, StrictMath.exp(loss), rate, validation, best);
  }

  @Test
  void should_come_back_from_its_notes_bit_for_bit() {
    Map<String, String> notes = new HashMap<>(Map.of("seed", "1"));
    EpochHistory history = new EpochHistory(notes);
    history.epochEnded(end(1, 0.1 + 0.2, 1e-3, 40.0, true));
    history.epochEnded(end(2, 1.5, 1e-3, 41.0, false));
    history.epochEnded(end(3, Double.MIN_VALUE, 0.25, 39.0, true));
    history.epochEnded(end(4, 700, 0.25, Double.POSITIVE_INFINITY, false));
    history.epochEnded(end(5, 2, 0.25, 39.0, false));

    EpochHistory again = new EpochHistory(notes);
    assertThat(again.ends()).hasSize(5).isEqualTo(history.ends());

    again.epochEnded(end(6, 2, 0.25, 38.0, true));
    assertThat(new EpochHistory(notes).ends()).hasSize(6).isEqualTo(again.ends());
  }

  @Test
  void should_do_without_validation() {
    Map<String, String> notes = new HashMap<>();
    EpochHistory history = new EpochHistory(notes);
    assertThat(notes).isEmpty();
    history.epochEnded(end(1, 3, 0.1, null, false));
    assertThat(notes).isEqualTo(Map.of("history", "3.0 0.1 -"));
    assertThat(new EpochHistory(notes).ends()).isEqualTo(history.ends());
  }
}
