package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Sequences of different lengths, of features or of word ids, and batches of them with labels or
 * targets. A batch is padded to its longest sequence; the padding does not count.
 *
 * <pre>{@code
 * SequenceSet set = SequenceSet.of(sequences);                 // a Matrix (T,D) for each
 * Batches<LabelledSequences> batches = set.classified(classes, 32, random);
 * }</pre>
 */
public final class SequenceSet {

  private static final int IGNORED = -1; // a label that LabelledSequences ignores

  private final List<Matrix> features; // null for words
  private final List<int[]> words; // null for features
  private final int[] lengths;

  private SequenceSet(List<Matrix> features, List<int[]> words, int[] lengths) {
    this.features = features;
    this.words = words;
    this.lengths = lengths;
    if (lengths.length == 0) {
      throw Fault.of("SequenceSet: no sequences; pass at least one");
    }
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] == 0) {
        throw Fault.of("SequenceSet: sequence %d has no steps; leave it out", i);
      }
    }
  }

  /**
   * {@return a set of sequences of features}
   *
   * @param sequences a matrix (T,D) for each, T of its own and at least 1, D the same for all; not
   *     copied
   * @throws IllegalArgumentException if there is none, or they differ in D
   */
  public static SequenceSet of(List<Matrix> sequences) {
    List<Matrix> all = sameWidth("features", sequences);
    int[] lengths = new int[all.size()];
    Arrays.setAll(lengths, i -> all.get(i).rows());
    return new SequenceSet(all, null, lengths);
  }

  private static List<Matrix> sameWidth(String what, List<Matrix> matrices) {
    List<Matrix> all = List.copyOf(matrices);
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).cols() != all.get(0).cols()) {
        throw Fault.of(
            "SequenceSet: sequence %d has %d %s, and the first has %d; give all the same columns",
            i, all.get(i).cols(), what, all.get(0).cols());
      }
    }
    return all;
  }

  /**
   * {@return a set of sequences of word ids}
   *
   * @param sequences the ids of each, at least one; not copied
   * @throws IllegalArgumentException if there is none, or one is empty
   */
  public static SequenceSet ofWords(List<int[]> sequences) {
    List<int[]> all = List.copyOf(sequences);
    int[] lengths = new int[all.size()];
    Arrays.setAll(lengths, i -> all.get(i).length);
    return new SequenceSet(null, all, lengths);
  }

  /** {@return the number of sequences} */
  public int size() {
    return lengths.length;
  }

  /** {@return the number of steps of each sequence} */
  public int[] lengths() {
    return lengths.clone();
  }

  /**
   * {@return some of the sequences}
   *
   * @param which their indices, in the wanted order
   * @throws IndexOutOfBoundsException if there is no such sequence
   */
  public SequenceSet part(int... which) {
    return features == null ? ofWords(some(words, which)) : of(some(features, which));
  }

  private static <E> List<E> some(List<E> all, int... which) {
    List<E> some = new ArrayList<>();
    for (int i : which) {
      some.add(all.get(i));
    }
    return some;
  }

  /** {@return all sequences as one batch} */
  public Sequences all() {
    return batch(IntStream.range(0, size()).toArray());
  }

  /**
   * {@return some of the sequences as one batch}
   *
   * @param which their indices, in the wanted order; at least one
   * @throws IndexOutOfBoundsException if there is no such sequence
   */
  public Sequences batch(int... which) {
    int[] ends = new int[which.length];
    int longest = 0;
    for (int n = 0; n < which.length; n++) {
      ends[n] = lengths[which[n]];
      longest = Math.max(longest, ends[n]);
    }
    if (features != null) {
      return Sequences.of(padded(features, which, longest, 0), ends);
    }
    int[][] ids = new int[which.length][];
    for (int n = 0; n < which.length; n++) {
      ids[n] = Arrays.copyOf(words.get(which[n]), longest);
    }
    return Sequences.ofWords(ids, ends);
  }

  /** Matrices (T,D) as (N,longest,D), filled up with a value. */
  private static Tensor3 padded(List<Matrix> from, int[] which, int longest, double padding) {
    int width = from.get(0).cols();
    Tensor3 padded = new Tensor3(which.length, longest, width);
    padded.fill(padding);
    for (int n = 0; n < which.length; n++) {
      double[] values = from.get(which[n]).data();
      System.arraycopy(values, 0, padded.data(), n * longest * width, values.length);
    }
    return padded;
  }

  // ---- batches ----

  /**
   * {@return batches with one class for each sequence}
   *
   * @param classes the class of each sequence; -1 is ignored
   * @param batchSize N, at least 1; the last batch of an epoch may be smaller
   * @param random modified: the source of the order
   * @throws IllegalArgumentException if there is not one class for each sequence, or N is below 1
   */
  public Batches<LabelledSequences> classified(int[] classes, int batchSize, RandomState random) {
    checkNumber("classes", classes.length);
    int[] own = classes.clone();
    return batches(
        batchSize,
        random,
        which -> {
          int[] theirs = new int[which.length];
          Arrays.setAll(theirs, n -> own[which[n]]);
          return LabelledSequences.ofWhole(batch(which), theirs);
        });
  }

  private <B> Batches<B> batches(int batchSize, RandomState random, Function<int[], B> batch) {
    return ShuffledBatches.ofSimilarLengths(lengths, batchSize, random, batch);
  }

  /**
   * {@return batches with a class for each step}
   *
   * @param classes the classes of each sequence, one for each of its steps; -1 is ignored
   * @param batchSize N, at least 1; the last batch of an epoch may be smaller
   * @param random modified: the source of the order
   * @throws IllegalArgumentException if there is not one class for each step, or N is below 1
   */
  public Batches<LabelledSequences> tagged(List<int[]> classes, int batchSize, RandomState random) {
    checkNumber("arrays of classes", classes.size());
    List<int[]> own = List.copyOf(classes);
    for (int i = 0; i < lengths.length; i++) {
      checkSteps("classes", i, own.get(i).length);
    }
    return batches(
        batchSize,
        random,
        which -> {
          Sequences inputs = batch(which);
          int[][] labels = new int[which.length][inputs.steps()];
          for (int n = 0; n < which.length; n++) {
            Arrays.fill(labels[n], IGNORED);
            System.arraycopy(own.get(which[n]), 0, labels[n], 0, lengths[which[n]]);
          }
          return new LabelledSequences(inputs, labels);
        });
  }

  /**
   * {@return batches with targets for each sequence}
   *
   * @param targets a row of K values for each sequence (count,K); NaN is ignored; not copied
   * @param batchSize N, at least 1; the last batch of an epoch may be smaller
   * @param random modified: the source of the order
   * @throws IllegalArgumentException if there is not one row for each sequence, or N is below 1
   */
  public Batches<SequenceTargets> withTargets(Matrix targets, int batchSize, RandomState random) {
    checkNumber("rows of targets", targets.rows());
    return batches(
        batchSize,
        random,
        which -> {
          Tensor3 rows = new Tensor3(which.length, 1, targets.cols());
          for (int n = 0; n < which.length; n++) {
            rows.asRows().copyRow(n, targets, which[n]);
          }
          return new SequenceTargets(batch(which), rows);
        });
  }

  /**
   * {@return batches with targets for each step}
   *
   * @param targets a matrix (T,K) for each sequence; NaN is ignored; not copied
   * @param batchSize N, at least 1; the last batch of an epoch may be smaller
   * @param random modified: the source of the order
   * @throws IllegalArgumentException if there is not a row for each step, they differ in K, or N is
   *     below 1
   */
  public Batches<SequenceTargets> withTargets(
      List<Matrix> targets, int batchSize, RandomState random) {
    checkNumber("matrices of targets", targets.size());
    List<Matrix> own = sameWidth("targets", targets);
    for (int i = 0; i < lengths.length; i++) {
      checkSteps("rows of targets", i, own.get(i).rows());
    }
    return batches(
        batchSize,
        random,
        which -> {
          Sequences inputs = batch(which);
          return new SequenceTargets(inputs, padded(own, which, inputs.steps(), Double.NaN));
        });
  }

  private void checkNumber(String what, int number) {
    if (number != size()) {
      throw Fault.of(
          "SequenceSet: %d %s for %d sequences; give one for each", number, what, size());
    }
  }

  private void checkSteps(String what, int sequence, int number) {
    if (number != lengths[sequence]) {
      throw Fault.of(
          "SequenceSet: %d %s for the %d steps of sequence %d; give one for each",
          number, what, lengths[sequence], sequence);
    }
  }
}
