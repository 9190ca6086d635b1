package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import java.io.PrintWriter;

/**
 * Tokens printed one by one as a person reads them: words with blanks between them, characters
 * without, and the end of a sentence as the end of a line. Blanks and line ends at its end are left
 * out, so they wait for what follows them.
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
