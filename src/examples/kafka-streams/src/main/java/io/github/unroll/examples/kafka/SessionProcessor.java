package io.github.unroll.examples.kafka;

import io.github.unroll.layer.State;
import io.github.unroll.model.SequenceSession;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/** The task of a partition: one session, set to the state of whichever key has a value. */
final class SessionProcessor implements FixedKeyProcessor<String, double[], double[]> {

  private final SequenceSession session;
  private final long weights;
  private FixedKeyProcessorContext<String, double[]> context;
  private KeyValueStore<String, byte[]> store;

  SessionProcessor(SequenceSession session, long weights) {
    this.session = session;
    this.weights = weights;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, double[]> context) {
    this.context = context;
    this.store = context.getStateStore(Sessions.STORE);
  }

  @Override
  public void process(FixedKeyRecord<String, double[]> reading) {
    byte[] kept = store.get(reading.key());
    if (kept == null) {
      session.reset();
    } else {
      session.setState(State.ofBytes(kept, weights));
    }
    double[] answer = session.step(reading.value());
    store.put(reading.key(), session.state().toBytes(weights));
    context.forward(reading.withValue(answer));
  }
}
