package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerStateTest {

  private static final LearningRate SCHEDULE = LearningRate.cosine(0.01, 2, 9, 0.001);

  /** Trains on for the steps that are left up to last, each with gradients of its own. */
  private static void train(Optimizer optimizer, List<Parameter> parameters, int last) {
    while (optimizer.steps() < last) {
      RandomState random = new RandomState(optimizer.steps());
      for (Parameter p : parameters) {
        p.grad().copyFrom(random.randn(p.value().rows(), p.value().cols()));
      }
      optimizer.setLearningRate(SCHEDULE.at(optimizer.steps()));
      optimizer.update(parameters);
    }
  }

  /** Two of one name and shape, and another. */
  private static List<Parameter> parameters() {
    RandomState random = new RandomState(3);
    return List.of(
        new Parameter("w", random.randn(2, 3)),
        new Parameter("w", random.randn(2, 3)),
        new Parameter("b", random.randn(1, 4)));
  }

  private static List<Parameter> copies(List<Parameter> parameters) {
    return parameters.stream().map(p -> new Parameter(p.name(), p.value().copy())).toList();
  }

  private static List<Matrix> values(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::value).toList();
  }

  private static List<Map<String, Matrix>> states(Optimizer optimizer, List<Parameter> of) {
    return of.stream().map(optimizer::state).toList();
  }

  private static void restore(
      Optimizer optimizer, List<Parameter> of, List<Map<String, Matrix>> states, long steps) {
    optimizer.setSteps(steps);
    for (int i = 0; i < of.size(); i++) {
      optimizer.setState(of.get(i), states.get(i));
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void a_restored_optimizer_should_go_on_bit_for_bit(Rule rule) {
    Optimizer optimizer = rule.optimizer();
    List<Parameter> parameters = parameters();
    train(optimizer, parameters, 4);

    Optimizer restored = rule.optimizer();
    List<Parameter> others = copies(parameters);
    restore(restored, others, states(optimizer, parameters), optimizer.steps());
    train(optimizer, parameters, 9);
    train(restored, others, 9);

    assertThat(values(others)).isEqualTo(values(parameters));
    assertThat(states(restored, others)).isEqualTo(states(optimizer, parameters));
    assertThat(restored.steps()).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void an_optimizer_should_go_back_to_where_it_was(Rule rule) {
    Optimizer optimizer = rule.optimizer();
    List<Parameter> parameters = parameters();
    train(optimizer, parameters, 4);
    List<Matrix> valuesThen = copies(parameters).stream().map(Parameter::value).toList();
    List<Map<String, Matrix>> statesThen = states(optimizer, parameters);
    train(optimizer, parameters, 5);
    List<Matrix> after = copies(parameters).stream().map(Parameter::value).toList();

    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).value().copyFrom(valuesThen.get(i));
    }
    restore(optimizer, parameters, statesThen, 4);
    train(optimizer, parameters, 5);
    assertThat(values(parameters)).isEqualTo(after);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void the_state_should_be_a_copy_by_name_of_the_parameters_shape(Rule rule) {
    Optimizer optimizer = rule.optimizer();
    List<Parameter> parameters = parameters();
    Parameter first = parameters.get(0);
    assertThat(optimizer.stateNames()).isEqualTo(rule.stateNames);
    assertThat(optimizer.state(first).keySet()).containsExactlyElementsOf(rule.stateNames);
    assertThat(optimizer.state(first).values()).containsOnly(zerosIfAny(rule));

    train(optimizer, parameters, 2);
    Map<String, Matrix> state = optimizer.state(first);
    state.values().forEach(part -> assertThat(part).isNotEqualTo(new Matrix(2, 3)));
    state.values().forEach(part -> part.fill(7));
    optimizer.state(first).values().forEach(part -> assertThat(part.get(0, 0)).isNotEqualTo(7));

    optimizer.setState(first, state);
    state.values().forEach(part -> part.fill(8));
    optimizer.state(first).values().forEach(part -> assertThat(part.get(1, 2)).isEqualTo(7));
  }

  private static Matrix[] zerosIfAny(Rule rule) {
    return rule.stateNames.isEmpty() ? new Matrix[0] : new Matrix[] {new Matrix(2, 3)};
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void an_unknown_parameter_should_have_a_state_of_zeros_that_changes_nothing(Rule rule) {
    Optimizer optimizer = rule.optimizer();
    Optimizer restored = rule.optimizer();
    List<Parameter> parameters = parameters();
    List<Parameter> others = copies(parameters);
    restore(restored, others, states(optimizer, parameters), 0);
    train(optimizer, parameters, 3);
    train(restored, others, 3);
    assertThat(values(others)).isEqualTo(values(parameters));
  }

  @Test
  void should_refuse_a_state_that_does_not_fit_and_keep_the_old_one() {
    Adam adam = new Adam(0.1);
    List<Parameter> parameters = parameters();
    train(adam, parameters, 2);
    Parameter first = parameters.get(0);
    Map<String, Matrix> before = adam.state(first);
    Matrix fits = new Matrix(2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.setState(first, Map.of("m", fits)))
        .withMessage("Adam: the state of w has the parts [m, v], not [m]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.setState(first, Map.of("m", fits, "h", fits)))
        .withMessageContaining("has the parts [m, v], not [");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.setState(first, Map.of("m", fits, "v", new Matrix(3, 2))))
        .withMessage("Adam: v of w must be (2x3), not (3x2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sgd(1).setState(first, Map.of("v", fits)))
        .withMessage("Sgd: the state of w has the parts [], not [v]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.setSteps(-1))
        .withMessage("Adam: steps made must be at least 0, not -1");
    assertThat(adam.state(first)).isEqualTo(before);
    assertThat(adam.steps()).isEqualTo(2);
  }

  @Test
  void a_tied_parameter_should_be_restored_once() {
    Adam adam = new Adam(0.1);
    Parameter tied = parameters().get(0);
    List<Parameter> twice = new ArrayList<>(List.of(tied, tied));
    train(adam, twice, 3);
    Adam restored = new Adam(0.1);
    Parameter copy = copies(List.of(tied)).get(0);
    restore(restored, List.of(copy), states(adam, List.of(tied)), 3);
    train(adam, twice, 5);
    train(restored, List.of(copy, copy), 5);
    assertThat(copy.value()).isEqualTo(tied.value());
  }
}
