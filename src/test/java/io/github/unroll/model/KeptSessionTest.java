package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.FlatParameters;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A session whose state goes through bytes after every step has the bits of one that stays. */
class KeptSessionTest {

  private static final int BATCH = 3;
  private static final int STEPS = 7;

  static Stream<Arguments> cells() {
    return CellKind.all().stream()
        .flatMap(
            cell ->
                Stream.of(Readout.values())
                    .flatMap(
                        readout ->
                            Stream.of(1, 2).map(layers -> Arguments.of(cell, readout, layers))));
  }

  private static Matrix inputs(RandomState random, int size) {
    Matrix x = new Matrix(BATCH, size);
    Arrays.setAll(x.data(), i -> random.randn());
    return x;
  }

  @ParameterizedTest
  @MethodSource("cells")
  void should_go_on_with_equal_bits(CellKind cell, Readout readout, int layers) {
    SequenceDescription description =
        SequenceDescription.classifier(Input.features(2), 5, 3)
            .withCell(cell)
            .withReadout(readout)
            .withLayers(layers);
    SequenceClassifier model = new SequenceClassifier(description, new RandomState(1));
    RandomState random = new RandomState(2);
    SequenceSession stays = model.newSession(BATCH);
    byte[] kept = stays.state().toBytes();
    for (int t = 0; t < STEPS; t++) {
      Matrix x = inputs(random, 2);
      SequenceSession next = model.newSession(BATCH);
      next.setState(State.ofBytes(kept));
      assertThat(next.step(x).data()).isEqualTo(stays.step(x).data());
      kept = next.state().toBytes();
      assertThat(kept).isEqualTo(stays.state().toBytes());
    }
  }

  static Stream<Arguments> wordCells() {
    return CellKind.all().stream()
        .flatMap(cell -> Stream.of(1, 2).map(layers -> Arguments.of(cell, layers)));
  }

  @ParameterizedTest
  @MethodSource("wordCells")
  void a_language_model_should_go_on_with_equal_bits(CellKind cell, int layers) {
    SequenceDescription description =
        SequenceDescription.languageModel(11, 4, 5).withCell(cell).withLayers(layers);
    RnnLanguageModel model = new RnnLanguageModel(description, new RandomState(1));
    RandomState random = new RandomState(2);
    LanguageModelSession stays = model.newSession(BATCH);
    byte[] kept = stays.state().toBytes();
    for (int t = 0; t < STEPS; t++) {
      int[] words = random.randint(0, 11, BATCH);
      LanguageModelSession next = model.newSession(BATCH);
      next.setState(State.ofBytes(kept));
      assertThat(next.step(words).data()).isEqualTo(stays.step(words).data());
      kept = next.state().toBytes();
    }
    LanguageModelSession same = model.newSession(BATCH);
    same.setState(State.ofBytes(kept));
    assertThat(same.scores().data()).isEqualTo(stays.scores().data());
  }

  @Test
  void a_state_of_other_sizes_should_be_refused_and_change_nothing() {
    State other = State.ofBytes(State.of(new Matrix(2, 5), new Matrix(2, 4)).toBytes());
    SequenceDescription description = SequenceDescription.regressor(Input.features(2), 5, 1);
    for (Readout readout : List.of(Readout.LAST, Readout.MEAN)) {
      SequenceSession session =
          new SequenceRegressor(description.withReadout(readout), new RandomState(1)).newSession(2);
      session.step(new Matrix(2, 2));
      byte[] before = session.state().toBytes();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.setState(other))
          .withMessageMatching("(Recurrent|Sequence)Session.setState: .*");
      assertThat(session.state().toBytes()).isEqualTo(before);
    }
    LanguageModelSession words =
        new RnnLanguageModel(
                SequenceDescription.languageModel(5, 2, 5).withCell(CellKind.LSTM),
                new RandomState(1))
            .newSession(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> words.setState(other))
        .withMessage("RecurrentSession.setState: part 1 of a state must be (2x5), not (2x4)");
    RecurrentSession session =
        new RecurrentSession(
            new TimeLstm(new LstmCell(new Matrix(2, 20), new Matrix(5, 20), new Matrix(1, 20))), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(other))
        .withMessage("RecurrentSession.setState: part 0 of a state must be (1x5), not (2x5)");
  }

  @Test
  void the_state_of_a_model_should_be_refused_by_the_same_model_with_other_weights() {
    SequenceDescription description = SequenceDescription.regressor(Input.features(2), 5, 1);
    SequenceRegressor model = new SequenceRegressor(description, new RandomState(1));
    SequenceRegressor trained = new SequenceRegressor(description, new RandomState(2));
    long first = new FlatParameters(model.parameters()).fingerprint();
    long second = new FlatParameters(trained.parameters()).fingerprint();
    byte[] kept = model.newSession().state().toBytes(first);
    model.newSession().setState(State.ofBytes(kept, first));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> State.ofBytes(kept, second))
        .withMessageContaining("begin with a new state");
  }
}
