package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The ends of all epochs of a training, those before it was resumed too. */
final class EpochHistory implements TrainingListener {
  private static final String NO_VALIDATION = "-";
  private static final String SEPARATOR = ", ";

  private static final String NOTE = "history";

  private final List<EpochEnd> ends = new ArrayList<>();
  private final Map<String, String> notes;

  /**
   * The history of a training that begins, or goes on.
   *
   * @param notes modified: kept up to date on each epoch; what they have already came before
   * @throws IllegalArgumentException if what they have is no history
   */
  EpochHistory(Map<String, String> notes) {
    this.notes = notes;
    if (notes.containsKey(NOTE)) {
      read(notes.get(NOTE));
    }
  }

  /** Hands the history of a training on, if the notes on it have one. */
  static void copy(Map<String, String> from, Map<String, String> to) {
    if (from.containsKey(NOTE)) {
      to.put(NOTE, from.get(NOTE));
    }
  }

  private void read(String note) {
    double best = Double.POSITIVE_INFINITY;
    for (String epoch : note.split(SEPARATOR)) {
      String[] figures = epoch.split(" ");
      if (figures.length != 3) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "history: \"%s\" is not a loss, a learning rate and a score", epoch));
      }
      double loss = Double.parseDouble(figures[0]);
      OptionalDouble validation =
          figures[2].equals(NO_VALIDATION)
              ? OptionalDouble.empty()
              : OptionalDouble.of(Double.parseDouble(figures[2]));
      boolean isBest = validation.isPresent() && validation.getAsDouble() < best;
      best = isBest ? validation.getAsDouble() : best;
      ends.add(
          new EpochEnd(
              ends.size() + 1,
              loss,
              StrictMath.exp(loss),
              Double.parseDouble(figures[1]),
              validation,
              isBest));
    }
  }

  @Override
  public void epochEnded(EpochEnd end) {
    ends.add(end);
    notes.put(NOTE, toString());
  }

  List<EpochEnd> ends() {
    return List.copyOf(ends);
  }

  /** Of each epoch loss, learning rate and validation score. */
  @Override
  public String toString() {
    return ends.stream().map(EpochHistory::figures).collect(Collectors.joining(SEPARATOR));
  }

  private static String figures(EpochEnd end) {
    String validation =
        end.validation().isPresent()
            ? Double.toString(end.validation().getAsDouble())
            : NO_VALIDATION;
    return end.loss() + " " + end.learningRate() + " " + validation;
  }
}
