package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.GeneralCells;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RandomWeights;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.column.ColumnLstm;
import io.github.unroll.column.ColumnRnn;
import io.github.unroll.kernel.Kernel;
import io.github.unroll.layer.Recurrent.SkippedOutput;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.example.own.MinimalGatedCell;

/**
 * One gradient check for each thing in the library that has a backward. The loss is a weighted sum
 * of all that comes out, states included.
 */
final class GradientCases {

  /** One line of the page. */
  record Case(String what, String setting, GradientCheck check) {}

  private static final Mask LENGTHS = Mask.ofLengths(4, 1, 3);
  private static final Mask HOLES =
      Mask.of(
          new boolean[] {true, false, true, true},
          new boolean[] {false, true, false, true},
          new boolean[] {false, false, true, false});

  private final List<Case> cases;
  private final RandomState random;

  private GradientCases(List<Case> cases, RandomState random) {
    this.cases = cases;
    this.random = random;
  }

  static List<Case> all() {
    GradientCases all = new GradientCases(new ArrayList<>(), new RandomState(99));
    // draws for itself, so that the figures of the others do not depend on it
    GradientCases open = new GradientCases(all.cases, new RandomState(98));
    GradientCases general = new GradientCases(all.cases, new RandomState(97));
    all.cells();
    open.openCells();
    general.generalCells();
    all.recurrentLayers();
    open.masks();
    open.reversed();
    all.combinedLayers();
    all.otherLayers();
    all.columns();
    all.cases.addAll(SequenceModelGradientCases.all());
    all.cases.addAll(LanguageModelGradients.all());
    all.cases.addAll(Seq2SeqGradientCases.all());
    all.cases.addAll(LossGradientCases.all());
    return all.cases;
  }

  private static double dot(double[] a, double[] b) {
    double[] products = new double[a.length];
    Arrays.setAll(products, i -> a[i] * b[i]);
    return Kernel.active().sum(products.length, products, 0);
  }

  private static double dot(State a, State b) {
    double sum = 0;
    for (int i = 0; i < a.matrices().size(); i++) {
      sum += dot(a.matrices().get(i).data(), b.matrices().get(i).data());
    }
    return sum;
  }

  // ---- cells ----

  private void cells() {
    for (int n : new int[] {1, 3}) {
      String setting = String.format(Locale.ROOT, "N %d, D 2, H 4", n);
      for (Kind kind : Kind.values()) {
        switch (kind) {
          case RNN_TANH, RNN_RELU -> rnnCell(kind, n, setting);
          case LSTM -> lstmCell(kind, n, setting);
          case GRU_RESET_BEFORE, GRU_RESET_AFTER -> gruCell(kind, n, setting);
        }
      }
    }
  }

  private void rnnCell(Kind kind, int n, String setting) {
    RnnCell cell = kind.rnnCell(2, 4, random);
    Matrix x = random.randn(n, 2);
    Matrix h = random.randn(n, 4);
    Matrix dh = random.randn(n, 4);
    RnnCell.Step[] step = new RnnCell.Step[1];
    RnnCell.InputGradients[] g = new RnnCell.InputGradients[1];
    GradientCheck check =
        new GradientCheck(
                () -> {
                  step[0] = cell.forward(x, h);
                  return dot(step[0].hNext().data(), dh.data());
                },
                () -> g[0] = cell.backward(dh, step[0].cache()))
            .parameters(cell.parameters())
            .input("x", x, () -> g[0].dx())
            .input("hPrev", h, () -> g[0].dhPrev());
    cases.add(new Case("RnnCell, " + name(kind), setting, check));
  }

  private void lstmCell(Kind kind, int n, String setting) {
    LstmCell cell = kind.lstmCell(2, 4, random);
    Matrix x = random.randn(n, 2);
    Matrix h = random.randn(n, 4);
    Matrix c = random.randn(n, 4);
    Matrix dh = random.randn(n, 4);
    Matrix dc = random.randn(n, 4);
    LstmCell.Step[] step = new LstmCell.Step[1];
    LstmCell.InputGradients[] g = new LstmCell.InputGradients[1];
    GradientCheck check =
        new GradientCheck(
                () -> {
                  step[0] = cell.forward(x, h, c);
                  return dot(step[0].hNext().data(), dh.data())
                      + dot(step[0].cNext().data(), dc.data());
                },
                () -> g[0] = cell.backward(dh, dc, step[0].cache()))
            .parameters(cell.parameters())
            .input("x", x, () -> g[0].dx())
            .input("hPrev", h, () -> g[0].dhPrev())
            .input("cPrev", c, () -> g[0].dcPrev());
    cases.add(new Case("LstmCell", setting, check));
  }

