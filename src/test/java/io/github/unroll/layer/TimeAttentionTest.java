package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeAttentionTest {

  @ParameterizedTest
  @ValueSource(strings = {"attention", "attention_lengths"})
  void should_equal_pytorch(String name) {
    Golden golden = Golden.load("seq2seq/" + name);
    TimeAttention attention = new TimeAttention();
    Tensor3 hs = golden.tensor("hs");
    Tensor3 h = golden.tensor("h");
    golden.assertMatches("contexts", attention.forward(hs, golden.ints("lengths"), h));
    golden.assertMatches("weights", attention.weights());
    TimeAttention.InputGradients d = attention.backward(golden.tensor("dcontexts"));
    golden.assertMatches("dhs", d.dEncoderStates());
    golden.assertMatches("dh", d.dDecoderStates());
  }

  @Test
  void should_count_all_steps_without_lengths() {
    Golden golden = Golden.load("seq2seq/attention");
    TimeAttention attention = new TimeAttention();
    golden.assertMatches("contexts", attention.forward(golden.tensor("hs"), golden.tensor("h")));
  }

  @Test
  void should_pass_the_gradient_check() {
    RandomState random = new RandomState(3);
    Tensor3 hs = random.randn(2, 4, 3);
    Tensor3 h = random.randn(2, 3, 3);
    Tensor3 dc = random.randn(2, 3, 3);
    TimeAttention attention = new TimeAttention();
    TimeAttention.InputGradients[] d = new TimeAttention.InputGradients[1];
    int[] lengths = {4, 2};
    new GradientCheck(
            () -> {
              Tensor3 contexts = attention.forward(hs, lengths, h);
              double sum = 0;
              for (int i = 0; i < dc.data().length; i++) {
                sum += contexts.data()[i] * dc.data()[i];
              }
              return sum;
            },
            () -> d[0] = attention.backward(dc))
        .input("hs", hs, () -> d[0].dEncoderStates())
        .input("h", h, () -> d[0].dDecoderStates())
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void should_not_look_at_padding_whatever_stands_there() {
    RandomState random = new RandomState(5);
    Tensor3 hs = random.randn(2, 5, 3);
    Tensor3 h = random.randn(2, 2, 3);
    Tensor3 dc = random.randn(2, 2, 3);
    for (int t = 2; t < 5; t++) {
      for (int j = 0; j < 3; j++) {
        hs.set(1, t, j, t == 3 ? Double.POSITIVE_INFINITY : Double.NaN);
      }
    }
    TimeAttention attention = new TimeAttention();
    Tensor3 contexts = attention.forward(hs, new int[] {5, 2}, h);
    TimeAttention.InputGradients d = attention.backward(dc);

    TimeAttention alone = new TimeAttention();
    Tensor3 shortHs = Tensor3.of(1, 2, 3, Arrays.copyOfRange(hs.data(), 15, 21));
    Tensor3 shortH = Tensor3.of(1, 2, 3, Arrays.copyOfRange(h.data(), 6, 12));
    Tensor3 shortDc = Tensor3.of(1, 2, 3, Arrays.copyOfRange(dc.data(), 6, 12));
    assertThat(Arrays.copyOfRange(contexts.data(), 6, 12))
        .isEqualTo(alone.forward(shortHs, shortH).data());
    TimeAttention.InputGradients dAlone = alone.backward(shortDc);
    assertThat(Arrays.copyOfRange(d.dEncoderStates().data(), 15, 21))
        .isEqualTo(dAlone.dEncoderStates().data());
    assertThat(Arrays.copyOfRange(d.dDecoderStates().data(), 6, 12))
        .isEqualTo(dAlone.dDecoderStates().data());
    assertThat(Arrays.copyOfRange(d.dEncoderStates().data(), 21, 30)).containsOnly(0);
    assertThat(Arrays.copyOfRange(attention.weights().data(), 12, 15)).containsOnly(0);
  }

  @Test
  void should_weigh_scores_too_large_for_exp() {
    Tensor3 hs = Tensor3.of(1, 2, 1, 1000, 999);
    Tensor3 h = Tensor3.of(1, 1, 1, 1);
    TimeAttention attention = new TimeAttention();
    attention.forward(hs, h);
    double e = 1 / (1 + StrictMath.exp(-1));
    assertThat(attention.weights().data()[0]).isCloseTo(e, within(1e-15));
    assertThat(attention.weights().data()[1]).isCloseTo(1 - e, within(1e-15));
  }

  @Test
  void should_serve_batches_of_changing_size_and_keep_what_backward_needs() {
    Golden golden = Golden.load("seq2seq/attention_lengths");
    TimeAttention attention = new TimeAttention();
    attention.forward(new RandomState(1).randn(7, 9, 5), new RandomState(2).randn(7, 6, 5));
    Tensor3 hs = golden.tensor("hs");
    Tensor3 h = golden.tensor("h");
    int[] lengths = golden.ints("lengths");
    Tensor3 contexts = attention.forward(hs, lengths, h);
    golden.assertMatches("contexts", contexts);
    hs.fill(7);
    h.fill(7);
    lengths[1] = 4;
    contexts.fill(7);
    attention.weights().fill(7);
    TimeAttention.InputGradients d = attention.backward(golden.tensor("dcontexts"));
    golden.assertMatches("dhs", d.dEncoderStates());
    golden.assertMatches("dh", d.dDecoderStates());
  }

  @Test
  void should_follow_a_change_of_either_length_alone() {
    RandomState random = new RandomState(6);
    TimeAttention attention = new TimeAttention();
    for (int[] steps : new int[][] {{4, 3}, {5, 3}, {5, 2}, {5, 2}}) {
      Tensor3 hs = random.randn(2, steps[0], 3);
      Tensor3 h = random.randn(2, steps[1], 3);
      Tensor3 dc = random.randn(2, steps[1], 3);
      TimeAttention fresh = new TimeAttention();
      assertThat(attention.forward(hs, h)).isEqualTo(fresh.forward(hs, h));
      assertThat(attention.backward(dc)).isEqualTo(fresh.backward(dc));
    }
  }

  @Test
  void should_leave_nothing_past_a_length_of_what_stood_there() {
    RandomState random = new RandomState(7);
    Tensor3 hs = random.randn(2, 4, 3);
    Tensor3 h = random.randn(2, 2, 3);
    Tensor3 dc = random.randn(2, 2, 3);
    int[] lengths = {1, 3};
    TimeAttention fresh = new TimeAttention();
    fresh.forward(hs, lengths, h);
    TimeAttention.InputGradients want = fresh.backward(dc);

    TimeAttention attention = new TimeAttention();
    attention.forward(hs, h); // of full length
    attention.forward(hs, lengths, h);
    assertThat(attention.weights()).isEqualTo(fresh.weights());
    Tensor3 dhs = random.randn(2, 4, 3);
    Tensor3 dh = random.randn(2, 2, 3);
    attention.backwardInto(dc, dhs, dh);
    assertThat(dhs).isEqualTo(want.dEncoderStates());
    assertThat(dh).isEqualTo(want.dDecoderStates());
  }

  @Test
  void should_say_what_does_not_fit() {
    TimeAttention attention = new TimeAttention();
    Tensor3 hs = new Tensor3(2, 5, 3);
    Tensor3 h = new Tensor3(2, 4, 3);
    assertThatIllegalStateException().isThrownBy(() -> attention.backward(h));
    assertThatIllegalStateException().isThrownBy(() -> attention.backwardInto(h, hs, h.copy()));
    assertThatIllegalStateException().isThrownBy(attention::weights);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.forward(hs, new Tensor3(2, 4, 2)))
        .withMessage(
            "TimeAttention.forward: encoder states (2x5x3) and decoder states (2x4x2) must agree in"
                + " batch size and width");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.forward(hs, new Tensor3(1, 4, 3)))
        .withMessageContaining("(2x5x3)")
        .withMessageContaining("(1x4x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.forward(hs, new int[] {5, 6}, h))
        .withMessage("lengths: sequence 1 has length 6, not in 1..5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.forwardInto(hs, null, h, new Tensor3(2, 5, 3)))
        .withMessage("TimeAttention.forward: contexts must be (2x4x3), not (2x5x3)");
    attention.forward(hs, h);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.backward(hs))
        .withMessage("TimeAttention.backward: dContexts must be (2x4x3), not (2x5x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.backwardInto(h, new Tensor3(2, 4, 3), h.copy()))
        .withMessage("TimeAttention.backward: dEncoderStates must be (2x5x3), not (2x4x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.backwardInto(h, hs, new Tensor3(2, 5, 3)))
        .withMessage("TimeAttention.backward: dDecoderStates must be (2x4x3), not (2x5x3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.backwardInto(h, new Tensor3(2, 5, 3), h))
        .withMessageContaining("pass three");
  }

  @Test
  void should_read_on_after_a_batch_for_whose_weights_there_was_no_room() {
    RandomState random = new RandomState(3);
    Tensor3 hs = random.randn(1, 4, 1);
    Tensor3 h = random.randn(1, 2, 1);
    TimeAttention attention = new TimeAttention();
    Tensor3 want = attention.forward(hs, h);
    Tensor3 long1 = new Tensor3(1, 1 << 16, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> attention.forward(long1, long1));
    assertThat(attention.forward(hs, h)).isEqualTo(want);
  }
}
