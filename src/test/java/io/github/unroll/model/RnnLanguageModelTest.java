package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RnnLanguageModelTest {

  private static final Map<String, String> ORIGINAL_NAMES =
      Map.of(
          "embed.w", "embed_W",
          "rnn.wx", "rnn_Wx",
          "rnn.wh", "rnn_Wh",
          "rnn.b", "rnn_b",
          "affine.w", "affine_W",
          "affine.b", "affine_b");

  private static void assertParameters(Golden golden, String form, List<Parameter> parameters) {
    for (Parameter p : parameters) {
      golden.assertMatches(form.formatted(ORIGINAL_NAMES.get(p.name())), p.value());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "tiny_clip"})
  void should_train_as_the_numpy_original(String run) {
    Golden golden = Golden.load("rnnlm/" + run);
    RnnLanguageModel model = new RnnLanguageModel(20, 6, 5, new RandomState(3));
    List<Parameter> parameters = model.parameters();
    assertParameters(golden, "%s_start", parameters);

    BpttBatches batches = new BpttBatches(golden.ints("corpus"), 3, 4);
    Optimizer adam = new Adam(golden.scalar("lr"), EpsilonConvention.BOOK);
    GradientClipping clipping = GradientClipping.byGlobalNorm(golden.scalar("max_grad"));
    double[] losses = new double[10];
    double[] norms = new double[10];
    double[] states = golden.values("h").clone();
    for (int i = 0; i < 10; i++) {
      BpttBatches.Batch batch = batches.batch(i);
      parameters.forEach(Parameter::zeroGrad);
      losses[i] = model.forward(batch.xs(), batch.ts());
      model.backward();
      if (i == 0) {
        for (Parameter p : parameters) {
          golden.assertMatches("d_%s_iter1".formatted(ORIGINAL_NAMES.get(p.name())), p.grad());
        }
      }
      norms[i] = clipping.clip(parameters);
      adam.update(parameters);
      System.arraycopy(model.rnn().finalState().h().data(), 0, states, i * 15, 15);
    }
    golden.assertMatches("loss", losses);
    golden.assertMatches("grad_norm", norms);
    golden.assertMatches("h", states);
    assertParameters(golden, "%s_end", parameters);
    golden.assertMatches("perplexity", Math.exp(Arrays.stream(losses).average().orElseThrow()));
  }

  @Test
  void should_pass_the_gradient_check_as_a_whole() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    model.parameters().get(0).value().data()[0] = 0.3; // else all word vectors are tiny
    int[][] xs = {{0, 1, 6}, {3, 3, 2}};
    int[][] ts = {{1, 6, 5}, {3, -1, 4}};
    new GradientCheck(
            () -> {
              model.resetState();
              return model.forward(xs, ts);
            },
            model::backward)
        .parameters(model.parameters())
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void should_carry_its_state_until_it_is_reset() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    int[][] xs = {{0, 1, 6}};
    int[][] ts = {{1, 6, 5}};
    double first = model.forward(xs, ts);
    assertThat(model.forward(xs, ts)).isNotEqualTo(first);
    model.resetState();
    assertThat(model.forward(xs, ts)).isEqualTo(first);
  }

  @Test
  void should_keep_its_state_when_labels_are_refused() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    int[][] xs = {{0, 1, 6}};
    int[][] ts = {{1, 6, 5}};
    model.forward(xs, ts);
    double second = model.forward(xs, ts);

    model.resetState();
    model.forward(xs, ts);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(xs, new int[][] {{1, 6, 7}}))
        .withMessageContaining("label 7 at [0,2]");
    assertThat(model.forward(xs, ts)).isEqualTo(second);
  }

  @Test
  void perplexity_should_be_that_of_one_long_forward() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    int[] tokens = new RandomState(2).randint(0, 7, 200);
    int[][] xs = {Arrays.copyOfRange(tokens, 0, 199)};
    int[][] ts = {Arrays.copyOfRange(tokens, 1, 200)};
    double loss = model.forward(xs, ts);
    assertThat(model.perplexity(tokens)).isCloseTo(Math.exp(loss), within(1e-12));
    assertThat(model.perplexity(Arrays.copyOf(tokens, 2))).isFinite();
  }

  @Test
  void perplexity_should_neither_use_nor_change_the_state_of_training() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    int[][] xs = {{0, 1, 6}, {2, 3, 4}};
    int[] tokens = {1, 2, 3, 4};
    double before = model.perplexity(tokens);
    model.forward(xs, xs);
    double second = model.forward(xs, xs);

    model.resetState();
    model.forward(xs, xs);
    assertThat(model.perplexity(tokens)).isEqualTo(before);
    assertThat(model.forward(xs, xs)).isEqualTo(second);
  }

  @Test
  void should_refuse_what_it_cannot_read() {
    RnnLanguageModel model = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new int[][] {{7}}, new int[][] {{0}}))
        .withMessage("TimeEmbedding: id 7 at [0,0] is not in 0..6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(new int[0][], new int[0][]))
        .withMessageContaining("no ids");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.perplexity(new int[] {1}))
        .withMessage("perplexity: 1 tokens leave none to predict; pass at least 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.perplexity(new int[] {1, 2, -1}))
        .withMessage("perplexity: id -1 at 2 is not in 0..6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.perplexity(new int[] {1, 2, 7}))
        .withMessage("perplexity: id 7 at 2 is not in 0..6");
  }
}
