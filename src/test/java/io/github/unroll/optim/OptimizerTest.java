package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {

  @ParameterizedTest
  @EnumSource(Rule.class)
  void five_steps_should_equal_the_golden_ones(Rule rule) {
    Golden golden = rule.golden();
    Optimizer optimizer = rule.optimizer();
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; golden.has("param" + i + "_start"); i++) {
      parameters.add(new Parameter("p" + i, golden.matrix("param" + i + "_start")));
    }
    assertThat(parameters).hasSizeGreaterThanOrEqualTo(2);
    for (int step = 1; step <= 5; step++) {
      for (int i = 0; i < parameters.size(); i++) {
        parameters.get(i).grad().copyFrom(golden.matrix("grad" + i + "_step" + step));
      }
      optimizer.update(parameters);
      for (int i = 0; i < parameters.size(); i++) {
        golden.assertMatches("param" + i + "_step" + step, parameters.get(i).value());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void a_parameter_listed_twice_should_be_updated_once(Rule rule) {
    Parameter tied = parameter();
    Parameter other = parameter();
    Parameter once = parameter();
    Optimizer twice = rule.optimizer();
    Optimizer plain = rule.optimizer();
    for (int step = 0; step < 3; step++) {
      twice.update(List.of(tied, other, tied));
      plain.update(List.of(once));
    }
    assertThat(tied.value()).isEqualTo(once.value());
    assertThat(twice.state(tied)).isEqualTo(plain.state(once));
    assertThat(twice.steps()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void two_parameters_of_equal_name_and_values_should_both_be_updated(Rule rule) {
    Parameter one = parameter();
    Parameter twin = parameter();
    rule.optimizer().update(List.of(one, twin));
    assertThat(one.value()).isNotEqualTo(parameter().value()).isEqualTo(twin.value());
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void a_parameter_that_equals_what_another_has_become_should_be_updated(Rule rule) {
    Parameter one = parameter();
    rule.optimizer().update(List.of(one));
    Parameter other = new Parameter("p", one.value().copy());
    other.grad().fill(1);
    rule.optimizer().update(List.of(parameter(), other));
    assertThat(other.value()).isNotEqualTo(one.value());
  }

  private static Parameter parameter() {
    Parameter parameter = new Parameter("p", Matrix.of(1, 3, 1, -2, 3));
    parameter.grad().copyFrom(Matrix.of(1, 3, 0.5, 0.25, -1));
    return parameter;
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void a_large_parameter_should_be_changed_as_its_parts_are(Rule rule) {
    int parts = 3;
    int size = Settings.WORTH_THREADS - 7;
    RandomState random = new RandomState(4);
    Parameter whole = new Parameter("whole", random.randn(parts, size));
    List<Parameter> rows = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      rows.add(new Parameter("row", row(whole.value(), i)));
    }
    Optimizer ofWhole = rule.optimizer();
    Optimizer ofRows = rule.optimizer();
    for (int step = 0; step < 2; step++) {
      whole.grad().copyFrom(random.randn(parts, size));
      for (int i = 0; i < parts; i++) {
        rows.get(i).grad().copyFrom(row(whole.grad(), i));
      }
      ofWhole.update(List.of(whole));
      ofRows.update(rows);
    }
    for (int i = 0; i < parts; i++) {
      assertThat(row(whole.value(), i)).isEqualTo(rows.get(i).value());
    }
  }

  private static Matrix row(Matrix m, int i) {
    return Matrix.of(1, m.cols(), Arrays.copyOfRange(m.data(), i * m.cols(), (i + 1) * m.cols()));
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void a_learning_rate_should_be_changed_from_the_next_step_on(Rule rule) {
    Optimizer optimizer = rule.optimizer();
    assertThat(optimizer.learningRate()).isEqualTo(rule.golden().scalar("lr"));
    Parameter p = parameter();
    optimizer.setLearningRate(0); // the first step has no velocity yet
    optimizer.update(List.of(p));
    assertThat(p.value()).isEqualTo(parameter().value());
    optimizer.setLearningRate(1e-3);
    assertThat(optimizer.learningRate()).isEqualTo(1e-3);
    optimizer.update(List.of(p));
    assertThat(p.value()).isNotEqualTo(parameter().value());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.setLearningRate(-1))
        .withMessageEndingWith(": learning rate must be 0 or positive, and finite, not -1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> optimizer.setLearningRate(Double.NaN));
    assertThat(optimizer.learningRate()).isEqualTo(1e-3);
  }

  @Test
  void a_velocity_should_keep_the_rates_that_its_gradients_had() {
    Parameter p = new Parameter("p", new Matrix(1, 1));
    p.grad().fill(1);
    Momentum momentum = new Momentum(0.5, 0.5);
    momentum.update(List.of(p)); // v = -0.5
    momentum.setLearningRate(0.25);
    momentum.update(List.of(p)); // v = -0.25 - 0.25
    assertThat(p.value().get(0, 0)).isEqualTo(-1);
  }

  @Test
  void a_momentum_of_zero_should_be_plain_gradient_descent() {
    Matrix plain = afterTwoSteps(new Sgd(0.1));
    assertThat(afterTwoSteps(new Momentum(0.1, 0))).isEqualTo(plain);
    assertThat(afterTwoSteps(new Nesterov(0.1, 0))).isEqualTo(plain);
  }

  @Test
  void the_least_epsilon_should_be_taken() {
    Parameter p = new Parameter("p", Matrix.of(1, 2, 1, 1));
    p.grad().copyFrom(Matrix.of(1, 2, 4, -1e-50));
    new AdaGrad(0.25, 1e-100).update(List.of(p)); // against any of those it is nothing
    assertThat(p.value()).isEqualTo(Matrix.of(1, 2, 0.75, 1.25));
  }

  @Test
  void adam_should_be_the_papers_unless_the_book_is_asked_for() {
    Parameter p = new Parameter("p", new Matrix(1, 1));
    p.grad().fill(1e-8); // as large as epsilon, so the first step is half the learning rate
    new Adam(0.5).update(List.of(p));
    assertThat(p.value().get(0, 0)).isCloseTo(-0.25, within(1e-12));
  }

  @Test
  void the_short_constructors_should_take_the_settings_they_promise() {
    assertThat(afterTwoSteps(new AdaGrad(0.1))).isEqualTo(afterTwoSteps(new AdaGrad(0.1, 1e-7)));
    assertThat(afterTwoSteps(new RmsProp(0.1)))
        .isEqualTo(afterTwoSteps(new RmsProp(0.1, 0.99, 1e-7)));
    assertThat(afterTwoSteps(new AdamW(0.1, 0.2)))
        .isEqualTo(afterTwoSteps(new AdamW(0.1, 0.2, 0.9, 0.999, 1e-8)));
  }

  @Test
  void adam_w_without_decay_should_be_adam_to_the_bit() {
    assertThat(afterTwoSteps(new AdamW(0.1, 0))).isEqualTo(afterTwoSteps(new Adam(0.1)));
  }

  private static Matrix afterTwoSteps(Optimizer optimizer) {
    Parameter p = parameter();
    optimizer.update(List.of(p));
    p.grad().copyFrom(Matrix.of(1, 3, 1e-7, 2, 0));
    optimizer.update(List.of(p));
    return p.value();
  }

  @Test
  void adam_w_should_decay_what_has_no_gradient() {
    Parameter p = new Parameter("p", Matrix.of(1, 2, 4, -8));
    new AdamW(0.5, 0.25).update(List.of(p));
    assertThat(p.value()).isEqualTo(Matrix.of(1, 2, 3.5, -7));
  }

  static Stream<Optimizer> rulesWithSquares() {
    return Stream.of(new AdaGrad(0.1), new RmsProp(0.1), new Adam(0.1), new AdamW(0.1, 0.1));
  }

  @ParameterizedTest
  @MethodSource("rulesWithSquares")
  void a_gradient_whose_square_overflows_should_not_pass_for_a_step_of_zero(Optimizer rule) {
    Parameter p = new Parameter("p", Matrix.of(1, 3, 1, 2, 3));
    p.grad().copyFrom(Matrix.of(1, 3, 0.5, -1e200, 0));
    rule.update(List.of(p));

    assertThat(p.value().get(0, 1)).isNaN();
    assertThat(p.value().get(0, 0)).isFinite().isNotEqualTo(1);
    assertThat(p.value().get(0, 2)).isFinite();
  }

  @Test
  void should_refuse_an_epsilon_beside_which_squares_vanish() {
    String why =
        " must be at least 1.0E-100, not 1.0E-200: the squares of such small gradients are 0, and a"
            + " step would be too large";
    assertRefused(() -> new AdaGrad(0.1, 1e-200), "AdaGrad: epsilon" + why);
    assertRefused(() -> new RmsProp(0.1, 0.9, 1e-200), "RmsProp: epsilon" + why);
    assertRefused(() -> new AdamW(0.1, 0, 0.9, 0.9, 1e-200), "AdamW: epsilon" + why);
  }

  @Test
  void should_refuse_settings_outside_their_range() {
    assertRefused(() -> new Sgd(0), "Sgd: learning rate must be positive and finite, not 0.0");
    assertRefused(
        () -> new Sgd(Double.NaN), "Sgd: learning rate must be positive and finite, not NaN");
    assertRefused(
        () -> new Adam(Double.POSITIVE_INFINITY),
        "Adam: learning rate must be positive and finite, not Infinity");
    assertRefused(
        () -> new Adam(0.1, 1, 0.9, EpsilonConvention.PAPER),
        "Adam: beta1 must be in [0, 1), not 1.0");
    assertRefused(
        () -> new Adam(0.1, 0.9, -0.1, EpsilonConvention.PAPER),
        "Adam: beta2 must be in [0, 1), not -0.1");
    assertRefused(() -> new Momentum(0.1, 1), "Momentum: momentum must be in [0, 1), not 1.0");
    assertRefused(() -> new Nesterov(0.1, -1), "Nesterov: momentum must be in [0, 1), not -1.0");
    assertRefused(
        () -> new AdaGrad(0.1, 0), "AdaGrad: epsilon must be positive and finite, not 0.0");
    assertRefused(() -> new RmsProp(0.1, 1, 1e-7), "RmsProp: decay must be in [0, 1), not 1.0");
    assertRefused(
        () -> new RmsProp(0.1, 0.9, -1), "RmsProp: epsilon must be positive and finite, not -1.0");
    assertRefused(
        () -> new AdamW(0.1, -1),
        "AdamW: weight decay must be 0 or positive, and finite, not -1.0");
    assertRefused(() -> new AdamW(0.1, 0, 2, 0.9, 1e-8), "AdamW: beta1 must be in [0, 1), not 2.0");
    assertRefused(() -> new AdamW(0.1, 0, 0.9, 1, 1e-8), "AdamW: beta2 must be in [0, 1), not 1.0");
    assertRefused(
        () -> new AdamW(0.1, 0, 0.9, 0.9, 0),
        "AdamW: epsilon must be positive and finite, not 0.0");
  }

  private static void assertRefused(Runnable made, String message) {
    assertThatIllegalArgumentException().isThrownBy(made::run).withMessage(message);
  }

  @Test
  void a_rule_should_not_remember_two_things_by_one_name() {
    class Twice extends ElementwiseOptimizer {
      Twice() {
        super(0.1, "m", "m");
      }

      @Override
      protected void step(int from, int to, double[] p, double[] g, double[][] state) {}
    }

    assertRefused(Twice::new, "Twice: two parts of the state are called m");
  }
}
