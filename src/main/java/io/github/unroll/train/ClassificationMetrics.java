package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.Sequences;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures of how well classes are predicted: accuracy, precision, recall, F1, log loss, and which
 * class is taken for which.
 *
 * <pre>{@code
 * System.out.println(ClassificationMetrics.of(model, heldOut, List.of("walk", "run", "rest")));
 * plan.with(Validation.by(() -> 1 - ClassificationMetrics.of(model, heldOut).macroF1()))
 * }</pre>
 *
 * <p>Of one class k:
 *
 * <pre>{@code
 * precision = right answers k / answers k            0 if k is never answered
 * recall    = right answers k / examples of class k  0 if there is no example
 * F1        = 2 · right answers k / (answers k + examples of class k)
 *                                                    0 if there is neither
 * }</pre>
 *
 * <p>A fraction 0/0 is taken as 0, as other libraries do: a class that is never found then lowers
 * the means. Before the first answer everything that is a mean over answers or classes is NaN, so
 * that nothing measured is not taken for a result; as a validation it stops the training.
 */
public final class ClassificationMetrics {

  private static final int LABEL_WIDTH = 16;
  private static final int MOST_ROWS = 20;
  private static final int MOST_COLUMNS = 12;

  private final List<String> labels;
  private final long[][] counts; // [right][predicted]; null for a class without examples
  private final long[] predicted;
  private long count;
  private long withProbabilities;
  private double lost; // the sum of −log p of the right classes

