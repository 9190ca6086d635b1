package io.github.unroll.examples.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance that is killed while it works, with a broker on this machine. */
class KilledServiceTest {

  private static final int SENSORS = 100;
  private static final int TICKS = 1_000;
  private static final int KILLED_AFTER = 10_000;

  @TempDir private Path folder;

  @Timeout(300)
  @ParameterizedTest(name = "store kept: {0}")
  @ValueSource(booleans = {true, false})
  void another_instance_should_go_on_with_the_bits_of_an_undisturbed_run(boolean storeKept)
      throws Exception {
    SequenceClassifier model = Readings.model(16, 1);
    Path file = folder.resolve("model");
    ModelFile.save(file, model);
    Path store = folder.resolve("store");
    Path broker = Files.createDirectory(folder.resolve("broker"));
    try (LocalBroker local = new LocalBroker(broker)) {
      local.createTopics(2);
      send(local, 0, TICKS / 2);
      try (KafkaConsumer<String, double[]> answers = answers(local)) {
        Map<String, List<double[]>> committed = new TreeMap<>();
        Process first = service(local, file, store);
        try {
          read(answers, committed, KILLED_AFTER, first);
        } finally {
          first.destroyForcibly().waitFor();
        }
        send(local, TICKS / 2, TICKS);
        Process second = service(local, file, storeKept ? store : folder.resolve("another store"));
        try {
          read(answers, committed, SENSORS * TICKS, second);
          assertThat(answers.poll(Duration.ofSeconds(1))).as("more answers").isEmpty();
        } finally {
          second.destroyForcibly().waitFor();
        }
        assertThat(committed).hasSize(SENSORS);
        for (int sensor = 0; sensor < SENSORS; sensor++) {
          assertThat(committed.get(Readings.name(sensor)).toArray(double[][]::new))
              .isDeepEqualTo(undisturbed(model, sensor));
        }
      }
    }
  }

  private Process service(LocalBroker local, Path model, Path store) throws Exception {
    return LocalBroker.java(
        SessionService.class.getName(),
        folder.resolve("service.txt"),
        local.servers(),
        model.toString(),
        store.toString());
  }

  private static void send(LocalBroker local, int from, int to) {
    try (KafkaProducer<String, double[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", local.servers()),
            new StringSerializer(),
            Numbers.serde().serializer())) {
      for (int tick = from; tick < to; tick++) {
        for (int sensor = 0; sensor < SENSORS; sensor++) {
          producer.send(
              new ProducerRecord<>(
                  SessionService.READINGS, Readings.name(sensor), Readings.of(sensor, tick)));
        }
      }
    }
  }

  /** Reads what is committed, from the beginning on. */
  private static KafkaConsumer<String, double[]> answers(LocalBroker local) {
    KafkaConsumer<String, double[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", local.servers(),
                "group.id", "test",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"),
            new StringDeserializer(),
            Numbers.serde().deserializer());
    consumer.subscribe(List.of(SessionService.ANSWERS));
    return consumer;
  }

  private void read(
      KafkaConsumer<String, double[]> answers,
      Map<String, List<double[]>> committed,
      int least,
      Process service)
      throws Exception {
    while (size(committed) < least) {
      assertThat(service.isAlive()).as(() -> "the service ended: " + log()).isTrue();
      for (ConsumerRecord<String, double[]> answer : answers.poll(Duration.ofMillis(50))) {
        committed.computeIfAbsent(answer.key(), any -> new ArrayList<>()).add(answer.value());
      }
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("service.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int size(Map<String, List<double[]>> committed) {
    return committed.values().stream().mapToInt(List::size).sum();
  }

  private static double[][] undisturbed(SequenceClassifier model, int sensor) {
    SequenceSession session = model.newSession();
    double[][] answers = new double[TICKS][];
    for (int tick = 0; tick < TICKS; tick++) {
      answers[tick] = session.step(Readings.of(sensor, tick));
    }
    return answers;
  }
}
