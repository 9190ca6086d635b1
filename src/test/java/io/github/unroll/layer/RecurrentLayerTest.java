package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.DelegatingCell;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every recurrent layer. */
class RecurrentLayerTest {

  private static final int N = 4;
  private static final int T = 6;
  private static final int D = 3;
  private static final int H = 5;

  // ---- a layer is its cell, stepped by hand ----

  /** A cell's step forward and backward, whatever its kind. */
  private interface Stepper {
    State forward(Matrix x, State before);

    /** Gradients of the step that was the latest not yet gone back over: dx, then of the state. */
    List<Matrix> backward(State dAfter);

    List<Parameter> parameters();
  }

  private static Stepper stepper(RnnCell cell) {
    return new Stepper() {
      private final List<Cell.Cache> caches = new ArrayList<>();

      @Override
      public State forward(Matrix x, State before) {
        RnnCell.Step step = cell.forward(x, before.h());
        caches.add(step.cache());
        return State.of(step.hNext());
      }

      @Override
      public List<Matrix> backward(State dAfter) {
        RnnCell.InputGradients g = cell.backward(dAfter.h(), caches.remove(caches.size() - 1));
        return List.of(g.dx(), g.dhPrev());
      }

      @Override
      public List<Parameter> parameters() {
        return cell.parameters();
      }
    };
  }

  private static Stepper stepper(LstmCell cell) {
    return new Stepper() {
      private final List<Cell.Cache> caches = new ArrayList<>();

      @Override
      public State forward(Matrix x, State before) {
        LstmCell.Step step = cell.forward(x, before.h(), before.c());
        caches.add(step.cache());
        return State.of(step.hNext(), step.cNext());
      }

      @Override
      public List<Matrix> backward(State dAfter) {
        LstmCell.InputGradients g =
            cell.backward(dAfter.h(), dAfter.c(), caches.remove(caches.size() - 1));
        return List.of(g.dx(), g.dhPrev(), g.dcPrev());
      }

      @Override
      public List<Parameter> parameters() {
        return cell.parameters();
      }
    };
  }

  private static Stepper stepper(GruCell cell) {
    return new Stepper() {
      private final List<Cell.Cache> caches = new ArrayList<>();

      @Override
      public State forward(Matrix x, State before) {
        GruCell.Step step = cell.forward(x, before.h());
        caches.add(step.cache());
        return State.of(step.hNext());
      }

      @Override
      public List<Matrix> backward(State dAfter) {
        GruCell.InputGradients g = cell.backward(dAfter.h(), caches.remove(caches.size() - 1));
        return List.of(g.dx(), g.dhPrev());
      }

      @Override
      public List<Parameter> parameters() {
        return cell.parameters();
      }
    };
  }

  private static Stepper stepper(RecurrentLayer layer) {
    if (layer instanceof TimeRnn rnn) {
      return stepper(rnn.cell());
    }
    return layer instanceof TimeLstm lstm
        ? stepper(lstm.cell())
        : stepper(((TimeGru) layer).cell());
  }

  @ParameterizedTest
  @EnumSource
  void should_equal_its_cell_stepped_by_hand(Kind kind) {
    RandomState random = new RandomState(31);
    RecurrentLayer layer = kind.layer(D, H, random);
    Tensor3 xs = random.randn(N, T, D);
    State initial = Kind.randomState(layer, N, random);
    Tensor3 dhs = random.randn(N, T, H);
    State dFinal = Kind.randomState(layer, N, random);

    Stepper cell = stepper(layer);
    Tensor3 hs = new Tensor3(N, T, H);
    State state = initial;
    for (int t = 0; t < T; t++) {
      state = cell.forward(xs.step(t), state);
      hs.setStep(t, state.h());
    }
    Tensor3 dxs = new Tensor3(N, T, D);
    State dState = dFinal;
    for (int t = T - 1; t >= 0; t--) {
      List<Matrix> dAfter = new ArrayList<>(dState.matrices());
      dAfter.set(0, dState.h().plus(dhs.step(t)));
      List<Matrix> gradients = cell.backward(new State(dAfter));
      dxs.setStep(t, gradients.get(0));
      dState = new State(gradients.subList(1, gradients.size()));
    }
    List<Matrix> byHand = cell.parameters().stream().map(p -> p.grad().copy()).toList();
    cell.parameters().forEach(Parameter::zeroGrad);

    assertThat(layer.forward(xs, initial)).isEqualTo(hs);
    assertThat(layer.finalState()).isEqualTo(state);
    assertThat(layer.backward(dhs, dFinal)).isEqualTo(dxs);
    assertThat(layer.initialStateGradient()).isEqualTo(dState);
    for (int i = 0; i < byHand.size(); i++) {
      Parameter p = layer.parameters().get(i);
      assertThat(p.grad().allClose(byHand.get(i), 1e-12)).as(p.name()).isTrue();
    }
  }

