package io.github.unroll.examples;

import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.SeriesWindows;
import io.github.unroll.data.task.SeasonalSeries;
import io.github.unroll.data.task.SeasonalSeries.Season;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.layer.State;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.SequenceSession;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The loop of a server: many clients send the values of their series one by one and get a forecast
 * of the next at once. One model serves them all; a client is a session in a map, and a pool of
 * threads steps them. Half-way the server stops: it saves its sessions, and goes on from the file.
 */
public final class StreamingServerExample {

  static final String DEFAULTS =
      "clients=2000 ticks=200 restart=100 threads=4 hidden=32 epochs=10 noise=0.1 seed=0"
          + " file=target/sessions.safetensors";

  private static final List<Season> SEASONS = List.of(new Season(12, 1), new Season(40, 0.6));
  private static final int LEARNED = 600;
  private static final int STEPS = 60;

  /**
   * What comes out.
   *
   * @param answers each forecast, in the order in which they were asked for
   * @param error root of the mean squared error of the forecasts
   * @param blindError that of the forecast that always says zero
   */
  record Outcome(List<Double> answers, double error, double blindError) {}

  private final SequenceRegressor model;
  private final ExecutorService pool;
  private final int threads;
  private final Map<String, SequenceSession> sessions = new TreeMap<>();

  private StreamingServerExample(SequenceRegressor model, ExecutorService pool, int threads) {
    this.model = model;
    this.pool = pool;
    this.threads = threads;
  }

  /**
   * Trains a model, serves and prints.
   *
   * @param args settings that are to be different, as {@code clients=500}
   * @throws IOException if the sessions cannot be saved or read
   * @throws InterruptedException if the thread is interrupted while it waits for the pool
   */
  public static void main(String... args) throws IOException, InterruptedException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Outcome run(Settings settings, PrintStream out) throws IOException, InterruptedException {
    RandomState random = new RandomState(settings.whole("seed"));
    SeasonalSeries series = new SeasonalSeries(SEASONS, settings.number("noise"));
    SequenceRegressor model = trained(settings, series, random);
    int ticks = settings.whole("ticks");
    double[][] clients = new double[settings.whole("clients")][];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = series.draw(i % 40 + ticks + 1, random); // each begins elsewhere in the season
    }

    out.println(settings);
    int threads = settings.whole("threads");
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      StreamingServerExample server = new StreamingServerExample(model, pool, threads);
      int[] sent = new int[clients.length];
      List<Double> answers = new ArrayList<>();
      double squares = 0;
      double blind = 0;
      long nanos = 0;
      for (int tick = 0; tick < ticks; tick++) {
        if (tick == settings.whole("restart")) {
          Path file = Path.of(settings.text("file"));
          server.save(file);
          server = new StreamingServerExample(model, pool, threads);
          server.restore(file);
          out.printf(
              Locale.ROOT, "restarted with %d sessions of %s%n", server.sessions.size(), file);
        }
        Map<String, Double> values = new LinkedHashMap<>();
        List<Double> next = new ArrayList<>();
        for (int i = 0; i < clients.length; i++) {
          if (i % 4 != tick % 4) { // not every client has a value at every tick
            int at = i % 40 + sent[i]++;
            values.put("client" + i, clients[i][at]);
            next.add(clients[i][at + 1]);
          }
        }
        long start = System.nanoTime();
        List<Double> forecasts = server.answer(values);
        nanos += System.nanoTime() - start;
        for (int i = 0; i < next.size(); i++) {
          squares += (forecasts.get(i) - next.get(i)) * (forecasts.get(i) - next.get(i));
          blind += next.get(i) * next.get(i);
        }
        answers.addAll(forecasts);
      }
      Outcome outcome =
          new Outcome(
              answers, Math.sqrt(squares / answers.size()), Math.sqrt(blind / answers.size()));
      out.printf(
          Locale.ROOT,
          "%d values of %d clients on %d threads, %.1f microseconds a value%n",
          answers.size(),
          clients.length,
          threads,
          nanos / 1e3 / answers.size());
      out.printf(Locale.ROOT, "error of the next value: %.4f%n", outcome.error);
      out.printf(Locale.ROOT, "who always says zero:    %.4f%n", outcome.blindError);
      return outcome;
    } finally {
      pool.shutdown();
    }
  }

  private static SequenceRegressor trained(
      Settings settings, SeasonalSeries series, RandomState random) {
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(1), settings.whole("hidden"), 1)
                .withReadout(Readout.EVERY),
            random);
    Trainer<SequenceTargets> trainer =
        new Trainer<>(model, new Adam(0.01), GradientClipping.byGlobalNorm(1));
    trainer.train(
        new SeriesWindows(series.draw(LEARNED, random), STEPS, 20, random),
        settings.whole("epochs"));
    return model;
  }

  /** Forecasts, one for each client's value: each thread steps a share of the clients as one. */
  private List<Double> answer(Map<String, Double> values) throws InterruptedException {
    List<SequenceSession> asked =
        values.keySet().stream()
            .map(client -> sessions.computeIfAbsent(client, any -> model.newSession()))
            .toList();
    double[] xs = values.values().stream().mapToDouble(Double::doubleValue).toArray();
    List<Callable<Matrix>> shares = new ArrayList<>();
    for (int share = 0; share < threads; share++) {
      int from = share * xs.length / threads;
      int to = (share + 1) * xs.length / threads;
      if (from < to) {
        Matrix x = new Matrix(to - from, 1);
        System.arraycopy(xs, from, x.data(), 0, to - from);
        shares.add(() -> SequenceSession.stepTogether(asked.subList(from, to), x));
      }
    }
    List<Double> forecasts = new ArrayList<>();
    for (Future<Matrix> share : pool.invokeAll(shares)) {
      for (double forecast : result(share).data()) {
        forecasts.add(forecast);
      }
    }
    return forecasts;
  }

  private static Matrix result(Future<Matrix> share) throws InterruptedException {
    try {
      return share.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a share of the clients was not served", e);
    }
  }

  private void save(Path file) throws IOException {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    sessions.forEach(
        (client, session) -> {
          List<Matrix> parts = session.state().matrices();
          for (int p = 0; p < parts.size(); p++) {
            tensors.put(client + "." + p, StoredArray.of(parts.get(p)));
          }
        });
    new SafeTensors(tensors).write(file);
  }

  private void restore(Path file) throws IOException {
    Map<String, List<Matrix>> states = new LinkedHashMap<>();
    SafeTensors.read(file)
        .tensors()
        .forEach(
            (name, part) -> {
              String client = name.substring(0, name.lastIndexOf('.'));
              states.computeIfAbsent(client, any -> new ArrayList<>()).add(part.matrix());
            });
    states.forEach(
        (client, parts) -> {
          SequenceSession session = model.newSession();
          session.setState(new State(parts));
          sessions.put(client, session);
        });
  }
}
