package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class WrittenTextTest {
  private final StringWriter out = new StringWriter();

  private WrittenText text(TextOptions.Level level, String... tokens) {
    WrittenText text = new WrittenText(new PrintWriter(out), level);
    for (String token : tokens) {
      text.append(token);
    }
    return text;
  }

  @Test
  void should_write_words_with_blanks_and_sentences_as_lines() {
    text(TextOptions.Level.WORD, "<eos>", "a", "b", "<eos>", "<eos>", "c", "<eos>").end();

    assertThat(out).hasToString(String.format(Locale.ROOT, "\na b\n\nc%n"));
  }

  @Test
  void should_write_characters_as_they_are_but_for_what_is_blank_at_the_end() {
    text(TextOptions.Level.CHAR, " ", "a", " ", "\n", "é", "\n", " ", "\t").end();

    assertThat(out).hasToString(String.format(Locale.ROOT, " a \né%n"));
  }

  @Test
  void should_end_the_line_of_an_empty_text() {
    text(TextOptions.Level.CHAR).end();
    text(TextOptions.Level.WORD, "<eos>").end();

    assertThat(out).hasToString(String.format(Locale.ROOT, "%n%n"));
  }

  @Test
  void should_hand_on_each_token_as_soon_as_it_is_known_not_to_be_the_end() {
    text(TextOptions.Level.WORD, "a", "<eos>", "b", "<eos>");

    assertThat(out).hasToString("a\nb");
  }
}
