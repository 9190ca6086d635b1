package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.cell.Cell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecurrentSessionTest {

  private static final int D = 3;
  private static final int H = 5;
  private static final int T = 7;

  private final RandomState random = new RandomState(4);

  /** One layer of a kind, two in a stack, or three in a stack of stacks, with dropout. */
  private RecurrentLayer layer(Kind kind, int layers) {
    RecurrentLayer lowest = kind.layer(D, H, random);
    if (layers == 1) {
      return lowest;
    }
    RecurrentLayer two =
        new RecurrentStack(List.of(lowest, kind.layer(H, H + 1, random)), 0.5, random);
    return layers == 2
        ? two
        : new RecurrentStack(List.of(two, kind.layer(H + 1, H, random)), 0.5, random);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void steps_should_give_the_bits_of_a_forward_over_the_whole_sequence(Kind kind) {
    for (int layers = 1; layers <= 3; layers++) {
      RecurrentLayer layer = layer(kind, layers);
      for (int n : new int[] {1, 4, 9}) {
        Tensor3 xs = random.randn(n, T, D);
        RecurrentSession session = new RecurrentSession(layer, n); // in training: dropout is off
        layer.setTraining(false);
        Tensor3 hs = layer.forward(xs);
        layer.setTraining(true);
        Matrix again = new Matrix(n, layer.outputSize());
        for (int t = 0; t < T; t++) {
          assertThat(session.step(xs.step(t))).isEqualTo(hs.step(t));
          session.outputInto(again);
          assertThat(again).isEqualTo(hs.step(t));
        }
        assertThat(session.state()).isEqualTo(layer.finalState());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void a_state_should_go_from_layer_to_session_and_from_session_to_session(Kind kind) {
    RecurrentLayer layer = layer(kind, 2);
    layer.setTraining(false);
    State start = Kind.randomState(layer, 2, random);
    Tensor3 xs = random.randn(2, T, D);
    Tensor3 hs = layer.forward(xs, start);

    RecurrentSession session = new RecurrentSession(layer, 2);
    session.step(random.randn(2, D));
    session.setState(start);
    for (int t = 0; t < 3; t++) {
      session.step(xs.step(t));
    }
    State kept = session.state();
    session.step(random.randn(2, D)); // must not reach the copy
    RecurrentSession other = new RecurrentSession(layer, 2);
    other.setState(kept);
    for (int t = 3; t < T; t++) {
      assertThat(other.step(xs.step(t))).isEqualTo(hs.step(t));
    }
    other.reset();
    assertThat(other.step(xs.step(0))).isEqualTo(layer.forward(xs).step(0));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void joined_sessions_should_step_as_each_alone(Kind kind) {
    RecurrentLayer layer = layer(kind, 2);
    int[] sizes = {1, 3, 2};
    List<RecurrentSession> joined = new ArrayList<>();
    List<RecurrentSession> alone = new ArrayList<>();
    for (int size : sizes) {
      State state = Kind.randomState(layer, size, random);
      for (List<RecurrentSession> sessions : List.of(joined, alone)) {
        sessions.add(new RecurrentSession(layer, size));
        sessions.get(sessions.size() - 1).setState(state);
      }
    }
    for (int t = 0; t < 3; t++) {
      Matrix x = random.randn(6, D);
      RecurrentSession all = RecurrentSession.joined(joined);
      Matrix h = all.step(x);
      all.splitInto(joined);
      int row = 0;
      for (int i = 0; i < sizes.length; i++) {
        Matrix own = rows(x, row, sizes[i]);
        assertThat(alone.get(i).step(own)).isEqualTo(rows(h, row, sizes[i]));
        assertThat(joined.get(i).state()).isEqualTo(alone.get(i).state());
        row += sizes[i];
      }
    }
  }

  /** {@code h = hPrev + x}, from 1 on. */
  private static final class SumCell implements Cell {

    private final Parameter wx = new Parameter("wx", Matrix.of(1, 1, 1));

    @Override
    public Runnable forward(Views v) {
      return () -> {
        v.after(0).copyFrom(v.before(0));
        v.after(0).add(v.a());
      };
    }

    @Override
    public Runnable backward(Views v, StateGradients d) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void addGradients(Views all) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Parameter wx() {
      return wx;
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(wx);
    }

    @Override
    public int[] stateSizes() {
      return new int[] {1};
    }

    @Override
    public double initial(int part) {
      return 1;
    }
  }

  @Test
  void a_cell_should_begin_where_it_says_and_there_again_after_a_reset() {
    Recurrent<SumCell> layer = new Recurrent<>(new SumCell(), true);
    RecurrentSession session = new RecurrentSession(layer, 2);
    Tensor3 xs = Tensor3.of(2, 2, 1, 10, 200, 30, 400);
    for (int round = 0; round < 2; round++) {
      Tensor3 hs = layer.forward(xs);
      assertThat(hs).isEqualTo(Tensor3.of(2, 2, 1, 11, 211, 31, 431));
      assertThat(session.step(xs.step(0))).isEqualTo(hs.step(0));
      assertThat(session.step(xs.step(1))).isEqualTo(hs.step(1));
      layer.resetState();
      session.reset();
    }
  }

  private static Matrix rows(Matrix m, int from, int count) {
    Matrix rows = new Matrix(count, m.cols());
    System.arraycopy(m.data(), from * m.cols(), rows.data(), 0, count * m.cols());
    return rows;
  }

  @Test
  void should_refuse_layers_that_cannot_be_stepped() {
    RecurrentLayer both =
        new Bidirectional(Kind.LSTM.layer(D, H, random), Kind.LSTM.layer(D, H, random));
    for (RecurrentLayer layer : List.of(both, new RecurrentStack(List.of(both)))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RecurrentSession(layer, 1))
          .withMessage(
              "RecurrentSession: a Bidirectional layer also reads each sequence from its end and"
                  + " cannot run step by step; call forward on whole sequences");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecurrentSession(Kind.LSTM.layer(D, H, random), 0))
        .withMessage("RecurrentSession: batch size must be at least 1, not 0");
  }

  @Test
  void should_refuse_what_does_not_fit_and_keep_its_state() {
    RecurrentLayer lstm = layer(Kind.LSTM, 1);
    RecurrentSession session = new RecurrentSession(lstm, 2);
    session.step(random.randn(2, D));
    State before = session.state();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(new Matrix(2, 4)))
        .withMessage("RecurrentSession.step: x must be (2x3) in a session of 2, not (2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.step(new Matrix(3, D)))
        .withMessage("RecurrentSession.step: x must be (2x3) in a session of 2, not (3x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.stepInto(new Matrix(2, D), new Matrix(2, D)))
        .withMessage("RecurrentSession.step: h must be (2x5) in a session of 2, not (2x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.outputInto(new Matrix(1, H)))
        .withMessage("RecurrentSession.output: h must be (2x5) in a session of 2, not (1x5)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(State.of(new Matrix(2, H))))
        .withMessage("RecurrentSession.setState: a state has 2 parts, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(State.of(new Matrix(2, H), new Matrix(2, 4))))
        .withMessage("RecurrentSession.setState: part 1 of a state must be (2x5), not (2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setState(State.of(new Matrix(3, H), new Matrix(3, H))))
        .withMessage("RecurrentSession.setState: part 0 of a state must be (2x5), not (3x5)");
    assertThat(session.state()).isEqualTo(before);
  }

  @Test
  void should_refuse_sessions_that_cannot_be_joined() {
    RecurrentLayer lstm = layer(Kind.LSTM, 1);
    RecurrentSession first = new RecurrentSession(lstm, 1);
    RecurrentSession second = new RecurrentSession(lstm, 1);
    RecurrentSession stranger = new RecurrentSession(layer(Kind.LSTM, 1), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSession.joined(List.of()))
        .withMessage("RecurrentSession.joined: no sessions; pass at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSession.joined(List.of(first, second, first)))
        .withMessage("RecurrentSession.joined: a session is listed twice; pass each session once");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSession.joined(List.of(first, second, stranger)))
        .withMessage(
            "RecurrentSession.joined: session 2 belongs to another layer or model than session 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSession.joined(List.of(first, second)).splitInto(List.of(first)))
        .withMessage(
            "RecurrentSession.splitInto: a session of 2 cannot be split into sessions of 1");
    State before = first.state();
    RecurrentSession two = RecurrentSession.joined(List.of(first, second));
    two.step(random.randn(2, D));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.splitInto(List.of(first, first)))
        .withMessage(
            "RecurrentSession.splitInto: a session is listed twice; pass each session once");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.splitInto(List.of(first, stranger)))
        .withMessage(
            "RecurrentSession.splitInto: session 1 belongs to another layer or model than this"
                + " one");
    assertThat(first.state()).isEqualTo(before);
  }
}
