# Unroll's forecasts of real series, next to exponential smoothing and ARIMA of R's forecast package.
#
#     apt-get install r-base-core r-cran-forecast
#     mvn -q package -DskipTests
#     Rscript src/bench/realseries.R [SERIES...]
#
# The series are those of R's packages datasets and forecast. They are written to target/realdata.
# Every method learns the first four fifths once. Then it forecasts from each step of the last fifth
# with the values up to that step; what it has learned stays as it is. Exponential smoothing is
# ets(), ARIMA auto.arima(); where a season is longer than 24 steps, which ets() does not take, both
# work on what stlm() leaves. The network is the mean over three seeds of the program's backtests.
# Errors are MASE: the mean absolute error divided by that of the last season's values (without a
# season: the last value) one season later, on the part that was learned.

suppressMessages(library(forecast))

SHARE <- 0.2
COVERAGE <- 90
SEEDS <- 0:2
FOLDER <- "target/realdata"
JAR <- Sys.glob("target/unroll-*-app.jar")

months <- function(y) format(seq(as.Date(sprintf("%d-%02d-01", start(y)[1], 1 + (start(y)[2] - 1) *
  12 / frequency(y))), by = sprintf("%d months", 12 / frequency(y)), length.out = length(y)), "%Y-%m")
half_hours <- function(y) format(seq(as.POSIXct("2000-06-05 00:00", tz = "UTC"), by = "30 min",
  length.out = length(y)), "%Y-%m-%d %H:%M")
years <- function(y) start(y)[1] + seq_along(y) - 1
working_days <- function(y) seq_along(y)

# What is forecast: series, times, season, horizon.
cases <- list(
  AirPassengers = list(AirPassengers, months, 12, 12),
  ldeaths = list(ldeaths, months, 12, 12),
  wineind = list(wineind, months, 12, 12),
  nottem = list(nottem, months, 12, 12),
  co2 = list(co2, months, 12, 12),
  gas = list(gas, months, 12, 12),
  UKgas = list(UKgas, months, 4, 4),
  woolyrnq = list(woolyrnq, months, 4, 4),
  taylor.week = list(taylor, half_hours, 336, 48),
  taylor.day = list(taylor, half_hours, 48, 48),
  lynx = list(lynx, years, 1, 10),
  LakeHuron = list(LakeHuron, years, 1, 10),
  sunspot.year = list(sunspot.year, years, 1, 10),
  treering = list(treering, years, 1, 10),
  sunspots = list(sunspots, months, 1, 12),
  DAX = list(EuStockMarkets[, "DAX"], working_days, 1, 10))

# ---- R ----

# The errors from all origins; ahead(seen) gives, for each step ahead, a forecast and its interval.
rolled <- function(y, begin, horizon, ahead) {
  all <- do.call(rbind, lapply(begin:(length(y) - horizon), function(end) {
    cbind(y[end + seq_len(horizon)], ahead(subset(y, end = end)))
  }))
  c(mae = mean(abs(all[, 1] - all[, 2])), inside = 100 * mean(all[, 3] <= all[, 1] & all[, 1] <= all[, 4]))
}

# The forecasts of a model that is fitted once; fit(y) fits, fit(y, model) only takes other values.
by <- function(fit, learned, horizon) {
  model <- fit(learned)
  function(seen) {
    f <- suppressMessages(forecast(fit(seen, model), h = horizon, level = COVERAGE))
    cbind(f$mean, f$lower, f$upper)
  }
}

exponential <- function(y, model = NULL) {
  if (frequency(y) > 24) return(if (is.null(model)) stlm(y, method = "ets") else stlm(y, model = model))
  if (is.null(model)) ets(y) else ets(y, model = model, use.initial.values = TRUE)
}

arima <- function(y, model = NULL) {
  if (frequency(y) > 24) return(if (is.null(model)) stlm(y, method = "arima") else stlm(y, model = model))
  if (is.null(model)) auto.arima(y) else Arima(y, model = model)
}

last_season <- function(season, horizon) {
  function(seen) {
    value <- tail(as.numeric(seen), season)[(seq_len(horizon) - 1) %% season + 1]
    cbind(value, value, value)
  }
}

# ---- Unroll ----

# The figures that the program prints about its forecasts of the last part.
printed <- function(name, season, horizon, seed, options) {
  data <- file.path(FOLDER, paste0(name, ".csv"))
  lines <- system2("java", c("-jar", JAR, "forecast", "--data", data, "--time", "time", "--target",
    "value", "--season", season, "--horizon", horizon, "--held-out", SHARE, "--seed", seed, options),
    stdout = TRUE)
  of <- function(pattern) as.numeric(sub(pattern, "\\1", grep(pattern, lines, value = TRUE)))
  c(mae = of("^network +([0-9.e+-]+) .*"), inside = of(".* ([0-9.]+) % of them inside.*"),
    naive = of("^last value +([0-9.e+-]+) .*"))
}

network <- function(name, season, horizon, ...) {
  rowMeans(sapply(SEEDS, function(seed) printed(name, season, horizon, seed, c(...))))
}

# ---- the table ----

row <- function(name) {
  case <- cases[[name]]
  season <- case[[3]]
  horizon <- case[[4]]
  y <- ts(as.numeric(case[[1]]), frequency = season)
  begin <- length(y) - floor(length(y) * SHARE + 0.5)
  learned <- subset(y, end = begin)
  scale <- mean(abs(diff(learned, lag = season)))
  write.csv(data.frame(time = case[[2]](case[[1]]), value = y), row.names = FALSE, quote = FALSE,
    file = file.path(FOLDER, paste0(name, ".csv")))

  value <- rolled(y, begin, horizon, last_season(1, horizon))
  naive <- rolled(y, begin, horizon, last_season(season, horizon))
  smoothed <- rolled(y, begin, horizon, by(exponential, learned, horizon))
  regressed <- rolled(y, begin, horizon, by(arima, learned, horizon))
  plain <- network(name, season, horizon)
  logs <- if (min(y) > 0) network(name, season, horizon, "--log") else c(mae = NA, inside = NA)
  without <- if (season > 1) network(name, 1, horizon) else c(mae = NA)
  if (abs(plain["naive"] / value["mae"] - 1) > 1e-4) {
    stop(name, ": the program forecast other values than R: last value ", plain["naive"], ", ", value["mae"])
  }
  errors <- c(value["mae"], if (season > 1) naive["mae"] else NA, smoothed["mae"], regressed["mae"],
    plain["mae"], logs["mae"], without["mae"]) / scale
  shares <- c(smoothed["inside"], regressed["inside"], plain["inside"], logs["inside"])
  shown <- function(numbers, form) ifelse(is.na(numbers), "", sprintf(form, numbers))
  cells <- c(name, begin, season, horizon, shown(errors, "%.3f"), shown(shares, "%.0f %%"))
  cat("|", paste(cells, collapse = " | "), "|\n")
}

dir.create(FOLDER, recursive = TRUE, showWarnings = FALSE)
cat("| series | learned | season | ahead | last value | last season | ETS | ARIMA | network |",
  "network, log | network, no season | inside: ETS | ARIMA | network | network, log |\n")
cat("|", strrep("---|", 15), "\n", sep = "")
chosen <- commandArgs(trailingOnly = TRUE)
for (name in if (length(chosen) > 0) chosen else names(cases)) row(name)
