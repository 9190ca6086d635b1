package io.github.unroll.job;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a classification: which rows are a sequence, what its label is and what is read,
 * and how the network is trained.
 *
 * <pre>{@code
 * ClassifySettings.of("id", "name")                                     // all other columns are read
 * ClassifySettings.of("sentence", "tag").withWords("word").withEveryRow()   // a tagger
 * }</pre>
 *
 * @param group the column that names the sequence of each row; rows of one sequence are in order
 * @param label the column of the labels
 * @param features the columns of numbers that are read; empty for all others, unless words are read
 * @param words the column of the words that are read; empty for numbers
 * @param everyRow whether each row has a label of its own; else all rows of a sequence have the
 *     same
 * @param balanced whether rare labels count as much as frequent ones in training
 * @param hidden the hidden size of the network, at least 1
 * @param epochs the greatest number of epochs, at least 1; training stops before if the loss on
 *     held-out sequences no longer falls
 * @param seed the seed of everything random
 */
public record ClassifySettings(
    String group,
    String label,
    List<String> features,
    Optional<String> words,
    boolean everyRow,
    boolean balanced,
    int hidden,
    int epochs,
    long seed) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is below 1, a column is named twice, or features
   *     and words are both given
   */
  public ClassifySettings {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(words, "words");
    features = List.copyOf(features);
    require(hidden >= 1, "hidden must be at least 1, not %d", hidden);
    require(epochs >= 1, "epochs must be at least 1, not %d", epochs);
    require(
        words.isEmpty() || features.isEmpty(),
        "words and features are both given; a network reads one of them");
    Set<String> names = new HashSet<>(Set.of(group));
    requireNew(names, label);
    features.forEach(name -> requireNew(names, name));
    words.ifPresent(name -> requireNew(names, name));
  }

  private static void require(boolean right, String otherwise, Object... details) {
    if (!right) {
      throw new IllegalArgumentException(
          "ClassifySettings: " + String.format(Locale.ROOT, otherwise, details));
    }
  }

  private static void requireNew(Set<String> names, String name) {
    require(names.add(name), "column '%s' is named twice", name);
  }

  /**
   * {@return settings for one label a sequence, with 32 hidden units; all other columns are read}
   *
   * @param group the column that names the sequence of each row
   * @param label the column of the labels
   * @throws IllegalArgumentException if both are the same
   */
  public static ClassifySettings of(String group, String label) {
    return new ClassifySettings(
        group, label, List.of(), Optional.empty(), false, false, 32, 100, 0);
  }

  /** {@return the same, reading only some columns} */
  public ClassifySettings withFeatures(String... columns) {
    return new ClassifySettings(
        group, label, List.of(columns), words, everyRow, balanced, hidden, epochs, seed);
  }

  /** {@return the same, reading a column of words} */
  public ClassifySettings withWords(String column) {
    return new ClassifySettings(
        group, label, features, Optional.of(column), everyRow, balanced, hidden, epochs, seed);
  }

  /** {@return the same with a label for each row} */
  public ClassifySettings withEveryRow() {
    return new ClassifySettings(
        group, label, features, words, true, balanced, hidden, epochs, seed);
  }

  /** {@return the same with rare labels that count as much as frequent ones} */
  public ClassifySettings withBalance() {
    return new ClassifySettings(
        group, label, features, words, everyRow, true, hidden, epochs, seed);
  }

  /** {@return the same with another hidden size and greatest number of epochs} */
  public ClassifySettings withTraining(int hiddenSize, int greatestEpochs) {
    return new ClassifySettings(
        group, label, features, words, everyRow, balanced, hiddenSize, greatestEpochs, seed);
  }

  /** {@return the same with another seed} */
  public ClassifySettings withSeed(long other) {
    return new ClassifySettings(
        group, label, features, words, everyRow, balanced, hidden, epochs, other);
  }
}
