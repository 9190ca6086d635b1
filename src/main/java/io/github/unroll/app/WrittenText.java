package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import java.util.List;

/** Tokens as a person reads them. */
final class WrittenText {
  private WrittenText() {}

  /** Words with blanks between them, the end of a sentence as the end of a line. */
  static String ofWords(List<String> words) {
    StringBuilder text = new StringBuilder();
    boolean newLine = true;
    for (String word : words) {
      if (word.equals(Corpus.EOS)) {
        text.append('\n');
        newLine = true;
      } else {
        text.append(newLine ? "" : " ").append(word);
        newLine = false;
      }
    }
    return text.toString();
  }

  static String ofCharacters(List<String> characters) {
    return String.join("", characters);
  }
}
