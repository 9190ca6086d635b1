package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  private final Vocabulary vocabulary =
      Vocabulary.of(List.of("you", "say", "goodbye", "and", "i", "say", "hello", "."));

  @Test
  void should_number_words_in_order_of_first_appearance() {
    assertThat(vocabulary.words())
        .containsExactly("you", "say", "goodbye", "and", "i", "hello", ".");
    assertThat(vocabulary.size()).isEqualTo(7);
    assertThat(vocabulary.id("hello")).isEqualTo(5);
    assertThat(vocabulary.word(5)).isEqualTo("hello");
  }

  @Test
  void should_encode_and_decode_a_text() {
    List<String> text = List.of("i", "say", "you", "say", ".");

    assertThat(vocabulary.encode(text)).containsExactly(4, 1, 0, 1, 6);
    assertThat(vocabulary.decode(new int[] {4, 1, 0, 1, 6})).isEqualTo(text);
  }

  @Test
  void should_tell_known_words_from_unknown_ones() {
    assertThat(vocabulary.contains("and")).isTrue();
    assertThat(vocabulary.contains("or")).isFalse();
  }

  @Test
  void should_name_an_unknown_word_and_say_what_to_do() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vocabulary.id("or"))
        .withMessage(
            "unknown word \"or\": not among the 7 words of this vocabulary;"
                + " leave it out, or build the vocabulary from a text that has it");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.of(List.of("a", "<unk>")).encode(List.of("a", "b")))
        .withMessageContaining("\"b\"")
        .withMessageEndingWith("write <unk> in its place");
  }

  @Test
  void should_encode_unknown_words_by_one_of_its_own() {
    Vocabulary vocabulary = Vocabulary.of(List.of("we", "<unk>", "see"));
    assertThat(vocabulary.encode(List.of("see", "you", "we", "me"), Vocabulary.UNKNOWN))
        .containsExactly(2, 1, 0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vocabulary.encode(List.of("see"), "UNK"))
        .withMessageContaining("unknown word \"UNK\"");
  }

  @Test
  void should_give_the_range_of_ids_when_one_is_outside() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vocabulary.word(7))
        .withMessage("no word has id 7: the ids of this vocabulary are 0 to 6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vocabulary.decode(new int[] {0, -1}))
        .withMessageStartingWith("no word has id -1");
  }

  @Test
  void should_refuse_a_text_without_words_or_with_a_null() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.of(List.of()))
        .withMessageContaining("at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.of(Arrays.asList("a", null)))
        .withMessageContaining("null");
  }

  @Test
  void should_not_change_with_the_list_it_was_made_of() {
    List<String> words = new ArrayList<>(List.of("a", "b"));
    Vocabulary made = Vocabulary.of(words);
    words.add("c");

    assertThat(made.size()).isEqualTo(2);
    assertThat(made.words()).isUnmodifiable();
  }

  @Test
  void should_equal_the_vocabulary_of_its_own_words_only() {
    assertThat(Vocabulary.of(vocabulary.words()))
        .isEqualTo(vocabulary)
        .hasSameHashCodeAs(vocabulary)
        .hasToString("Vocabulary(7 words)");
    assertThat(Vocabulary.of(List.of("a", "b"))).isNotEqualTo(Vocabulary.of(List.of("b", "a")));
  }
}
