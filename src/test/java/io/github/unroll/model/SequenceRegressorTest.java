package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceRegressorTest {

  private final RandomState random = new RandomState(7);

  private SequenceRegressor model(SequenceDescription configuration) {
    SequenceRegressor model = new SequenceRegressor(configuration, random);
    Padded.shake(model.parameters(), random);
    return model;
  }

  private SequenceTargets padded(SequenceDescription c) {
    // Finite past the lengths too: NaN would not count anyway.
    Tensor3 targets = random.randn(3, c.readout().answers(Padded.STEPS), c.outputSize());
    return new SequenceTargets(Padded.random(c.input().size(), random), Padded.LENGTHS, targets);
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_compute_what_its_cell_stepped_by_hand_computes(Readout readout) {
    SequenceRegressor model =
        model(SequenceDescription.regressor(Input.features(2), 3, 2).withReadout(readout));
    SequenceTargets batch = padded(model.description());
    Tensor3 ys = model.predict(batch.xs(), batch.lengths());
    double squares = 0;
    int counted = 0;
    for (int i = 0; i < 3; i++) {
      List<Parameter> p = model.parameters();
      LstmCell cell = new LstmCell(p.get(0), p.get(1), p.get(2));
      Matrix h = new Matrix(1, 3);
      Matrix c = new Matrix(1, 3);
      Matrix sum = new Matrix(1, 3);
      int length = Padded.LENGTHS[i];
      for (int t = 0; t < length; t++) {
        Matrix x = Matrix.of(1, 2, batch.xs().get(i, t, 0), batch.xs().get(i, t, 1));
        LstmCell.Step step = cell.forward(x, h, c);
        h = step.hNext();
        c = step.cNext();
        sum.add(h);
        if (readout == Readout.EVERY || t == length - 1) {
          Matrix read = readout == Readout.MEAN ? sum.times(1.0 / length) : h;
          Matrix y = read.matmul(p.get(3).value()).plus(p.get(4).value());
          int at = readout == Readout.EVERY ? t : 0;
          for (int k = 0; k < 2; k++) {
            assertThat(ys.get(i, at, k)).isCloseTo(y.get(0, k), within(1e-14));
            double error = y.get(0, k) - batch.targets().get(i, at, k);
            squares += error * error;
            counted++;
          }
        }
      }
    }
    assertThat(model.forward(batch)).isCloseTo(squares / counted, within(1e-13));
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void should_pass_the_gradient_check_through_two_layers_and_dropout(Readout readout) {
    RandomState masks = new RandomState(3);
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(2), 3, 2)
                .withCell(CellKind.RNN)
                .withLayers(2)
                .withReadout(readout)
                .withDropout(0.3),
            masks);
    Padded.shake(model.parameters(), random);
    SequenceTargets batch = padded(model.description());
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
      SequenceRegressor model =
          model(
              SequenceDescription.regressor(Input.features(2), 3, 2)
                  .withCell(cell)
                  .withLayers(2)
                  .withReadout(readout));
      SequenceTargets batch = padded(model.description());
      Tensor3 together = model.predict(batch.xs(), batch.lengths());
      for (int i = 0; i < 3; i++) {
        assertThat(model.predict(Padded.alone(batch.xs(), i))).isEqualTo(Padded.alone(together, i));
      }
      Padded.assertLearnsAsAlone(model, readout, batch, i -> alone(batch, i));
    }
  }

  private static SequenceTargets alone(SequenceTargets batch, int i) {
    return new SequenceTargets(Padded.alone(batch.xs(), i), null, Padded.alone(batch.targets(), i));
  }

  @Test
  void answers_past_a_length_should_be_zero() {
    SequenceRegressor model =
        model(SequenceDescription.regressor(Input.features(2), 3, 2).withReadout(Readout.EVERY));
    Tensor3 ys = model.predict(Padded.random(2, random), Padded.LENGTHS);
    for (int t = 0; t < 4; t++) {
      assertThat(ys.get(1, t, 0) == 0).isEqualTo(t >= 1);
      assertThat(ys.get(2, t, 1) == 0).isEqualTo(t >= 3);
    }
  }

  @Test
  void a_forecast_should_be_what_reading_its_own_answers_gives() {
    for (CellKind cell : CellKind.all()) {
      for (Readout readout : List.of(Readout.LAST, Readout.EVERY)) {
        SequenceRegressor model =
            model(
                SequenceDescription.regressor(Input.features(2), 3, 2)
                    .withCell(cell)
                    .withLayers(2)
                    .withReadout(readout));
        Tensor3 xs = Padded.random(2, random);
        Tensor3 forecast = model.forecast(xs, Padded.LENGTHS, 5);
        for (int i = 0; i < 3; i++) {
          Tensor3 known = Padded.alone(xs, i);
          assertThat(model.forecast(known, 5)).isEqualTo(bySequence(forecast, i));
          for (int t = 0; t < 5; t++) {
            Tensor3 ys = model.predict(known);
            known = longer(known, ys);
            int end = known.d1() - 1;
            assertThat(known.step(end).data())
                .containsExactly(forecast.get(i, t, 0), forecast.get(i, t, 1));
          }
        }
      }
    }
  }

  private static Tensor3 bySequence(Tensor3 xs, int i) {
    int sequence = xs.d1() * xs.d2();
    double[] values = Arrays.copyOfRange(xs.data(), i * sequence, (i + 1) * sequence);
    return Tensor3.of(1, xs.d1(), xs.d2(), values);
  }

  private static Tensor3 longer(Tensor3 known, Tensor3 ys) {
    Tensor3 longer = new Tensor3(1, known.d1() + 1, known.d2());
    System.arraycopy(known.data(), 0, longer.data(), 0, known.data().length);
    longer.setStep(known.d1(), ys.step(ys.d1() - 1));
    return longer;
  }

  @Test
  void use_should_not_disturb_training() {
    SequenceRegressor model =
        model(
            SequenceDescription.regressor(Input.features(2), 3, 2)
                .withReadout(Readout.EVERY)
                .withLayers(2)
                .withDropout(0.5));
    SequenceTargets batch = padded(model.description());
    RandomState.State numbers = random.state();
    double loss = model.forward(batch);
    model.backward();
    double[] gradients = Padded.gradients(model.parameters());
    model.parameters().forEach(Parameter::zeroGrad);

    random.setState(numbers);
    assertThat(model.forward(batch)).isEqualTo(loss);
    Tensor3 ys = model.predict(random.randn(5, 2, 2));
    assertThat(ys.d0()).isEqualTo(5);
    model.forecast(random.randn(2, 3, 2), 2);
    model.backward();
    assertThat(Padded.gradients(model.parameters())).containsExactly(gradients);
  }

  @Test
  void dropout_should_act_in_training_only() {
    SequenceDescription plain = SequenceDescription.regressor(Input.features(2), 8, 2);
    SequenceDescription dropping = plain.withLayers(2).withDropout(0.5);
    for (SequenceDescription c : List.of(dropping, plain.withDropout(0.5))) {
      SequenceRegressor model = model(c);
      SequenceTargets batch = padded(c);
      double first = model.forward(batch);
      assertThat(model.forward(batch)).isNotEqualTo(first);
      model.setTraining(false);
      double inUse = model.forward(batch);
      assertThat(model.forward(batch)).isEqualTo(inUse);
      Tensor3 ys = model.predict(batch.xs(), batch.lengths());
      double squares = 0;
      for (int i = 0; i < ys.data().length; i++) {
        double error = ys.data()[i] - batch.targets().data()[i];
        squares += error * error;
      }
      assertThat(inUse).isCloseTo(squares / ys.data().length, within(1e-13));
      model.setTraining(true);
      assertThat(model.forward(batch)).isNotEqualTo(inUse);
    }
  }

  @Test
  void targets_that_are_nan_should_not_count() {
    SequenceRegressor model = model(SequenceDescription.regressor(Input.features(1), 3, 1));
    Tensor3 xs = random.randn(2, 3, 1);
    double second =
        model.forward(
            new SequenceTargets(
                Tensor3.of(1, 3, 1, xs.get(1, 0, 0), xs.get(1, 1, 0), xs.get(1, 2, 0)),
                null,
                Tensor3.of(1, 1, 1, 0.5)));
    assertThat(model.forward(new SequenceTargets(xs, null, Tensor3.of(2, 1, 1, Double.NaN, 0.5))))
        .isEqualTo(second);
  }

  @Test
  void a_chrono_start_should_set_the_gates_that_keep() {
    SequenceDescription lstm =
        SequenceDescription.regressor(Input.features(2), 50, 1)
            .withInitialBias(InitialBias.chrono(100));
    double[] b = new SequenceRegressor(lstm, random).parameters().get(2).value().data();
    for (int j = 0; j < 50; j++) {
      assertThat(b[j]).isBetween(0.0, Math.log(99));
      assertThat(b[100 + j]).isEqualTo(-b[j]);
      assertThat(b[50 + j]).isZero();
      assertThat(b[150 + j]).isZero();
    }
    assertThat(Arrays.stream(b, 0, 50).max().orElseThrow()).isGreaterThan(Math.log(50));

    double[] z =
        new SequenceRegressor(lstm.withCell(CellKind.GRU), random)
            .parameters()
            .get(2)
            .value()
            .data();
    assertThat(Arrays.stream(z, 0, 50).min().orElseThrow()).isLessThan(-Math.log(50));
    assertThat(Arrays.stream(z, 0, 50)).allMatch(v -> v <= 0);
    assertThat(Arrays.stream(z, 50, 150)).allMatch(v -> v == 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.withCell(CellKind.RNN))
        .withMessageContaining("a cell of kind RNN has no gates");
  }

  @Test
  void its_parameters_should_tell_their_layers() {
    SequenceDescription one = SequenceDescription.regressor(Input.features(2), 3, 1);
    assertThat(new SequenceRegressor(one, random).parameters())
        .extracting(Parameter::name)
        .containsExactly("lstm.wx", "lstm.wh", "lstm.b", "affine.w", "affine.b");
    assertThat(new SequenceRegressor(one.withCell(CellKind.GRU).withLayers(2), random).parameters())
        .extracting(Parameter::toString)
        .containsExactly(
            "gru0.wx (2x9)",
            "gru0.wh (3x9)",
            "gru0.b (1x9)",
            "gru1.wx (3x9)",
            "gru1.wh (3x9)",
            "gru1.b (1x9)",
            "affine.w (3x1)",
            "affine.b (1x1)");
  }

  @Test
  void should_refuse_what_does_not_fit() {
    SequenceRegressor model = model(SequenceDescription.regressor(Input.features(2), 3, 1));
    Tensor3 xs = random.randn(2, 4, 2);
    Tensor3 targets = random.randn(2, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new SequenceTargets(xs, null, random.randn(2, 4, 1))))
        .withMessage(
            "SequenceRegressor: readout LAST gives answers (2x1x1), targets are" + " (2x4x1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new SequenceTargets(random.randn(2, 4, 3), null, targets)))
        .withMessageContaining("must have 2 features");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new SequenceTargets(xs, new int[] {4, 5}, targets)))
        .withMessage("lengths: sequence 1 has length 5, not in 1..4");
    SequenceRegressor every = model(model.description().withReadout(Readout.EVERY));
    for (int[] lengths : List.of(new int[] {4, 5}, new int[] {0, 4}, new int[] {-3, 4})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> every.forward(new SequenceTargets(xs, lengths, random.randn(2, 4, 1))))
          .withMessageStartingWith("lengths: sequence");
    }
    for (int[] lengths : List.of(new int[] {4}, new int[] {4, 4, 4})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> every.forward(new SequenceTargets(xs, lengths, random.randn(2, 4, 1))))
          .withMessage(
              "lengths: %d given for a batch of 2; pass one for each sequence", lengths.length);
    }
  }

  @Test
  void should_refuse_a_backward_without_its_forward() {
    SequenceRegressor model = model(SequenceDescription.regressor(Input.features(2), 3, 1));
    String message =
        "SequenceRegressor.backward: there was no forward since the latest backward; call forward"
            + " first, and backward once for it";
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(message);
    Tensor3 xs = random.randn(2, 4, 2);
    model.forward(new SequenceTargets(xs, null, random.randn(2, 1, 1)));
    model.backward();
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(message);
    model.forward(new SequenceTargets(xs, null, random.randn(2, 1, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new SequenceTargets(xs, null, random.randn(2, 4, 1))));
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(message);
  }

  @Test
  void should_refuse_a_forecast_that_it_cannot_make() {
    SequenceDescription c = SequenceDescription.regressor(Input.features(2), 3, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model(c).forecast(random.randn(1, 2, 2), 0))
        .withMessage("forecast: horizon must be at least 1, not 0");
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                model(SequenceDescription.regressor(Input.features(2), 3, 1))
                    .forecast(random.randn(1, 2, 2), 1))
        .withMessage(
            "forecast: the model reads 2 features and answers 1, so that it cannot read its"
                + " answers");
    assertThatIllegalStateException()
        .isThrownBy(() -> model(c.withReadout(Readout.MEAN)).forecast(random.randn(1, 2, 2), 1))
        .withMessageContaining("readout MEAN");
  }

  private static RnnCell rnn(int inputs, int hidden, CellKind.Weights w, Parameter b) {
    return new RnnCell(w.weight("wx", inputs, hidden), w.weight("wh", hidden, hidden), b);
  }

  private void assertRefused(CellKind.Factory factory, String message) {
    SequenceDescription own =
        SequenceDescription.regressor(Input.features(2), 3, 1)
            .withCell(new CellKind("own", factory));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceRegressor(own, random))
        .withMessage(message);
  }

  @Test
  void should_refuse_a_kind_whose_cells_no_file_could_hold() {
    assertRefused(
        (d, h, w) -> rnn(d, h, w, new Parameter("own.b", new Matrix(1, h))),
        "CellKind own: its cell has a parameter own.b (1x3) that the factory did not request; files"
            + " could not restore it");
    assertRefused(
        (d, h, w) -> {
          w.bias("spare", h);
          return rnn(d, h, w, w.bias("b", h));
        },
        "CellKind own: its factory requests own.spare (1x3), which the cell does not list among its"
            + " parameters; it would be neither trained nor saved");
    assertRefused(
        (d, h, w) -> rnn(d, h, w, w.bias("wx", h)),
        "CellKind own: its factory requests own.wx twice");
    assertRefused(
        (d, h, w) -> rnn(d, h, w, w.bias("b/h", h)),
        "CellKind own: a parameter's name must not hold a /, as own.b/h does: files keep the state"
            + " of a training by such names");
    assertRefused(
        (d, h, w) -> rnn(d + 1, h, w, w.bias("b", h)),
        "CellKind own: its cell reads 3 features and must read 2");
  }
}
