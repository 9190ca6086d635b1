package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.FreshJvm;
import io.github.unroll.optim.ElementwiseOptimizer.Idle;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** To know which rows of a gradient are zero changes no bit of what is computed. */
class SparseGradientTest {

  private static final String SIMD = "--add-modules jdk.incubator.vector -Dunroll.kernel=simd";

  // Blocks of the norm and two threads part within a row; few rows from 200 on are trained.
  private static final int ROWS = 281;

  private static final int COLS = 1001;

  private final RandomState random = new RandomState(9);
  private final Parameter sparse = new Parameter("w", random.randn(ROWS, COLS));
  private final Parameter dense = new Parameter("w", sparse.value().copy());

  SparseGradientTest() {
    dense.grad();
  }

  /** Adds the same to both. */
  private void addToRows(int... rows) {
    for (int row : rows) {
      Matrix x = random.randn(1, COLS);
      sparse.addToGradRow(row, x, 0);
      dense.addToGradRow(row, x, 0);
    }
  }

  private int[] someRows() {
    return random.randint(0, 200, 24);
  }

  private boolean zerosAreKnown() {
    return sparse.nextUntouchedRow(200) == 200 && dense.nextUntouchedRow(0) == ROWS;
  }

  private void assertSameGradients() {
    assertThat(zerosAreKnown()).isTrue();
    assertThat(sparse.gradOfTouchedRows()).isEqualTo(dense.gradOfTouchedRows());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dunroll.kernel=plain -Dunroll.threads=1",
        "-Dunroll.kernel=plain -Dunroll.threads=2",
        SIMD + " -Dunroll.threads=1",
        SIMD + " -Dunroll.threads=2"
      })
  void a_language_model_should_be_trained_to_the_same_bits(String flags) throws Exception {
    String said = FreshJvm.run(SparselyTrained.class, List.of(flags.split(" ")));
    for (Rule rule : Rule.values()) {
      Matcher sparsely = line(rule + " sparse untouched 29\\d\\d clipped (\\d+) bits (\\w+)", said);
      Matcher densely = line(rule + " dense untouched 0 clipped (\\d+) bits (\\w+)", said);
      assertThat(Integer.parseInt(sparsely.group(1))).as(said).isBetween(10, 30);
      assertThat(sparsely.group(1)).as(said).isEqualTo(densely.group(1));
      assertThat(sparsely.group(2)).as(said).isEqualTo(densely.group(2));
    }
  }

  private static Matcher line(String pattern, String said) {
    Matcher matcher = Pattern.compile(pattern).matcher(said);
    assertThat(matcher.find()).as("%s in%n%s", pattern, said).isTrue();
    return matcher;
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void steps_should_have_the_same_bits_after_a_break_too(Rule rule) {
    sparse.value().set(210, 3, -0.0);
    dense.value().set(210, 3, -0.0);
    Optimizer bySparse = rule.optimizer();
    Optimizer byDense = rule.optimizer();
    for (int step = 0; step < 12; step++) {
      sparse.zeroGrad();
      dense.zeroGrad();
      addToRows(someRows());
      addToRows(107, 214); // two threads part within row 107 if 214 is the last that moves
      addToRows(ROWS / 2); // and within this one if all rows move
      bySparse.update(List.of(sparse));
      byDense.update(List.of(dense));
      if (step == 6) {
        Optimizer resumed = rule.optimizer();
        resumed.setSteps(bySparse.steps());
        resumed.setState(sparse, bySparse.state(sparse));
        bySparse = resumed;
      }
    }
    assertThat(zerosAreKnown()).isTrue();
    assertThat(sparse.value().equals(dense.value())).isTrue();
    assertThat(bySparse.state(sparse).equals(byDense.state(dense))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void a_row_with_state_should_move_though_it_was_never_added_to(Rule rule) {
    Optimizer bySparse = rule.optimizer();
    Optimizer byDense = rule.optimizer();
    Matrix memory = new Matrix(ROWS, COLS);
    memory.set(210, COLS - 1, 0.25);
    memory.set(277, 0, 0.5);
    Map<String, Matrix> state = bySparse.state(sparse);
    state.values().forEach(part -> part.copyFrom(memory));
    bySparse.setState(sparse, state);
    byDense.setState(dense, state);
    for (int step = 0; step < 3; step++) {
      bySparse.update(List.of(sparse));
      byDense.update(List.of(dense));
    }
    assertThat(zerosAreKnown()).isTrue();
    assertThat(sparse.value().equals(dense.value())).isTrue();
    assertThat(bySparse.state(sparse).equals(byDense.state(dense))).isTrue();
  }

  @Test
  void rules_should_say_when_a_row_without_a_gradient_stays_as_it_is() {
    assertThat(new Sgd(1).idle()).isEqualTo(Idle.ALWAYS);
    assertThat(new AdaGrad(1).idle()).isEqualTo(Idle.ALWAYS);
    assertThat(new Momentum(1, 0.9).idle()).isEqualTo(Idle.WHILE_STATE_IS_ZERO);
    assertThat(new AdamW(1, 0).idle()).isEqualTo(Idle.WHILE_STATE_IS_ZERO);
    assertThat(new AdamW(1, 0.1).idle()).isEqualTo(Idle.NEVER);
  }

  /** Changes nothing, and notes the elements that it is handed. */
  private static final class Noting extends ElementwiseOptimizer {
    private final Idle idle;
    private final BitSet elements = new BitSet();
    private int shortest = Integer.MAX_VALUE;

    Noting(Idle idle) {
      super(1, "m");
      this.idle = idle;
    }

    @Override
    protected Idle idle() {
      return idle;
    }

    @Override
    protected synchronized void step(int from, int to, double[] p, double[] g, double[][] state) {
      shortest = Math.min(shortest, to - from);
      elements.set(from, to);
    }

    /** The rows handed over in a step in which these are touched. */
    int[] rowsOfStep(Parameter parameter, int... touched) {
      elements.clear();
      int cols = parameter.value().cols();
      parameter.zeroGrad();
      for (int row : touched) {
        parameter.addToGradRow(row, new Matrix(1, cols), 0);
      }
      update(List.of(parameter));
      assertThat(shortest).isPositive();
      int[] rows = elements.stream().filter(i -> i % cols == 0).map(i -> i / cols).toArray();
      assertThat(elements.cardinality()).isEqualTo(rows.length * cols);
      return rows;
    }
  }

  private static Parameter withMinusZeroInRowThree() {
    Parameter parameter = new Parameter("w", new Matrix(6, 2));
    parameter.value().set(3, 1, -0.0);
    return parameter;
  }

  @Test
  void a_rule_should_be_handed_only_rows_that_it_may_change() {
    Noting always = new Noting(Idle.ALWAYS);
    Parameter parameter = withMinusZeroInRowThree();
    assertThat(always.rowsOfStep(parameter, 0, 1)).containsExactly(0, 1);
    assertThat(always.rowsOfStep(parameter, 4)).containsExactly(4);

    Noting whileZero = new Noting(Idle.WHILE_STATE_IS_ZERO);
    assertThat(whileZero.rowsOfStep(parameter, 0, 1)).containsExactly(0, 1, 3);
    assertThat(whileZero.rowsOfStep(parameter, 4)).containsExactly(0, 1, 3, 4);

    Noting never = new Noting(Idle.NEVER);
    assertThat(never.rowsOfStep(parameter, 1)).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void threads_should_be_handed_only_ranges_of_some_elements() {
    // Two threads part where row 2 begins.
    Parameter large = new Parameter("w", new Matrix(5, Settings.WORTH_THREADS / 2));
    assertThat(new Noting(Idle.ALWAYS).rowsOfStep(large, 0, 2, 3)).containsExactly(0, 2, 3);
  }

  @Test
  void a_decay_of_zero_should_move_nothing_and_any_other_every_row() {
    Matrix before = sparse.value().copy();
    new AdamW(0.1, 0).update(List.of(sparse));
    assertThat(sparse.value().equals(before)).isTrue();
    new AdamW(0.1, 0.01).update(List.of(sparse));
    assertThat(sparse.value().get(250, 3)).isEqualTo(before.get(250, 3) * (1 - 0.1 * 0.01));
  }

  @Test
  void the_norm_should_have_the_same_bits() {
    for (int round = 0; round < 20; round++) {
      addToRows(someRows());
      assertSameNorms();
    }
    addToRows(261, ROWS - 1); // the ends of blocks
    assertSameNorms();
  }

  private void assertSameNorms() {
    double norm = GradientClipping.globalNorm(List.of(sparse));
    assertThat(GradientClipping.globalNorm(List.of(dense))).isEqualTo(norm);
    double squares = Arrays.stream(dense.gradOfTouchedRows().data()).map(g -> g * g).sum();
    assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-13 * norm));
  }

  @Test
  void clipping_should_have_the_same_bits() {
    addToRows(someRows());
    addToRows(0, 1, 2, 199);
    for (GradientClipping clipping :
        List.of(GradientClipping.byGlobalNorm(100), GradientClipping.byValue(0.5))) {
      double norm = clipping.clip(List.of(sparse));
      assertThat(clipping.clip(List.of(dense))).isEqualTo(norm);
      assertThat(GradientClipping.globalNorm(List.of(sparse))).isLessThan(0.9999 * norm);
      assertSameGradients();
    }
  }

  @Test
  void a_gradient_handed_out_late_should_be_used_whole() {
    addToRows(3);
    Optimizer bySparse = new Adam(0.1);
    bySparse.update(List.of(sparse));
    double before = sparse.value().get(250, 3);
    double norm = GradientClipping.globalNorm(List.of(sparse));
    sparse.grad().set(250, 3, 2);
    bySparse.update(List.of(sparse));
    assertThat(sparse.value().get(250, 3)).isNotEqualTo(before);
    assertThat(GradientClipping.globalNorm(List.of(sparse)))
        .isCloseTo(Math.sqrt(norm * norm + 4), within(1e-12 * norm));
  }

  @Test
  void a_rule_that_does_not_say_when_it_is_idle_should_be_applied_to_every_row() {
    class Decaying extends ElementwiseOptimizer {
      Decaying() {
        super(0.1, "m");
      }

      @Override
      protected void step(int from, int to, double[] p, double[] g, double[][] state) {
        for (int i = from; i < to; i++) {
          p[i] -= learningRate() * (g[i] + 0.01 * p[i]);
        }
      }
    }

    addToRows(3);
    new Decaying().update(List.of(sparse));
    new Decaying().update(List.of(dense));
    assertThat(zerosAreKnown()).isTrue();
    assertThat(sparse.value()).isEqualTo(dense.value());
  }
}
