package io.github.unroll.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.GeneralLstmCell.Options;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the usual options the general cells are the cells of their own names. */
class GeneralCellsTest {

  private static final int N = 3;
  private static final int D = 2;
  private static final int H = 4;
  private static final Options USUAL =
      new Options(Activation.SIGMOID, Activation.TANH, Activation.TANH, false);

  private final RandomState random = new RandomState(4);
  private final Matrix x = random.randn(N, D);
  private final Matrix h = random.randn(N, H);
  private final Matrix c = random.randn(N, H);

  private Parameter weights(String name, int rows, int cols) {
    return new Parameter(name, random.randn(rows, cols).times(0.5));
  }

  private static Parameter copy(Parameter p) {
    return new Parameter(p.name(), p.value().copy());
  }

  private void assertSame(Cell general, Cell own, double tolerance, Matrix... state) {
    Matrix[] dState =
        Arrays.stream(state).map(part -> random.randn(N, part.cols())).toArray(Matrix[]::new);
    Cell.Step a = general.forward(x, state);
    Cell.Step b = own.forward(x, state);
    assertThat(a.state()).hasSameSizeAs(b.state());
    for (int p = 0; p < a.state().size(); p++) {
      assertClose(a.state().get(p), b.state().get(p), tolerance);
    }
    Cell.Gradients da = general.backward(a.cache(), dState);
    Cell.Gradients db = own.backward(b.cache(), dState);
    assertClose(da.dx(), db.dx(), 1e-14);
    for (int p = 0; p < a.state().size(); p++) {
      assertClose(da.dState().get(p), db.dState().get(p), 1e-14);
    }
  }

