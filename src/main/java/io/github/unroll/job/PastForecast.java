package io.github.unroll.job;

import java.util.List;

/**
 * The latest values of a series, and how the last of them would have been forecast: what a chart
 * shows beside a forecast.
 *
 * @param times the time of each value, as in {@link Forecast#times}
 * @param values the latest values; NaN in gaps
 * @param forecast the forecast of the last of these values, as many as the horizon, from those
 *     before
 */
public record PastForecast(List<String> times, double[] values, Forecast forecast) {}
