package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import mine.Embedding;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Word vectors, there and back. */
public final class EmbeddingRows implements Stop.Task {

  private static final List<String> METHODS = List.of("forward", "backward");

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Word vectors",
        "13-word-vectors.md",
        "Embedding.java",
        METHODS,
        List.of(
            "Which numbers of the table does a word use? Only these can have a gradient. And if the"
                + " word comes twice?",
            "ids is (N), w and dw are (V,D), x and dx are (N,D). Row n of x is some row of w; which"
                + " one, ids[n] says.",
            "Forward: copy rows out of the table. Backward: dw begins with zeros; each row of dx is"
                + " added to the row its word came from, so that a word that comes twice gets"
                + " both.",
            "x[n] = w[ids[n]]; dw[ids[n]] += dx[n]. Matrix has copyRow(row, from, fromRow) and"
                + " addToRow(row, from, fromRow)."),
        new EmbeddingRows());
  }

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int method = 0; method < METHODS.size(); method++) {
      for (Case given : inputs()) {
        cases.add(given.with("method", method));
      }
    }
    return cases;
  }

  private static List<Case> inputs() {
    return List.of(
        inputs("one word", 4, 2, 1, 2),
        inputs("a word that comes twice", 4, 3, 2, 3, 1, 3),
        inputs("one word only, three times", 3, 2, 3, 1, 1, 1),
        inputs("all sizes 3", 3, 3, 4, 2, 0, 2),
        inputs("more words than rows", 3, 2, 5, 0, 2, 0, 1, 0));
  }

  private static Case inputs(String name, int v, int d, int seed, int... ids) {
    return new Case(name)
        .with("ids", ids)
        .with("w", Numbers.matrix(v, d, seed))
        .with("dx", Numbers.matrix(ids.length, d, seed + 10));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    int[] ids = given.ints("ids");
    Matrix w = given.matrix("w");
    if (given.whole("method") == 0) {
      return new Results().with("x", forward(ids, w, slips));
    }
    return new Results().with("dw", backward(ids, w, given.matrix("dx"), slips));
  }

  private static Matrix forward(int[] ids, Matrix w, Slips slips) {
    boolean inOrder =
        slips.made("Row n of x is row n of the table, whatever ids says: it is row ids[n].");
    boolean fromOne = slips.made("The row before the right one is read: ids count from 0.");
    boolean next = slips.made("The row after the right one is read: ids count from 0.");
    boolean reversed = slips.made("The words are looked up from the last to the first.");
    boolean first = slips.made("All rows of x are those of the first word: use ids[n].");
    boolean last = slips.made("Only the last row of x is filled.");
    boolean early = slips.made("The last row of x stays zero: the loop ends one too early.");
    boolean none =
        slips.made(
            "All of x stays zero. x.copyRow(n, w, k) copies row k of w into row n of x; w.copyRow"
                + " would write into the table.");
    boolean columns = slips.made("The vector of a word is a row of the table, not a column.");
    boolean table = slips.made("x has a row for each row of the table; it takes one for each id.");
    Matrix x = new Matrix(table ? w.rows() : ids.length, w.cols());
    for (int n = last ? ids.length - 1 : 0; n < ids.length - (early ? 1 : 0); n++) {
      int id = reversed ? ids[ids.length - 1 - n] : first ? ids[0] : ids[n];
      id = inOrder ? n : fromOne ? id - 1 : next ? id + 1 : id;
      for (int j = 0; j < w.cols(); j++) {
        x.set(n, j, none ? 0 : columns ? w.get(j, id) : w.get(id, j));
      }
    }
    return x;
  }

  private static Matrix backward(int[] ids, Matrix w, Matrix dx, Slips slips) {
    boolean overwritten =
        slips.made(
            "A word that comes twice keeps only its last gradient: add to the row, do not replace"
                + " it.");
    boolean firstOnly = slips.made("A word that comes twice keeps only its first gradient.");
    boolean mean =
        slips.made(
            "The gradients of a word that comes twice are averaged. Each use of it acts on the"
                + " loss, so they add.");
    boolean overN = slips.made("dw is divided by N. The loss has done that already, it is in dx.");
    boolean inOrder = slips.made("The gradient goes to row n; it belongs to row ids[n].");
    boolean fromOne = slips.made("The gradient goes to the row before the right one.");
    boolean next = slips.made("The gradient goes to the row after the right one.");
    boolean minus = slips.made("The sign is wrong: a gradient is added here, not subtracted.");
    boolean timesW =
        slips.made(
            "dx is multiplied by the word's vector. The vector is copied into x, so its gradient is"
                + " dx as it is.");
    boolean onTop = slips.made("dw does not begin with zeros: the table's own numbers are in it.");
    boolean lastOnly = slips.made("Only the last word's gradient arrives.");
    boolean ofFirst = slips.made("Every word gets the first row of dx; word n gets row n.");
    boolean twice = slips.made("Each gradient is added twice.");
    boolean early = slips.made("The last word's gradient is left out: the loop ends too early.");
    boolean exchanged =
        slips.made("n and ids[n] are exchanged: row n of dx belongs to row ids[n] of dw.");
    boolean batch =
        slips.made("dw has a row for each word of the batch; it takes one for each of the table.");
    boolean dxById =
        slips.made("Row ids[n] of dx is added; dx has a row for each word of the batch: row n.");
    boolean padding =
        slips.made("Word 0 gets no gradient; it is a word like the others, no padding.");
    int[] count = new int[w.rows()];
    for (int id : ids) {
      count[id]++;
    }
    boolean[] seen = new boolean[w.rows()];
    Matrix dw = onTop ? w.copy() : new Matrix(batch ? ids.length : w.rows(), w.cols());
    for (int n = lastOnly ? ids.length - 1 : 0; n < ids.length - (early ? 1 : 0); n++) {
      int id = ids[n];
      int row = inOrder || exchanged ? n : fromOne ? id - 1 : next ? id + 1 : id;
      double factor = (minus ? -1 : 1) * (twice ? 2 : 1);
      factor = mean ? factor / count[id] : overN ? factor / ids.length : factor;
      if (dxById) {
        dw.addToRow(row, dx, id);
        continue;
      }
      if (padding && id == 0) {
        continue;
      }
      for (int j = 0; j < w.cols(); j++) {
        double g =
            factor * dx.get(ofFirst ? 0 : exchanged ? id : n, j) * (timesW ? w.get(id, j) : 1);
        if (overwritten) {
          dw.set(row, j, g);
        } else if (!firstOnly || !seen[id]) {
          dw.add(row, j, g);
        }
      }
      seen[id] = true;
    }
    return dw;
  }

  @Override
  public Results yours(Case given) {
    int[] ids = given.ints("ids");
    Matrix w = given.matrix("w");
    if (given.whole("method") == 0) {
      return new Results().with("x", Embedding.forward(ids, w));
    }
    return new Results().with("dw", Embedding.backward(ids, given.matrix("dx"), w.rows()));
  }

  @Override
  public String methodOf(String result) {
    return result.equals("dw") ? "backward" : "forward";
  }
}
