package io.github.unroll.examples;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.TextSampler;
import io.github.unroll.model.WordChoice;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What both examples of a language model do: train an LSTM, judge it after each epoch, write. */
final class LanguageModelTraining {

  private final Settings settings;
  private final Corpus training;
  private final Corpus heldOut;
  private final RandomState random;
  private final RnnLanguageModel model;

  /**
   * The perplexities after an epoch.
   *
   * @param epoch from 1
   * @param training while it was learned
   * @param heldOut of the text that is not trained on
   */
  record Epoch(int epoch, double training, double heldOut) {}

  LanguageModelTraining(Settings settings, Corpus training, Corpus heldOut, RandomState random) {
    this.settings = settings;
    this.training = training;
    this.heldOut = heldOut;
    this.random = random;
    SequenceDescription description =
        SequenceDescription.languageModel(
                training.vocabulary().size(), settings.whole("embedding"), settings.whole("hidden"))
            .withCell(CellKind.LSTM)
            .withDropout(settings.number("dropout"));
    model = new RnnLanguageModel(description, random);
  }

  /** All of a text but its last tenth, and that tenth. */
  static List<Corpus> split(Corpus text) {
    int end = text.size() - text.size() / 10;
    return List.of(text.first(end), text.slice(end, text.size()));
  }

  /** Trains and prints a line an epoch. */
  List<Epoch> train(PrintStream out) {
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(
            model,
            new Adam(settings.number("rate")),
            GradientClipping.byGlobalNorm(settings.number("clip")));
    BpttBatches batches =
        new BpttBatches(training, settings.whole("batch"), settings.whole("steps"));
    int every = settings.whole("every");
    out.println("perplexity");
    out.println("epoch  training  held out");
    List<Epoch> epochs = new ArrayList<>();
    for (int epoch = every; epoch <= settings.whole("epochs"); epoch += every) {
      double perplexity = trainer.train(batches, every).get(every - 1).perplexity();
      Epoch end = new Epoch(epoch, perplexity, model.perplexity(heldOut));
      out.printf(Locale.ROOT, "%5d  %8.4f  %8.4f%n", epoch, end.training, end.heldOut);
      epochs.add(end);
    }
    return epochs;
  }

  /** Writes with the model as it then is. */
  TextSampler sampler() {
    WordChoice choice = WordChoice.sampled().withTemperature(settings.number("temperature"));
    return new TextSampler(model, choice, random);
  }

  static Picture draw(String title, List<Epoch> epochs) {
    Picture picture = new Picture(title, "epoch", "perplexity");
    picture.logarithmic();
    double[] numbers = epochs.stream().mapToDouble(Epoch::epoch).toArray();
    double[] learned = epochs.stream().mapToDouble(Epoch::training).toArray();
    double[] unseen = epochs.stream().mapToDouble(Epoch::heldOut).toArray();
    picture.curve("training", numbers, learned, Picture.ORANGE);
    picture.curve("held out", numbers, unseen, Picture.BLUE);
    return picture;
  }
}