  // ---- a padded batch is its sequences, run alone ----

  private static final int[] LENGTHS = {6, 1, 4, 3};

  private static Tensor3 padded(Tensor3 x, double padding) {
    Tensor3 padded = x.copy();
    for (int i = 0; i < N; i++) {
      for (int t = LENGTHS[i]; t < T; t++) {
        for (int j = 0; j < x.d2(); j++) {
          padded.set(i, t, j, padding);
        }
      }
    }
    return padded;
  }

  private static Tensor3 filled(int n, int steps, int d, double value) {
    Tensor3 filled = new Tensor3(n, steps, d);
    filled.fill(value);
    return filled;
  }

  private static Tensor3 alone(Tensor3 x, int i) {
    int d = x.d2();
    Tensor3 one = new Tensor3(1, LENGTHS[i], d);
    System.arraycopy(x.data(), i * T * d, one.data(), 0, one.data().length);
    return one;
  }

  private static State alone(State state, int i) {
    return new State(
        state.matrices().stream()
            .map(
                m ->
                    Matrix.of(
                        1,
                        m.cols(),
                        Arrays.copyOfRange(m.data(), i * m.cols(), (i + 1) * m.cols())))
            .toList());
  }

  private static void assertPaddedBatchEqualsItsSequencesAlone(
      RecurrentLayer layer, RandomState random) {
    int h = layer.outputSize();
    Tensor3 xs = padded(random.randn(N, T, D), Double.NaN);
    Tensor3 dhs = padded(random.randn(N, T, h), Double.NaN);
    State initial = Kind.randomState(layer, N, random);
    State dFinal = Kind.randomState(layer, N, random);

    List<Matrix> sums = new ArrayList<>();
    layer.parameters().forEach(p -> sums.add(new Matrix(p.grad().rows(), p.grad().cols())));
    Tensor3[] outputs = new Tensor3[N];
    Tensor3[] dxs = new Tensor3[N];
    State[] finals = new State[N];
    State[] dInitials = new State[N];
    for (int i = 0; i < N; i++) {
      layer.parameters().forEach(Parameter::zeroGrad);
      outputs[i] = layer.forward(alone(xs, i), alone(initial, i));
      finals[i] = layer.finalState();
      dxs[i] = layer.backward(alone(dhs, i), alone(dFinal, i));
      dInitials[i] = layer.initialStateGradient();
      for (int p = 0; p < sums.size(); p++) {
        sums.get(p).add(layer.parameters().get(p).grad());
      }
    }

    Tensor3 output = filled(N, T, h, Double.NaN);
    Tensor3 dx = filled(N, T, D, Double.NaN);
    layer.forward(filled(N, T, D, Double.NaN)); // leaves NaN in every buffer
    layer.backward(filled(N, T, h, Double.NaN));

    layer.parameters().forEach(Parameter::zeroGrad);
    layer.forwardInto(xs, Mask.ofLengths(LENGTHS), initial, output);
    State finalState = layer.finalState();
    layer.backwardInto(dhs, dFinal, dx);
    State dInitial = layer.initialStateGradient();
    assertThat(output).isEqualTo(padded(output, 0));
    assertThat(dx).isEqualTo(padded(dx, 0));
    for (int i = 0; i < N; i++) {
      assertThat(alone(output, i)).isEqualTo(outputs[i]);
      assertThat(alone(finalState, i)).isEqualTo(finals[i]);
      assertThat(alone(dx, i)).isEqualTo(dxs[i]);
      assertThat(alone(dInitial, i)).isEqualTo(dInitials[i]);
    }
    for (int p = 0; p < sums.size(); p++) {
      Parameter parameter = layer.parameters().get(p);
      assertThat(parameter.grad().allClose(sums.get(p), 1e-12)).as(parameter.name()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_padded_batch_should_equal_its_sequences_alone(Kind kind) {
    RandomState random = new RandomState(32);
    assertPaddedBatchEqualsItsSequencesAlone(kind.layer(D, H, random), random);
  }

  @ParameterizedTest
  @EnumSource
  void a_padded_batch_read_in_both_directions_should_equal_its_sequences_alone(Kind kind) {
    RandomState random = new RandomState(33);
    Bidirectional layer = new Bidirectional(kind.layer(D, H, random), kind.layer(D, H, random));
    assertPaddedBatchEqualsItsSequencesAlone(layer, random);
  }

  @ParameterizedTest
  @EnumSource
  void a_padded_batch_in_a_stack_should_equal_its_sequences_alone(Kind kind) {
    RandomState random = new RandomState(34);
    Bidirectional lower =
        new Bidirectional(kind.layer(D, H, random), kind.layer(D, H, random), Merge.ADD);
    RecurrentStack stack = new RecurrentStack(List.of(lower, kind.layer(H, 2, random)));
    assertPaddedBatchEqualsItsSequencesAlone(stack, random);
  }

  @ParameterizedTest
  @EnumSource
  void lengths_of_t_should_be_no_lengths(Kind kind) {
    RandomState random = new RandomState(35);
    RecurrentLayer layer = kind.layer(D, H, random);
    Tensor3 xs = random.randn(N, T, D);
    assertThat(layer.forward(xs, new int[] {T, T, T, T})).isEqualTo(layer.forward(xs));
    State initial = Kind.randomState(layer, N, random);
    assertThat(layer.forward(xs, new int[] {T, T, T, T}, initial))
        .isEqualTo(layer.forward(xs, initial));
  }

  @Test
  void should_refuse_lengths_that_are_none() {
    RecurrentLayer layer = Kind.LSTM.layer(D, H, new RandomState(1));
    Tensor3 xs = new Tensor3(2, T, D);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, new int[] {3, 0}))
        .withMessage("lengths: sequence 1 has length 0, not in 1..6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, new int[] {7, 1}))
        .withMessage("lengths: sequence 0 has length 7, not in 1..6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(xs, new int[] {1, 2, 3}))
        .withMessage("lengths: 3 given for a batch of 2; pass one for each sequence");
  }

  @Test
  void should_not_mind_what_the_caller_does_to_lengths_and_tensors_before_backward() {
    RandomState random = new RandomState(36);
    RecurrentLayer layer = Kind.LSTM.layer(D, H, random);
    Tensor3 xs = random.randn(N, T, D);
    Tensor3 dhs = random.randn(N, T, H);
    layer.forward(xs, LENGTHS);
    Tensor3 want = layer.backward(dhs);

    int[] lengths = LENGTHS.clone();
    Tensor3 hs = layer.forward(xs, lengths);
    Arrays.fill(lengths, 1);
    hs.fill(Double.NaN);
    xs.fill(Double.NaN);
    assertThat(layer.backward(dhs)).isEqualTo(want);
  }

  // ---- one forward, one backward ----

  private static void assertSecondBackwardIsRefused(RecurrentLayer layer, RandomState random) {
    Tensor3 dhs = random.randn(N, T, layer.outputSize());
    layer.forward(random.randn(N, T, D));
    layer.backward(dhs);
    List<Matrix> once = layer.parameters().stream().map(p -> p.grad().copy()).toList();
    assertThatIllegalStateException()
        .isThrownBy(() -> layer.backward(dhs))
        .withMessageContaining(".backward: the latest forward already had its backward");
    assertThat(layer.parameters().stream().map(Parameter::grad).toList()).isEqualTo(once);

    layer.forward(random.randn(N, T, D));
    Tensor3 tooWide = new Tensor3(N, T, layer.outputSize() + 1);
    assertThatIllegalArgumentException().isThrownBy(() -> layer.backward(tooWide));
    layer.backward(dhs); // what was refused used nothing up
  }

  @ParameterizedTest
  @EnumSource
  void should_refuse_a_second_backward(Kind kind) {
    RandomState random = new RandomState(41);
    assertSecondBackwardIsRefused(kind.layer(D, H, random), random);
    assertSecondBackwardIsRefused(
        new Bidirectional(kind.layer(D, H, random), kind.layer(D, H, random)), random);
    assertSecondBackwardIsRefused(
        new RecurrentStack(List.of(kind.layer(D, H, random), kind.layer(H, 2, random))), random);
  }

  // ---- state ----

  @ParameterizedTest
  @EnumSource
  void two_blocks_of_a_stateful_layer_should_be_one_long_one(Kind kind) {
    RandomState random = new RandomState(37);
    RecurrentLayer stateful = kind.layer(D, H, random, true);
    Tensor3 xs = random.randn(N, T, D);
    Tensor3 together = stateful.forward(xs);
    State end = stateful.finalState();

    stateful.resetState();
    Tensor3 hs = new Tensor3(N, T, H);
    for (int t = 0; t < T; t++) {
      Tensor3 block = new Tensor3(N, 1, D);
      block.setStep(0, xs.step(t));
      hs.setStep(t, stateful.forward(block).step(0));
    }
    assertThat(hs).isEqualTo(together);
    assertThat(stateful.finalState()).isEqualTo(end);
  }

  @ParameterizedTest
  @EnumSource
  void should_tell_the_state_from_which_it_starts_next(Kind kind) {
    RandomState random = new RandomState(38);
    RecurrentLayer layer = kind.layer(D, H, random, true);
    assertThat(layer.keptState()).isEmpty();
    State set = Kind.randomState(layer, N, random);
    layer.setState(set);
    assertThat(layer.keptState()).contains(set);
    layer.forward(random.randn(N, T, D));
    assertThat(layer.keptState()).contains(layer.finalState());
    layer.keptState().orElseThrow().h().fill(7);
    assertThat(layer.keptState()).as("copied out").contains(layer.finalState());
    layer.forward(random.randn(2, T, D), Kind.randomState(layer, 2, random));
    assertThat(layer.keptState()).as("of another batch").contains(layer.finalState());
    layer.resetState();
    assertThat(layer.keptState()).isEmpty();

    RecurrentLayer forgetful = kind.layer(D, H, random, false);
    forgetful.forward(random.randn(N, T, D));
    assertThat(forgetful.keptState()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_stateful_layer_should_start_from_the_state_that_was_set(Kind kind) {
    RandomState random = new RandomState(38);
    RecurrentLayer stateful = kind.layer(D, H, random, true);
    State state = Kind.randomState(stateful, N, random);
    Tensor3 xs = random.randn(N, T, D);
    Tensor3 want = stateful.forward(xs, state);
    stateful.setState(state);
    assertThat(stateful.forward(xs)).isEqualTo(want);
  }

  @Test
  void should_refuse_a_state_of_another_kind() {
    RecurrentLayer lstm = Kind.LSTM.layer(D, H, new RandomState(1), true);
    Tensor3 xs = new Tensor3(2, T, D);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.forward(xs, State.of(new Matrix(2, H))))
        .withMessage("TimeLstm.forward: a state has 2 parts, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.setState(State.of(new Matrix(2, H), new Matrix(2, 4))))
        .withMessage("TimeLstm.setState: part 1 of a state must be (2x5), not (2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.setState(State.of(new Matrix(2, H), new Matrix(3, H))))
        .withMessage("TimeLstm.setState: part 1 of a state must be (2x5), not (3x5)");
    lstm.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.backward(new Tensor3(2, T, H), State.of(new Matrix(2, H))))
        .withMessage("TimeLstm.backward: dFinal: a state has 2 parts, not 1");
    assertThatIllegalStateException()
        .isThrownBy(() -> State.of(new Matrix(2, H)).c())
        .withMessageContaining("has only h");
    assertThatIllegalArgumentException().isThrownBy(State::of).withMessageContaining("at least h");
  }

  @Test
  void should_say_so_when_the_batch_size_changes_under_a_kept_state() {
    RecurrentLayer lstm = Kind.LSTM.layer(D, H, new RandomState(1), true);
    lstm.forward(new Tensor3(2, T, D));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.forward(new Tensor3(3, T, D)))
        .withMessage(
            "TimeLstm.forward: the kept state has a batch of 2, the inputs have a batch of 3; "
                + "keep the batch size, or call resetState()");
  }

  // ---- a cell that is not the library's ----

  /** A cell that is not the library's, so that a test can change one thing. */
  private static class Foreign extends DelegatingCell {

    Foreign() {
      super(Kind.RNN_TANH.rnnCell(D, H, new RandomState(8)));
    }
  }

  private static void assertRefused(Cell cell, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Recurrent<>(cell))
        .withMessageContaining(message);
  }

  @Test
  void should_refuse_a_cell_that_contradicts_itself() {
    assertRefused(
        new Foreign() {
          @Override
          public int[] stateSizes() {
            return new int[0];
          }
        },
        "stateSizes() is []; there must be at least one part, the output, each of at least 1");
    assertRefused(
        new Foreign() {
          @Override
          public int[] stateSizes() {
            return new int[] {H, 0};
          }
        },
        "stateSizes() is [5, 0];");
    assertRefused(
        new Foreign() {
          @Override
          public int outputSize() {
            return H + 1;
          }
        },
        "outputSize() is 6, but the output is part 0 of the state, of 5");
    assertRefused(
        new Foreign() {
          @Override
          public int inputSize() {
            return D - 1;
          }
        },
        "inputSize() is 2, but wx is (3x5)");
    assertRefused(
        new Foreign() {
          @Override
          public List<Parameter> parameters() {
            return List.of(right.wh(), right.b());
          }
        },
        "parameters() lacks wx, which would never be trained");
    assertRefused(
        new Foreign() {
          @Override
          public int[] keptSizes() {
            return new int[] {H, -1};
          }
        },
        "keptSizes() is [5, -1]; each must be at least 1");
    assertRefused(
        new Foreign() {
          @Override
          public int[] leftSizes() {
            return new int[] {0};
          }
        },
        "leftSizes() is [0]; each must be at least 1");
  }

  @Test
  void messages_should_name_the_cell_even_if_it_has_no_name() {
    String early = ".finalState: there was no forward yet; call forward first";
    assertThatIllegalStateException()
        .isThrownBy(new Recurrent<>(new Foreign())::finalState)
        .withMessage("Recurrent of Foreign" + early);
    Cell nameless = new Foreign() {};
    String number = nameless.getClass().getName().replaceFirst(".*\\$", "");
    assertThatIllegalStateException()
        .isThrownBy(new Recurrent<>(nameless)::finalState)
        .withMessage("Recurrent of RecurrentLayerTest$" + number + early);
  }

  @Test
  void a_cell_that_failed_to_name_its_matrices_should_be_asked_again() {
    boolean[] fails = {true};
    Recurrent<Cell> layer =
        new Recurrent<>(
            new Foreign() {
              @Override
              public Runnable forward(Views v) {
                return fails[0] ? right.forward(failing()) : right.forward(v);
              }

              @Override
              public Runnable backward(Views v, StateGradients d) {
                return fails[0] ? right.backward(failing(), d) : right.backward(v, d);
              }

              private Views failing() {
                throw new UnsupportedOperationException("not yet");
              }
            });
    Tensor3 xs = new RandomState(1).randn(2, 3, D);
    for (int time = 0; time < 2; time++) {
      assertThatThrownBy(() -> layer.forward(xs)).hasMessage("not yet");
    }
    fails[0] = false;
    Tensor3 hs = layer.forward(xs);
    fails[0] = true;
    assertThatThrownBy(() -> layer.backward(hs)).hasMessage("not yet");
    assertThatIllegalStateException().isThrownBy(layer::initialStateGradient);
    fails[0] = false;
    assertThat(layer.backward(hs)).isEqualTo(backwardOf(new Recurrent<>(new Foreign()), xs, hs));
  }

  private static Tensor3 backwardOf(RecurrentLayer layer, Tensor3 xs, Tensor3 dhs) {
    layer.forward(xs);
    return layer.backward(dhs);
  }

  @Test
  void what_a_cell_left_half_done_should_not_pass_for_done() {
    int[] left = {2}; // steps until it fails
    Recurrent<Cell> layer =
        new Recurrent<>(
            new Foreign() {
              @Override
              public Runnable forward(Views v) {
                return counted(right.forward(v));
              }

              @Override
              public Runnable backward(Views v, StateGradients d) {
                return counted(right.backward(v, d));
              }

              private Runnable counted(Runnable step) {
                return () -> {
                  if (left[0]-- == 0) {
                    throw new UnsupportedOperationException("half done");
                  }
                  step.run();
                };
              }
            });
    Tensor3 xs = new RandomState(1).randn(1, 3, D);
    assertThatThrownBy(() -> layer.forward(xs)).hasMessage("half done");
    assertThatIllegalStateException().isThrownBy(layer::finalState);
    assertThatIllegalStateException().isThrownBy(() -> layer.backward(new Tensor3(1, 3, H)));
    left[0] = 3 + 2;
    Tensor3 hs = layer.forward(xs);
    assertThatThrownBy(() -> layer.backward(hs)).hasMessage("half done");
    assertThatIllegalStateException().isThrownBy(layer::initialStateGradient);
    assertThatIllegalStateException().isThrownBy(() -> layer.backward(hs));
  }

  @Test
  void what_a_cell_keeps_should_have_room_before_anything_is_done() {
    RecurrentLayer layer =
        new Recurrent<>(
            new Foreign() {
              @Override
              public int[] keptSizes() {
                return new int[] {1 << 20};
              }
            });
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.checkRoom(2, 1024))
        .withMessageContaining("matrices for backward (2x1024x1048576) would be 2147483648");
  }

  @Test
  void what_is_refused_for_want_of_room_should_leave_the_room_there_is() {
    int[] asked = {0};
    RecurrentLayer layer =
        new Recurrent<>(
            new Foreign() {
              @Override
              public int[] keptSizes() {
                return new int[] {1 << 20};
              }

              @Override
              public Runnable forward(Views v) {
                asked[0]++;
                return super.forward(v);
              }
            });
    Tensor3 xs = new RandomState(1).randn(1, 2, D);
    Tensor3 hs = layer.forward(xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forwardInto(new Tensor3(2, 1024, D), new Tensor3(2, 1024, H)))
        .withMessageContaining("matrices for backward (2x1024x1048576) would be 2147483648");
    assertThat(layer.forward(xs)).isEqualTo(hs);
    assertThat(asked[0]).as("steps that the cell was asked for").isEqualTo(2);
  }

  /** Its step divides by the input: what it keeps of a step that does not count is infinite. */
  @Test
  void what_a_cell_kept_of_a_step_that_does_not_count_should_touch_no_gradient() {
    class Dividing extends Foreign {
      @Override
      public int[] keptSizes() {
        return new int[] {H};
      }

      @Override
      public int[] leftSizes() {
        return new int[] {H};
      }

      @Override
      public Runnable forward(Views v) {
        Runnable step = super.forward(v);
        return () -> {
          for (int n = 0; n < v.a().rows(); n++) {
            for (int j = 0; j < H; j++) {
              v.kept(0).set(n, j, 1 / v.a().get(n, j));
            }
          }
          step.run();
        };
      }

      @Override
      public Runnable backward(Views v, StateGradients d) {
        Runnable step = super.backward(v, d);
        return () -> {
          step.run();
          v.left(0).copyFrom(v.a());
        };
      }

      @Override
      public void addGradients(Views all) {
        super.addGradients(all);
        right.b().grad().addMatmul(ones(all.a().rows()), times(all.left(0), all.kept(0)));
      }

      private Matrix ones(int rows) {
        Matrix ones = new Matrix(1, rows);
        ones.fill(1);
        return ones;
      }

      private Matrix times(MatrixView x, MatrixView y) {
        Matrix product = new Matrix(x.rows(), x.cols());
        product.setTimes(x, y);
        return product;
      }
    }

    Dividing cell = new Dividing();
    RecurrentLayer layer = new Recurrent<>(cell);
    Tensor3 xs = new RandomState(1).randn(1, 3, D);
    layer.forward(xs, new int[] {2});
    layer.backward(new RandomState(2).randn(1, 3, H));
    assertThat(Arrays.stream(cell.right.b().grad().data())).allMatch(Double::isFinite);
  }
}