  private static void assertClose(Matrix actual, Matrix expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.data()).containsExactly(expected.data(), within(tolerance));
  }

  private static void assertSameGradients(Cell general, Cell own) {
    for (int i = 0; i < own.parameters().size(); i++) {
      assertClose(general.parameters().get(i).grad(), own.parameters().get(i).grad(), 1e-14);
    }
  }

  @Test
  void the_rnn_should_be_RnnCell() {
    RnnCell own = new RnnCell(weights("wx", D, H), weights("wh", H, H), weights("b", 1, H));
    Cell general =
        new GeneralRnnCell(copy(own.wx()), copy(own.wh()), copy(own.b()), Activation.TANH);
    assertSame(general, own, 0, h);
    assertSameGradients(general, own);
  }

  @Test
  void the_lstm_should_be_LstmCell() {
    LstmCell own =
        new LstmCell(weights("wx", D, 4 * H), weights("wh", H, 4 * H), weights("b", 1, 4 * H));
    Cell general = new GeneralLstmCell(copy(own.wx()), copy(own.wh()), copy(own.b()), null, USUAL);
    assertSame(general, own, 0, h, c);
    assertSameGradients(general, own);
  }

  @Test
  void the_lstm_with_peepholes_should_be_PeepholeLstmCell() {
    PeepholeLstmCell own =
        new PeepholeLstmCell(
            weights("wx", D, 4 * H),
            weights("wh", H, 4 * H),
            weights("b", 1, 4 * H),
            weights("p", 3, H));
    Cell general =
        new GeneralLstmCell(copy(own.wx()), copy(own.wh()), copy(own.b()), copy(own.p()), USUAL);
    assertSame(general, own, 0, h, c);
    assertSameGradients(general, own);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_gru_should_be_GruCell_with_z_turned_round(boolean after) {
    Parameter wx = weights("wx", D, 3 * H);
    Parameter wh = weights("wh", H, 3 * H);
    Parameter b = weights("b", 1, 3 * H);
    Parameter bhn = weights("bhn", 1, H);
    GruCell own = after ? GruCell.resetAfter(wx, wh, b, bhn) : GruCell.resetBefore(wx, wh, b);
    Cell general =
        new GeneralGruCell(
            turned(wx),
            turned(wh),
            turned(b),
            after ? copy(bhn) : null,
            Activation.SIGMOID,
            Activation.TANH);
    assertSame(general, own, 1e-15, h);
    for (int i = 0; i < own.parameters().size(); i++) {
      Matrix grad = general.parameters().get(i).grad();
      assertClose(i < 3 ? turned(grad) : grad, own.parameters().get(i).grad(), 1e-14);
    }
  }

  private static Parameter turned(Parameter p) {
    return new Parameter(p.name(), turned(p.value()));
  }

  private static Matrix turned(Matrix columns) {
    Matrix turned = columns.copy();
    for (int n = 0; n < turned.rows(); n++) {
      for (int j = 0; j < H; j++) {
        turned.set(n, j, -turned.get(n, j));
      }
    }
    return turned;
  }

  @Test
  void the_projected_lstm_should_be_LstmCell_if_it_projects_to_itself() {
    LstmCell own =
        new LstmCell(weights("wx", D, 4 * H), weights("wh", H, 4 * H), weights("b", 1, 4 * H));
    Matrix same = new Matrix(H, H);
    for (int j = 0; j < H; j++) {
      same.set(j, j, 1);
    }
    Cell general =
        new ProjectedLstmCell(
            copy(own.wx()), copy(own.wh()), copy(own.b()), new Parameter("wp", same));
    assertSame(general, own, 0, h, c);
    assertSameGradients(general, own);
  }

  @Test
  void should_give_parameters_and_options_one_by_one_too() {
    Parameter wx = weights("wx", D, 4 * H);
    Parameter wh = weights("wh", H, 4 * H);
    Parameter b = weights("b", 1, 4 * H);
    Parameter p = weights("p", 3, H);
    GeneralLstmCell lstm = new GeneralLstmCell(wx, wh, b, p, USUAL);
    assertThat(lstm.parameters()).containsExactly(wx, wh, b, p);
    assertThat(List.of(lstm.wx(), lstm.wh(), lstm.b(), lstm.p().orElseThrow()))
        .isEqualTo(lstm.parameters());
    assertThat(lstm.options()).isEqualTo(USUAL);
    assertThat(new GeneralLstmCell(wx, wh, b, null, USUAL).p()).isEmpty();

    Parameter wp = weights("wp", H, H);
    ProjectedLstmCell projected = new ProjectedLstmCell(wx, wh, b, wp);
    assertThat(projected.parameters()).containsExactly(wx, wh, b, wp);
    assertThat(List.of(projected.wx(), projected.wh(), projected.b(), projected.wp()))
        .isEqualTo(projected.parameters());

    Parameter gruX = weights("wx", D, 3 * H);
    Parameter gruH = weights("wh", H, 3 * H);
    Parameter gruB = weights("b", 1, 3 * H);
    Parameter bhn = weights("bhn", 1, H);
    GeneralGruCell gru =
        new GeneralGruCell(gruX, gruH, gruB, bhn, Activation.SOFTSIGN, Activation.RELU);
    assertThat(gru.parameters()).containsExactly(gruX, gruH, gruB, bhn);
    assertThat(List.of(gru.wx(), gru.wh(), gru.b(), gru.bhn().orElseThrow()))
        .isEqualTo(gru.parameters());
    assertThat(gru.gates()).isSameAs(Activation.SOFTSIGN);
    assertThat(gru.candidate()).isSameAs(Activation.RELU);
    assertThat(
            new GeneralGruCell(gruX, gruH, gruB, null, Activation.SOFTSIGN, Activation.RELU).bhn())
        .isEmpty();

    GeneralRnnCell rnn =
        new GeneralRnnCell(
            weights("wx", D, H), weights("wh", H, H), weights("b", 1, H), Activation.RELU);
    assertThat(List.of(rnn.wx(), rnn.wh(), rnn.b())).isEqualTo(rnn.parameters());
    assertThat(rnn.activation()).isSameAs(Activation.RELU);
  }

  @Test
  void should_refuse_parameters_that_do_not_fit_together() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new GeneralLstmCell(
                    weights("wx", D, 4 * H),
                    weights("wh", H, 4 * H),
                    weights("b", 1, 4 * H),
                    weights("p", 2, H),
                    USUAL))
        .withMessage("GeneralLstmCell of H = 4: p must be (3x4), not (2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ProjectedLstmCell(
                    weights("wx", D, 4 * H),
                    weights("wh", H, 4 * H),
                    weights("b", 1, 4 * H),
                    weights("wp", H, H - 1)))
        .withMessage("ProjectedLstmCell of H = 4, P = 3: wh must be (3x16), not (4x16)");
  }

  @Test
  void a_coupled_lstm_should_forget_what_it_does_not_take_in() {
    Matrix zero = new Matrix(D, 4 * H);
    Matrix b = new Matrix(1, 4 * H);
    for (int j = 0; j < H; j++) {
      b.set(0, j, 100); // the forget gate's own bias has no effect
      b.set(0, H + j, 0.3); // g = 0.3
      b.set(0, 2 * H + j, 0.25); // i = 0.25
    }
    Options coupled = new Options(Activation.LINEAR, Activation.LINEAR, Activation.LINEAR, true);
    Cell cell =
        new GeneralLstmCell(
            new Parameter("wx", zero),
            new Parameter("wh", new Matrix(H, 4 * H)),
            new Parameter("b", b),
            null,
            coupled);
    List<Matrix> after = cell.forward(x, h, c).state();
    for (int n = 0; n < N; n++) {
      for (int j = 0; j < H; j++) {
        assertThat(after.get(1).get(n, j))
            .isCloseTo(0.75 * c.get(n, j) + 0.25 * 0.3, within(1e-15));
      }
    }
  }
}
