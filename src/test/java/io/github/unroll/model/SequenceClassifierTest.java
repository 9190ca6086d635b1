package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.GruCell;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceClassifierTest {

  private static final int NO_CLASS = 99; // in the padding, where nobody looks

  private final RandomState random = new RandomState(8);

  private SequenceClassifier model(SequenceDescription configuration) {
    SequenceClassifier model = new SequenceClassifier(configuration, random);
    Padded.shake(model.parameters(), random);
    return model;
  }

  private LabelledSequences padded(SequenceDescription c) {
    int[][] labels = new int[3][];
    for (int i = 0; i < 3; i++) {
      labels[i] = random.randint(0, c.outputSize(), c.readout().answers(Padded.STEPS));
      Arrays.fill(labels[i], c.readout().answers(Padded.LENGTHS[i]), labels[i].length, NO_CLASS);
    }
    return new LabelledSequences(Padded.random(c.input().size(), random), Padded.LENGTHS, labels);
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_compute_what_its_cell_stepped_by_hand_computes(Readout readout) {
    SequenceClassifier model =
        model(
            SequenceDescription.classifier(Input.features(2), 3, 4)
                .withCell(CellKind.GRU)
                .withReadout(readout));
    LabelledSequences batch = padded(model.description());
    Tensor3 probabilities = model.probabilities(batch.xs(), batch.lengths());
    int[][] predicted = model.predict(batch.xs(), batch.lengths());
    double nats = 0;
    int counted = 0;
    for (int i = 0; i < 3; i++) {
      List<Parameter> p = model.parameters();
      GruCell cell = GruCell.resetBefore(p.get(0), p.get(1), p.get(2));
      Matrix h = new Matrix(1, 3);
      Matrix sum = new Matrix(1, 3);
      int length = Padded.LENGTHS[i];
      for (int t = 0; t < length; t++) {
        Matrix x = Matrix.of(1, 2, batch.xs().get(i, t, 0), batch.xs().get(i, t, 1));
        h = cell.forward(x, h).hNext();
        sum.add(h);
        if (readout == Readout.EVERY || t == length - 1) {
          Matrix read = readout == Readout.MEAN ? sum.times(1.0 / length) : h;
          double[] scores = read.matmul(p.get(3).value()).plus(p.get(4).value()).data();
          int at = readout == Readout.EVERY ? t : 0;
          double all = Arrays.stream(scores).map(Math::exp).sum();
          int best = 0;
          for (int k = 0; k < 4; k++) {
            assertThat(probabilities.get(i, at, k))
                .isCloseTo(Math.exp(scores[k]) / all, within(1e-14));
            best = scores[k] > scores[best] ? k : best;
          }
          assertThat(predicted[i][at]).isEqualTo(best);
          nats -= Math.log(probabilities.get(i, at, batch.labels()[i][at]));
          counted++;
        }
      }
      for (int t = length; t < predicted[i].length; t++) {
        assertThat(predicted[i][t]).isEqualTo(-1);
        assertThat(probabilities.get(i, t, 0)).isZero();
      }
    }
    assertThat(model.forward(batch)).isCloseTo(nats / counted, within(1e-13));
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_pass_the_gradient_check_through_two_layers_and_dropout(Readout readout) {
    RandomState masks = new RandomState(3);
    SequenceClassifier model =
        new SequenceClassifier(
            SequenceDescription.classifier(Input.features(2), 3, 4)
                .withCell(CellKind.RNN)
                .withLayers(2)
                .withReadout(readout)
                .withDropout(0.3),
            masks);
    Padded.shake(model.parameters(), random);
    LabelledSequences batch = padded(model.description());
    new GradientCheck(
            () -> {
              masks.seed(5);
              return model.forward(batch);
            },
            model::backward)
        .parameters(model.parameters())
        .run()
        .assertBelow(1e-7);
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void a_padded_batch_should_be_its_sequences_alone(Readout readout) {
    for (CellKind cell : CellKind.all()) {
      SequenceClassifier model =
          model(
              SequenceDescription.classifier(Input.features(2), 3, 4)
                  .withCell(cell)
                  .withLayers(2)
                  .withReadout(readout));
      LabelledSequences batch = padded(model.description());
      Tensor3 together = model.probabilities(batch.xs(), batch.lengths());
      int[][] classes = model.predict(batch.xs(), batch.lengths());
      for (int i = 0; i < 3; i++) {
        Tensor3 xs = Padded.alone(batch.xs(), i);
        assertThat(model.probabilities(xs)).isEqualTo(Padded.alone(together, i));
        int answers = readout.answers(Padded.LENGTHS[i]);
        assertThat(model.predict(xs)[0]).isEqualTo(Arrays.copyOf(classes[i], answers));
      }
      Padded.assertLearnsAsAlone(model, readout, batch, i -> alone(batch, i, readout));
    }
  }

  private static LabelledSequences alone(LabelledSequences batch, int i, Readout readout) {
    int[] labels = Arrays.copyOf(batch.labels()[i], readout.answers(Padded.LENGTHS[i]));
    return new LabelledSequences(Padded.alone(batch.xs(), i), null, new int[][] {labels});
  }

  @Test
  void use_should_not_disturb_training_and_dropout_not_act_in_it() {
    SequenceClassifier model =
        model(
            SequenceDescription.classifier(Input.features(2), 8, 4).withLayers(2).withDropout(0.5));
    LabelledSequences batch = padded(model.description());
    RandomState.State numbers = random.state();
    double loss = model.forward(batch);
    model.backward();
    double[] gradients = Padded.gradients(model.parameters());
    model.parameters().forEach(Parameter::zeroGrad);

    random.setState(numbers);
    assertThat(model.forward(batch)).isEqualTo(loss);
    Tensor3 probabilities = model.probabilities(batch.xs(), batch.lengths());
    model.predict(random.randn(5, 2, 2));
    model.backward();
    assertThat(Padded.gradients(model.parameters())).containsExactly(gradients);

    model.setTraining(false);
    double nats = 0;
    for (int i = 0; i < 3; i++) {
      nats -= Math.log(probabilities.get(i, 0, batch.labels()[i][0])) / 3;
    }
    assertThat(model.forward(batch)).isCloseTo(nats, within(1e-13)).isNotEqualTo(loss);
  }

  @Test
  void class_weights_should_weigh_the_loss_and_nothing_else() {
    SequenceClassifier model =
        model(SequenceDescription.classifier(Input.features(2), 3, 3).withReadout(Readout.EVERY));
    LabelledSequences batch = padded(model.description());
    double[] weights = {0.5, 2, 4};
    Tensor3 p = model.probabilities(batch.inputs());
    double sum = 0;
    double total = 0;
    for (int i = 0; i < 3; i++) {
      for (int t = 0; t < Padded.LENGTHS[i]; t++) {
        double weight = weights[batch.labels()[i][t]];
        sum -= weight * Math.log(p.get(i, t, batch.labels()[i][t]));
        total += weight;
      }
    }
    double plain = model.forward(batch);
    model.setClassWeights(weights);
    assertThat(model.classWeights()).containsExactly(weights);
    assertThat(model.forward(batch)).isCloseTo(sum / total, within(1e-14));
    assertThat(model.probabilities(batch.inputs())).isEqualTo(p);
    GradientCheck check =
        new GradientCheck(() -> model.forward(batch), model::backward)
            .parameters(model.parameters());
    check.run().assertBelow(1e-7);
    model.setClassWeights(1, 1, 1);
    assertThat(model.forward(batch)).isEqualTo(plain);
    model.setClassWeights();
    assertThat(model.forward(batch)).isEqualTo(plain);
    assertThat(model.classWeights()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.setClassWeights(1, 2))
        .withMessage(
            "SequenceClassifier.setClassWeights: 2 weights for 3 classes; give one for each class,"
                + " or none at all");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.setClassWeights(1, -2, 1))
        .withMessageContaining("the weight of class 1 is -2.0");
    assertThat(model.forward(batch)).as("after a refusal").isEqualTo(plain);
  }

  @Test
  void should_take_one_label_a_sequence_as_a_plain_array() {
    SequenceClassifier model = model(SequenceDescription.classifier(Input.features(2), 3, 4));
    Tensor3 xs = random.randn(3, 2, 2);
    LabelledSequences plain = LabelledSequences.ofWhole(xs, null, new int[] {3, -1, 0});
    assertThat(plain.labels()).isDeepEqualTo(new int[][] {{3}, {-1}, {0}});
    assertThat(model.forward(plain))
        .isEqualTo(model.forward(new LabelledSequences(xs, null, new int[][] {{3}, {-1}, {0}})));
  }

  @Test
  void should_refuse_what_does_not_fit() {
    SequenceClassifier last = model(SequenceDescription.classifier(Input.features(2), 3, 4));
    Tensor3 xs = random.randn(2, 3, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> last.forward(new LabelledSequences(xs, null, new int[2][3])))
        .withMessage(
            "SequenceClassifier: readout LAST gives one class for each sequence, labels"
                + " of row 0 are 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> last.forward(new LabelledSequences(xs, null, new int[3][1])))
        .withMessage("SequenceClassifier: inputs have a batch of 2, labels a batch of 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> last.forward(LabelledSequences.ofWhole(xs, null, new int[] {0, NO_CLASS})))
        .withMessageContaining("label 99 at [1,0] is neither in 0..3");
    SequenceClassifier every = model(last.description().withReadout(Readout.EVERY));
    for (int[] lengths : List.of(new int[] {3, 4}, new int[] {0, 3}, new int[] {-1, 3})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> every.forward(new LabelledSequences(xs, lengths, new int[2][3])))
          .withMessageStartingWith("lengths: sequence");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> every.forward(new LabelledSequences(xs, new int[] {3}, new int[2][3])))
        .withMessage("lengths: 1 given for a batch of 2; pass one for each sequence");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> every.predict(random.randn(1, 2, 3)))
        .withMessageContaining("must have 2 features");
  }

  @Test
  void should_refuse_a_backward_without_its_forward() {
    SequenceClassifier model = model(SequenceDescription.classifier(Input.features(2), 3, 4));
    String message =
        "SequenceClassifier.backward: there was no forward since the latest backward; call forward"
            + " first, and backward once for it";
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(message);
    Tensor3 xs = random.randn(1, 3, 2);
    model.forward(LabelledSequences.ofWhole(xs, null, new int[] {1}));
    model.backward();
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(message);
    model.forward(LabelledSequences.ofWhole(xs, null, new int[] {1}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(LabelledSequences.ofWhole(xs, null, new int[] {4})));
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(message);
  }
}
