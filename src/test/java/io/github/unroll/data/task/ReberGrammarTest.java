package io.github.unroll.data.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.random.RandomState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReberGrammarTest {

  // The automaton as a regular expression: from state 3, from state 1, a string, two embedded.
  private static final String FROM_3 = "(?:T*VPX)*T*V(?:V|PS)";
  private static final String REBER = "B(?:TS*X(?:S|X" + FROM_3 + ")|P" + FROM_3 + ")E";
  private static final Pattern EMBEDDED = Pattern.compile("B(?:T" + REBER + "T|P" + REBER + "P)E");

  private static final int LONGEST = 14;

  private final ReberGrammar grammar = new ReberGrammar();

  @Test
  void should_allow_exactly_the_next_symbols_with_which_a_string_can_be_completed() {
    assertThat(checkContinuations("")).isGreaterThan(80);
  }

  private int checkContinuations(String prefix) {
    String legal = grammar.legalNext(prefix);
    for (char symbol : ReberGrammar.SYMBOLS.toCharArray()) {
      Matcher matcher = EMBEDDED.matcher(prefix + symbol);
      boolean complete = matcher.matches();
      boolean canGoOn = !complete && matcher.hitEnd();
      assertThat(legal.indexOf(symbol) >= 0)
          .as("%s after \"%s\"", symbol, prefix)
          .isEqualTo(complete || canGoOn);
    }
    int strings = legal.isEmpty() ? 1 : 0;
    if (prefix.length() < LONGEST) {
      for (char symbol : legal.toCharArray()) {
        strings += checkContinuations(prefix + symbol);
      }
    }
    return strings;
  }

  @Test
  void should_draw_strings_of_the_grammar_with_arcs_equally_likely() {
    List<String> strings = grammar.draw(5000, new RandomState(1));
    assertThat(strings).allMatch(string -> EMBEDDED.matcher(string).matches());
    // mean lengths from each state solve e3 = 2 + e5, e4 = 3/2 + e3/2, e5 = 3/2 + e4/2, ...: 8 + 4
    assertThat(strings.stream().mapToInt(String::length).average().orElseThrow())
        .isCloseTo(12, within(0.2));
    assertThat(strings.stream().filter(s -> s.charAt(1) == 'T').count()).isBetween(2350L, 2650L);
    assertThat(grammar.draw(5, new RandomState(1))).isEqualTo(strings.subList(0, 5));
  }

  @Test
  void three_symbols_should_tell_the_next_except_for_the_one_that_asks_for_memory() {
    Map<String, String> known = new HashMap<>();
    for (String string : grammar.draw(2000, new RandomState(2))) {
      for (int t = 3; t < string.length(); t++) {
        String legal = grammar.legalNext(string.substring(0, t));
        if (t != string.length() - 2) {
          String before = known.put(string.substring(t - 3, t), legal);
          assertThat(before).as(string).isIn(null, legal);
        } else {
          assertThat(legal).isEqualTo(string.substring(1, 2));
        }
      }
    }
  }

  @Test
  void its_task_should_be_each_symbol_and_the_one_that_follows() {
    LabelledSequences task = grammar.task(List.of("BTBTXSETE", "BPBPTVVEPE"));
    assertThat(task.xs().shape()).isEqualTo("(2x9x7)");
    assertThat(task.lengths()).containsExactly(8, 9);
    assertThat(task.labels()[0]).containsExactly(1, 0, 1, 4, 3, 6, 1, 6, -1);
    assertThat(task.labels()[1]).containsExactly(2, 0, 2, 1, 5, 5, 6, 2, 6);
    for (int i = 0; i < 2; i++) {
      for (int t = 0; t < 9; t++) {
        for (int k = 0; k < 7; k++) {
          String symbol = "BTBTXSETxBPBPTVVEP".substring(9 * i + t, 9 * i + t + 1);
          assertThat(task.xs().get(i, t, k))
              .isEqualTo(ReberGrammar.SYMBOLS.indexOf(symbol) == k ? 1 : 0);
        }
      }
    }
  }

  @Test
  void should_give_batches_that_are_the_same_from_the_same_seed() {
    Batches<LabelledSequences> batches = grammar.batches(4, 3, new RandomState(5));
    batches.beginEpoch();
    LabelledSequences batch = batches.read(2);
    assertThat(batch.labels()).hasDimensions(4, batch.xs().d1());
    Batches<LabelledSequences> again = grammar.batches(4, 3, new RandomState(5));
    again.beginEpoch();
    assertThat(again.read(2).labels()).isDeepEqualTo(batch.labels());
  }

  @Test
  void should_name_the_symbol_that_is_not_of_the_grammar() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.legalNext("BTBB"))
        .withMessage("no string of the grammar begins with BTBB: after BTB may come T or P, not B");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.legalNext("BTBTXSETEB"))
        .withMessage(
            "no string of the grammar begins with BTBTXSETEB: after BTBTXSETE may come nothing,"
                + " not B");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.task(List.of("BTBTXSETE", "B")))
        .withMessage("\"B\" has no symbol to predict; a string has at least 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.task(List.of()))
        .withMessage("ReberGrammar.task: no strings; pass at least one");
  }
}