  /**
   * No answers yet; the classes are called 0, 1, 2, ...
   *
   * @param classes K, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public ClassificationMetrics(int classes) {
    this(IntStream.range(0, classes).mapToObj(Integer::toString).toList());
  }

  /**
   * No answers yet, of classes with names.
   *
   * @param labels the names of the K classes, at least one; copied
   * @throws IllegalArgumentException if there is none
   */
  public ClassificationMetrics(List<String> labels) {
    this.labels = List.copyOf(labels);
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("ClassificationMetrics: no classes; give at least one");
    }
    this.counts = new long[labels.size()][];
    this.predicted = new long[labels.size()];
  }

  /**
   * {@return the measures of a model for batches; the classes are called 0, 1, 2, ...}
   *
   * @param model read as it predicts, without dropout; neither it nor its training is changed
   * @param batches read once, without {@link Batches#beginEpoch}: in a fixed order, and no random
   *     number is drawn; ignored labels and steps that do not count are left out
   * @throws IllegalArgumentException if a batch does not fit the model, or an input or a
   *     probability is NaN
   */
  public static ClassificationMetrics of(
      SequenceClassifier model, Batches<LabelledSequences> batches) {
    return new ClassificationMetrics(model.description().outputSize()).addAll(model, batches);
  }

  /**
   * {@return the measures of a model for batches, with names of the classes}
   *
   * @param model see {@link #of(SequenceClassifier, Batches)}
   * @param batches see {@link #of(SequenceClassifier, Batches)}
   * @param labels the name of each class
   * @throws IllegalArgumentException if there is not a label for each class, a batch does not fit
   *     the model, or an input or a probability is NaN
   */
  public static ClassificationMetrics of(
      SequenceClassifier model, Batches<LabelledSequences> batches, List<String> labels) {
    if (labels.size() != model.description().outputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ClassificationMetrics: %d labels, and the model tells %s; give one for each",
              labels.size(),
              model.description().output()));
    }
    return new ClassificationMetrics(labels).addAll(model, batches);
  }

  private ClassificationMetrics addAll(
      SequenceClassifier model, Batches<LabelledSequences> batches) {
    boolean steps = model.description().readout() == Readout.EVERY;
    for (int i = 0; i < batches.iterations(); i++) {
      LabelledSequences batch = batches.read(i);
      add(batch.labels(), batch.inputs(), steps, model.probabilities(batch.inputs()));
    }
    return this;
  }

  private void add(int[][] right, Sequences inputs, boolean steps, Tensor3 probabilities) {
    int answers = probabilities.d1();
    boolean fits = right.length == probabilities.d0();
    for (int n = 0; n < right.length; n++) {
      fits &= right[n].length == answers;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ClassificationMetrics: %d sequences of %d answers each need labels of that shape",
              probabilities.d0(),
              answers));
    }
    for (int n = 0; n < right.length; n++) {
      for (int t = 0; t < answers; t++) {
        int at = (n * answers + t) * probabilities.d2();
        if (!steps || inputs.counts(n, t)) {
          add(right[n][t], Arrays.copyOfRange(probabilities.data(), at, at + probabilities.d2()));
        }
      }
    }
  }

  // ---- answers ----

  /**
   * Adds an answer.
   *
   * @param right the right class, 0 to K-1; with {@link TimeSoftmaxWithLoss#IGNORE} nothing is
   *     added
   * @param answer the predicted class, 0 to K-1
   * @throws IllegalArgumentException if there is no such class
   */
  public void add(int right, int answer) {
    if (right == TimeSoftmaxWithLoss.IGNORE) {
      return;
    }
    requireClass("right", right);
    requireClass("predicted", answer);
    if (counts[right] == null) {
      counts[right] = new long[labels.size()];
    }
    counts[right][answer]++;
    predicted[answer]++;
    count++;
  }

  /**
   * Adds an answer of probabilities: the first of the most likely classes, and the log loss.
   *
   * @param right the right class, 0 to K-1; with {@link TimeSoftmaxWithLoss#IGNORE} nothing is
   *     added
   * @param probabilities the probability of each class (K)
   * @throws IllegalArgumentException if there is no such class, there are not K probabilities, or
   *     one is not in 0..1
   */
  public void add(int right, double[] probabilities) {
    if (right == TimeSoftmaxWithLoss.IGNORE) {
      return;
    }
    if (probabilities.length != labels.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ClassificationMetrics: %d probabilities for %d classes; give one for each",
              probabilities.length,
              labels.size()));
    }
    int greatest = 0;
    for (int k = 0; k < probabilities.length; k++) {
      if (!(probabilities[k] >= 0 && probabilities[k] <= 1)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "ClassificationMetrics: the probability of class %s is %s, so that no class is the"
                    + " most likely; look for NaN in the inputs and in the model's parameters",
                labels.get(k),
                probabilities[k]));
      }
      greatest = probabilities[k] > probabilities[greatest] ? k : greatest;
    }
    add(right, greatest);
    lost -= StrictMath.log(probabilities[right]);
    withProbabilities++;
  }

  private void requireClass(String what, int k) {
    if (k < 0 || k >= labels.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ClassificationMetrics: the %s class %d is not in 0..%d",
              what,
              k,
              labels.size() - 1));
    }
  }

  // ---- measures ----

  /** {@return the number of answers} */
  public long count() {
    return count;
  }

  /**
   * {@return how often one class was answered where another was right: an entry of the confusion
   * matrix}
   *
   * @param right the right class, 0 to K-1
   * @param answer the predicted class, 0 to K-1
   * @throws IllegalArgumentException if there is no such class
   */
  public long count(int right, int answer) {
    requireClass("right", right);
    requireClass("predicted", answer);
    return counts[right] == null ? 0 : counts[right][answer];
  }

  /**
   * {@return the number of examples of a class}
   *
   * @param k the class, 0 to K-1
   * @throws IllegalArgumentException if there is no such class
   */
  public long examples(int k) {
    requireClass("right", k);
    return counts[k] == null ? 0 : Arrays.stream(counts[k]).sum();
  }

  /** {@return the share of the answers that are right; NaN if there is none} */
  public double accuracy() {
    long right = 0;
    for (int k = 0; k < labels.size(); k++) {
      right += count(k, k);
    }
    return (double) right / count;
  }

  /**
   * {@return the share of the answers of a class that are right; 0 if it was never answered}
   *
   * @param k the class, 0 to K-1
   * @throws IllegalArgumentException if there is no such class
   */
  public double precision(int k) {
    return ratio(count(k, k), predicted[k]);
  }

  /**
   * {@return the share of the examples of a class that were found; 0 if there is none}
   *
   * @param k the class, 0 to K-1
   * @throws IllegalArgumentException if there is no such class
   */
  public double recall(int k) {
    return ratio(count(k, k), examples(k));
  }

  /**
   * {@return the harmonic mean of precision and recall of a class; 0 if both are}
   *
   * @param k the class, 0 to K-1
   * @throws IllegalArgumentException if there is no such class
   */
  public double f1(int k) {
    return ratio(2 * count(k, k), predicted[k] + examples(k));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * {@return the mean F1 of the classes that have examples or were answered, all with the same
   * weight, so that rare classes count as much as frequent ones; NaN without answers}
   */
  public double macroF1() {
    return macro(this::f1);
  }

  /**
   * {@return the mean F1 of the classes, weighted by their numbers of examples; NaN without
   * answers}
   */
  public double weightedF1() {
    return weighted(this::f1);
  }

  private double macro(IntToDoubleFunction measure) {
    return seen().mapToDouble(measure).average().orElse(Double.NaN);
  }

  private double weighted(IntToDoubleFunction measure) {
    double sum = 0;
    for (int k = 0; k < labels.size(); k++) {
      sum += measure.applyAsDouble(k) * examples(k);
    }
    return sum / count;
  }

  /** The classes of which there is anything to tell. */
  private IntStream seen() {
    return IntStream.range(0, labels.size()).filter(k -> predicted[k] > 0 || counts[k] != null);
  }

  /**
   * {@return the mean of −log of the probability of the right class, in nats, over the answers that
   * were added with probabilities; NaN if there is none, infinite if a right class had probability
   * 0}
   */
  public double logLoss() {
    return lost / withProbabilities;
  }

  // ---- as text ----

  /**
   * {@return the measures as a table: a line for each class, the means, and the confusion matrix}
   * Of more than 20 classes the table has those with the most examples, and of more than 12 there
   * are the most frequent mistakes in the place of the matrix. Long labels are cut.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    List<Integer> shown = mostExamples();
    int width = "weighted mean".length();
    for (int k : shown) {
      width = Math.max(width, label(k).length());
    }
    String line = "%-" + width + "s  %9s  %9s  %9s  %9s\n";
    append(text, line, "", "precision", "recall", "F1", "examples");
    for (int k : shown) {
      append(
          text,
          line,
          label(k),
          share(precision(k)),
          share(recall(k)),
          share(f1(k)),
          Long.toString(examples(k)));
    }
    long left = seen().count() - shown.size();
    if (left > 0) {
      append(text, "... and %d classes with fewer examples\n", left);
    }
    String all = Long.toString(count);
    append(
        text,
        line,
        "mean",
        share(macro(this::precision)),
        share(macro(this::recall)),
        share(macroF1()),
        all);
    append(
        text,
        line,
        "weighted mean",
        share(weighted(this::precision)),
        share(weighted(this::recall)),
        share(weightedF1()),
        all);
    append(text, "accuracy %s", share(accuracy()));
    if (withProbabilities > 0) {
      append(text, ", log loss %s", share(logLoss()));
    }
    if (seen().count() > MOST_COLUMNS) {
      appendMistakes(text);
    } else {
      appendMatrix(text);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** A label that is no wider than the tables allow. */
  private String label(int k) {
    String label = labels.get(k).replaceAll("\\s+", " ");
    int points = label.codePointCount(0, label.length());
    return points <= LABEL_WIDTH
        ? label
        : label.substring(0, label.offsetByCodePoints(0, LABEL_WIDTH - 3)) + "...";
  }

  /** The classes of the table, in ascending order. */
  private List<Integer> mostExamples() {
    return seen()
        .boxed()
        .sorted(Comparator.comparingLong(this::examples).reversed()) // stable
        .limit(MOST_ROWS)
        .sorted()
        .toList();
  }

  private void appendMatrix(StringBuilder text) {
    int[] classes = seen().toArray();
    String head = "right \\ predicted";
    String first = "%-" + head.length() + "s";
    append(text, "\n\n" + first, head);
    for (int k : classes) {
      append(text, "  %" + columnWidth(k) + "s", label(k));
    }
    for (int right : classes) {
      append(text, "\n" + first, label(right));
      for (int answer : classes) {
        append(text, "  %" + columnWidth(answer) + "d", count(right, answer));
      }
    }
  }

  private int columnWidth(int answer) {
    return Math.max(label(answer).length(), Long.toString(predicted[answer]).length());
  }

  private void appendMistakes(StringBuilder text) {
    List<int[]> mistakes = new ArrayList<>(); // right and predicted class
    int[] classes = seen().toArray();
    for (int right : classes) {
      for (int answer : classes) {
        if (right != answer && count(right, answer) > 0) {
          mistakes.add(new int[] {right, answer});
        }
      }
    }
    mistakes.sort(Comparator.comparingLong(pair -> -count(pair[0], pair[1]))); // stable
    append(text, "\n\nthe most frequent mistakes, right -> predicted:");
    for (int[] pair : mistakes.subList(0, Math.min(MOST_COLUMNS, mistakes.size()))) {
      append(text, "\n%9d  %s -> %s", count(pair[0], pair[1]), label(pair[0]), label(pair[1]));
    }
  }
}
