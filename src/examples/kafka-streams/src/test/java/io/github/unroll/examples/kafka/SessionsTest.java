package io.github.unroll.examples.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processor and its store, without a broker. */
class SessionsTest {

  private static final int SENSORS = 20;
  private static final int TICKS = 30;
  private static final int STOP = 13;

  private final SequenceClassifier model = Readings.model(16, 1);

  @TempDir private Path folder;

  @Test
  void should_answer_with_the_bits_of_a_session_for_each_key() {
    assertThat(undisturbed()).isDeepEqualTo(bySessions());
  }

  @Test
  void should_go_on_from_its_store_with_the_bits_of_an_undisturbed_run() {
    List<double[]> answers = new ArrayList<>();
    Map<String, byte[]> kept = new HashMap<>();
    try (TopologyTestDriver first = driver(model)) {
      answers.addAll(run(first, 0, STOP));
      try (KeyValueIterator<String, byte[]> all = store(first).all()) {
        while (all.hasNext()) {
          KeyValue<String, byte[]> next = all.next();
          kept.put(next.key, next.value);
        }
      }
    }
    assertThat(kept).hasSize(SENSORS);
    answers.addAll(restarted(kept));
    assertThat(answers.toArray(double[][]::new)).isDeepEqualTo(undisturbed());
  }

  @Test
  void should_go_on_from_the_topic_of_its_store_with_the_bits_of_an_undisturbed_run() {
    List<double[]> answers = new ArrayList<>();
    Map<String, byte[]> kept = new HashMap<>();
    try (TopologyTestDriver first = driver(model)) {
      answers.addAll(run(first, 0, STOP));
      TestOutputTopic<String, byte[]> changes =
          first.createOutputTopic(
              SessionService.APPLICATION + "-" + Sessions.STORE + "-changelog",
              new StringDeserializer(),
              Serdes.ByteArray().deserializer());
      changes.readKeyValuesToList().forEach(change -> kept.put(change.key, change.value));
    }
    assertThat(kept).hasSize(SENSORS);
    answers.addAll(restarted(kept));
    assertThat(answers.toArray(double[][]::new)).isDeepEqualTo(undisturbed());
  }

  @Test
  void should_refuse_the_states_of_other_weights() {
    Map<String, byte[]> kept = new HashMap<>();
    try (TopologyTestDriver first = driver(model)) {
      run(first, 0, 1);
      kept.put(Readings.name(0), store(first).get(Readings.name(0)));
    }
    try (TopologyTestDriver other = driver(Readings.model(16, 2))) {
      kept.forEach(store(other)::put);
      assertThatThrownBy(() -> run(other, 1, 2))
          .hasRootCauseInstanceOf(IllegalArgumentException.class)
          .rootCause()
          .hasMessageContaining("model");
    }
  }

  @Test
  void should_pass_over_records_without_key_or_value() {
    try (TopologyTestDriver driver = driver(model)) {
      readings(driver).pipeInput(null, Readings.of(0, 0));
      readings(driver).pipeInput(Readings.name(0), null);
      assertThat(run(driver, 0, 1)).hasSize(SENSORS);
    }
  }

  @Test
  void numbers_should_refuse_bytes_that_are_no_whole_numbers() {
    assertThatThrownBy(() -> Numbers.serde().deserializer().deserialize("readings", new byte[12]))
        .isInstanceOf(SerializationException.class)
        .hasMessage("topic readings: a value of 12 bytes; numbers take 8 bytes each");
  }

  private List<double[]> restarted(Map<String, byte[]> kept) {
    try (TopologyTestDriver second = driver(model)) {
      kept.forEach(store(second)::put);
      return run(second, STOP, TICKS);
    }
  }

  private double[][] undisturbed() {
    try (TopologyTestDriver driver = driver(model)) {
      return run(driver, 0, TICKS).toArray(double[][]::new);
    }
  }

  /** What a session for each sensor says, without Kafka. */
  private double[][] bySessions() {
    List<SequenceSession> sessions = new ArrayList<>();
    List<double[]> answers = new ArrayList<>();
    for (int tick = 0; tick < TICKS; tick++) {
      for (int sensor = 0; sensor < SENSORS; sensor++) {
        if (tick == 0) {
          sessions.add(model.newSession());
        }
        answers.add(sessions.get(sensor).step(Readings.of(sensor, tick)));
      }
    }
    return answers.toArray(double[][]::new);
  }

  private TopologyTestDriver driver(SequenceClassifier of) {
    return new TopologyTestDriver(
        SessionService.topology(of, Stores.persistentKeyValueStore(Sessions.STORE)),
        SessionService.settings("none:1", folder));
  }

  private static KeyValueStore<String, byte[]> store(TopologyTestDriver driver) {
    return driver.getKeyValueStore(Sessions.STORE);
  }

  private static TestInputTopic<String, double[]> readings(TopologyTestDriver driver) {
    return driver.createInputTopic(
        SessionService.READINGS, Serdes.String().serializer(), Numbers.serde().serializer());
  }

  private static List<double[]> run(TopologyTestDriver driver, int from, int to) {
    TestInputTopic<String, double[]> readings = readings(driver);
    for (int tick = from; tick < to; tick++) {
      for (int sensor = 0; sensor < SENSORS; sensor++) {
        readings.pipeInput(Readings.name(sensor), Readings.of(sensor, tick));
      }
    }
    return driver
        .createOutputTopic(
            SessionService.ANSWERS, Serdes.String().deserializer(), Numbers.serde().deserializer())
        .readValuesToList();
  }
}
