package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import java.io.PrintWriter;

/**
 * Prints tokens one by one as readable text: words with blanks between them, characters without,
 * and the end of a sentence as the end of a line. Blanks and line ends are printed only when a
 * token follows, so the text does not end with them.
 */
final class WrittenText {
  private final PrintWriter out;
  private final boolean ofWords;
  private final StringBuilder waiting = new StringBuilder();
  private boolean newLine = true;

  WrittenText(PrintWriter out, TextOptions.Level level) {
    this.out = out;
    this.ofWords = level == TextOptions.Level.WORD;
  }

  void append(String token) {
    if (!ofWords) {
      print(token);
    } else if (token.equals(Corpus.EOS)) {
      waiting.append('\n');
      newLine = true;
    } else {
      print(newLine ? token : " " + token);
      newLine = false;
    }
  }

  private void print(String text) {
    int end = text.stripTrailing().length();
    if (end > 0) {
      out.append(waiting).append(text, 0, end);
      waiting.setLength(0);
    }
    waiting.append(text, end, text.length());
  }

  /** Ends the text, and its last line. */
  void end() {
    waiting.setLength(0);
    out.println();
  }
}
