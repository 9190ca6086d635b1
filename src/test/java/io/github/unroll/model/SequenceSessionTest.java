package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.layer.State;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceSessionTest {

  private static final int D = 2;
  private static final int K = 3;
  private static final int T = 8;

  private final RandomState random = new RandomState(6);

  /** One to three layers of each cell, with dropout, in training. */
  private List<SequenceDescription> configurations(Readout readout) {
    List<SequenceDescription> all = new ArrayList<>();
    for (CellKind cell : CellKind.all()) {
      for (int layers = 1; layers <= 3; layers++) {
        SequenceDescription c =
            SequenceDescription.classifier(Input.features(D), 5, K).withCell(cell);
        all.add(c.withLayers(layers).withReadout(readout).withDropout(0.5));
      }
    }
    return all;
  }

  private SequenceRegressor regressor(SequenceDescription c) {
    SequenceRegressor model =
        new SequenceRegressor(c.withOutput(new Output.Values(c.outputSize())), random);
    Padded.shake(model.parameters(), random);
    return model;
  }

  private SequenceClassifier classifier(SequenceDescription c) {
    SequenceClassifier model = new SequenceClassifier(c, random);
    Padded.shake(model.parameters(), random);
    return model;
  }

  private static Tensor3 begin(Tensor3 xs, int steps) {
    Tensor3 begin = new Tensor3(xs.d0(), steps, xs.d2());
    for (int t = 0; t < steps; t++) {
      begin.setStep(t, xs.step(t));
    }
    return begin;
  }

  /** The answer of step t: of a sequence with one answer, that to the sequence up to there. */
  private static Matrix last(Tensor3 answers) {
    return answers.step(answers.d1() - 1);
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void steps_should_give_the_bits_of_the_models_own_answers(Readout readout) {
    for (SequenceDescription c : configurations(readout)) {
      SequenceRegressor regressor = regressor(c);
      SequenceClassifier classifier = classifier(c);
      for (int n : new int[] {1, 4}) {
        Tensor3 xs = random.randn(n, T, D);
        SequenceSession values = regressor.newSession(n);
        SequenceSession classes = classifier.newSession(n);
        for (int t = 0; t < T; t++) {
          Tensor3 soFar = begin(xs, t + 1);
          assertThat(values.step(xs.step(t))).isEqualTo(last(regressor.predict(soFar)));
          assertThat(classes.step(xs.step(t))).isEqualTo(last(classifier.probabilities(soFar)));
        }
      }
    }
  }

  @Test
  void a_step_of_one_sequence_should_take_its_features() {
    SequenceRegressor model = regressor(SequenceDescription.classifier(Input.features(D), 5, K));
    SequenceSession plain = model.newSession();
    SequenceSession session = model.newSession();
    assertThat(session.step(0.3, 1.7)).isEqualTo(plain.step(Matrix.of(1, 2, 0.3, 1.7)).data());
    double[] second = session.step(0.2, -1);
    double[] copy = second.clone();
    session.step(5, 5);
    assertThat(second).isEqualTo(copy).isEqualTo(plain.step(Matrix.of(1, 2, 0.2, -1)).data());
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void stepped_together_each_should_get_the_bits_that_it_gets_alone(Readout readout) {
    for (SequenceDescription c : configurations(readout)) {
      SequenceClassifier model = classifier(c);
      List<SequenceSession> together = new ArrayList<>();
      List<SequenceSession> alone = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        for (List<SequenceSession> sessions : List.of(together, alone)) {
          sessions.add(model.newSession());
        }
      }
      for (int t = 0; t < 6; t++) {
        int count = 5 - t % 3; // not every client sends a value each time
        Matrix x = random.randn(count, D);
        Matrix y = SequenceSession.stepTogether(together.subList(0, count), x);
        for (int i = 0; i < count; i++) {
          double[] own = alone.get(i).step(x.get(i, 0), x.get(i, 1));
          assertThat(Arrays.copyOfRange(y.data(), i * K, (i + 1) * K)).isEqualTo(own);
          assertThat(together.get(i).state()).isEqualTo(alone.get(i).state());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Readout.class)
  void a_state_should_be_put_aside_taken_up_again_and_forgotten(Readout readout) {
    for (SequenceDescription c : configurations(readout)) {
      SequenceRegressor model = regressor(c);
      SequenceSession session = model.newSession(3);
      Matrix x = random.randn(3, D);
      final Matrix first = session.step(x);
      State kept = session.state();
      final Matrix second = session.step(x);
      session.step(random.randn(3, D));
      SequenceSession other = model.newSession(3);
      for (SequenceSession each : List.of(session, other)) {
        each.setState(kept);
        assertThat(each.step(x)).isEqualTo(second);
        each.reset();
        assertThat(each.step(x)).isEqualTo(first);
      }
    }
  }

  @Test
  void a_session_should_go_on_with_its_own_answers_as_a_forecast_does() {
    SequenceRegressor model =
        regressor(
            SequenceDescription.classifier(Input.features(1), 6, 1).withReadout(Readout.EVERY));
    Tensor3 known = random.randn(1, 10, 1);
    SequenceSession session = model.newSession();
    double[] next = new double[1];
    for (int t = 0; t < 10; t++) {
      next = session.step(known.get(0, t, 0));
    }
    double[] forecast = new double[5];
    for (int t = 0; t < 5; t++) {
      forecast[t] = next[0];
      next = session.step(next);
    }
    assertThat(forecast).isEqualTo(model.forecast(known, 5).data());
  }

  @Test
  void should_refuse_what_does_not_fit_and_keep_its_state() {
    SequenceDescription c =
        SequenceDescription.classifier(Input.features(D), 5, K).withReadout(Readout.MEAN);
    SequenceRegressor model = regressor(c);
    SequenceSession session = model.newSession(2);
    session.step(random.randn(2, D));
    State state = session.state();
    assertThat(state.matrices().stream().map(Matrix::shape))
        .containsExactly("(2x5)", "(2x5)", "(2x5)", "(2x1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(new Matrix(2, 3)))
        .withMessage("RecurrentSession.step: x must be (2x2) in a session of 2, not (2x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(new Matrix(3, D)))
        .withMessage("RecurrentSession.step: x must be (2x2) in a session of 2, not (3x2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.stepInto(new Matrix(2, D), new Matrix(2, D)))
        .withMessage("SequenceSession.step: y must be (2x3), not (2x2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(1, 2))
        .withMessage(
            "SequenceSession.step: the next step of 2 sequences is (2x2), not 2 features of one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.newSession().step(1, 2, 3))
        .withMessage(
            "SequenceSession.step: the next step of 1 sequences is (1x2), not 3 features of one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(model.newSession().state()))
        .withMessage("SequenceSession.setState: part 2 of a state must be (2x5), not (1x5)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(new State(state.matrices().subList(0, 2))))
        .withMessage("SequenceSession.setState: a state has 4 parts, not 2");
    List<Matrix> wide = new ArrayList<>(state.matrices());
    wide.set(0, new Matrix(2, 6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(new State(wide)))
        .withMessage("RecurrentSession.setState: part 0 of a state must be (2x5), not (2x6)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceSession.stepTogether(List.of(session), new Matrix(1, D)))
        .withMessage("RecurrentSession.step: x must be (2x2) in a session of 2, not (1x2)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SequenceSession.stepTogether(
                    List.of(session, regressor(c).newSession()), new Matrix(3, D)))
        .withMessage(
            "RecurrentSession.joined: session 1 belongs to another layer or model than session 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> classifier(c).newSession(0))
        .withMessage("RecurrentSession: batch size must be at least 1, not 0");
    assertThat(session.state()).isEqualTo(state);
  }
}
