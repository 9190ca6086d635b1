package io.github.unroll.examples;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.data.task.AgreementGrammar;
import io.github.unroll.model.TextSampler;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A language model of words: an LSTM reads sentences of the agreement grammar, whose own perplexity
 * is the least that can be expected, or a text of yours, and writes sentences like them.
 */
public final class WordModelExample {

  static final String DEFAULTS =
      "data=grammar sentences=5000 unseen=500 embedding=32 hidden=64 dropout=0 batch=20 steps=20"
          + " rate=0.005 clip=5 epochs=10 every=1 temperature=0.8 written=200 seed=0"
          + " chart=target/word-model.png";

  private static final int SHOWN = 5;
  private static final int LONGEST = 30;

  /**
   * What comes out.
   *
   * @param epochs the perplexities
   * @param best the grammar's own on the held-out sentences, if they are its
   * @param written sentences of the trained model
   * @param possible how many of them the grammar can make, if it made the text
   */
  record Outcome(
      List<LanguageModelTraining.Epoch> epochs,
      OptionalDouble best,
      List<List<String>> written,
      long possible) {}

  private WordModelExample() {}

  /**
   * Trains, prints, writes and draws.
   *
   * @param args settings that are to be different, as {@code data=book.txt}
   * @throws IOException if the text cannot be read or the picture not be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Outcome run(Settings settings, PrintStream out) throws IOException {
    RandomState random = new RandomState(settings.whole("seed"));
    boolean ofGrammar = settings.text("data").equals("grammar");
    Optional<AgreementGrammar> grammar =
        ofGrammar ? Optional.of(new AgreementGrammar()) : Optional.empty();
    List<Corpus> parts =
        ofGrammar
            ? sentences(grammar.get(), settings, random)
            : LanguageModelTraining.split(Corpus.words(Path.of(settings.text("data"))));
    Corpus unseen = parts.get(1);

    out.println(settings);
    out.printf(Locale.ROOT, "%s to learn, %s held out%n", parts.get(0), unseen);
    LanguageModelTraining training =
        new LanguageModelTraining(settings, parts.get(0), unseen, random);
    List<LanguageModelTraining.Epoch> epochs = training.train(out);
    OptionalDouble best = OptionalDouble.empty();
    if (ofGrammar) {
      best = OptionalDouble.of(grammar.get().perplexity(words(unseen)));
      out.printf(Locale.ROOT, "the grammar itself, held out: %.4f%n", best.getAsDouble());
    }

    List<List<String>> written = new ArrayList<>();
    for (int i = 0; i < settings.whole("written"); i++) {
      written.add(sentence(training.sampler(), unseen.vocabulary()));
    }
    written.stream().limit(SHOWN).forEach(words -> out.println("  " + String.join(" ", words)));
    long possible = 0;
    if (ofGrammar) {
      possible = written.stream().filter(words -> canMake(grammar.get(), words)).count();
      out.printf(
          Locale.ROOT, "of %d such sentences the grammar can make %d%n", written.size(), possible);
    }
    Path chart = Path.of(settings.text("chart"));
    draw(epochs, best).write(chart);
    out.println("picture: " + chart);
    return new Outcome(epochs, best, written, possible);
  }

  private static List<Corpus> sentences(
      AgreementGrammar grammar, Settings settings, RandomState random) {
    return List.of(
        grammar.text(settings.whole("sentences"), random),
        grammar.text(settings.whole("unseen"), random));
  }

  private static List<String> words(Corpus text) {
    return text.vocabulary().decode(text.tokens());
  }

  /** The words up to the end of the sentence, or as many as fit a line. */
  private static List<String> sentence(TextSampler sampler, Vocabulary vocabulary) {
    sampler.start(vocabulary.contains(Corpus.EOS) ? vocabulary.id(Corpus.EOS) : 0);
    List<String> words = new ArrayList<>();
    do {
      words.add(vocabulary.word(sampler.next()));
    } while (words.size() < LONGEST && !words.get(words.size() - 1).equals(Corpus.EOS));
    return words;
  }

  private static boolean canMake(AgreementGrammar grammar, List<String> sentence) {
    for (int i = 0; i < sentence.size(); i++) {
      if (!grammar.nextWord(sentence.subList(0, i)).containsKey(sentence.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Picture draw(List<LanguageModelTraining.Epoch> epochs, OptionalDouble best) {
    Picture picture = LanguageModelTraining.draw("A language model of words", epochs);
    best.ifPresent(
        least -> {
          double[] numbers =
              epochs.stream().mapToDouble(LanguageModelTraining.Epoch::epoch).toArray();
          double[] flat = epochs.stream().mapToDouble(epoch -> least).toArray();
          picture.dashes("the grammar itself", numbers, flat, Picture.GRAY);
        });
    return picture;
  }
}
