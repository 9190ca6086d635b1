package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.loss.TimePinballLoss;
import io.github.unroll.optim.Adam;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What quantiles add to {@link SequenceRegressor}. */
class QuantileRegressorTest {

  private static final double[] LEVELS = {0.1, 0.5, 0.9};

  private final RandomState random = new RandomState(4);

  private static SequenceDescription description() {
    return SequenceDescription.quantileRegressor(Input.features(2), 4, 2, LEVELS);
  }

  private SequenceRegressor model(SequenceDescription description) {
    SequenceRegressor model = new SequenceRegressor(description, random);
    Padded.shake(model.parameters(), random);
    return model;
  }

  /** A model of values with the same weights answers what the layers give, unsorted. */
  private static Tensor3 unsorted(SequenceRegressor model, Sequences inputs) {
    Map<String, Matrix> weights =
        model.parameters().stream().collect(Collectors.toMap(Parameter::name, Parameter::value));
    return new SequenceRegressor(
            model.description().withOutput(new Output.Values(6)), weights, new RandomState(0))
        .predict(inputs);
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_learn_by_the_pinball_loss_and_answer_in_ascending_order(Readout readout) {
    SequenceRegressor model = model(description().withReadout(readout));
    Sequences inputs = Sequences.of(Padded.random(2, random), Padded.LENGTHS);
    Tensor3 answers = unsorted(model, inputs);
    Tensor3 targets = random.randn(3, answers.d1(), 2);
    Tensor3 counted = targets.copy();
    for (int i = 0; readout == Readout.EVERY && i < 3; i++) {
      for (int t = Padded.LENGTHS[i]; t < Padded.STEPS; t++) {
        counted.set(i, t, 0, Double.NaN);
        counted.set(i, t, 1, Double.NaN);
      }
    }
    double loss = new TimePinballLoss(LEVELS).forward(answers, counted);
    assertThat(model.forward(new SequenceTargets(inputs, targets))).isCloseTo(loss, within(1e-15));

    Tensor3 sorted = model.predict(inputs);
    assertThat(sorted).isNotEqualTo(answers);
    double[] rest = answers.data();
    for (int at = 0; at < rest.length; at += 3) {
      Arrays.sort(rest, at, at + 3);
    }
    assertThat(sorted).isEqualTo(answers);
  }

  @Test
  void a_session_should_answer_in_ascending_order_too() {
    SequenceRegressor model = model(description().withReadout(Readout.EVERY));
    Tensor3 xs = random.randn(2, 5, 2);
    Tensor3 answers = model.predict(xs);
    assertThat(answers).isNotEqualTo(unsorted(model, Sequences.of(xs)));
    SequenceSession one = model.newSession();
    SequenceSession other = model.newSession();
    for (int t = 0; t < 5; t++) {
      Matrix together = SequenceSession.stepTogether(List.of(one, other), xs.step(t));
      assertThat(together).isEqualTo(answers.step(t));
    }
  }

  @Test
  void should_find_the_quantiles_of_what_it_cannot_predict() {
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.quantileRegressor(Input.features(1), 4, 1, LEVELS), random);
    int n = 500;
    Tensor3 xs = new Tensor3(n, 1, 1);
    Tensor3 ts = new Tensor3(n, 1, 1);
    for (int i = 0; i < n; i++) {
      double wide = i % 2;
      xs.data()[i] = wide;
      ts.data()[i] = (1 + wide) * random.rand(); // evenly from 0 to 1, or from 0 to 2
    }
    SequenceTargets batch = new SequenceTargets(Sequences.of(xs), ts);
    Adam adam = new Adam(0.02);
    for (int step = 0; step < 600; step++) {
      model.parameters().forEach(Parameter::zeroGrad);
      model.forward(batch);
      model.backward();
      adam.update(model.parameters());
    }
    for (int wide = 0; wide <= 1; wide++) {
      double[] answer = model.predict(Tensor3.of(1, 1, 1, wide)).data();
      for (int q = 0; q < 3; q++) {
        assertThat(answer[q]).isCloseTo((1 + wide) * LEVELS[q], within(0.1 * (1 + wide)));
      }
    }
  }

  @Test
  void should_be_described_as_a_table() {
    assertThat(description().outputSize()).isEqualTo(6);
    assertThat(description().toString())
        .contains("2 values, quantiles 0.1, 0.5, 0.9  (N,1,6)          30");
    assertThat(new Output.Quantiles(1, List.of(0.5))).hasToString("1 value, quantiles 0.5");
  }

  @Test
  void should_refuse_to_feed_quantiles_back() {
    SequenceRegressor model =
        model(SequenceDescription.quantileRegressor(Input.features(2), 3, 1, 0.1, 0.9));
    assertThatIllegalStateException()
        .isThrownBy(() -> model.forecast(random.randn(1, 3, 2), 4))
        .withMessage(
            "forecast: the model answers quantiles, and a quantile that is fed back does not give"
                + " that of the next step; train a model that answers all steps at once, each a"
                + " value");
  }

  @Test
  void should_refuse_targets_and_levels_that_do_not_fit() {
    SequenceRegressor model = model(description());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                model.forward(
                    new SequenceTargets(random.randn(2, 3, 2), null, new Tensor3(2, 1, 6))))
        .withMessage("SequenceRegressor: readout LAST gives answers (2x1x2), targets are (2x1x6)");
    for (double[] levels : new double[][] {{0}, {1}, {Double.NaN}, {0.5, 0.5}, {0.9, 0.1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SequenceDescription.quantileRegressor(Input.features(1), 1, 1, levels))
          .withMessage(
              "Output: the levels of quantiles must ascend between 0 and 1, as 0.05, 0.5, 0.95, not"
                  + " "
                  + Arrays.toString(levels));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.quantileRegressor(Input.features(1), 1, 1))
        .withMessage(
            "Output: 1 values of 0 quantiles each; give at least one level, and not too many");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.quantileRegressor(Input.features(1), 1, 0, 0.5))
        .withMessage("Output: values must be at least 1, not 0");
  }

  @Test
  void other_models_should_refuse_quantiles() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceClassifier(description(), random))
        .withMessage(
            "SequenceClassifier: the description answers 2 values, quantiles 0.1, 0.5, 0.9, and"
                + " this model answers classes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RnnLanguageModel(description(), random))
        .withMessageContaining("and this model answers the next word");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> description().withTiedWeights())
        .withMessageContaining("not one that answers 2 values, quantiles 0.1, 0.5, 0.9");
  }
}
