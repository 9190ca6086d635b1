package io.github.unroll.job;

import io.github.unroll.data.Calendar;
import io.github.unroll.data.ScaledColumns;

/**
 * What was found out about a series in training.
 *
 * @param season the steps of a season
 * @param window the steps that are read
 * @param scale the unit of the network's answers
 * @param columns the columns that are known ahead, then those that are seen
 * @param calendar the calendar columns
 * @param low the lower end of the interval around each answer, in that unit
 * @param high the upper end
 */
record ForecastFigures(
    int season,
    int window,
    double scale,
    ScaledColumns columns,
    Calendar calendar,
    double[] low,
    double[] high) {}
