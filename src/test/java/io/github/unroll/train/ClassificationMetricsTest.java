package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.Sequences;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassificationMetricsTest {

  @ParameterizedTest
  @ValueSource(strings = {"classification", "classification_few"})
  void should_equal_the_figures_of_scikit_learn(String name) {
    Golden golden = Golden.load("metrics/" + name);
    int[] right = golden.ints("right");
    double[] all = golden.values("probabilities");
    int k = all.length / right.length;
    ClassificationMetrics metrics = new ClassificationMetrics(k);
    ClassificationMetrics alone = new ClassificationMetrics(k);
    for (int i = 0; i < right.length; i++) {
      metrics.add(right[i], Arrays.copyOfRange(all, i * k, (i + 1) * k));
      alone.add(right[i], golden.ints("predicted")[i]);
    }
    for (ClassificationMetrics of : List.of(metrics, alone)) {
      golden.assertMatches("accuracy", of.accuracy());
      golden.assertMatches("precision", classes(k).mapToDouble(of::precision).toArray());
      golden.assertMatches("recall", classes(k).mapToDouble(of::recall).toArray());
      golden.assertMatches("f1", classes(k).mapToDouble(of::f1).toArray());
      golden.assertMatches("examples", classes(k).mapToDouble(of::examples).toArray());
      golden.assertMatches("macro_f1", of.macroF1());
      golden.assertMatches("weighted_f1", of.weightedF1());
      golden.assertMatches(
          "confusion", classes(k * k).mapToDouble(i -> of.count(i / k, i % k)).toArray());
      assertThat(of.count()).isEqualTo(right.length);
    }
    golden.assertMatches("log_loss", metrics.logLoss());
    assertThat(alone.logLoss()).isNaN();
  }

  private static IntStream classes(int k) {
    return IntStream.range(0, k);
  }

  /** Of class 0 two of three are found, of class 1 one of two, and once 1 is taken for 2. */
  private static ClassificationMetrics byHand() {
    ClassificationMetrics metrics = new ClassificationMetrics(List.of("walk", "run", "rest"));
    metrics.add(0, 0);
    metrics.add(0, 0);
    metrics.add(0, 1);
    metrics.add(1, 1);
    metrics.add(1, 2);
    metrics.add(-1, 0); // ignored
    metrics.add(-1, new double[] {1, 0, 0});
    return metrics;
  }

  @Test
  void should_be_what_is_computed_by_hand() {
    ClassificationMetrics metrics = byHand();
    assertThat(metrics.count()).isEqualTo(5);
    assertThat(metrics.accuracy()).isEqualTo(3 / 5.0);
    assertThat(metrics.precision(0)).isEqualTo(1);
    assertThat(metrics.recall(0)).isEqualTo(2 / 3.0);
    assertThat(metrics.f1(0)).isEqualTo(4 / 5.0);
    assertThat(metrics.f1(1)).isEqualTo(2 / 4.0);
    assertThat(metrics.macroF1()).isCloseTo((0.8 + 0.5 + 0) / 3, within(1e-15));
    assertThat(metrics.weightedF1()).isCloseTo((0.8 * 3 + 0.5 * 2) / 5, within(1e-15));
    assertThat(metrics.count(1, 2)).isEqualTo(1);
  }

  @Test
  void a_fraction_of_nothing_should_be_zero_and_a_mean_of_nothing_no_number() {
    ClassificationMetrics metrics = byHand();
    assertThat(metrics.examples(2)).isZero();
    assertThat(metrics.recall(2)).as("no example").isZero();
    assertThat(metrics.precision(2)).as("no right one").isZero();
    assertThat(metrics.f1(2)).isZero();
    ClassificationMetrics none = new ClassificationMetrics(2);
    assertThat(none.precision(0)).as("never answered").isZero();
    assertThat(none.f1(0)).isZero();
    assertThat(none.count(1, 1)).isZero();
    assertThat(new double[] {none.accuracy(), none.macroF1(), none.weightedF1(), none.logLoss()})
        .containsOnly(Double.NaN);
    assertThat(none.toString()).contains("accuracy NaN");
  }

  @Test
  void log_loss_should_take_probabilities_alone_and_be_infinite_for_an_impossible_class() {
    ClassificationMetrics metrics = byHand();
    metrics.add(2, new double[] {0.25, 0.25, 0.5});
    metrics.add(0, new double[] {0.25, 0.5, 0.25});
    assertThat(metrics.logLoss()).isCloseTo((Math.log(2) + Math.log(4)) / 2, within(1e-15));
    assertThat(metrics.count(0, 1)).isEqualTo(2);
    metrics.add(0, new double[] {0, 0.5, 0.5});
    assertThat(metrics.count(0, 1)).as("the first of equally likely ones").isEqualTo(3);
    assertThat(metrics.logLoss()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void should_print_a_table() {
    ClassificationMetrics metrics = byHand();
    assertThat(metrics)
        .hasToString(
            """
                           precision     recall         F1   examples
            walk              1.0000     0.6667     0.8000          3
            run               0.5000     0.5000     0.5000          2
            rest              0.0000     0.0000     0.0000          0
            mean              0.5000     0.3889     0.4333          5
            weighted mean     0.8000     0.6000     0.6800          5
            accuracy 0.6000

            right \\ predicted  walk  run  rest
            walk                  2    1     0
            run                   0    1     1
            rest                  0    0     0\
            """);
    metrics.add(2, new double[] {0.25, 0.25, 0.5});
    assertThat(metrics.toString()).contains("accuracy 0.6667, log loss 0.6931");
  }

  @Test
  void should_shorten_what_would_be_too_long() {
    List<String> labels = classes(40).mapToObj(k -> "a label of many\nwords, number " + k).toList();
    ClassificationMetrics metrics = new ClassificationMetrics(labels);
    for (int k = 0; k < 30; k++) {
      for (int i = 0; i <= k; i++) {
        metrics.add(k, i == 0 && k > 10 ? k - 1 : k);
      }
    }
    metrics.add(7, 29);
    metrics.add(7, 29);
    String[] lines = metrics.toString().split("\n");
    assertThat(lines).hasSize(1 + 20 + 1 + 3 + 2 + 12);
    assertThat(lines[1]).startsWith("a label of ma...  ").endsWith(" 11"); // class 10
    assertThat(lines[20]).endsWith(" 30"); // class 29
    assertThat(lines[21]).isEqualTo("... and 10 classes with fewer examples");
    assertThat(lines[26]).isEqualTo("the most frequent mistakes, right -> predicted:");
    assertThat(lines[27]).isEqualTo("        2  a label of ma... -> a label of ma...");
    assertThat(lines[28]).startsWith("        1  ");
    ClassificationMetrics emoji = new ClassificationMetrics(List.of("😀".repeat(20), "b"));
    emoji.add(0, 1);
    assertThat(emoji.toString()).contains("\n" + "😀".repeat(13) + "...  ");
  }

  // ---- of a model ----

  private static Batches<LabelledSequences> list(LabelledSequences... batches) {
    return new Batches<>() {
      @Override
      public int iterations() {
        return batches.length;
      }

      @Override
      public LabelledSequences read(int iteration) {
        return batches[iteration];
      }

      @Override
      public void beginEpoch() {
        throw new AssertionError("held-out batches have one order");
      }
    };
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_count_what_counts(Readout readout) {
    RandomState random = new RandomState(3);
    SequenceClassifier model =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(2), 4, 3).withReadout(readout), random);
    model
        .parameters()
        .forEach(p -> p.value().copyFrom(random.randn(p.value().rows(), p.value().cols())));
    boolean steps = readout == Readout.EVERY;
    int answers = steps ? 4 : 1;
    ClassificationMetrics expected = new ClassificationMetrics(3);
    LabelledSequences[] batches = new LabelledSequences[3];
    for (int b = 0; b < 3; b++) {
      Tensor3 xs = random.randn(3, 4, 2);
      boolean[][] counts = {
        {true, true, true, true}, {true, false, false, false}, {false, true, false, true}
      };
      Sequences inputs =
          b == 0
              ? Sequences.of(xs)
              : b == 1 ? Sequences.of(xs, new int[] {4, 1, 2}) : Sequences.of(xs).withSteps(counts);
      int[][] labels = new int[3][];
      Arrays.setAll(labels, n -> random.randint(-1, 3, answers));
      int[][] predicted = model.predict(inputs);
      Tensor3 p = model.probabilities(inputs);
      for (int n = 0; n < 3; n++) {
        for (int t = 0; t < answers; t++) {
          if (labels[n][t] >= 0 && predicted[n][t] >= 0) {
            expected.add(
                labels[n][t], new double[] {p.get(n, t, 0), p.get(n, t, 1), p.get(n, t, 2)});
            assertThat(expected.count(labels[n][t], predicted[n][t])).isPositive();
          }
        }
      }
      batches[b] = new LabelledSequences(inputs, labels);
    }
    ClassificationMetrics got = ClassificationMetrics.of(model, list(batches));
    assertThat(got).hasToString(expected.toString());
    assertThat(got.count()).isBetween(steps ? 15L : 5L, steps ? 30L : 9L);
    assertThat(got.logLoss()).isEqualTo(expected.logLoss());
    List<String> names = List.of("a", "b", "c");
    assertThat(ClassificationMetrics.of(model, list(batches), names).toString()).contains("\nb  ");
  }

  @Test
  void should_refuse_what_does_not_fit() {
    ClassificationMetrics metrics = new ClassificationMetrics(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClassificationMetrics(0))
        .withMessage("ClassificationMetrics: no classes; give at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(2, 0))
        .withMessage("ClassificationMetrics: the right class 2 is not in 0..1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(0, -1))
        .withMessage("ClassificationMetrics: the predicted class -1 is not in 0..1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(0, new double[] {1}))
        .withMessage("ClassificationMetrics: 1 probabilities for 2 classes; give one for each");
    for (double bad : new double[] {Double.NaN, -0.1, 1.1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> metrics.add(0, new double[] {0.5, bad}))
          .withMessageStartingWith("ClassificationMetrics: the probability of class 1 is " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(2, new double[] {0.5, 0.5}))
        .withMessageContaining("the right class 2 is not in 0..1");
    assertThat(metrics.count()).isZero();
    assertThat(metrics.logLoss()).isNaN();

    SequenceClassifier model =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(1), 2, 2), new RandomState(1));
    LabelledSequences tagged =
        new LabelledSequences(Sequences.of(new Tensor3(2, 3, 1)), new int[2][3]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClassificationMetrics.of(model, list(tagged)))
        .withMessage(
            "ClassificationMetrics: 2 sequences of 1 answers each need labels of that shape");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClassificationMetrics.of(model, list(tagged), List.of("a")))
        .withMessage(
            "ClassificationMetrics: 1 labels, and the model tells 2 classes; give one for each");
  }
}
