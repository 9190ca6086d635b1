package io.github.unroll.data;

import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads a text and prints how much memory it keeps, and what a model says of some of it. */
final class LargeText {

  private LargeText() {}

  /** Writes lines of random words until a file has as many bytes, and completes the line. */
  static Path write(Path file, long bytes) throws IOException {
    RandomState random = new RandomState(19);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (long written = 0; written < bytes; ) {
        StringBuilder line = new StringBuilder();
        for (int number : random.randint(0, 3000, 200)) {
          line.append(Integer.toString(number * number, 36)).append(number % 9 == 0 ? ".\n" : " ");
        }
        out.append(line);
        written += line.length();
      }
    }
    return file;
  }

  static Corpus read(Path file, String level) throws IOException {
    return level.equals("word") ? Corpus.words(file) : Corpus.characters(file);
  }

  /** The loss of batches from all over a text, and the perplexity of its last part, to the bit. */
  static String scores(Corpus text) {
    BpttBatches batches = new BpttBatches(text, 5, 7);
    RnnLanguageModel model =
        new RnnLanguageModel(text.vocabulary().size(), 3, 4, new RandomState(1));
    StringBuilder scores = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      BpttBatches.Batch batch = batches.batch((batches.iterations() - 1) / 3 * i);
      scores.append(Double.toHexString(model.forward(batch.xs(), batch.ts()))).append(' ');
    }
    Corpus last = text.slice(text.size() - 300, text.size());
    scores.append(Double.toHexString(model.perplexity(last)));
    return scores.append(' ').append(text.hashCode()).toString(); // of all ids
  }

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    read(write(Path.of(args[0] + ".small"), 1000), args[1]); // what is loaded once
    long before = used();
    Corpus text = read(file, args[1]);
    double kept = (double) (used() - before) / Files.size(file);
    System.out.printf(Locale.ROOT, "%.4f %d %s", kept, text.size(), scores(text));
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
