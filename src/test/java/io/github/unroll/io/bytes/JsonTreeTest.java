package io.github.unroll.io.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees of JSON whose form is not known before. */
class JsonTreeTest {

  private static Object tree(String json) throws IOException {
    JsonReader reader = new JsonReader(json, "x");
    Object tree = reader.tree();
    reader.end();
    return tree;
  }

  @Test
  void should_read_all_kinds_of_values() throws IOException {
    assertThat(
            tree(" {\"a\": [1, -2, 0.5, 1e3, -1.5E-2], \"b\": {}, \"c\": [], \"d\": \"\\u00e9\"} "))
        .isEqualTo(
            Map.of(
                "a",
                List.of(1L, -2L, 0.5, 1000.0, -0.015),
                "b",
                Map.of(),
                "c",
                List.of(),
                "d",
                "é"));
    assertThat(tree("[true,false,null]")).isEqualTo(Arrays.asList(true, false, null));
    assertThat(tree("[NaN, Infinity, -Infinity]"))
        .isEqualTo(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    assertThat(tree("2147483648")).isEqualTo(1L << 31);
    assertThat(tree("12345678901234567890")).isEqualTo(1.2345678901234567e19);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,\"a\":2}",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "tru",
        "True",
        "'a'",
        "[1] 2",
        "nul l",
        "-",
        "0x1",
        "\"\\x\"",
        "[1 2]",
        "1d",
        "infinity"
      })
  void should_refuse_what_is_no_json(String json) {
    assertThatIOException().isThrownBy(() -> tree(json)).withMessageStartingWith("x, at byte ");
  }

  @Test
  void should_refuse_what_would_take_the_stack_or_the_memory() {
    assertThatIOException()
        .isThrownBy(() -> tree("[".repeat(1_000_000)))
        .withMessageEndingWith("nested deeper than 100 levels");
    assertThatIOException()
        .isThrownBy(() -> tree("[" + "0,".repeat(300_000) + "0]"))
        .withMessageEndingWith("more than 200000 values");
    assertThatIOException()
        .isThrownBy(() -> tree("9".repeat(100_000)))
        .withMessageStartingWith("x, at byte 401: ");
  }
}
