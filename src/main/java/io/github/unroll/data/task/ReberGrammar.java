package io.github.unroll.data.task;

import io.github.unroll.data.Batches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The embedded Reber grammar (Fahlman 1991; Hochreiter and Schmidhuber 1997): a string of Reber's
 * grammar (1967) between two symbols, both T or both P, the whole between B and E.
 *
 * <pre>{@code
 * B ─┬─ T ── Reber string ── T ─┬─ E        Reber string, from state 0:
 *    └─ P ── Reber string ── P ─┘
 *                                           0 B→1         3 T→3  V→5    6 E→end
 *                                           1 T→2  P→3    4 X→3  S→6
 *                                           2 S→2  X→4    5 P→4  V→6
 * }</pre>
 *
 * <p>If two arcs leave a state, both are equally likely. The last three symbols determine which may
 * come next, with one exception: the last symbol but one repeats the second symbol, however far
 * back that is, so predicting it needs memory.
 */
public final class ReberGrammar {

  /** The seven symbols; the id of a symbol is its index. */
  public static final String SYMBOLS = "BTPSXVE";

  /** Reber's own grammar: the arcs that leave each state, with symbol and next state. */
  private static final List<String> REBER =
      List.of("B1", "T2 P3", "S2 X4", "T3 V5", "X3 S6", "P4 V6", "E7");

  private static final int NOT_COUNTED = -1;

  private record Arc(char symbol, int next) {}

  private static final List<List<Arc>> STATES = embed();

  /** The grammar; it has no settings. */
  public ReberGrammar() {}

  private static List<List<Arc>> embed() {
    int copy = REBER.size() + 1; // Reber's states, and one for the symbol after them
    int last = 2 + 2 * copy;
    List<List<Arc>> states = new ArrayList<>();
    states.add(List.of(new Arc('B', 1)));
    states.add(List.of(new Arc('T', 2), new Arc('P', 2 + copy)));
    for (char around : new char[] {'T', 'P'}) {
      int first = states.size();
      for (String arcs : REBER) {
        states.add(
            Arrays.stream(arcs.split(" "))
                .map(arc -> new Arc(arc.charAt(0), first + arc.charAt(1) - '0'))
                .toList());
      }
      states.add(List.of(new Arc(around, last)));
    }
    states.add(List.of(new Arc('E', last + 1)));
    states.add(List.of());
    return List.copyOf(states);
  }

  /**
   * {@return a random string of at least 9 symbols, from B to E}
   *
   * @param random modified: one number is drawn where two symbols are possible
   */
  public String draw(RandomState random) {
    StringBuilder string = new StringBuilder();
    List<Arc> arcs = STATES.get(0);
    while (!arcs.isEmpty()) {
      Arc arc = arcs.get(arcs.size() == 1 ? 0 : random.choice(arcs.size()));
      string.append(arc.symbol);
      arcs = STATES.get(arc.next);
    }
    return string.toString();
  }

  /**
   * {@return several random strings, in the order of drawing}
   *
   * @param n the number of strings
   * @param random modified: the source of the strings
   */
  public List<String> draw(int n, RandomState random) {
    return Stream.generate(() -> draw(random)).limit(n).toList();
  }

  /**
   * {@return the symbols that may follow the beginning of a string: one or two of {@link #SYMBOLS},
   * none after the last E}
   *
   * @param prefix the string so far; empty before the first B
   * @throws IllegalArgumentException if no string of the grammar begins with it
   */
  public String legalNext(String prefix) {
    List<Arc> arcs = STATES.get(0);
    for (int i = 0; i < prefix.length(); i++) {
      char symbol = prefix.charAt(i);
      List<Arc> taken = arcs.stream().filter(arc -> arc.symbol == symbol).toList();
      if (taken.isEmpty()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "no string of the grammar begins with %s: after %s may come %s, not %s",
                prefix,
                prefix.substring(0, i),
                named(arcs),
                symbol));
      }
      arcs = STATES.get(taken.get(0).next);
    }
    return symbols(arcs);
  }

  private static String named(List<Arc> arcs) {
    return arcs.isEmpty() ? "nothing" : String.join(" or ", symbols(arcs).split(""));
  }

  private static String symbols(List<Arc> arcs) {
    StringBuilder symbols = new StringBuilder();
    arcs.forEach(arc -> symbols.append(arc.symbol));
    return symbols.toString();
  }

  /**
   * {@return strings as a prediction task: inputs (N,T,7), 1 at the id of each symbol except the
   * last and 0 elsewhere; labels (N,T), the id of the next symbol; T is that of the longest string}
   *
   * @param strings strings of the grammar or their beginnings, each of at least 2 symbols
   * @throws IllegalArgumentException if there is no string, or one is too short or not of the
   *     grammar
   */
  public LabelledSequences task(List<String> strings) {
    int n = strings.size();
    int steps = strings.stream().mapToInt(String::length).max().orElse(0) - 1;
    for (String string : strings) {
      legalNext(string);
      if (string.length() < 2) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "\"%s\" has no symbol to predict; a string has at least 2", string));
      }
    }
    if (n == 0) {
      throw new IllegalArgumentException("ReberGrammar.task: no strings; pass at least one");
    }
    Tensor3 xs = new Tensor3(n, steps, SYMBOLS.length());
    int[] lengths = new int[n];
    int[][] labels = new int[n][steps];
    for (int i = 0; i < n; i++) {
      String string = strings.get(i);
      lengths[i] = string.length() - 1;
      Arrays.fill(labels[i], NOT_COUNTED);
      for (int t = 0; t < lengths[i]; t++) {
        xs.set(i, t, SYMBOLS.indexOf(string.charAt(t)), 1);
        labels[i][t] = SYMBOLS.indexOf(string.charAt(t + 1));
      }
    }
    return new LabelledSequences(xs, lengths, labels);
  }

  /**
   * {@return batches of new random strings for a training, as in {@link #task}}
   *
   * @param n the number of strings of a batch, at least 1
   * @param iterations the number of batches of an epoch, at least 1
   * @param random modified: the source of the strings
   * @throws IllegalArgumentException if n or iterations is below 1
   */
  public Batches<LabelledSequences> batches(int n, int iterations, RandomState random) {
    BatchSize.check(n);
    return new DrawnBatches<>(iterations, random, numbers -> task(draw(n, numbers)));
  }
}
