package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.data.Batches;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegressionMetricsTest {

  @Test
  void should_equal_the_figures_of_scikit_learn_and_the_definitions() {
    Golden golden = Golden.load("metrics/regression");
    RegressionMetrics metrics = new RegressionMetrics();
    double[] actual = golden.values("actual");
    for (int i = 0; i < actual.length; i++) {
      metrics.add(actual[i], golden.values("predicted")[i]);
      metrics.add(Double.NaN, i); // does not count
    }
    assertThat(metrics.count()).isEqualTo(actual.length);
    golden.assertMatches("mae", metrics.mae());
    golden.assertMatches("rmse", metrics.rmse());
    golden.assertMatches("mape", metrics.mape());
    golden.assertMatches("zeros", metrics.zeros());
    golden.assertMatches("smape", metrics.smape());
    golden.assertMatches("mase", metrics.mase(golden.scalar("naive")));
    golden.assertMatches("coverage", metrics.coverage());
    golden.assertMatches(
        "pinball", Arrays.stream(golden.values("levels")).map(metrics::pinball).toArray());
  }

  private static RegressionMetrics of(double... pairs) {
    RegressionMetrics metrics = new RegressionMetrics();
    for (int i = 0; i < pairs.length; i += 2) {
      metrics.add(pairs[i], pairs[i + 1]);
    }
    return metrics;
  }

  @Test
  void should_be_what_is_computed_by_hand() {
    RegressionMetrics metrics = of(4, 2, -4, -3, 0, 3, 0, 0);
    assertThat(metrics.mae()).isEqualTo((2 + 1 + 3) / 4.0);
    assertThat(metrics.rmse()).isEqualTo(Math.sqrt((4 + 1 + 9) / 4.0));
    assertThat(metrics.mape()).isEqualTo((50 + 25) / 2.0);
    assertThat(metrics.zeros()).isEqualTo(2);
    assertThat(metrics.smape()).isEqualTo(100 * (2 * 2 / 6.0 + 2 * 1 / 7.0 + 2) / 4);
    assertThat(metrics.mase(3)).isEqualTo(0.5);
    assertThat(metrics.pinball(0.75)).isEqualTo((0.75 * 2 + 0.25 * (1 + 3)) / 4);
    assertThat(metrics.coverage()).isEqualTo(3 / 4.0);
    assertThat(metrics)
        .hasToString(
            """
            values  4
            MAE     1.50000
            RMSE    1.87083
            MAPE    37.50 %  (2 actual zeros left out)
            sMAPE   73.81 %\
            """);
    assertThat(of(2, 1)).asString().contains("MAPE    50.00 %\n");
  }

  @Test
  void the_symmetric_error_should_end_at_200_percent() {
    assertThat(of(1, -1, 5, 0, 0, 3).smape()).isEqualTo(200);
  }

  @Test
  void nothing_measured_should_be_no_number() {
    RegressionMetrics none = of(Double.NaN, 1);
    assertThat(none.count()).isZero();
    assertThat(
            new double[] {
              none.mae(), none.rmse(), none.mape(), none.smape(), none.mase(1), none.pinball(0.5)
            })
        .containsOnly(Double.NaN);
    assertThat(none.coverage()).isNaN();
    RegressionMetrics zeros = of(0, 1);
    assertThat(zeros.mape()).isNaN();
    RegressionMetrics bad = of(1, 2, 1, Double.NaN);
    assertThat(
            new double[] {
              bad.mae(), bad.rmse(), bad.mape(), bad.smape(), bad.pinball(0.1), bad.coverage()
            })
        .containsOnly(Double.NaN);
  }

  @Test
  void should_refuse_what_it_cannot_measure() {
    RegressionMetrics metrics = of(1, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(Double.NEGATIVE_INFINITY, 1))
        .withMessageContaining("an actual value is -Infinity");
    for (double naive : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> metrics.mase(naive))
          .withMessageStartingWith(
              "mase: the error of the naive forecast must be positive and finite, not " + naive);
    }
    for (double level : new double[] {0, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> metrics.pinball(level))
          .withMessage("pinball: a level must be above 0 and below 1, not " + level);
    }
    assertThat(metrics.count()).isEqualTo(1);
  }

  // ---- of a model ----

  private static Batches<SequenceTargets> list(SequenceTargets... batches) {
    return new Batches<>() {
      @Override
      public int iterations() {
        return batches.length;
      }

      @Override
      public SequenceTargets read(int iteration) {
        return batches[iteration];
      }
    };
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_count_what_counts(Readout readout) {
    RandomState random = new RandomState(3);
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(2), 4, 2).withReadout(readout), random);
    int answers = readout == Readout.EVERY ? 4 : 1;
    int[] lengths = {4, 1, 2};
    RegressionMetrics expected = new RegressionMetrics();
    SequenceTargets[] batches = new SequenceTargets[2];
    for (int b = 0; b < 2; b++) {
      int batch = b;
      Tensor3 xs = random.randn(3, 4, 2);
      Tensor3 targets = random.randn(3, answers, 2);
      targets.set(0, 0, 1, Double.NaN);
      batches[b] = new SequenceTargets(xs, b == 0 ? null : lengths, targets);
      Tensor3 predicted = model.predict(batches[b].inputs());
      for (int n = 0; n < 3; n++) {
        for (int t = 0; t < answers; t++) {
          for (int k = 0; k < 2; k++) {
            if (answers == 1 || batch == 0 || t < lengths[n]) {
              expected.add(targets.get(n, t, k), predicted.get(n, t, k));
            }
          }
        }
      }
    }
    RegressionMetrics got = RegressionMetrics.of(model, list(batches));
    assertThat(got.count()).isEqualTo(answers == 1 ? 10 : 2 * (12 + 7) - 2);
    assertThat(got).hasToString(expected.toString());
    assertThat(got.mae()).isEqualTo(expected.mae());
    assertThat(got.coverage()).isEqualTo(expected.coverage());
  }

  @Test
  void should_measure_a_quantile_of_those_that_the_model_answers() {
    RandomState random = new RandomState(4);
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.quantileRegressor(Input.features(1), 3, 2, 0.1, 0.5, 0.9), random);
    SequenceTargets batch = new SequenceTargets(random.randn(4, 3, 1), null, random.randn(4, 1, 2));
    Tensor3 answers = model.predict(batch.inputs());
    double[] covered = new double[3];
    double[] wrong = new double[3];
    for (int n = 0; n < 4; n++) {
      for (int k = 0; k < 2; k++) {
        for (int q = 0; q < 3; q++) {
          double error = batch.targets().get(n, 0, k) - answers.get(n, 0, 3 * k + q);
          covered[q] += error <= 0 ? 1 : 0;
          wrong[q] += Math.abs(error);
        }
      }
    }
    double[] levels = {0.1, 0.5, 0.9};
    for (int q = 0; q < 3; q++) {
      RegressionMetrics metrics = RegressionMetrics.of(model, list(batch), levels[q]);
      assertThat(metrics.count()).isEqualTo(8);
      assertThat(metrics.coverage()).isEqualTo(covered[q] / 8);
      assertThat(metrics.mae()).isCloseTo(wrong[q] / 8, within(1e-15));
    }
    assertThat(RegressionMetrics.of(model, list(batch)))
        .hasToString(RegressionMetrics.of(model, list(batch), 0.5).toString());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegressionMetrics.of(model, list(batch), 0.8))
        .withMessage(
            "RegressionMetrics: the model answers 2 values, quantiles 0.1, 0.5, 0.9, and not the"
                + " quantile of level 0.8; ask for what it answers");
    SequenceDescription two =
        model.description().withOutput(new Output.Quantiles(2, List.of(0.1, 0.9)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegressionMetrics.of(new SequenceRegressor(two, random), list(batch)))
        .withMessageContaining("not the quantile of level 0.5");
    SequenceDescription plain = model.description().withOutput(new Output.Values(2));
    SequenceRegressor values = new SequenceRegressor(plain, random);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegressionMetrics.of(values, list(batch), 0.5))
        .withMessageContaining("the model answers 2 values, and not the quantile of level 0.5");
    SequenceTargets narrow = new SequenceTargets(batch.inputs(), new Tensor3(4, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegressionMetrics.of(model, list(narrow)))
        .withMessage("RegressionMetrics: the model answers (4x1x2), and the targets are (4x1x1)");
  }
}
