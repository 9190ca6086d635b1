package io.github.unroll.job;

import io.github.unroll.data.Calendar;
import io.github.unroll.data.Gaps;
import io.github.unroll.io.checkpoint.Notes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The settings and figures of a forecaster as notes of its model, and back. */
final class ForecastNotes {

  private static final String FORECAST = "forecast";

  private final JobNotes texts;

  ForecastNotes(Notes notes) {
    this.texts = JobNotes.read(FORECAST, notes);
  }

  static Notes of(ForecastSettings s, ForecastFigures f) {
    JobNotes texts =
        JobNotes.of(FORECAST)
            .put("target", s.target())
            .put("horizon", s.horizon())
            .put("season", f.season())
            .put("window", f.window())
            .put("columns", f.columns())
            .put("known", s.known().size()) // the first of them
            .put("gaps", s.gaps().name())
            .put("log", s.log())
            .put("coverage", s.coverage())
            .put("hidden", s.hidden())
            .put("epochs", s.epochs())
            .put("seed", s.seed())
            .put("scale", f.scale())
            .put("calendar", f.calendar())
            .put("low", numbers(f.low()))
            .put("high", numbers(f.high()));
    s.time().ifPresent(time -> texts.put("time", time));
    return texts.notes();
  }

  private static String numbers(double... values) {
    return Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(" "));
  }

  private double[] numbers(String name) {
    double[] numbers =
        Arrays.stream(texts.text(name).split(" ")).mapToDouble(Double::parseDouble).toArray();
    if (numbers.length != texts.integer("horizon")) {
      throw new IllegalArgumentException(
          "the note " + FORECAST + "." + name + " has " + numbers.length + " numbers");
    }
    return numbers;
  }

  ForecastSettings settings() {
    List<String> columns = texts.columns().names();
    int known = texts.integer("known");
    return new ForecastSettings(
        texts.text("target"),
        texts.find("time"),
        texts.integer("horizon"),
        texts.integer("season"),
        texts.integer("window"),
        columns.subList(0, known),
        columns.subList(known, columns.size()),
        Gaps.valueOf(texts.text("gaps")),
        texts.is("log"),
        Double.parseDouble(texts.text("coverage")),
        texts.integer("hidden"),
        texts.integer("epochs"),
        Long.parseLong(texts.text("seed")));
  }

  ForecastFigures figures() {
    return new ForecastFigures(
        texts.integer("season"),
        texts.integer("window"),
        Double.parseDouble(texts.text("scale")),
        texts.columns(),
        Calendar.of(texts.text("calendar")),
        numbers("low"),
        numbers("high"));
  }
}
