package io.github.unroll.job;

import java.util.ArrayList;
import java.util.List;

/**
 * How far values were from the answers, for each step ahead, and the intervals that follow: those
 * that would have held the wanted share of them (split conformal prediction, Papadopoulos et al.
 * 2002). A step takes the neighbouring steps' distances too, so that few windows give steady ends.
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
    return ends((1 - coverage) / 2, false);
  }

  double[] high(double coverage) {
    return ends((1 - coverage) / 2, true);
  }

  /** For each step the end beyond which a share of the distances lies. */
  private double[] ends(double share, boolean high) {
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
      int beyond = (int) Math.floor((sorted.length + 1) * share); // of n + 1, the new one too
      int place = high ? sorted.length - beyond : beyond - 1;
      ends[h] = sorted.length == 0 ? 0 : sorted[Math.max(0, Math.min(sorted.length - 1, place))];
    }
    return ends;
  }
}
