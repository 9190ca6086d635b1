package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.FreshJvm;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of many pieces, kept in little memory or not at all. */
class LargeTextTest {

  private static final int PIECE = TextFile.PIECE;
  private static final long KEPT = Long.MAX_VALUE;
  private static final long NOT_KEPT = 0;
  private static final String[] INGREDIENTS = {
    "a", "bc", "d", " ", "\n", "\r\n", "\r", "\r\r\n", "\n\r", "\t ", "é", "€", "🙂", "\u00a0",
    "\u2003", "\u0085", "\ufeff", "\0", "<eos>"
  };

  @TempDir Path folder;

  /** More than a piece of what has no seam, and small things that may lie across one. */
  private static String randomText(int seed) {
    RandomState random = new RandomState(seed);
    StringBuilder text = new StringBuilder("a");
    for (int long_ = 0; long_ < 4; long_++) {
      for (int i : random.randint(0, INGREDIENTS.length, PIECE / 2)) {
        text.append(INGREDIENTS[i]);
      }
      text.append(INGREDIENTS[random.randint(0, INGREDIENTS.length)].repeat(PIECE + seed));
    }
    return text.toString();
  }

  private static List<String> tokens(String text, boolean ofWords) {
    String lines = text.replace("\r\n", "\n").replace('\r', '\n');
    if (!ofWords) {
      return lines.codePoints().mapToObj(Character::toString).toList();
    }
    String blanks = "[\\p{Z}\\t-\\r\\x1c-\\x1f\\x85]+";
    return Arrays.stream(lines.replace("\n", " <eos> ").split(blanks, -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void should_give_the_same_tokens_kept_read_again_and_from_a_string(boolean ofWords)
      throws IOException {
    for (int seed = 0; seed < 12; seed++) {
      String text = randomText(seed);
      List<String> tokens = tokens(text, ofWords);
      Corpus expected = new Corpus(Vocabulary.of(tokens), Vocabulary.of(tokens).encode(tokens));
      Path file = Files.writeString(folder.resolve(seed + ".txt"), text);
      Corpus notKept = FileIds.read(file, ofWords, NOT_KEPT);
      assertThat(notKept).as("seed " + seed).isEqualTo(expected).hasSameHashCodeAs(expected);
      assertThat(FileIds.read(file, ofWords, KEPT)).isEqualTo(expected);
      assertThat(ofWords ? Corpus.ofWords(text) : Corpus.ofCharacters(text)).isEqualTo(expected);
      for (int i : new RandomState(seed).randint(0, tokens.size(), 200)) {
        assertThat(notKept.id(i)).isEqualTo(expected.id(i));
      }
      assertThat(notKept.vocabulary().words())
          .containsExactlyElementsOf(tokens.stream().distinct().toList());
    }
  }

  @Test
  void should_leave_out_the_mark_at_the_start_of_a_text_that_is_read_again() throws IOException {
    Path file = Files.writeString(folder.resolve("mark.txt"), "\ufeff\ufeffé" + "b".repeat(PIECE));

    Corpus text = FileIds.read(file, false, NOT_KEPT);

    assertThat(text.size()).isEqualTo(PIECE + 2);
    assertThat(text.vocabulary().words()).containsExactly("\ufeff", "é", "b");
    assertThat(text.first(3).tokens()).containsExactly(0, 1, 2);
    Files.writeString(file, "\ufeff  é b" + " c".repeat(PIECE));
    assertThat(FileIds.read(file, true, NOT_KEPT).first(3).tokens()).containsExactly(0, 1, 2);
  }

  @Test
  void should_keep_ids_of_any_size() {
    int[] ids = new int[20_000];
    Arrays.setAll(ids, i -> i < 5000 ? i % 256 : i < 10_000 ? i : i * i);
    ids[1] = 255;
    ids[6000] = 65_535;
    ids[13_000] = 1 << 24;
    ids[19_998] = -1;
    ids[19_999] = Integer.MIN_VALUE;

    TokenIds kept = TokenIds.of(ids);

    assertThat(IntStream.range(0, kept.size()).map(kept::id).toArray()).isEqualTo(ids);
    assertThat(TokenIds.of(new int[1 << 14]).id((1 << 14) - 1)).isZero();
    assertThat(TokenIds.of().size()).isZero();
  }

  @Test
  void should_refuse_a_token_that_is_not_there() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenIds.of(1, 2).id(2))
        .withMessage("no tokens 2 to 3: the text has 2; 0 <= from <= to <= 2 must hold");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenIds.of(1, 2).id(-1));
    Corpus part = Corpus.ofWords("a b c").slice(1, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> part.id(1))
        .withMessageContaining("has 1");
    assertThatIllegalArgumentException().isThrownBy(() -> part.id(Integer.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> part.id(-1));
  }

  @Test
  void should_number_more_characters_than_two_bytes_hold() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int c = 0; all.length() < 100_000; c++) {
      if (c != '\r' && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
        all.appendCodePoint(c);
      }
    }
    Path file = Files.writeString(folder.resolve("all.txt"), all);
    int size = all.codePointCount(0, all.length());