  private void gruCell(Kind kind, int n, String setting) {
    GruCell cell = kind.gruCell(2, 4, random);
    Matrix x = random.randn(n, 2);
    Matrix h = random.randn(n, 4);
    Matrix dh = random.randn(n, 4);
    GruCell.Step[] step = new GruCell.Step[1];
    GruCell.InputGradients[] g = new GruCell.InputGradients[1];
    GradientCheck check =
        new GradientCheck(
                () -> {
                  step[0] = cell.forward(x, h);
                  return dot(step[0].hNext().data(), dh.data());
                },
                () -> g[0] = cell.backward(dh, step[0].cache()))
            .parameters(cell.parameters())
            .input("x", x, () -> g[0].dx())
            .input("hPrev", h, () -> g[0].dhPrev());
    cases.add(new Case("GruCell, " + name(kind), setting, check));
  }

  private void openCells() {
    for (CellKind kind : CellKind.all()) {
      if (!List.of(CellKind.RNN, CellKind.LSTM, CellKind.GRU).contains(kind)) { // they have rows
        openCell(kind.name(), () -> kind.cell(2, 3, new RandomWeights(random)));
      }
    }
    openCell("MinimalGatedCell (not the library's)", () -> new MinimalGatedCell(2, 3, random));
  }

  private void generalCells() {
    GeneralCells.all(random, 2, 3)
        .forEach(
            (name, cells) -> {
              byHand(name, "N 3, D 2, H 3", cells.get(), 3);
              recurrent("Recurrent of " + name, "holes", new Recurrent<>(cells.get()), 3, 4, HOLES);
            });
  }

  private void openCell(String name, Supplier<Cell> cells) {
    byHand(name, "N 1, D 2, H 3", cells.get(), 1);
    byHand(name, "N 3, D 2, H 3", cells.get(), 3);
    String layerName = "Recurrent of " + name;
    recurrent(layerName, "N 1, T 5", new Recurrent<>(cells.get()), 1, 5, null);
    recurrent(layerName, "N 3, T 4", new Recurrent<>(cells.get()), 3, 4, null);
    recurrent(layerName, "lengths 4, 1, 3", new Recurrent<>(cells.get()), 3, 4, LENGTHS);
    recurrent(layerName, "holes", new Recurrent<>(cells.get()), 3, 4, HOLES);
    statefulLaterBlock(layerName, new Recurrent<>(cells.get(), true), 2, 3);
    Bidirectional both =
        new Bidirectional(new Recurrent<>(cells.get()), new Recurrent<>(cells.get()));
    recurrent("Bidirectional of " + name, "side by side, lengths 4, 1, 3", both, 3, 4, LENGTHS);
  }

  private void byHand(String name, String setting, Cell cell, int n) {
    Matrix x = random.randn(n, cell.inputSize());
    Matrix[] state = randomParts(cell, n);
    Matrix[] dState = randomParts(cell, n);
    Cell.Step[] step = new Cell.Step[1];
    Cell.Gradients[] g = new Cell.Gradients[1];
    GradientCheck check =
        new GradientCheck(
                () -> {
                  step[0] = cell.forward(x, state);
                  return dot(new State(step[0].state()), State.of(dState));
                },
                () -> g[0] = cell.backward(step[0].cache(), dState))
            .parameters(cell.parameters())
            .input("x", x, () -> g[0].dx());
    for (int p = 0; p < state.length; p++) {
      int part = p;
      check.input("state " + p, state[p], () -> g[0].dState().get(part));
    }
    cases.add(new Case(name, setting, check));
  }

  private Matrix[] randomParts(Cell cell, int n) {
    return Arrays.stream(cell.stateSizes())
        .mapToObj(size -> random.randn(n, size))
        .toArray(Matrix[]::new);
  }

  private static String name(Kind kind) {
    return switch (kind) {
      case RNN_TANH -> "tanh";
      case RNN_RELU -> "relu";
      case LSTM -> "";
      case GRU_RESET_BEFORE -> "reset before";
      case GRU_RESET_AFTER -> "reset after";
    };
  }

  private static String layerName(Kind kind) {
    return switch (kind) {
      case RNN_TANH, RNN_RELU -> "TimeRnn, " + name(kind);
      case LSTM -> "TimeLstm";
      case GRU_RESET_BEFORE, GRU_RESET_AFTER -> "TimeGru, " + name(kind);
    };
  }

  // ---- recurrent layers ----

