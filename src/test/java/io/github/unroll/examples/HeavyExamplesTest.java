package io.github.unroll.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples in full, some minutes of training: {@code mvn -Pheavy test
 * -Dtest=HeavyExamplesTest}.
 */
@EnabledIfSystemProperty(named = "unroll.heavy", matches = "true")
class HeavyExamplesTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void an_lstm_should_learn_to_add_over_100_steps_and_a_plain_rnn_should_not(int seed)
      throws IOException {
    List<AddingProblemExample.Row> rows =
        AddingProblemExample.run(
            new Settings(
                AddingProblemExample.DEFAULTS,
                "seed=" + seed,
                String.format(Locale.ROOT, "chart=target/adding-problem-%d.png", seed)),
            System.out);
    assertThat(rows).last().extracting(AddingProblemExample.Row::updates).isEqualTo(1500);
    assertThat(rows).anyMatch(row -> row.lstm() < 0.01);
    assertThat(rows).allMatch(row -> row.rnn() > 0.1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void an_lstm_should_learn_the_embedded_reber_grammar(int seed) throws IOException {
    List<ReberGrammarExample.Row> rows =
        ReberGrammarExample.run(
            new Settings(
                ReberGrammarExample.DEFAULTS,
                "seed=" + seed,
                String.format(Locale.ROOT, "chart=target/reber-grammar-%d.png", seed)),
            System.out);
    assertThat(rows).last().extracting(ReberGrammarExample.Row::strings).isEqualTo(12_000);
    assertThat(rows).last().extracting(row -> row.lstm().predicted()).isEqualTo(1.0);
  }
}
