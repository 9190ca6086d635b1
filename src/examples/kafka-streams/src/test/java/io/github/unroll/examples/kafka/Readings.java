package io.github.unroll.examples.kafka;

import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;

/** What sensors measure, and a model that reads it: the same numbers wherever they are made. */
final class Readings {

  static final int FEATURES = 3;

  private Readings() {}

  static double[] of(int sensor, int tick) {
    double[] values = new double[FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      values[i] = (sensor * 31L + tick * 17L + i * 7L) % 201 / 100.0 - 1;
    }
    return values;
  }

  static String name(int sensor) {
    return "sensor " + sensor;
  }

  static SequenceClassifier model(int hidden, int seed) {
    return new SequenceClassifier(
        SequenceDescription.classifier(Input.features(FEATURES), hidden, 2), new RandomState(seed));
  }
}
