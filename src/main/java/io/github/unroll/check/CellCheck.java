package io.github.unroll.check;

import io.github.unroll.cell.Cell;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A test of everything that the contract of {@link Cell} requires, for a cell of the library or
 * your own: sizes, gradients, masks, sessions, threads.
 *
 * <pre>{@code
 * new CellCheck(new MyCell(...)).run(1e-7);
 * }</pre>
 *
 * <p>Gradients are compared with central differences of the loss ({@link GradientCheck}).
 * Everything else must agree bit for bit, except sums of parameter gradients in different orders,
 * which may differ by 1e-12.
 */
public final class CellCheck {

  private static final int N = 3;
  private static final int T = 5;
  private static final int[] LENGTHS = {5, 1, 3};
  private static final double SUMMED_IN_ANOTHER_ORDER = 1e-12;

  private final Cell cell;
  private final RandomState random;
  private final Mask holes =
      Mask.of(
          new boolean[] {true, false, true, true, false},
          new boolean[] {false, false, true, false, true},
          new boolean[] {false, true, true, true, true});

  /**
   * A check of a cell.
   *
   * @param cell its parameters hold values of a common size, such as normal ones of 0.5; their
   *     gradients are overwritten
   */
  public CellCheck(Cell cell) {
    this(cell, new RandomState(0));
  }

  /**
   * A check of a cell.
   *
   * @param cell its parameters hold values of a common size, such as normal ones of 0.5; their
   *     gradients are overwritten
   * @param random modified: the source of inputs and gradients
   */
  public CellCheck(Cell cell, RandomState random) {
    this.cell = Objects.requireNonNull(cell, "cell");
    this.random = Objects.requireNonNull(random, "random");
  }

  /**
   * Runs all checks.
   *
   * @param tolerance the greatest relative error of a gradient that is allowed, e.g. 1e-7
   * @return the entry with the greatest error of all gradients
   * @throws AssertionError if a check fails; the message says which and where to look
   */
  public GradientCheck.Entry run(double tolerance) {
    checkParameters();
    checkSizes();
    checkForwardRepeats();
    GradientCheck.Entry worst = null;
    int[][] sizes = {{1, 1}, {1, T}, {N, 1}, {N, T}};
    for (int[] size : sizes) {
      worst = worse(worst, gradients(size[0], size[1], null).run(), tolerance);
    }
    worst = worse(worst, gradients(N, T, Mask.ofLengths(LENGTHS)).run(), tolerance);
    worst = worse(worst, gradients(N, T, holes).run(), tolerance);
    checkLayerEqualsCellByHand();
    checkSkippedStepsTouchNothing(Mask.ofLengths(LENGTHS));
    checkSkippedStepsTouchNothing(holes);
    checkSessionEqualsForward();
    checkThreads();
    return worst;
  }

  private static GradientCheck.Entry worse(
      GradientCheck.Entry worst, GradientCheck.Report report, double tolerance) {
    GradientCheck.Entry entry = report.assertBelow(tolerance).worst();
    return worst == null || entry.relativeError() > worst.relativeError() ? entry : worst;
  }

  private void checkParameters() {
    List<Parameter> parameters = cell.parameters();
    require(
        !parameters.isEmpty() && parameters.get(0) == cell.wx(), "parameters() must begin with wx");
    require(
        parameters.stream().distinct().count() == parameters.size(),
        "parameters() lists a parameter twice");
  }

