package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OptimizerTest {

  private static void assertFiveStepsEqual(Golden golden, Optimizer optimizer) {
    List<Parameter> parameters =
        IntStream.range(0, 3)
            .mapToObj(i -> new Parameter("p" + i, golden.matrix("param" + i + "_start")))
            .toList();
    for (int step = 1; step <= 5; step++) {
      for (int i = 0; i < 3; i++) {
        parameters.get(i).grad().copyFrom(golden.matrix("grad" + i + "_step" + step));
      }
      optimizer.update(parameters);
      for (int i = 0; i < 3; i++) {
        golden.assertMatches("param" + i + "_step" + step, parameters.get(i).value());
      }
    }
  }

  @Test
  void sgd_should_equal_the_numpy_original() {
    Golden golden = Golden.load("optim/sgd");
    assertFiveStepsEqual(golden, new Sgd(golden.scalar("lr")));
  }

  @Test
  void adam_should_equal_the_book() {
    Golden golden = Golden.load("optim/adam");
    assertFiveStepsEqual(golden, adam(golden, EpsilonConvention.BOOK));
  }

  @Test
  void adam_should_equal_the_paper_and_pytorch() {
    Golden golden = Golden.load("optim/adam_paper");
    assertFiveStepsEqual(golden, adam(golden, EpsilonConvention.PAPER));
  }

  @Test
  void adam_should_be_the_papers_unless_the_book_is_asked_for() {
    Parameter p = new Parameter("p", new Matrix(1, 1));
    p.grad().fill(1e-8); // as large as epsilon, so the first step is half the learning rate
    new Adam(0.5).update(List.of(p));
    assertThat(p.value().get(0, 0)).isCloseTo(-0.25, within(1e-12));
  }

  private static Adam adam(Golden golden, EpsilonConvention convention) {
    return new Adam(
        golden.scalar("lr"), golden.scalar("beta1"), golden.scalar("beta2"), convention);
  }

  @Test
  void should_refuse_settings_outside_their_range() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sgd(0))
        .withMessage("Sgd: learning rate must be positive and finite, not 0.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new Sgd(Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Adam(0.1, 1, 0.9, EpsilonConvention.PAPER))
        .withMessage("Adam: beta1 must be in [0, 1), not 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Adam(0.1, 0.9, -0.1, EpsilonConvention.PAPER))
        .withMessage("Adam: beta2 must be in [0, 1), not -0.1");
    assertThatIllegalArgumentException().isThrownBy(() -> new Adam(Double.POSITIVE_INFINITY));
  }
}
