package io.github.unroll.examples.kafka;

import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.model.SequenceClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * An instance of the service: values of sensors come in one topic, the model's answers go to
 * another. Start as many as there are partitions; Kafka shares the sensors out among them.
 */
public final class SessionService {

  /** Where values come from: a sensor's name, and its features. */
  public static final String READINGS = "readings";

  /** Where answers go: a sensor's name, and the probabilities of the classes. */
  public static final String ANSWERS = "answers";

  /** The name that instances and stores are known by. */
  public static final String APPLICATION = "unroll-sessions";

  private SessionService() {}

  /** {@return from readings to answers, by the sessions of a model} */
  public static Topology topology(SequenceClassifier model, KeyValueBytesStoreSupplier store) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(READINGS, Consumed.with(Serdes.String(), Numbers.serde()))
        .filter((sensor, values) -> sensor != null && values != null)
        .processValues(new Sessions(model, store))
        .to(ANSWERS, Produced.with(Serdes.String(), Numbers.serde()));
    return builder.build();
  }

  /**
   * {@return the settings of an instance} States and answers are committed together, so that no
   * value is read twice after a failure, nor left out.
   *
   * @param servers the addresses of brokers
   * @param folder for the stores; an instance that lost it gets its states from Kafka
   */
  public static Properties settings(String servers, Path folder) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 6_000);
    return settings;
  }

  /**
   * Runs an instance until the process is ended.
   *
   * @param args addresses of brokers, the file of a classifier, a folder for the stores
   * @throws IOException if the file cannot be read
   */
  public static void main(String... args) throws IOException {
    SequenceClassifier model = ModelFile.load(Path.of(args[1]), SequenceClassifier.class).model();
    Topology topology = topology(model, Stores.persistentKeyValueStore(Sessions.STORE));
    KafkaStreams streams = new KafkaStreams(topology, settings(args[0], Path.of(args[2])));
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }
}
