package io.github.unroll.job;

import io.github.unroll.data.Gaps;
import io.github.unroll.data.ScaledColumns;
import io.github.unroll.data.Scaling;
import io.github.unroll.data.SequenceSet;
import io.github.unroll.data.Table;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The sequences of a table: its rows by group. */
final class GroupedTable {

  private final Table table;
  private final ClassifySettings settings;
  private final List<String> names = new ArrayList<>();
  private final List<int[]> rows = new ArrayList<>();

  GroupedTable(Table table, ClassifySettings settings) {
    this.table = table;
    this.settings = settings;
    table
        .rowsByGroup(settings.group())
        .forEach(
            (name, of) -> {
              names.add(name);
              rows.add(of);
            });
  }

  int size() {
    return names.size();
  }

  String name(int i) {
    return names.get(i);
  }

  /** The rows of a sequence. */
  int[] rows(int i) {
    return rows.get(i).clone();
  }

  // ---- labels ----

  /** The indices of the labels of each sequence: one, or one for each row. */
  List<int[]> classes(List<String> labels) {
    List<String> texts = table.labels(settings.label());
    List<int[]> classes = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      int[] own = IntStream.of(rows.get(i)).map(r -> labels.indexOf(texts.get(r))).toArray();
      for (int j = 0; j < own.length; j++) {
        String label = texts.get(rows.get(i)[j]);
        if (own[j] < 0) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "'%s' of '%s' is a label that was not there in training; there were %s",
                  label,
                  names.get(i),
                  labels));
        }
        if (!settings.everyRow() && own[j] != own[0]) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "'%s' has the labels '%s' and '%s'; if each row has a label of its own, say so",
                  names.get(i),
                  labels.get(own[0]),
                  label));
        }
      }
      classes.add(settings.everyRow() ? own : new int[] {own[0]});
    }
    return classes;
  }

  // ---- inputs ----

  /** The columns of numbers that are read. */
  private List<String> features() {
    if (!settings.features().isEmpty()) {
      return settings.features();
    }
    List<String> others =
        table.names().stream()
            .filter(name -> !name.equals(settings.group()) && !name.equals(settings.label()))
            .toList();
    if (others.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no column is left to be read besides '%s' and '%s'",
              settings.group(),
              settings.label()));
    }
    return others;
  }

  /** The columns that are read, their scalings fitted to some of the sequences. */
  ScaledColumns fit(int... training) {
    int[] of = IntStream.of(training).flatMap(i -> Arrays.stream(rows.get(i))).toArray();
    return ScaledColumns.fit(
        Scaling.STANDARDISE, table.part(of), features().toArray(String[]::new));
  }

  /** The sequences of numbers, scaled; a gap is filled from its sequence, or by the mean. */
  SequenceSet numbers(ScaledColumns columns) {
    Matrix all = columns.matrix(table);
    return SequenceSet.of(rows.stream().map(of -> numbers(all, of)).toList());
  }

  private static Matrix numbers(Matrix all, int[] of) {
    Matrix sequence = new Matrix(of.length, all.cols());
    for (int j = 0; j < all.cols(); j++) {
      int column = j;
      double[] own = IntStream.of(of).mapToDouble(r -> all.get(r, column)).toArray();
      boolean onlyGaps = Arrays.stream(own).allMatch(Double::isNaN);
      double[] filled = (onlyGaps ? Gaps.ZERO : Gaps.INTERPOLATE).fill(own);
      for (int t = 0; t < of.length; t++) {
        sequence.set(t, j, filled[t]);
      }
    }
    return sequence;
  }

  /** The words of some of the sequences. */
  Vocabulary vocabulary(String column, int... training) {
    List<String> texts = table.labels(column);
    List<String> words = new ArrayList<>(List.of(Vocabulary.UNKNOWN));
    for (int i : training) {
      IntStream.of(rows.get(i)).mapToObj(texts::get).forEach(words::add);
    }
    return Vocabulary.of(words);
  }

  /** The sequences of word ids; a word that is not known is {@link Vocabulary#UNKNOWN}. */
  SequenceSet words(String column, Vocabulary vocabulary) {
    List<String> texts = table.labels(column);
    return SequenceSet.ofWords(
        rows.stream()
            .map(
                of ->
                    vocabulary.encode(
                        IntStream.of(of).mapToObj(texts::get).toList(), Vocabulary.UNKNOWN))
            .toList());
  }
}