  private void recurrentLayers() {
    for (Kind kind : Kind.values()) {
      String name = layerName(kind);
      recurrent(name, "N 1, T 1", kind.layer(2, 3, random), 1, 1, null);
      recurrent(name, "N 1, T 5", kind.layer(2, 3, random), 1, 5, null);
      recurrent(name, "N 3, T 1", kind.layer(2, 3, random), 3, 1, null);
      recurrent(name, "N 3, T 4", kind.layer(2, 3, random), 3, 4, null);
      recurrent(name, "lengths 4, 1, 3", kind.layer(2, 3, random), 3, 4, LENGTHS);
      statefulLaterBlock(name, kind.layer(2, 3, random, true), 2, 3);
    }
  }

  private void masks() {
    for (Kind kind : Kind.values()) {
      String name = layerName(kind);
      recurrent(name, "holes", kind.layer(2, 3, random), 3, 4, HOLES);
      recurrent(name, "holes, LAST output", givingLast(kind), 3, 4, HOLES);
      recurrent(name, "lengths 4, 1, 3, LAST output", givingLast(kind), 3, 4, LENGTHS);
    }
  }

  private RecurrentLayer givingLast(Kind kind) {
    RecurrentLayer layer = kind.layer(2, 3, random);
    ((Recurrent<?>) layer).setSkippedOutput(SkippedOutput.LAST);
    return layer;
  }

  private void reversed() {
    for (Kind kind : Kind.values()) {
      for (Reversed.Order order : Reversed.Order.values()) {
        String name = "Reversed of " + layerName(kind);
        String how = order == Reversed.Order.OF_INPUTS ? "in the inputs' order" : "as read";
        recurrent(name, how + ", lengths 4, 1, 3", back(kind, order), 3, 4, LENGTHS);
        recurrent(name, how + ", holes", back(kind, order), 3, 4, HOLES);
      }
    }
  }

  private Reversed back(Kind kind, Reversed.Order order) {
    return new Reversed(kind.layer(2, 3, random), order);
  }

  private static final Map<Merge, String> IN_WORDS =
      Map.of(
          Merge.CONCATENATE, "side by side",
          Merge.ADD, "added",
          Merge.AVERAGE, "averaged",
          Merge.MULTIPLY, "multiplied");

  private void combinedLayers() {
    for (Kind kind : Kind.values()) {
      String name = "Bidirectional of " + layerName(kind);
      for (Merge merge : Merge.values()) {
        String how = IN_WORDS.get(merge);
        recurrent(name, how + ", N 2, T 3", both(kind, 2, 3, merge), 2, 3, null);
        recurrent(name, how + ", lengths 4, 1, 3", both(kind, 2, 3, merge), 3, 4, LENGTHS);
      }
      RecurrentStack stack =
          new RecurrentStack(List.of(kind.layer(2, 3, random), kind.layer(3, 2, random)));
      recurrent("RecurrentStack of 2 " + layerName(kind), "N 2, T 3", stack, 2, 3, null);
      RecurrentStack mixed =
          new RecurrentStack(
              List.of(both(kind, 2, 2, Merge.CONCATENATE), kind.layer(4, 2, random)));
      recurrent(
          "RecurrentStack, bidirectional below, of " + layerName(kind),
          "lengths 4, 1, 3",
          mixed,
          3,
          4,
          LENGTHS);
    }
    stackWithDropout();
  }

  private Bidirectional both(Kind kind, int d, int h, Merge merge) {
    return new Bidirectional(kind.layer(d, h, random), kind.layer(d, h, random), merge);
  }

  private void recurrent(
      String name, String setting, RecurrentLayer layer, int n, int steps, Mask mask) {
    recurrent(name, setting, layer, n, steps, mask, () -> {});
  }

  private void recurrent(
      String name,
      String setting,
      RecurrentLayer layer,
      int n,
      int steps,
      Mask mask,
      Runnable beforeForward) {
    Tensor3 xs = random.randn(n, steps, layer.inputSize());
    State initial = Kind.randomState(layer, n, random);
    Tensor3 dhs = random.randn(n, steps, layer.outputSize());
    State dFinal = Kind.randomState(layer, n, random);
    Tensor3 dxs = new Tensor3(n, steps, layer.inputSize());
    GradientCheck check =
        new GradientCheck(
                () -> {
                  beforeForward.run();
                  Tensor3 hs = layer.forward(xs, mask, initial);
                  return dot(hs.data(), dhs.data()) + dot(layer.finalState(), dFinal);
                },
                () -> layer.backwardInto(dhs, dFinal, dxs))
            .parameters(layer.parameters())
            .input("xs", xs, () -> dxs);
    addStates(check, initial, layer);
    cases.add(new Case(name, setting, check));
  }

