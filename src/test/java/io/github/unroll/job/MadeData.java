package io.github.unroll.job;

import io.github.unroll.data.Table;
import io.github.unroll.random.RandomState;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tables as people have them, drawn for each seed. */
public final class MadeData {

  private MadeData() {}

  /** Daily sales with a trend, a week, noise and gaps: columns date, sales. */
  public static Table sales(long seed, int days) {
    RandomState random = new RandomState(seed);
    double slope = random.uniform(0.02, 0.15);
    double level = random.uniform(80, 200);
    double noise = random.uniform(3, 8);
    double[] week = random.normal(0, 15, 7);
    List<String> dates = new ArrayList<>();
    List<String> sales = new ArrayList<>();
    for (int t = 0; t < days; t++) {
      double value = level + slope * t + week[t % 7] + noise * random.randn();
      if (random.rand() < 0.02) {
        continue; // the row is missing
      }
      dates.add(LocalDate.of(2021, 1, 1).plusDays(t).toString());
      sales.add(random.rand() < 0.02 ? "" : String.format(Locale.ROOT, "%.2f", value));
    }
    return table("date", dates, "sales", sales);
  }

  /** Movements of three kinds, of 20 to 60 steps, the rare kind of every tenth: id, x, y, name. */
  public static Table gestures(long seed, int count) {
    RandomState random = new RandomState(seed);
    Map<String, List<String>> columns = new LinkedHashMap<>();
    List.of("id", "x", "y", "name").forEach(name -> columns.put(name, new ArrayList<>()));
    for (int i = 0; i < count; i++) {
      String name = i % 10 == 0 ? "wave" : i % 2 == 0 ? "circle" : "line";
      int steps = random.nextInt(20, 60);
      double speed = random.uniform(0.2, 0.4);
      double turn = random.uniform(0, 6.28);
      for (int t = 0; t < steps; t++) {
        double at = turn + speed * t;
        double x = name.equals("circle") ? Math.cos(at) : 0.05 * t;
        double y =
            name.equals("circle")
                ? Math.sin(at)
                : name.equals("wave") ? Math.sin(3 * at) : 0.03 * t;
        columns.get("id").add("g" + i);
        columns.get("x").add(number(100 + 20 * (x + 0.2 * random.randn())));
        columns.get("y").add(random.rand() < 0.02 ? "" : number(y + 0.2 * random.randn()));
        columns.get("name").add(name);
      }
    }
    return Table.ofTexts(columns);
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, "%.4f", x);
  }

  /** Sentences in which the tag of "duck" depends on the words around: sentence, word, tag. */
  public static Table sentences(long seed, int count) {
    RandomState random = new RandomState(seed);
    Map<String, List<String>> columns = new LinkedHashMap<>();
    List.of("sentence", "word", "tag").forEach(name -> columns.put(name, new ArrayList<>()));
    String[] who = {"we", "they", "you"};
    String[] things = {"duck", "saw", "dog", "cat"};
    String[] verbs = {"duck", "saw", "see", "like"};
    for (int i = 0; i < count; i++) {
      add(columns, i, who[random.nextInt(3)], "P");
      add(columns, i, verbs[random.nextInt(4)], "V");
      if (random.rand() < 0.7) {
        add(columns, i, "the", "D");
        add(columns, i, things[random.nextInt(4)], "N");
      }
    }
    return Table.ofTexts(columns);
  }

  private static void add(Map<String, List<String>> columns, int i, String word, String tag) {
    columns.get("sentence").add("s" + i);
    columns.get("word").add(word);
    columns.get("tag").add(tag);
  }

  private static Table table(String a, List<String> first, String b, List<String> second) {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    columns.put(a, first);
    columns.put(b, second);
    return Table.ofTexts(columns);
  }
}
