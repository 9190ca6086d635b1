package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The results of all epochs of a training, including those before it was resumed. */
final class EpochHistory implements TrainingListener {
  private static final String NO_VALIDATION = "-";
  private static final String SEPARATOR = ", ";

  private static final String NOTE = "history";

  private final List<EpochEnd> ends = new ArrayList<>();
  private final Map<String, String> notes;

  /**
   * The history of a new or resumed training.
   *
   * @param notes modified: each epoch is added; they may already have earlier epochs
   * @throws IllegalArgumentException if they have an invalid history
   */
  EpochHistory(Map<String, String> notes) {
    this.notes = notes;
    if (notes.containsKey(NOTE)) {
      read(notes.get(NOTE));
    }
  }

  /** Copies the history of a training, if its notes have one. */
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

  /** Loss, learning rate and validation score of an epoch. */
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