  private static void addStates(GradientCheck check, State initial, RecurrentLayer layer) {
    for (int i = 0; i < initial.matrices().size(); i++) {
      int part = i;
      check.input(
          "initial state " + i,
          initial.matrices().get(i),
          () -> layer.initialStateGradient().matrices().get(part));
    }
  }

  private void statefulLaterBlock(String name, RecurrentLayer layer, int n, int steps) {
    Tensor3 xs = random.randn(n, steps, layer.inputSize());
    State carried = Kind.randomState(layer, n, random);
    Tensor3 dhs = random.randn(n, steps, layer.outputSize());
    Tensor3 dxs = new Tensor3(n, steps, layer.inputSize());
    GradientCheck check =
        new GradientCheck(
                () -> {
                  layer.setState(carried);
                  return dot(layer.forward(xs).data(), dhs.data());
                },
                () -> layer.backwardInto(dhs, dxs))
            .parameters(layer.parameters())
            .input("xs", xs, () -> dxs);
    addStates(check, carried, layer);
    cases.add(new Case(name, "stateful, a later block", check));
  }

  private void stackWithDropout() {
    RandomState masks = new RandomState(5);
    RecurrentStack stack =
        new RecurrentStack(
            List.of(Kind.LSTM.layer(2, 6, random), Kind.LSTM.layer(6, 2, random)), 0.5, masks);
    recurrent(
        "RecurrentStack of 2 TimeLstm",
        "dropout 0.5 between",
        stack,
        2,
        3,
        null,
        () -> masks.seed(5));
  }

  // ---- other layers, loss, model ----

  private void otherLayers() {
    dropout(false);
    dropout(true);
    for (int n : new int[] {1, 3}) {
      TimeAffine affine =
          new TimeAffine(
              new Parameter("w", random.randn(3, 4)), new Parameter("b", random.randn(1, 4)));
      layer("TimeAffine", String.format(Locale.ROOT, "N %d, T 2", n), affine, n, () -> {});
    }
    embedding();
    softmax();
    languageModel();
  }

  private void dropout(boolean variational) {
    RandomState masks = new RandomState(6);
    TimeDropout dropout = new TimeDropout(4, 0.5, masks, variational);
    String setting = variational ? "one mask for all steps" : "a mask a step";
    layer("TimeDropout", setting, dropout, 2, () -> masks.seed(6));
  }

  private void layer(String name, String setting, TimeLayer layer, int n, Runnable beforeForward) {
    Tensor3 xs = random.randn(n, 2, layer.inputSize());
    Tensor3 dys = random.randn(n, 2, layer.outputSize());
    Tensor3 dxs = new Tensor3(n, 2, layer.inputSize());
    GradientCheck check =
        new GradientCheck(
                () -> {
                  beforeForward.run();
                  return dot(layer.forward(xs).data(), dys.data());
                },
                () -> layer.backwardInto(dys, dxs))
            .parameters(layer.parameters())
            .input("xs", xs, () -> dxs);
    cases.add(new Case(name, setting, check));
  }

  private void embedding() {
    TimeEmbedding embedding = new TimeEmbedding(new Parameter("w", random.randn(5, 3)));
    int[][] ids = {{1, 1, 4}, {0, 1, 2}};
    Tensor3 dxs = random.randn(2, 3, 3);
    GradientCheck check =
        new GradientCheck(
                () -> dot(embedding.forward(ids).data(), dxs.data()), () -> embedding.backward(dxs))
            .parameters(embedding.parameters());
    cases.add(new Case("TimeEmbedding", "a word three times, one never", check));
  }

