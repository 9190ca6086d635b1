package io.github.unroll.examples;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A language model of characters: an LSTM reads a poem letter by letter and writes on, before
 * training and after it. So short a text it learns by heart: its perplexity comes near 1, that of
 * the held-out last lines rises. A longer text of yours shows what it makes of lines it never saw.
 */
public final class CharacterModelExample {

  static final String DEFAULTS =
      "data=poem embedding=16 hidden=96 dropout=0 batch=4 steps=25 rate=0.005 clip=5 epochs=100"
          + " every=10 temperature=0.5 written=240 seed=0 chart=target/character-model.png";

  /** William Wordsworth, "I wandered lonely as a cloud" (1815). */
  static final String POEM =
      """
      I wandered lonely as a cloud
      That floats on high o'er vales and hills,
      When all at once I saw a crowd,
      A host, of golden daffodils;
      Beside the lake, beneath the trees,
      Fluttering and dancing in the breeze.

      Continuous as the stars that shine
      And twinkle on the milky way,
      They stretched in never-ending line
      Along the margin of a bay:
      Ten thousand saw I at a glance,
      Tossing their heads in sprightly dance.

      The waves beside them danced; but they
      Out-did the sparkling waves in glee:
      A poet could not but be gay,
      In such a jocund company:
      I gazed - and gazed - but little thought
      What wealth the show to me had brought:

      For oft, when on my couch I lie
      In vacant or in pensive mood,
      They flash upon that inward eye
      Which is the bliss of solitude;
      And then my heart with pleasure fills,
      And dances with the daffodils.
      """;

  /**
   * What comes out.
   *
   * @param epochs the perplexities, of a character
   * @param before what the model writes before training
   * @param after what it writes after it
   */
  record Outcome(List<LanguageModelTraining.Epoch> epochs, String before, String after) {}

  private CharacterModelExample() {}

  /**
   * Writes, trains, prints, writes again and draws.
   *
   * @param args settings that are to be different, as {@code data=book.txt}
   * @throws IOException if the text cannot be read or the picture not be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Outcome run(Settings settings, PrintStream out) throws IOException {
    RandomState random = new RandomState(settings.whole("seed"));
    String data = settings.text("data");
    Corpus text =
        data.equals("poem") ? Corpus.ofCharacters(POEM) : Corpus.characters(Path.of(data));
    List<Corpus> parts = LanguageModelTraining.split(text);

    out.println(settings);
    out.printf(Locale.ROOT, "%s to learn, %s held out%n", parts.get(0), parts.get(1));
    LanguageModelTraining training =
        new LanguageModelTraining(settings, parts.get(0), parts.get(1), random);
    String before = written(training, text, settings);
    out.printf(Locale.ROOT, "before training:%n%s%n", before);
    List<LanguageModelTraining.Epoch> epochs = training.train(out);
    String after = written(training, text, settings);
    out.printf(Locale.ROOT, "after training:%n%s%n", after);
    Path chart = Path.of(settings.text("chart"));
    LanguageModelTraining.draw("A language model of characters", epochs).write(chart);
    out.println("picture: " + chart);
    return new Outcome(epochs, before, after);
  }

  /** What the model writes after the first character of the text. */
  private static String written(LanguageModelTraining training, Corpus text, Settings settings) {
    Vocabulary vocabulary = text.vocabulary();
    int[] first = {text.id(0)};
    int[] written = training.sampler().sample(first, settings.whole("written"));
    return vocabulary.word(first[0]) + String.join("", vocabulary.decode(written));
  }
}
