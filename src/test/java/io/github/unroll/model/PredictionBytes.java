package io.github.unroll.model;

import io.github.unroll.Allocation;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints how many bytes more a prediction of a longer series allocates: of a classifier its classes
 * and its probabilities, of a regressor its answers.
 */
final class PredictionBytes {

  static final int MORE_STEPS = 20_000;
  static final int CLASSES = 3;

  private static final int STEPS = 5_000;

  private PredictionBytes() {}

  public static void main(String[] args) throws Exception {
    SequenceDescription c =
        SequenceDescription.classifier(Input.features(1), 64, CLASSES)
            .withReadout(Readout.valueOf(args[0]));
    SequenceClassifier classifier = new SequenceClassifier(c, new RandomState(0));
    SequenceRegressor regressor =
        new SequenceRegressor(c.withOutput(new Output.Values(CLASSES)), new RandomState(0));
    List<String> bytes = new ArrayList<>();
    bytes.add(more(xs -> classifier.predict(xs)));
    bytes.add(more(xs -> classifier.probabilities(xs)));
    bytes.add(more(xs -> regressor.predict(xs)));
    System.out.println(String.join(" ", bytes));
  }

  private interface Prediction {
    Object of(Tensor3 xs);
  }

  private static String more(Prediction prediction) throws Exception {
    Tensor3 series = new Tensor3(1, STEPS, 1);
    Tensor3 longer = new Tensor3(1, STEPS + MORE_STEPS, 1);
    prediction.of(series); // what is allocated once
    long bytes = Allocation.of(() -> prediction.of(series));
    return String.valueOf(Allocation.of(() -> prediction.of(longer)) - bytes);
  }
}
