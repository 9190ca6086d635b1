package io.github.unroll.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RoomTest {

  @Test
  void should_keep_an_array_that_is_large_enough() {
    double[] kept = new double[24];
    assertThat(Room.of("TimeRnn", "gates", kept, 2, 3, 4)).isSameAs(kept);
    assertThat(Room.of("TimeRnn", "gates", kept, 1, 3, 4)).isSameAs(kept);
    assertThat(Room.of("TimeRnn", "gates", kept, 5, 5, 1)).isEqualTo(new double[25]);
  }

  @Test
  void should_keep_a_tensor_of_the_same_shape_only() {
    Tensor3 kept = new Tensor3(2, 3, 4);
    assertThat(Room.of(kept, 2, 3, 4)).isSameAs(kept);
    assertThat(Room.of(kept, 3, 2, 4)).isEqualTo(new Tensor3(3, 2, 4));
    assertThat(Room.of(null, 2, 3, 4)).isEqualTo(kept);
  }

  @Test
  void should_tell_all_sizes_of_what_is_longer_than_an_array() {
    assertThat(Room.size("TimeLstm", "gates", 1, 1, Integer.MAX_VALUE))
        .isEqualTo(Integer.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Room.of("TimeLstm", "gates", new double[0], 1, 1_411_889, 1600))
        .withMessage(
            "TimeLstm: gates (1x1411889x1600) would be 2259022400 elements; an array holds at most"
                + " 2147483647; for sequences (batch x steps x features) use a smaller batch, or"
                + " shorter pieces one after the other, with the state kept (a stateful layer, or a"
                + " session)");
  }

  /** An array of as many elements as an int counts is longer than any JVM of OpenJDK makes. */
  @Test
  void should_tell_all_sizes_of_what_the_heap_has_no_room_for() {
    String needed = "(1x1x2147483647) would take 16384 MB, which the heap of at most ";
    assertThatThrownBy(() -> Room.of("TimeLstm", "gates", new double[0], 1, 1, Integer.MAX_VALUE))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageStartingWith("TimeLstm: gates " + needed)
        .hasMessageContaining("enlarge it with java -Xmx")
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> new Tensor3(1, 1, Integer.MAX_VALUE))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageStartingWith("Tensor3: " + needed);
  }
}
