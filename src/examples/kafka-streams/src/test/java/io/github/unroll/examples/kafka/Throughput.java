package io.github.unroll.examples.kafka;

import io.github.unroll.layer.State;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceSession;
import io.github.unroll.tensor.FlatParameters;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.Stores;

/**
 * Measures the service with many keys, and the same work in plain Java. Arguments: what is
 * measured, then, unless the defaults do, the number of keys, of values for each, and the width of
 * the model.
 *
 * <ul>
 *   <li>{@code kafka}: the service with stores on disk, with a broker in another process
 *   <li>{@code kafka-memory}: the same with stores in memory
 *   <li>{@code bytes}: one thread, a map of states as bytes, a value at a time
 *   <li>{@code sessions}: one thread, a map of sessions, a value at a time
 *   <li>{@code together}: one thread, a map of sessions, 256 values at a time
 * </ul>
 */
final class Throughput {

  private static final int TOGETHER = 256;
  private static final int THREADS = 2;

  private final String what;
  private final int keys;
  private final int ticks;
  private final SequenceClassifier model;

  private Throughput(String what, int keys, int ticks, int hidden) {
    this.what = what;
    this.keys = keys;
    this.ticks = ticks;
    this.model = Readings.model(hidden, 1);
  }

  /** Measures and prints. */
  public static void main(String... args) throws Exception {
    new Throughput(args[0], number(args, 1, 100_000), number(args, 2, 10), number(args, 3, 64))
        .run();
  }

  private static int number(String[] args, int at, int otherwise) {
    return at < args.length ? Integer.parseInt(args[at]) : otherwise;
  }

  private void run() throws Exception {
    switch (what) {
      case "kafka", "kafka-memory" -> kafka();
      case "bytes" -> bytes();
      case "sessions" -> sessions(1);
      case "together" -> sessions(TOGETHER);
      default ->
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "\"%s\" is not measured; name kafka, kafka-memory, bytes, sessions or together",
                  what));
    }
  }

  // ---- plain Java ----

  private void bytes() {
    long weights = new FlatParameters(model.parameters()).fingerprint();
    SequenceSession session = model.newSession();
    Map<String, byte[]> states = new HashMap<>();
    Duration before = cpu();
    long start = System.nanoTime();
    for (int tick = 0; tick < ticks; tick++) {
      for (int key = 0; key < keys; key++) {
        byte[] kept = states.get(Readings.name(key));
        if (kept == null) {
          session.reset();
        } else {
          session.setState(State.ofBytes(kept, weights));
        }
        session.step(Readings.of(key, tick));
        states.put(Readings.name(key), session.state().toBytes(weights));
      }
    }
    print(System.nanoTime() - start, cpu().minus(before), states);
  }

  private void sessions(int together) {
    Map<String, SequenceSession> sessions = new HashMap<>();
    Duration before = cpu();
    long start = System.nanoTime();
    for (int tick = 0; tick < ticks; tick++) {
      for (int first = 0; first < keys; first += together) {
        List<SequenceSession> asked = new ArrayList<>();
        Matrix x = new Matrix(Math.min(together, keys - first), Readings.FEATURES);
        for (int i = 0; i < x.rows(); i++) {
          double[] values = Readings.of(first + i, tick);
          System.arraycopy(values, 0, x.data(), i * values.length, values.length);
          asked.add(sessions.computeIfAbsent(Readings.name(first + i), any -> model.newSession()));
        }
        if (together == 1) {
          asked.get(0).step(x);
        } else {
          SequenceSession.stepTogether(asked, x);
        }
      }
    }
    print(System.nanoTime() - start, cpu().minus(before), sessions);
  }

  // ---- Kafka ----

  private void kafka() throws Exception {
    Path folder = Files.createTempDirectory("unroll");
    try (LocalBroker broker = new LocalBroker(folder)) {
      broker.createTopics(THREADS);
      send(broker);
      Properties settings = SessionService.settings(broker.servers(), folder.resolve("store"));
      settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
      try (KafkaStreams streams =
          new KafkaStreams(
              SessionService.topology(
                  model,
                  what.equals("kafka")
                      ? Stores.persistentKeyValueStore(Sessions.STORE)
                      : Stores.inMemoryKeyValueStore(Sessions.STORE)),
              settings)) {
        Duration before = cpu();
        Duration brokerBefore = broker.cpu();
        streams.start();
        while (processed(streams) == 0) {
          Thread.sleep(5);
        }
        long start = System.nanoTime();
        while (processed(streams) < (double) keys * ticks) {
          Thread.sleep(5);
        }
        print(System.nanoTime() - start, cpu().minus(before), streams);
        System.out.println("the broker's processor time: " + broker.cpu().minus(brokerBefore));
      }
      System.out.printf(
          Locale.ROOT,
          "bytes: readings %d, answers %d, states in Kafka %d, stores on disk %d%n",
          broker.bytesOf(SessionService.READINGS),
          broker.bytesOf(SessionService.ANSWERS),
          broker.bytesOf("changelog"),
          bytes(folder.resolve("store")));
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void send(LocalBroker broker) {
    try (KafkaProducer<String, double[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.servers()),
            new StringSerializer(),
            Numbers.serde().serializer())) {
      for (int tick = 0; tick < ticks; tick++) {
        for (int key = 0; key < keys; key++) {
          producer.send(
              new ProducerRecord<>(
                  SessionService.READINGS, Readings.name(key), Readings.of(key, tick)));
        }
      }
    }
  }

  private static double processed(KafkaStreams streams) {
    return streams.metrics().values().stream()
        .filter(metric -> metric.metricName().group().equals("stream-thread-metrics"))
        .filter(metric -> metric.metricName().name().equals("process-total"))
        .mapToDouble(metric -> (Double) metric.metricValue())
        .sum();
  }

  private static long bytes(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  // ---- figures ----

  /**
   * Prints what was measured.
   *
   * @param states what has all states, so that they count in the heap
   */
  private void print(long nanos, Duration cpu, Object states) {
    double values = (double) keys * ticks;
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    Reference.reachabilityFence(states);
    System.out.printf(
        Locale.ROOT,
        "%s: %.0f values of %d keys in %.1f s, %.0f a second; %.1f microseconds of a processor a"
            + " value; heap %d MB, process %s%n",
        what,
        values,
        keys,
        nanos / 1e9,
        values / nanos * 1e9,
        cpu.toNanos() / 1e3 / values,
        heap >> 20,
        resident());
  }

  /** The processor time of this process. */
  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** What the process has of the machine's memory, where the system tells it. */
  private static String resident() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines.filter(line -> line.startsWith("VmRSS")).findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
