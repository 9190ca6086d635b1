package io.github.unroll.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.Golden;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSoftmaxWithLossTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "_ignore", "_dout", "_large"})
  void should_equal_the_numpy_original(String form) {
    Golden golden = Golden.load("rows/time_softmax_with_loss" + form);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    golden.assertMatches("loss", loss.forward(golden.tensor("xs"), golden.ids("ts")));
    golden.assertMatches("ys", loss.probabilities());
    golden.assertMatches("dxs", loss.backward(golden.scalar("dout")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_ignore"})
  void should_equal_the_weighted_mean_of_pytorch(String form) {
    Golden golden = Golden.load("rows/time_softmax_with_loss_weights" + form);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss(golden.values("weights"));
    golden.assertMatches("loss", loss.forward(golden.tensor("xs"), golden.ids("ts")));
    golden.assertMatches("dxs", loss.backward(golden.scalar("dout")));
  }

  @Test
  void should_have_the_same_bits_with_weights_of_one() {
    Tensor3 xs = new RandomState(8).randn(2, 3, 4);
    int[][] labels = {{0, 3, -1}, {2, -1, 1}};
    TimeSoftmaxWithLoss plain = new TimeSoftmaxWithLoss();
    TimeSoftmaxWithLoss ones = new TimeSoftmaxWithLoss(new double[] {1, 1, 1, 1});
    assertThat(ones.forward(xs, labels)).isEqualTo(plain.forward(xs, labels));
    assertThat(ones.backward(0.3)).isEqualTo(plain.backward(0.3));
  }

  @Test
  void should_ignore_labels_of_weight_zero() {
    Tensor3 xs = Tensor3.of(1, 2, 2, 1, 2, Double.NaN, Double.POSITIVE_INFINITY);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss(new double[] {3, 0});
    double first = new TimeSoftmaxWithLoss().forward(Tensor3.of(1, 1, 2, 1, 2), new int[1][1]);
    assertThat(loss.forward(xs, new int[][] {{0, 1}})).isCloseTo(first, Offset.offset(1e-15));
    assertThat(loss.backward(1).step(1).data()).containsExactly(0, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, new int[][] {{-1, 1}}))
        .withMessage(
            "TimeSoftmaxWithLoss.forward: all 1 labels that count are of classes of weight 0: there"
                + " is nothing to average");
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
  }

  @Test
  void balanced_weights_should_let_every_class_count_alike() {
    assertThat(TimeSoftmaxWithLoss.balancedWeights(6, 3, 1))
        .containsExactly(10 / 18.0, 10 / 9.0, 10 / 3.0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeSoftmaxWithLoss.balancedWeights(3, 0))
        .withMessage(
            "balancedWeights: class 1 has 0 examples, so that no weight balances it; give it at"
                + " least 1, or set the weights by hand");
    assertThatIllegalArgumentException()
        .isThrownBy(TimeSoftmaxWithLoss::balancedWeights)
        .withMessage("balancedWeights: no counts; give one for each class");
  }

  @Test
  void should_refuse_weights_that_do_not_fit() {
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TimeSoftmaxWithLoss(new double[] {1, bad}))
          .withMessage(
              "TimeSoftmaxWithLoss: the weight of class 1 is "
                  + bad
                  + "; it must be finite and at least 0");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TimeSoftmaxWithLoss(new double[2]))
        .withMessageContaining("no class has a weight above 0");
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss(new double[] {1, 2});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 1, 3), new int[1][1]))
        .withMessage(
            "TimeSoftmaxWithLoss.forward: 2 weights of classes for scores (1x1x3); give one for"
                + " each of their 3 classes");
  }

  @Test
  void should_pass_the_gradient_check_with_ignored_labels() {
    Tensor3 xs = new RandomState(5).randn(2, 3, 4);
    int[][] labels = {{0, 3, -1}, {2, -1, 1}};
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    Tensor3 dxs = new Tensor3(2, 3, 4);
    new GradientCheck(() -> 1.5 * loss.forward(xs, labels), () -> loss.backwardInto(1.5, dxs))
        .input("xs", xs, () -> dxs)
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void should_stay_finite_for_scores_far_apart() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    Tensor3 xs = Tensor3.of(1, 1, 2, 1000, -1000);
    assertThat(loss.forward(xs, new int[][] {{1}})).isEqualTo(2000);
    assertThat(loss.backward(1).data()).containsExactly(1, -1);
  }

  @Test
  void should_give_log_v_for_equal_scores() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    double got = loss.forward(new Tensor3(2, 3, 10), new int[2][3]);
    assertThat(got).isCloseTo(2.302585092994046, Offset.offset(1e-15));
  }

  @Test
  void should_not_look_at_the_scores_of_an_ignored_step() {
    Tensor3 xs = Tensor3.of(1, 2, 2, 1, 2, Double.NaN, Double.POSITIVE_INFINITY);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    assertThat(loss.forward(xs, new int[][] {{0, -1}})).isFinite();
    assertThat(loss.backward(1).step(1).data()).containsExactly(0, 0);
  }

  @Test
  void should_let_a_score_that_is_no_number_show_in_the_loss() {
    Tensor3 xs = Tensor3.of(1, 1, 2, 1, Double.NaN);
    assertThat(new TimeSoftmaxWithLoss().forward(xs, new int[][] {{0}})).isNaN();
  }

  @Test
  void should_write_the_gradient_over_the_scores_themselves() {
    Tensor3 xs = new RandomState(6).randn(2, 3, 4);
    int[][] labels = {{0, 3, -1}, {2, -1, 1}};
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    loss.forward(xs, labels);
    Tensor3 apart = loss.backward(1);
    labels[0][0] = 1; // the caller's to change after forward
    loss.backwardInto(1, xs);
    assertThat(xs).isEqualTo(apart);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void should_have_the_same_bits_in_the_memory_of_the_scores(boolean weighted) {
    Tensor3 xs = new RandomState(9).randn(2, 3, 4);
    int[][] labels = {{0, 3, -1}, {2, -1, 1}};
    double[] weights = {1, 0, 2, 0.5};
    TimeSoftmaxWithLoss apart =
        weighted ? new TimeSoftmaxWithLoss(weights) : new TimeSoftmaxWithLoss();
    TimeSoftmaxWithLoss inPlace =
        weighted ? new TimeSoftmaxWithLoss(weights) : new TimeSoftmaxWithLoss();
    double expected = apart.forward(xs, labels);
    inPlace.forward(new Tensor3(4, 4, 4), new int[4][4]); // its own buffer is left aside
    Tensor3 scores = Tensor3.of(2, 3, 4, xs.data());
    assertThat(inPlace.forwardInPlace(scores, labels)).isEqualTo(expected);
    assertThat(inPlace.probabilities()).isEqualTo(apart.probabilities());
    assertThat(inPlace.backward(0.3)).isEqualTo(apart.backward(0.3));
    inPlace.backwardInto(0.3, scores);
    assertThat(scores).isEqualTo(apart.backward(0.3));
    assertThat(inPlace.weight()).isEqualTo(apart.weight());
    assertThat(inPlace.forward(xs, labels)).isEqualTo(expected);
    assertThat(inPlace.backward(0.3)).isEqualTo(apart.backward(0.3));
  }

  @Test
  void should_refuse_what_the_gradient_has_overwritten() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    Tensor3 xs = Tensor3.of(1, 1, 2, 1, 2);
    loss.forwardInPlace(xs, new int[1][1]);
    loss.backwardInto(1, xs);
    for (Runnable gone :
        new Runnable[] {
          () -> loss.backward(1), () -> loss.backwardInto(1, xs), loss::probabilities
        }) {
      assertThatIllegalStateException()
          .isThrownBy(gone::run)
          .withMessage(
              "TimeSoftmaxWithLoss: after forwardInPlace the gradient was written over the scores,"
                  + " and the probabilities are gone; compute the scores again and call forward");
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.7e308})
  void should_leave_scores_without_a_finite_loss_as_they_are(double bad) {
    Tensor3 xs = Tensor3.of(1, 3, 2, 1, 2, bad, 1.7e308, 3, bad);
    int[][] labels = {{0, 0, 0}};
    Double expected = new TimeSoftmaxWithLoss().forward(xs, labels); // NaN equals NaN so
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    assertThat(loss.forwardInPlace(xs, labels)).isEqualTo(expected);
    assertThat(xs.step(1).data()).containsExactly(bad, 1.7e308);
    boolean usable = bad < 0; // the label of the last step has a probability of 1 then
    assertThat(xs.step(2).data()).containsExactly(usable ? 1 : 3, usable ? 0 : bad);
    loss.backwardInto(1, xs);
    assertThat(xs.step(0).data()).doesNotContain(Double.NaN);
    assertThat(xs.step(1).data()).containsOnly(Double.NaN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void should_leave_bad_scores_of_an_ignored_step_too(double bad) {
    Tensor3 xs = Tensor3.of(1, 3, 2, 1, 2, bad, bad, 3, 4);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss(new double[] {1, 0});
    assertThat(loss.forwardInPlace(xs, new int[][] {{0, -1, 1}})).isFinite();
    assertThat(xs.step(1).data()).containsExactly(bad, bad);
    loss.backwardInto(1, xs);
    assertThat(xs.step(1).data()).containsExactly(0, 0);
    assertThat(xs.step(2).data()).containsExactly(0, 0);
  }

  @Test
  void should_change_no_score_if_refused_in_place() {
    Tensor3 xs = Tensor3.of(1, 1, 2, 1, 2);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forwardInPlace(xs, new int[][] {{2}}));
    assertThat(xs.data()).containsExactly(1, 2);
    assertThatIllegalStateException().isThrownBy(() -> loss.backwardInto(1, xs));
  }

  @Test
  void should_forget_a_larger_batch_before_a_smaller_one() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    loss.forward(new RandomState(7).randn(4, 5, 6), new int[4][5]);
    Tensor3 xs = Tensor3.of(1, 2, 2, 0.5, -2, 1, 3);
    int[][] labels = {{1, 0}};
    TimeSoftmaxWithLoss fresh = new TimeSoftmaxWithLoss();
    assertThat(loss.forward(xs, labels)).isEqualTo(fresh.forward(xs, labels));
    assertThat(loss.backward(1)).isEqualTo(fresh.backward(1));
    assertThat(loss.probabilities()).isEqualTo(fresh.probabilities());
  }

  @Test
  void should_refuse_labels_of_which_none_counts() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new TimeSoftmaxWithLoss().forward(new Tensor3(1, 2, 3), new int[][] {{-1, -1}}))
        .withMessage(
            "TimeSoftmaxWithLoss.forward: all 2 labels are -1 (ignore): "
                + "there is nothing to average");
  }

  @Test
  void should_refuse_labels_that_do_not_fit() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    Tensor3 xs = new Tensor3(2, 2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, new int[][] {{0, 1}, {2, 3}}))
        .withMessage(
            "TimeSoftmaxWithLoss.forward: label 3 at [1,1] is neither in 0..2 nor -1 (ignore)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, new int[][] {{0, 1}}))
        .withMessageContaining("batch of 2, labels a batch of 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, new int[][] {{0, 1}, {2}}))
        .withMessageContaining("labels of row 1 have 1");
  }

  @Test
  void should_refuse_backward_before_forward() {
    assertThatIllegalStateException().isThrownBy(() -> new TimeSoftmaxWithLoss().backward(1));
    assertThatIllegalStateException().isThrownBy(() -> new TimeSoftmaxWithLoss().probabilities());
    assertThatIllegalStateException()
        .isThrownBy(() -> new TimeSoftmaxWithLoss().backwardInto(1, new Tensor3(1, 1, 2)));
  }

  @Test
  void should_give_no_gradient_of_a_forward_that_was_refused() {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    loss.forward(new Tensor3(1, 1, 2), new int[][] {{0}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 1, 2), new int[][] {{2}}));
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
    assertThatIllegalStateException().isThrownBy(() -> loss.backwardInto(1, new Tensor3(1, 1, 2)));
  }
}