  private void softmax() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    Tensor3 xs = random.randn(2, 3, 4);
    Tensor3 dxs = new Tensor3(2, 3, 4);
    int[][] labels = {{0, 3, TimeSoftmaxWithLoss.IGNORE}, {2, TimeSoftmaxWithLoss.IGNORE, 1}};
    GradientCheck check =
        new GradientCheck(() -> loss.forward(xs, labels), () -> loss.backwardInto(1, dxs))
            .input("xs", xs, () -> dxs);
    cases.add(new Case("TimeSoftmaxWithLoss", "two labels ignored", check));
  }

  private void languageModel() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, random);
    // Fresh word vectors are so short that the differences of the loss would be mostly rounding.
    model.parameters().get(0).value().copyFrom(random.randn(7, 3));
    int[][] xs = {{0, 1, 6}, {3, 3, 2}};
    int[][] ts = {{1, 6, 5}, {3, 2, 4}};
    GradientCheck check =
        new GradientCheck(
                () -> {
                  model.resetState();
                  return model.forward(xs, ts);
                },
                model::backward)
            .parameters(model.parameters());
    cases.add(new Case("RnnLanguageModel", "V 7, D 3, H 4", check));
  }

  // ---- column layout ----

  private void columns() {
    columnRnn(1, 1);
    columnRnn(3, 4);
    columnLstm(1, 1);
    columnLstm(3, 4);
  }

  private void columnRnn(int m, int steps) {
    ColumnRnn.Parameters p =
        new ColumnRnn.Parameters(
            random.randn(4, 4).times(0.5),
            random.randn(4, 2),
            random.randn(3, 4),
            random.randn(4, 1),
            random.randn(3, 1));
    Tensor3 x = random.randn(2, m, steps);
    Matrix a0 = random.randn(4, m);
    Tensor3 da = random.randn(4, m, steps);
    Tensor3 dy = random.randn(3, m, steps);
    ColumnRnn.Sequence[] s = new ColumnRnn.Sequence[1];
    ColumnRnn.Gradients[] g = new ColumnRnn.Gradients[1];
    GradientCheck check =
        new GradientCheck(
                () -> {
                  s[0] = ColumnRnn.forward(x, a0, p);
                  return dot(s[0].a().data(), da.data()) + dot(s[0].yPred().data(), dy.data());
                },
                () -> g[0] = ColumnRnn.backward(da, dy, s[0].caches()))
            .input("x", x, () -> g[0].dx())
            .input("a0", a0, () -> g[0].da0())
            .input("Waa", p.waa(), () -> g[0].dWaa())
            .input("Wax", p.wax(), () -> g[0].dWax())
            .input("Wya", p.wya(), () -> g[0].dWya())
            .input("ba", p.ba(), () -> g[0].dba())
            .input("by", p.by(), () -> g[0].dby());
    cases.add(
        new Case(
            "ColumnRnn",
            String.format(Locale.ROOT, "m %d, T_x %d, through a and y", m, steps),
            check));
  }

  private void columnLstm(int m, int steps) {
    Matrix[] w = new Matrix[4];
    Matrix[] b = new Matrix[4];
    Arrays.setAll(w, i -> random.randn(4, 6).times(0.5));
    Arrays.setAll(b, i -> random.randn(4, 1));
    ColumnLstm.Parameters p =
        new ColumnLstm.Parameters(
            w[0], b[0], w[1], b[1], w[2], b[2], w[3], b[3], random.randn(3, 4), random.randn(3, 1));
    Tensor3 x = random.randn(2, m, steps);
    Matrix a0 = random.randn(4, m);
    Matrix c0 = random.randn(4, m);
    Tensor3 da = random.randn(4, m, steps);
    Tensor3 dy = random.randn(3, m, steps);
    Matrix dc = random.randn(4, m);
    ColumnLstm.Sequence[] s = new ColumnLstm.Sequence[1];
    ColumnLstm.Gradients[] g = new ColumnLstm.Gradients[1];
    GradientCheck check =
        new GradientCheck(
                () -> {
                  s[0] = ColumnLstm.forward(x, a0, c0, p);
                  return dot(s[0].a().data(), da.data())
                      + dot(s[0].yPred().data(), dy.data())
                      + dot(s[0].c().slice(steps - 1).data(), dc.data());
                },
                () -> g[0] = ColumnLstm.backward(da, dy, dc, s[0].caches()))
            .input("x", x, () -> g[0].dx())
            .input("a0", a0, () -> g[0].da0())
            .input("c0", c0, () -> g[0].dc0())
            .input("Wf", p.wf(), () -> g[0].gates().dWf())
            .input("bf", p.bf(), () -> g[0].gates().dbf())
            .input("Wi", p.wi(), () -> g[0].gates().dWi())
            .input("bi", p.bi(), () -> g[0].gates().dbi())
            .input("Wc", p.wc(), () -> g[0].gates().dWc())
            .input("bc", p.bc(), () -> g[0].gates().dbc())
            .input("Wo", p.wo(), () -> g[0].gates().dWo())
            .input("bo", p.bo(), () -> g[0].gates().dbo())
            .input("Wy", p.wy(), () -> g[0].dWy())
            .input("by", p.by(), () -> g[0].dby());
    cases.add(
        new Case(
            "ColumnLstm",
            String.format(Locale.ROOT, "m %d, T_x %d, through a, y and c", m, steps),
            check));
  }
}
