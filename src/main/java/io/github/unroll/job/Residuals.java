package io.github.unroll.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How far values were from the answers, for each step ahead, and the intervals that follow: those
 * that would have held the wanted share of them (split conformal prediction, Papadopoulos et al.
 * 2002). A step takes the neighbouring steps' distances too, so that few windows give steady ends.
 *
 * <p>Windows overlap, so one distance is like the next, and n of them tell no more than m that are
 * independent: at least n / h, h steps ahead. Of few the interval would be too narrow. It is made
 * wider by the share 1 / m, as Student's t is wider than the normal distribution.
 */
final class Residuals {

  private static final int NEIGHBOURS = 2;

  private final List<List<Double>> byStep = new ArrayList<>();

  Residuals(int horizon) {
    for (int h = 0; h < horizon; h++) {
      byStep.add(new ArrayList<>());
    }
  }

  /** Adds those of the steps ahead of an origin; gaps are left out. */
  void add(ForecastWindows windows, int origin, double... answers) {
    for (int h = 0; h < answers.length; h++) {
      double truth = windows.answer(origin, origin + 1 + h);
      if (!Double.isNaN(truth)) {
        byStep.get(h).add(truth - answers[h]);
      }
    }
  }

  double[] low(double coverage) {
    return ends(coverage, -1);
  }

  double[] high(double coverage) {
    return ends(coverage, 1);
  }

  /** For each step the middle of its interval and, on one side of it, half of its width. */
  private double[] ends(double coverage, int side) {
    double[] ends = new double[byStep.size()];
    for (int h = 0; h < ends.length; h++) {
      double[] sorted =
          byStep
              .subList(Math.max(0, h - NEIGHBOURS), Math.min(ends.length, h + NEIGHBOURS + 1))
              .stream()
              .flatMap(List::stream)
              .mapToDouble(r -> r)
              .sorted()
              .toArray();
      if (sorted.length > 0) {
        int beyond = (int) Math.floor((sorted.length + 1) * (1 - coverage) / 2); // the new one too
        double low = sorted[Math.max(0, Math.min(sorted.length - 1, beyond - 1))];
        double high = sorted[Math.max(0, Math.min(sorted.length - 1, sorted.length - beyond))];
        ends[h] = (low + high) / 2 + side * (1 + wider(h)) * (high - low) / 2;
      }
    }
    return ends;
  }

  /** The share 1 / m of a step, m from how alike one distance and the next are. */
  private double wider(int h) {
    double[] own = byStep.get(h).stream().mapToDouble(r -> r).toArray();
    double mean = Arrays.stream(own).average().orElse(0);
    double squares = 0;
    double products = 0;
    for (int i = 0; i < own.length; i++) {
      squares += (own[i] - mean) * (own[i] - mean);
      products += i == 0 ? 0 : (own[i] - mean) * (own[i - 1] - mean);
    }
    int count = Math.max(1, own.length);
    double alike = squares > 0 ? products / squares : 0;
    alike += (1 + 3 * alike) / count; // of few it is estimated too low (Kendall 1954)
    double each = alike < 1 ? (1 + alike) / (1 - alike) : Double.MAX_VALUE;
    return Math.max(1, Math.min(h + 1, each)) / count;
  }
}
