package io.github.unroll.model;

import io.github.unroll.tensor.Matrix;
import java.util.Locale;

/** Looks up the vectors of the next words in a session. */
final class WordVectors {

  private WordVectors() {}

  /** Throws if an id has no row in a table (V,D); messages begin with a verb. */
  static void checkIds(String verb, int[] ids, Matrix table) {
    for (int id : ids) {
      if (id < 0 || id >= table.rows()) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s: id %d is not in 0..%d", verb, id, table.rows() - 1));
      }
    }
  }

  /** Copies the row of each id to the same row of x (N,D); there are N ids. */
  static void lookUp(String verb, int[] ids, Matrix table, Matrix x) {
    checkIds(verb, ids, table);
    for (int i = 0; i < ids.length; i++) {
      x.copyRow(i, table, ids[i]);
    }
  }
}
