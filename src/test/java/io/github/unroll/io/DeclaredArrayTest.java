package io.github.unroll.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeclaredArrayTest {

  @Test
  void should_take_any_size_for_a_name_and_the_same_for_a_number() {
    DeclaredArray x = new DeclaredArray("x", "float32", List.of("batch", "-1", "3"));
    assertThat(x).hasToString("x: float32 (batch x -1 x 3)");
    assertThat(x.mayBe(List.of("2", "5", "3"))).isTrue();
    assertThat(x.mayBe(List.of("", "time", "any"))).isTrue();
    assertThat(x.mayBe(List.of("2", "5", "4"))).isFalse();
    assertThat(x.mayBe(List.of("2", "3"))).isFalse();
  }

  @Test
  void should_take_any_number_of_axes_where_none_is_declared() {
    DeclaredArray any = new DeclaredArray("x", "", List.of("..."));
    assertThat(any.mayBe(List.of())).isTrue();
    assertThat(any.mayBe(List.of("2", "3"))).isTrue();
    assertThat(new DeclaredArray("x", "", List.of()).mayBe(List.of())).isTrue();
    assertThat(new DeclaredArray("x", "", List.of()).mayBe(List.of("1"))).isFalse();
  }
}
