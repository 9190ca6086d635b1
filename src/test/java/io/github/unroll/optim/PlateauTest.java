package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PlateauTest {

  private final Sgd sgd = new Sgd(20);
  private final Plateau plateau = new Plateau();

  @Test
  void should_divide_by_four_as_in_the_book_when_a_validation_brings_nothing_better() {
    double[] perplexities = {300, 200, 210, 200, 199};
    boolean[] improved = {true, true, false, false, true};
    double[] rates = {20, 20, 5, 1.25, 1.25};
    for (int i = 0; i < perplexities.length; i++) {
      assertThat(plateau.improved(perplexities[i], sgd)).isEqualTo(improved[i]);
      assertThat(sgd.learningRate()).isEqualTo(rates[i]);
    }
    assertThat(plateau.best()).isEqualTo(199);
  }

  @Test
  void should_not_take_an_infinite_result_for_a_better_one() {
    assertThat(plateau.improved(Double.POSITIVE_INFINITY, sgd)).isFalse();
    assertThat(sgd.learningRate()).isEqualTo(5);
  }

  @Test
  void should_go_on_from_the_best_of_before() {
    plateau.setBest(100);
    assertThat(new Plateau().best()).isInfinite();
    assertThat(plateau.improved(101, sgd)).isFalse();
    assertThat(plateau.improved(99, sgd)).isTrue();
  }

  @Test
  void should_divide_by_what_it_is_told() {
    new Plateau(2).improved(Double.POSITIVE_INFINITY, sgd);
    assertThat(sgd.learningRate()).isEqualTo(10);
  }

  @Test
  void should_refuse_what_makes_no_sense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Plateau(1))
        .withMessage("Plateau: divisor must be more than 1 and finite, not 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new Plateau(Double.POSITIVE_INFINITY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plateau.improved(Double.NaN, sgd))
        .withMessage(
            "Plateau: the result is NaN, which is neither better nor worse; has training"
                + " diverged?");
    assertThatIllegalArgumentException().isThrownBy(() -> plateau.setBest(Double.NaN));
    assertThat(sgd.learningRate()).isEqualTo(20);
  }
}