  /** A cell that {@link Recurrent} rejects also breaks the contract. */
  private void checkSizes() {
    try {
      new Recurrent<>(cell);
    } catch (IllegalArgumentException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /**
   * This check comes first: a cell that keeps something between calls would fail the other checks
   * for no visible reason.
   */
  private void checkForwardRepeats() {
    Recurrent<Cell> layer = new Recurrent<>(cell);
    Tensor3 xs = random.randn(N, T, cell.inputSize());
    require(
        layer.forward(xs).equals(layer.forward(xs)),
        "the same sequences give other outputs the second time; does the cell keep something"
            + " outside its Views?");
  }

  /**
   * {@return a check, to be run, of the gradients of parameters, input and initial state, with a
   * loss that depends on all outputs and on the final state}
   *
   * @param n the number of sequences
   * @param steps the number of steps of each
   * @param mask which steps count; null for all
   */
  public GradientCheck gradients(int n, int steps, Mask mask) {
    Recurrent<Cell> layer = new Recurrent<>(cell);
    Tensor3 xs = random.randn(n, steps, cell.inputSize());
    State initial = reachedState(n);
    Tensor3 dhs = random.randn(n, steps, cell.outputSize());
    State dFinal = randomLike(initial);
    Tensor3 dxs = new Tensor3(n, steps, cell.inputSize());
    GradientCheck check =
        new GradientCheck(
                () -> {
                  Tensor3 hs = layer.forward(xs, mask, initial);
                  double loss = dot(hs.data(), dhs.data());
                  for (int p = 0; p < initial.matrices().size(); p++) {
                    double[] part = layer.finalState().matrices().get(p).data();
                    loss += dot(part, dFinal.matrices().get(p).data());
                  }
                  return loss;
                },
                () -> layer.backwardInto(dhs, dFinal, dxs))
            .parameters(cell.parameters())
            .input("xs", xs, () -> dxs);
    for (int p = 0; p < initial.matrices().size(); p++) {
      int part = p;
      check.input(
          "initial state " + p,
          initial.matrices().get(p),
          () -> layer.initialStateGradient().matrices().get(part));
    }
    return check;
  }

  /** A state that the cell itself reaches; a random state might be impossible for it. */
  private State reachedState(int n) {
    Recurrent<Cell> layer = new Recurrent<>(cell);
    layer.forward(random.randn(n, 3, cell.inputSize()));
    return layer.finalState();
  }

  private State randomLike(State state) {
    return new State(
        state.matrices().stream().map(part -> random.randn(part.rows(), part.cols())).toList());
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The outcome of a layer's forward and backward. */
  private record Outcome(
      Tensor3 hs, State last, Tensor3 dxs, State dInitial, List<Matrix> gradients) {}

  private Outcome outcome(Tensor3 xs, Mask mask, State initial, Tensor3 dhs, State dFinal) {
    Recurrent<Cell> layer = new Recurrent<>(cell);
    int n = xs.d0();
    layer.forward(filled(n, xs.d1(), xs.d2(), Double.NaN)); // leaves NaN in every buffer
    layer.backward(filled(n, xs.d1(), cell.outputSize(), Double.NaN));
    cell.parameters().forEach(Parameter::zeroGrad);
    Tensor3 hs = layer.forward(xs, mask, initial);
    State last = layer.finalState();
    Tensor3 dxs = layer.backward(dhs, dFinal);
    List<Matrix> gradients = cell.parameters().stream().map(p -> p.grad().copy()).toList();
    return new Outcome(hs, last, dxs, layer.initialStateGradient(), gradients);
  }

  private static Tensor3 filled(int n, int t, int d, double value) {
    Tensor3 x = new Tensor3(n, t, d);
    x.fill(value);
    return x;
  }

  private void checkLayerEqualsCellByHand() {
    Tensor3 xs = random.randn(N, T, cell.inputSize());
    Tensor3 dhs = random.randn(N, T, cell.outputSize());
    State initial = reachedState(N);
    State dFinal = randomLike(initial);
    Outcome layer = outcome(xs, null, initial, dhs, dFinal);

    cell.parameters().forEach(Parameter::zeroGrad);
    List<Cell.Cache> caches = new ArrayList<>();
    Matrix[] state = initial.matrices().toArray(Matrix[]::new);
    for (int t = 0; t < T; t++) {
      Cell.Step step = cell.forward(xs.step(t), state);
      caches.add(step.cache());
      state = step.state().toArray(Matrix[]::new);
      require(state[0].equals(layer.hs.step(t)), "the output of a layer is not that of the cell");
    }
    requireState(layer.last, state, "the final state of a layer is not that of the cell");
    Matrix[] d = dFinal.matrices().toArray(Matrix[]::new);
    for (int t = T - 1; t >= 0; t--) {
      d[0] = d[0].plus(dhs.step(t));
      Cell.Gradients g = cell.backward(caches.get(t), d);
      require(g.dx().equals(layer.dxs.step(t)), "dx of a layer is not that of the cell");
      d = g.dState().toArray(Matrix[]::new);
    }
    requireState(layer.dInitial, d, "the gradient of the initial state is not that of the cell");
    requireGradients(layer.gradients, "a layer's gradient is not the sum of its steps'");
  }

  private void checkSkippedStepsTouchNothing(Mask mask) {
    Tensor3 xs = random.randn(N, T, cell.inputSize());
    Tensor3 dhs = random.randn(N, T, cell.outputSize());
    State initial = reachedState(N);
    State dFinal = randomLike(initial);
    for (int i = 0; i < N; i++) {
      for (int t = 0; t < T; t++) {
        if (!mask.counts(i, t)) {
          fillStep(xs, i, t);
          fillStep(dhs, i, t);
        }
      }
    }
    Outcome together = outcome(xs, mask, initial, dhs, dFinal);
    List<Matrix> sums = new ArrayList<>();
    cell.parameters().forEach(p -> sums.add(new Matrix(p.value().rows(), p.value().cols())));
    for (int i = 0; i < N; i++) {
      int sequence = i;
      int[] counted = IntStream.range(0, T).filter(t -> mask.counts(sequence, t)).toArray();
      Outcome alone =
          outcome(
              steps(xs, i, counted), null, row(initial, i), steps(dhs, i, counted), row(dFinal, i));
      String of = "a sequence with steps that do not count gives another %s than without them";
      require(
          steps(together.hs, i, counted).equals(alone.hs),
          String.format(Locale.ROOT, of, "output"));
      require(
          row(together.last, i).equals(alone.last), String.format(Locale.ROOT, of, "final state"));
      require(
          steps(together.dxs, i, counted).equals(alone.dxs), String.format(Locale.ROOT, of, "dx"));
      require(
          row(together.dInitial, i).equals(alone.dInitial),
          String.format(Locale.ROOT, of, "state gradient"));
      for (int p = 0; p < sums.size(); p++) {
        sums.get(p).add(alone.gradients.get(p));
      }
    }
    for (int p = 0; p < sums.size(); p++) {
      require(
          together.gradients.get(p).allClose(sums.get(p), SUMMED_IN_ANOTHER_ORDER),
          "steps that do not count change the gradient of " + cell.parameters().get(p).name());
    }
  }

  private static void fillStep(Tensor3 x, int i, int t) {
    for (int j = 0; j < x.d2(); j++) {
      x.set(i, t, j, Double.NaN);
    }
  }

  private static Tensor3 steps(Tensor3 x, int i, int[] counted) {
    Tensor3 some = new Tensor3(1, counted.length, x.d2());
    for (int t = 0; t < counted.length; t++) {
      some.asRows().copyRow(t, x.sequence(i), counted[t]);
    }
    return some;
  }

  private static State row(State state, int i) {
    return new State(state.matrices().stream().map(part -> part.rows(i, 1).copy()).toList());
  }

  private void checkSessionEqualsForward() {
    Recurrent<Cell> layer = new Recurrent<>(cell);
    for (int n : new int[] {1, N}) {
      Tensor3 xs = random.randn(n, T, cell.inputSize());
      Tensor3 hs = layer.forward(xs);
      RecurrentSession session = new RecurrentSession(layer, n);
      for (int t = 0; t < T; t++) {
        require(
            session.step(xs.step(t)).equals(hs.step(t)),
            "a session's step gives other bits than forward; does the step read what it has"
                + " overwritten, or keep something outside its Views?");
      }
      require(session.state().equals(layer.finalState()), "a session ends in another state");
    }
  }

  private void checkThreads() {
    int threads = 8;
    Recurrent<Cell> layer = new Recurrent<>(cell);
    Tensor3 xs = random.randn(threads, 4 * T, cell.inputSize());
    Tensor3 want = layer.forward(xs);
    Tensor3 got = new Tensor3(threads, 4 * T, cell.outputSize());
    Thread[] running = new Thread[threads];
    Throwable[] thrown = new Throwable[threads];
    for (int i = 0; i < threads; i++) {
      int sequence = i;
      running[i] =
          new Thread(
              () -> {
                RecurrentSession session = new RecurrentSession(layer, 1);
                for (int t = 0; t < xs.d1(); t++) {
                  Matrix h = session.step(xs.sequence(sequence).rows(t, 1).copy());
                  got.sequence(sequence).copyRow(t, h, 0);
                }
              });
      running[i].setUncaughtExceptionHandler((thread, e) -> thrown[sequence] = e);
      running[i].start();
    }
    for (Thread thread : running) {
      join(thread);
    }
    for (Throwable e : thrown) {
      if (e != null) {
        throw new AssertionError(name() + ": a session on its own thread throws " + e, e);
      }
    }
    require(
        got.equals(want),
        "sessions on several threads disturb each other; does the cell change during a step?");
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the checks are short, so wait for them
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireState(State got, Matrix[] want, String otherwise) {
    require(got.matrices().equals(Arrays.asList(want)), otherwise);
  }

  private void requireGradients(List<Matrix> got, String otherwise) {
    for (int p = 0; p < got.size(); p++) {
      Parameter parameter = cell.parameters().get(p);
      require(
          got.get(p).allClose(parameter.grad(), SUMMED_IN_ANOTHER_ORDER),
          otherwise + ": " + parameter.name());
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(name() + ": " + otherwise);
    }
  }

  private String name() {
    String simple = cell.getClass().getSimpleName(); // "" of an anonymous class
    return simple.isEmpty() ? cell.getClass().getName().replaceFirst(".*\\.", "") : simple;
  }
}
