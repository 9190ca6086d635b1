package io.github.unroll.job;

import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.ScaledColumns;
import io.github.unroll.data.SequenceSet;
import io.github.unroll.data.Split;
import io.github.unroll.data.Table;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.io.checkpoint.SavedModel;
import io.github.unroll.layer.Merge;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.ClassificationMetrics;
import io.github.unroll.train.EarlyStopping;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A network that gives labels to the sequences of a table, or to each of their rows, trained on it,
 * kept in a file and used on new rows.
 *
 * <pre>{@code
 * Table gestures = Table.read(Path.of("gestures.csv"));
 * ClassifySettings settings = ClassifySettings.of("id", "name");
 * System.out.println(TableClassifier.judge(gestures, settings, 0.25));   // on held-out sequences
 * TableClassifier classifier = TableClassifier.train(gestures, settings);
 * classifier.save(Path.of("gestures.model"));
 * }</pre>
 *
 * <p>The network is an LSTM that reads in both directions; for one label a sequence the mean of its
 * states is judged.
 */
public final class TableClassifier {

  private static final int BATCH = 16;
  private static final double HELD_OUT = 0.2;
  private static final int PATIENCE = 15;
  private static final int WORD_VECTOR = 32;

  private final ClassifySettings settings;
  private final SequenceClassifier model;
  private final List<String> labels;
  private final Reading reading;

  /**
   * How the table is read.
   *
   * @param columns the columns of numbers; none for words
   * @param vocabulary null for numbers
   */
  record Reading(ScaledColumns columns, Vocabulary vocabulary) {

    SequenceSet of(GroupedTable table, ClassifySettings settings) {
      return vocabulary == null
          ? table.numbers(columns)
          : table.words(settings.words().orElseThrow(), vocabulary);
    }
  }

  TableClassifier(
      ClassifySettings settings, SequenceClassifier model, List<String> labels, Reading reading) {
    this.settings = settings;
    this.model = model;
    this.labels = List.copyOf(labels);
    this.reading = reading;
  }

  // ---- training ----

  /**
   * Trains a network on a table. A fifth of the sequences is not learned: it tells when to stop.
   *
   * @param table rows of sequences with their labels
   * @param settings the settings
   * @param listeners called during the training
   * @return the trained classifier
   * @throws IllegalArgumentException if a column is not there or holds what it must not, or there
   *     is only one label
   */
  public static TableClassifier train(
      Table table, ClassifySettings settings, TrainingListener... listeners) {
    GroupedTable groups = new GroupedTable(table, settings);
    return train(
        groups,
        labels(table, settings),
        IntStream.range(0, groups.size()).toArray(),
        settings,
        listeners);
  }

