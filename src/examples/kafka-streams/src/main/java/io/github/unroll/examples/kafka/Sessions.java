package io.github.unroll.examples.kafka;

import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.tensor.FlatParameters;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A session for every key: reads a value, goes on from the key's state in a store, and gives the
 * model's probabilities. All tasks share the model; each has one session, which serves its keys in
 * turn.
 */
public final class Sessions implements FixedKeyProcessorSupplier<String, double[], double[]> {

  /** The name of the store. */
  public static final String STORE = "sessions";

  private final SequenceClassifier model;
  private final long weights;
  private final KeyValueBytesStoreSupplier store;

  /**
   * The sessions of a model.
   *
   * @param model only read; it must not be trained meanwhile
   * @param store named {@link #STORE}, on disk or in memory
   */
  public Sessions(SequenceClassifier model, KeyValueBytesStoreSupplier store) {
    this.model = model;
    this.weights = new FlatParameters(model.parameters()).fingerprint();
    this.store = store;
  }

  @Override
  public FixedKeyProcessor<String, double[], double[]> get() {
    return new SessionProcessor(model.newSession(), weights);
  }

  /** The store of all states, which is kept in a topic too, so that it outlives its machine. */
  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(store, Serdes.String(), Serdes.ByteArray())
            .withLoggingEnabled(Map.of())
            .withCachingEnabled()); // several values of a key in one commit make one record
  }
}
