package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir Path folder;

  @Test
  void should_read_a_treebank_file_with_each_line_end_as_a_word() throws IOException {
    Corpus corpus = Corpus.words(file(" no it was n't \n but it was <unk> \n"));

    assertThat(read(corpus))
        .containsExactly("no", "it", "was", "n't", "<eos>", "but", "it", "was", "<unk>", "<eos>");
    assertThat(corpus.tokens()).containsExactly(0, 1, 2, 3, 4, 5, 1, 2, 6, 4);
    assertThat(corpus).hasToString("Corpus(10 tokens, 7 words)");
  }

  @Test
  void should_keep_the_line_end_a_word_of_its_own_where_no_blank_stands_before_it() {
    assertThat(read(Corpus.ofWords("the end\nof it\n")))
        .containsExactly("the", "end", "<eos>", "of", "it", "<eos>");
  }

  @Test
  void should_give_an_empty_line_one_end_and_a_last_line_without_line_feed_none() {
    assertThat(read(Corpus.ofWords("\na\n \nb")))
        .containsExactly("<eos>", "a", "<eos>", "<eos>", "b");
  }

  @Test
  void should_count_carriage_returns_as_line_feeds() throws IOException {
    assertThat(read(Corpus.words(file("a\r\nb\rc\n"))))
        .containsExactly("a", "<eos>", "b", "<eos>", "c", "<eos>");
    assertThat(read(Corpus.characters(file("a\r\nb\rc"))))
        .containsExactly("a", "\n", "b", "\n", "c");
  }

  @Test
  void should_split_words_at_the_white_space_python_knows() {
    // str.isspace() of Python 3, code point by code point
    String blanks =
        "\t\u000b\f\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004"
            + "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";
    for (int i = 0; i < blanks.length(); i++) {
      assertThat(read(Corpus.ofWords("a" + blanks.charAt(i) + "b"))).containsExactly("a", "b");
    }
    assertThat(read(Corpus.ofWords("a\u200bb\u180ec\ufeffd"))).hasSize(1);
  }

  @Test
  void should_read_characters_by_code_point_with_the_line_feed_as_one() throws IOException {
    Corpus corpus = Corpus.characters(file("né\n🙂n"));

    assertThat(read(corpus)).containsExactly("n", "é", "\n", "🙂", "n");
    assertThat(corpus.tokens()).containsExactly(0, 1, 2, 3, 0);
    assertThat(Corpus.ofCharacters("né\n🙂n")).isEqualTo(corpus).hasSameHashCodeAs(corpus);
  }

  @Test
  void should_leave_out_a_byte_order_mark_at_the_start() throws IOException {
    assertThat(read(Corpus.words(file("\ufeffa b")))).containsExactly("a", "b");
    assertThat(read(Corpus.characters(file("\ufeffab")))).containsExactly("a", "b");
  }

  @Test
  void should_keep_the_vocabulary_of_the_whole_in_a_part() {
    Corpus corpus = Corpus.ofWords("a b c d c");

    assertThat(read(corpus.first(2))).containsExactly("a", "b");
    assertThat(read(corpus.slice(2, 5))).containsExactly("c", "d", "c");
    assertThat(corpus.first(2).vocabulary()).isEqualTo(corpus.vocabulary());
    assertThat(corpus.first(5)).isEqualTo(corpus);
    assertThat(corpus.first(4)).isNotEqualTo(corpus);
  }

  @Test
  void should_refuse_a_part_that_is_not_there() {
    Corpus corpus = Corpus.ofWords("a b c");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> corpus.first(4))
        .withMessage("no tokens 0 to 4: the corpus has 3; 0 <= from <= to <= 3 must hold");
    assertThatIllegalArgumentException().isThrownBy(() -> corpus.first(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> corpus.slice(-1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> corpus.slice(2, 1));
  }

  @Test
  void should_number_a_held_out_text_by_the_vocabulary_of_another() {
    Corpus train = Corpus.ofWords("a b c");
    Corpus heldOut = Corpus.ofWords("c a");

    assertThat(heldOut.tokens()).containsExactly(0, 1);
    assertThat(heldOut.encodedBy(train.vocabulary()).tokens()).containsExactly(2, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Corpus.ofWords("a d").encodedBy(train.vocabulary()))
        .withMessageContaining("\"d\"");
  }

  @Test
  void should_not_change_with_the_arrays_it_takes_and_gives() {
    int[] ids = {0, 1};
    Corpus corpus = new Corpus(Vocabulary.of(List.of("a", "b")), ids);
    ids[0] = 1;
    corpus.tokens()[1] = 0;

    assertThat(corpus.tokens()).containsExactly(0, 1);
  }

  @Test
  void should_refuse_ids_outside_the_vocabulary() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Corpus(Vocabulary.of(List.of("a", "b")), new int[] {0, 2}))
        .withMessageContaining("id 2");
  }

  @Test
  void should_give_the_offset_of_a_byte_that_is_not_utf8() throws IOException {
    Path file = folder.resolve("latin1.txt");
    Files.write(file, "déjà vu".getBytes(StandardCharsets.ISO_8859_1));

    assertThatIOException()
        .isThrownBy(() -> Corpus.words(file))
        .withMessage(file + ": not UTF-8: byte 0xe9 at offset 1; save the file as UTF-8");
  }

  @Test
  void should_find_a_character_cut_off_at_the_end_of_the_file() throws IOException {
    Path file = folder.resolve("cut.txt");
    Files.write(file, new byte[] {'a', 'b', (byte) 0xc3});

    assertThatIOException()
        .isThrownBy(() -> Corpus.characters(file))
        .withMessageContaining("byte 0xc3 at offset 2");
  }

  @Test
  void should_put_one_word_in_the_place_of_those_that_a_vocabulary_does_not_have() {
    Vocabulary known = Vocabulary.of(List.of("the", "<unk>", "cat", "<eos>"));
    Corpus text = Corpus.ofWords("the dog saw the cat\n").encodedBy(known, Vocabulary.UNKNOWN);
    assertThat(text.vocabulary()).isSameAs(known);
    assertThat(read(text)).containsExactly("the", "<unk>", "<unk>", "the", "cat", "<eos>");
    assertThat(read(Corpus.ofWords("a cat").encodedBy(known, "the"))).containsExactly("the", "cat");
    assertThat(read(Corpus.ofCharacters("ab").encodedBy(Vocabulary.of(List.of("b", "?")), "?")))
        .containsExactly("?", "b");
    Vocabulary without = Vocabulary.of(List.of("a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Corpus.ofWords("a").encodedBy(without, Vocabulary.UNKNOWN))
        .withMessage(
            "encodedBy: the vocabulary of 1 words has no word \"<unk>\" to stand for the unknown"
                + " ones; name a word that it has, or make it by Corpus.limitedTo");
  }

  @Test
  void should_keep_the_most_frequent_words_and_one_for_all_others() {
    Corpus text = Corpus.ofWords("e d d c c c a b b a");
    assertThat(read(text.limitedTo(4)))
        .containsExactly("<unk>", "d", "d", "c", "c", "c", "a", "<unk>", "<unk>", "a");
    assertThat(text.limitedTo(4).vocabulary().words()).containsExactly("<unk>", "d", "c", "a");
    assertThat(text.limitedTo(2).vocabulary().words()).containsExactly("<unk>", "c");
    assertThat(text.limitedTo(100).vocabulary().words())
        .containsExactly("e", "d", "c", "a", "b", "<unk>");
    assertThat(read(text.limitedTo(100))).isEqualTo(read(text));
    assertThat(read(text.first(3).limitedTo(2))).containsExactly("<unk>", "d", "d");
    assertThat(text.first(3).limitedTo(9).vocabulary().words()).containsExactly("e", "d", "<unk>");
    Corpus treebank = Corpus.ofWords("<unk> <unk> <unk> a a b");
    assertThat(treebank.limitedTo(2).vocabulary().words()).containsExactly("<unk>", "a");
    assertThat(treebank.limitedTo(3)).isEqualTo(treebank);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> text.limitedTo(1))
        .withMessage("limitedTo: a vocabulary of a word and <unk> has 2 words, not 1");
  }

  @Test
  void should_refuse_a_file_without_text() throws IOException {
    Path empty = file("");
    assertThatIOException()
        .isThrownBy(() -> Corpus.characters(empty))
        .withMessage(empty + ": the file is empty; give a file with text in it");
    Path blank = file(" \t ");
    assertThatIOException()
        .isThrownBy(() -> Corpus.words(blank))
        .withMessage(blank + ": no words, only blanks; give a file with text in it");
    Path mark = file("\ufeff");
    assertThatIOException().isThrownBy(() -> Corpus.words(mark)).withMessageContaining("empty");
    assertThatIllegalArgumentException().isThrownBy(() -> Corpus.ofWords(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> Corpus.ofCharacters(""));
  }

  @Test
  void should_name_a_file_that_is_missing_or_a_directory() {
    Path missing = folder.resolve("missing.txt");
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Corpus.words(missing))
        .withMessage(missing + ": no such file; check the path");
    assertThatIOException()
        .isThrownBy(() -> Corpus.words(folder))
        .withMessage(folder + ": is a directory; give a text file");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "text", ".txt"), text);
  }

  private static List<String> read(Corpus corpus) {
    return corpus.vocabulary().decode(corpus.tokens());
  }
}