  private static List<String> labels(Table table, ClassifySettings settings) {
    List<String> labels = table.labels(settings.label()).stream().distinct().sorted().toList();
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "column '%s' has only one label, '%s'; there is nothing to tell apart",
              settings.label(),
              labels.get(0)));
    }
    return labels;
  }

  /** Trains on some of the sequences. */
  private static TableClassifier train(
      GroupedTable groups,
      List<String> labels,
      int[] which,
      ClassifySettings settings,
      TrainingListener... listeners) {
    RandomState random = new RandomState(settings.seed());
    List<int[]> classes = groups.classes(labels);
    Split split = split(settings, classes, which, HELD_OUT, random);
    Reading reading = reading(groups, settings, split.training());
    SequenceSet set = reading.of(groups, settings);
    SequenceClassifier model =
        new SequenceClassifier(description(settings, labels.size(), reading), random);
    if (settings.balanced()) {
      int[] counts = new int[labels.size()];
      IntStream.of(split.training())
          .flatMap(i -> Arrays.stream(classes.get(i)))
          .forEach(k -> counts[k]++);
      model.setClassWeights(TimeSoftmaxWithLoss.balancedWeights(counts));
    }
    TrainingPlan plan = TrainingPlan.of(settings.epochs());
    if (split.heldOut().length > 0) {
      Batches<LabelledSequences> heldOut =
          batches(settings, set, classes, split.heldOut(), new RandomState(0));
      plan =
          plan.with(
              Validation.byLoss(model, heldOut)
                  .stopping(EarlyStopping.after(PATIENCE))
                  .keepingBest());
    }
    new Trainer<>(model, new Adam(0.005), GradientClipping.byGlobalNorm(1), listeners)
        .train(batches(settings, set, classes, split.training(), random), plan);
    return new TableClassifier(settings, model, labels, reading);
  }

  private static Reading reading(GroupedTable groups, ClassifySettings settings, int[] training) {
    return settings.words().isPresent()
        ? new Reading(ScaledColumns.of(""), groups.vocabulary(settings.words().get(), training))
        : new Reading(groups.fit(training), null);
  }

  private static SequenceDescription description(
      ClassifySettings settings, int labels, Reading reading) {
    Input input =
        reading.vocabulary == null
            ? Input.features(reading.columns.names().size())
            : Input.words(reading.vocabulary.size(), WORD_VECTOR);
    SequenceDescription oneWay =
        settings.everyRow()
            ? SequenceDescription.tagger(input, settings.hidden(), labels)
            : SequenceDescription.classifier(input, settings.hidden(), labels)
                .withReadout(Readout.MEAN);
    return oneWay.inBothDirections(Merge.CONCATENATE);
  }

  /** Splits some sequences: by label if each has one; nothing is held out if nothing can be. */
  private static Split split(
      ClassifySettings settings,
      List<int[]> classes,
      int[] which,
      double share,
      RandomState random) {
    int[] first = IntStream.of(which).map(i -> classes.get(i)[0]).toArray();
    boolean canBe =
        settings.everyRow()
            ? which.length > 1
            : IntStream.of(first).distinct().count() < first.length;
    if (!canBe) {
      return new Split(which, new int[0]);
    }
    Split places =
        settings.everyRow()
            ? Split.byGroup(IntStream.of(which).boxed().toList(), share, random)
            : Split.byClass(first, share, random);
    return new Split(
        IntStream.of(places.training()).map(i -> which[i]).toArray(),
        IntStream.of(places.heldOut()).map(i -> which[i]).toArray());
  }

  private static Batches<LabelledSequences> batches(
      ClassifySettings settings,
      SequenceSet set,
      List<int[]> classes,
      int[] which,
      RandomState random) {
    SequenceSet part = set.part(which);
    return settings.everyRow()
        ? part.tagged(IntStream.of(which).mapToObj(classes::get).toList(), BATCH, random)
        : part.classified(IntStream.of(which).map(i -> classes.get(i)[0]).toArray(), BATCH, random);
  }

  /**
   * {@return how well a network judges sequences of a table that it has not learned} A classifier
   * is trained on the others.
   *
   * @param table rows of sequences with their labels
   * @param settings the settings
   * @param share the share of the sequences that is held out, between 0 and 1; of each label the
   *     same
   * @param listeners called during the training
   * @throws IllegalArgumentException if a column is not there or holds what it must not, there is
   *     only one label, no label has two sequences, or the share is not between 0 and 1
   */
  public static ClassificationMetrics judge(
      Table table, ClassifySettings settings, double share, TrainingListener... listeners) {
    GroupedTable groups = new GroupedTable(table, settings);
    List<String> labels = labels(table, settings);
    List<int[]> classes = groups.classes(labels);
    int[] all = IntStream.range(0, groups.size()).toArray();
    Split split = split(settings, classes, all, share, new RandomState(settings.seed()));
    if (split.heldOut().length == 0) {
      throw new IllegalArgumentException(
          "judge: no label has two sequences, so that none can be held out");
    }
    TableClassifier trained = train(groups, labels, split.training(), settings, listeners);
    ClassificationMetrics metrics = new ClassificationMetrics(labels);
    Tensor3 p = trained.probabilities(groups, split.heldOut());
    for (int n = 0; n < split.heldOut().length; n++) {
      int[] right = classes.get(split.heldOut()[n]);
      for (int t = 0; t < right.length; t++) {
        metrics.add(right[t], row(p, n, t));
      }
    }
    return metrics;
  }

  // ---- use ----

  /** The probabilities of some sequences, (N,1,K) or (N,T,K). */
  private Tensor3 probabilities(GroupedTable groups, int... which) {
    return model.probabilities(reading.of(groups, settings).batch(which));
  }

  private static double[] row(Tensor3 p, int n, int t) {
    int from = (n * p.d1() + t) * p.d2();
    return Arrays.copyOfRange(p.data(), from, from + p.d2());
  }

  /**
   * {@return the labels of the sequences of a table, in the order of their first rows}
   *
   * @param table rows of sequences; it need not have the column of the labels
   * @throws IllegalArgumentException if a column is not there or holds what it must not
   */
  public List<LabelledGroup> label(Table table) {
    GroupedTable groups = new GroupedTable(table, settings);
    List<LabelledGroup> all = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Tensor3 p = probabilities(groups, i);
      List<String> given = new ArrayList<>();
      List<double[]> shares = new ArrayList<>();
      for (int t = 0; t < p.d1(); t++) {
        double[] row = row(p, 0, t);
        int best = 0;
        for (int k = 1; k < row.length; k++) {
          best = row[k] > row[best] ? k : best;
        }
        given.add(labels.get(best));
        shares.add(row);
      }
      all.add(new LabelledGroup(groups.name(i), groups.rows(i), given, shares));
    }
    return all;
  }

  /** {@return the labels in the order of the network's outputs} */
  public List<String> labels() {
    return labels;
  }

  /** {@return the settings} */
  public ClassifySettings settings() {
    return settings;
  }

  /** {@return the network} */
  public SequenceClassifier model() {
    return model;
  }

  // ---- kept ----

  /**
   * Saves the network with all that {@link #label} needs, as {@link ModelFile} does.
   *
   * @param file created or replaced
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    Notes notes = ClassifyNotes.of(settings, reading).withLabels(labels);
    ModelFile.save(
        file, model, reading.vocabulary == null ? notes : notes.withVocabulary(reading.vocabulary));
  }

  /**
   * Loads a classifier.
   *
   * @param file what {@link #save} wrote
   * @return a classifier that gives the same bits
   * @throws IOException naming the file, if it cannot be read or holds no classifier of tables
   */
  public static TableClassifier load(Path file) throws IOException {
    SavedModel<SequenceClassifier> saved = ModelFile.load(file, SequenceClassifier.class);
    try {
      ClassifyNotes notes = new ClassifyNotes(saved.notes());
      return new TableClassifier(
          notes.settings(), saved.model(), saved.notes().labels(), notes.reading());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: holds no classifier of tables: %s", file, e.getMessage()),
          e);
    }
  }
}