    for (long most : new long[] {KEPT, NOT_KEPT}) {
      Corpus text = FileIds.read(file, false, most);
      assertThat(text.vocabulary().size()).isEqualTo(size).isGreaterThan(1 << 16);
      assertThat(text.tokens()).isEqualTo(IntStream.range(0, size).toArray());
    }
  }

  @Test
  void should_read_parts_and_other_vocabularies_of_a_text_that_is_not_kept() throws IOException {
    String words = "b a c ".repeat(5000);
    Corpus text = FileIds.read(Files.writeString(folder.resolve("a.txt"), words), true, NOT_KEPT);
    Vocabulary other = Vocabulary.of(List.of("a", "b", "c", "<unk>"));

    Corpus part = text.encodedBy(other).slice(7000, 7004).slice(1, 4);

    assertThat(part.vocabulary()).isEqualTo(other);
    assertThat(part.tokens()).containsExactly(2, 1, 0);
    assertThat(part.encodedBy(text.vocabulary()).tokens()).containsExactly(2, 0, 1);
    Vocabulary fewer = Vocabulary.of(List.of("<unk>", "b"));
    assertThat(text.encodedBy(fewer, "<unk>").slice(9000, 9003).tokens()).containsExactly(1, 0, 0);
    assertThat(text.first(1).encodedBy(fewer).tokens()).containsExactly(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> text.encodedBy(fewer))
        .withMessageContaining("\"a\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> text.encodedBy(text.vocabulary(), "<unk>"))
        .withMessageContaining("\"<unk>\"");
  }

  @Test
  void should_give_the_offset_of_what_is_not_utf8_wherever_it_lies() throws IOException {
    for (int offset : new int[] {PIECE - 2, PIECE - 1, PIECE, 2 * PIECE - 1, 20_000}) {
      byte[] bytes = ("é" + "a".repeat(30_000)).getBytes(StandardCharsets.UTF_8);
      bytes[offset] = (byte) 0xf0;
      bytes[offset + 1] = (byte) 0x9f;
      bytes[offset + 2] = (byte) 0x99;
      Path file = Files.write(folder.resolve("bad.txt"), bytes);
      Path cut = Files.write(folder.resolve("cut.txt"), Arrays.copyOf(bytes, offset + 2));
      for (Path broken : List.of(file, cut)) {
        assertThatIOException()
            .isThrownBy(() -> Corpus.words(broken))
            .withMessage(
                broken
                    + (": not UTF-8: byte 0xf0 at offset " + offset)
                    + "; save the file as UTF-8");
      }
    }
  }

  @Test
  void should_say_that_a_text_that_is_not_kept_has_changed() throws IOException {
    Path file = folder.resolve("a.txt");
    String text = "to be or not ".repeat(5000);
    List<String> changes =
        new ArrayList<>(
            List.of(text + " to be", text.substring(9), text.replace("not", "eat"), "é"));
    changes.add(" ".repeat(text.length()));
    for (String change : changes) {
      Files.writeString(file, text);
      FileTime time = Files.getLastModifiedTime(file);
      Corpus corpus = FileIds.read(file, true, NOT_KEPT);
      assertThat(corpus.id(3)).isEqualTo(3);
      Files.writeString(file, change);
      Files.setLastModifiedTime(file, time);
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> corpus.id(10_003))
          .havingCause()
          .withMessageStartingWith(file + ": the file has changed since it was read first");
    }
  }

  @Test
  void should_say_that_a_text_that_is_not_kept_was_touched_or_is_gone() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "to be or not ".repeat(5000));
    Corpus corpus = FileIds.read(file, true, NOT_KEPT);
    FileTime time = Files.getLastModifiedTime(file);

    Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() - 5000));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> corpus.id(10_003))
        .withMessageContaining("has changed");
    Files.delete(file);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> corpus.id(10_003))
        .havingCause()
        .withMessage(file + ": no such file; check the path");
    Files.writeString(file, "to be or not ".repeat(5000));
    Files.setLastModifiedTime(file, time);
    assertThat(corpus.id(10_003)).isEqualTo(3);
  }

  @Test
  void should_keep_the_blocks_at_the_places_of_a_batch() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "to be or not ".repeat(5000));
    Corpus corpus = FileIds.read(file, true, NOT_KEPT);
    int[] places = {3, 7003, 14_003};
    assertThat(IntStream.of(places).map(corpus::id)).containsOnly(3);
    Files.delete(file);
    assertThat(IntStream.of(places).map(at -> corpus.id(at - 1))).containsOnly(2);
  }

  @Test
  void should_be_read_again_by_an_interrupted_thread() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "to be or not ".repeat(5000));
    Corpus corpus = FileIds.read(file, true, NOT_KEPT);
    Thread.currentThread().interrupt();
    try {
      assertThat(corpus.id(10_003)).isEqualTo(3);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void should_give_batches_and_perplexity_of_any_source_of_ids() {
    int[] ids = new RandomState(3).randint(0, 20, 500);
    TokenIds source =
        new TokenIds() {
          @Override
          public int size() {
            return ids.length;
          }

          @Override
          public int id(int index) {
            return ids[index];
          }
        };
    BpttBatches batches = new BpttBatches(source, 3, 4);

    for (int i = 0; i < batches.iterations(); i++) {
      BpttBatches.Batch expected = new BpttBatches(ids, 3, 4).batch(i);
      assertThat(batches.batch(i).xs()).isDeepEqualTo(expected.xs());
      assertThat(batches.batch(i).ts()).isDeepEqualTo(expected.ts());
    }
    RnnLanguageModel model = new RnnLanguageModel(20, 5, 6, new RandomState(4));
    assertThat(model.perplexity(source)).isEqualTo(model.perplexity(ids));
    ids[499] = 20;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.perplexity(source))
        .withMessage("perplexity: id 20 at 499 is not in 0..19");
  }

  /** In a heap with room for what must be, ids included, and little else. */
  @ParameterizedTest
  @CsvSource({"char, 1.1", "word, 1.1"})
  void a_text_should_take_little_memory(String level, double most) throws Exception {
    Path file = LargeText.write(folder.resolve("large.txt"), 10_000_000);
    String[] said = inSmallHeap("-Xmx60m", file, level).split(" ", 2);
    assertThat(Double.parseDouble(said[0])).isBetween(0.3, most);
    Corpus text = LargeText.read(file, level);
    assertThat(said[1]).isEqualTo(text.size() + " " + LargeText.scores(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"char", "word"})
  void a_text_larger_than_the_memory_should_be_learned_from_its_file(String level)
      throws Exception {
    Path file = LargeText.write(folder.resolve("large.txt"), 32_000_000);
    String[] said = inSmallHeap("-Xmx16m", file, level).split(" ", 2);
    assertThat(Double.parseDouble(said[0])).isBetween(0.0, 0.05);
    Corpus text = LargeText.read(file, level);
    assertThat(said[1]).isEqualTo(text.size() + " " + LargeText.scores(text));
  }

  private static String inSmallHeap(String heap, Path file, String level) throws Exception {
    return FreshJvm.run(
        LargeText.class,
        List.of(heap, "-XX:+UseSerialGC", "-Dunroll.kernel=plain", "-Dunroll.threads=1"),
        file,
        level);
  }
}
