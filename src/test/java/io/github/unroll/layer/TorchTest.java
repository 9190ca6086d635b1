package io.github.unroll.layer;

import io.github.unroll.Golden;
import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.cell.RnnCell.Activation;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch's recurrent modules, figure by figure: outputs, states and every gradient. */
class TorchTest {

  private static final int HIDDEN = 4;

  /** One direction of one layer: torch's names end in this suffix. */
  private record Part(String suffix, RecurrentLayer layer) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rnn_tanh_l1_uni",
        "rnn_tanh_l1_bi",
        "rnn_tanh_l2_uni",
        "rnn_tanh_l2_bi",
        "rnn_relu_l1_uni",
        "rnn_relu_l1_bi",
        "rnn_relu_l2_uni",
        "rnn_relu_l2_bi",
        "lstm_l1_uni",
        "lstm_l1_uni_nobias",
        "lstm_l1_bi",
        "lstm_l2_uni",
        "lstm_l2_bi",
        "gru_l1_uni",
        "gru_l1_uni_nobias",
        "gru_l1_bi",
        "gru_l2_uni",
        "gru_l2_bi"
      })
  void should_equal_pytorch(String name) {
    Golden golden = Golden.load("torch/" + name);
    boolean both = name.contains("_bi");
    List<Part> parts = new ArrayList<>();
    List<RecurrentLayer> layers = new ArrayList<>();
    for (int l = 0; l < (name.contains("_l2_") ? 2 : 1); l++) {
      Part ahead = part(name, golden, "_l" + l);
      parts.add(ahead);
      if (both) {
        Part back = part(name, golden, "_l" + l + "_reverse");
        parts.add(back);
        layers.add(new Bidirectional(ahead.layer, back.layer));
      } else {
        layers.add(ahead.layer);
      }
    }
    RecurrentStack stack = new RecurrentStack(layers);
    boolean lstm = name.startsWith("lstm");

    golden.assertMatches("output", stack.forward(golden.tensor("x"), state(golden, "0", lstm)));
    assertState(golden, "h_n", stack.finalState(), 0, lstm);
    golden.assertMatches("grad_x", stack.backward(golden.tensor("G")));
    assertState(golden, "grad_h0", stack.initialStateGradient(), 0, lstm);
    if (lstm) {
      assertState(golden, "c_n", stack.finalState(), 1, true);
      assertState(golden, "grad_c0", stack.initialStateGradient(), 1, true);
    }
    parts.forEach(part -> assertParameterGradients(name, golden, part));
  }

  private static Part part(String name, Golden golden, String suffix) {
    Matrix wx = golden.matrix("weight_ih" + suffix).transpose();
    Matrix wh = golden.matrix("weight_hh" + suffix).transpose();
    boolean biased = golden.has("bias_ih" + suffix);
    Matrix bx = biased ? golden.matrix("bias_ih" + suffix) : new Matrix(1, wx.cols());
    Matrix bh = biased ? golden.matrix("bias_hh" + suffix) : new Matrix(1, wx.cols());
    return new Part(
        suffix,
        switch (name.substring(0, 3)) {
          case "lst" ->
              new TimeLstm(
                  new LstmCell(
                      GateOrder.PYTORCH.lstmToUnroll(wx),
                      GateOrder.PYTORCH.lstmToUnroll(wh),
                      GateOrder.PYTORCH.lstmToUnroll(bx.plus(bh))));
          case "gru" -> new TimeGru(gruCell(wx, wh, bx, bh));
          default ->
              new TimeRnn(
                  new RnnCell(
                      new Parameter("wx", wx),
                      new Parameter("wh", wh),
                      new Parameter("b", bx.plus(bh)),
                      name.contains("relu") ? Activation.RELU : Activation.TANH));
        });
  }

  /** The two biases add up, but for that of the candidate's recurrent product. */
  private static GruCell gruCell(Matrix wx, Matrix wh, Matrix bx, Matrix bh) {
    Matrix bhn = columns(bh, 2 * HIDDEN, 3 * HIDDEN);
    Matrix others = bh.copy();
    for (int j = 2 * HIDDEN; j < 3 * HIDDEN; j++) {
      others.set(0, j, 0);
    }
    return GruCell.resetAfter(
        GateOrder.PYTORCH.gruToUnroll(wx),
        GateOrder.PYTORCH.gruToUnroll(wh),
        GateOrder.PYTORCH.gruToUnroll(bx.plus(others)),
        bhn);
  }

  private static Matrix columns(Matrix m, int from, int to) {
    Matrix some = new Matrix(m.rows(), to - from);
    for (int i = 0; i < m.rows(); i++) {
      for (int j = from; j < to; j++) {
        some.set(i, j - from, m.get(i, j));
      }
    }
    return some;
  }

  /** torch keeps h of all layers in one (layers·directions, N, H), and so c. */
  private static State state(Golden golden, String when, boolean lstm) {
    Tensor3 h = golden.tensor("h" + when);
    List<Matrix> parts = new ArrayList<>();
    for (int part = 0; part < h.d0(); part++) {
      parts.add(plane(h, part));
      if (lstm) {
        parts.add(plane(golden.tensor("c" + when), part));
      }
    }
    return new State(parts);
  }

  private static Matrix plane(Tensor3 x, int i) {
    Matrix plane = new Matrix(x.d1(), x.d2());
    System.arraycopy(x.data(), i * plane.data().length, plane.data(), 0, plane.data().length);
    return plane;
  }

  private static void assertState(Golden golden, String key, State state, int which, boolean lstm) {
    int perLayer = lstm ? 2 : 1;
    Tensor3 want = golden.tensor(key);
    Tensor3 got = new Tensor3(want.d0(), want.d1(), want.d2());
    int size = want.d1() * want.d2();
    for (int part = 0; part < want.d0(); part++) {
      double[] values = state.matrices().get(part * perLayer + which).data();
      System.arraycopy(values, 0, got.data(), part * size, size);
    }
    golden.assertMatches(key, got);
  }

  private static void assertParameterGradients(String name, Golden golden, Part part) {
    List<Parameter> parameters = part.layer.parameters();
    Matrix dwx = inTorchsOrder(name, parameters.get(0).grad());
    Matrix dwh = inTorchsOrder(name, parameters.get(1).grad());
    golden.assertMatches("grad_weight_ih" + part.suffix, dwx.transpose());
    golden.assertMatches("grad_weight_hh" + part.suffix, dwh.transpose());
    if (golden.has("bias_ih" + part.suffix)) {
      Matrix db = inTorchsOrder(name, parameters.get(2).grad());
      golden.assertMatches("grad_bias_ih" + part.suffix, db.data());
      if (parameters.size() == 4) {
        double[] dbhn = parameters.get(3).grad().data();
        System.arraycopy(dbhn, 0, db.data(), 2 * HIDDEN, HIDDEN);
      }
      golden.assertMatches("grad_bias_hh" + part.suffix, db.data());
    }
  }

  /** The gradient of a negated weight is the negated gradient: as weights go, so they go. */
  private static Matrix inTorchsOrder(String name, Matrix gradient) {
    return switch (name.substring(0, 3)) {
      case "lst" -> GateOrder.PYTORCH.lstmFromUnroll(gradient);
      case "gru" -> GateOrder.PYTORCH.gruFromUnroll(gradient);
      default -> gradient;
    };
  }
}
