package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
      golden.assertMatches(
          String.format(Locale.ROOT, form, ORIGINAL_NAMES.get(p.name())), p.value());
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
          golden.assertMatches(
              String.format(Locale.ROOT, "d_%s_iter1", ORIGINAL_NAMES.get(p.name())), p.grad());
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

  private static final SequenceDescription BETTER =
      SequenceDescription.languageModel(7, 4, 4)
          .withCell(CellKind.LSTM)
          .withLayers(2)
          .withDropout(0.5)
          .withTiedWeights();

  private static List<String> names(SequenceDescription configuration) {
    return new RnnLanguageModel(configuration, new RandomState(1))
        .parameters().stream().map(Parameter::toString).toList();
  }

  @Test
  void parameters_should_be_named_by_their_place_and_listed_once() {
    SequenceDescription simple = SequenceDescription.languageModel(7, 3, 4);
    assertThat(names(simple))
        .containsExactly(
            "embed.w (7x3)",
            "rnn.wx (3x4)",
            "rnn.wh (4x4)",
            "rnn.b (1x4)",
            "affine.w (4x7)",
            "affine.b (1x7)");
    assertThat(names(simple.withCell(CellKind.GRU)))
        .containsSequence("gru.wx (3x12)", "gru.wh (4x12)", "gru.b (1x12)");
    assertThat(names(BETTER))
        .containsExactly(
            "embed.w (7x4)",
            "lstm0.wx (4x16)",
            "lstm0.wh (4x16)",
            "lstm0.b (1x16)",
            "lstm1.wx (4x16)",
            "lstm1.wh (4x16)",
            "lstm1.b (1x16)",
            "affine.b (1x7)");
  }

  @Test
  void the_plain_constructor_should_build_the_plain_configuration() {
    RnnLanguageModel plain = new RnnLanguageModel(7, 3, 4, new RandomState(1));
    assertThat(plain.description()).isEqualTo(SequenceDescription.languageModel(7, 3, 4));
    assertThat(new RnnLanguageModel(BETTER, new RandomState(1)).description()).isEqualTo(BETTER);
  }

  @Test
  void should_refuse_a_configuration_that_cannot_be_built() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.languageModel(7, 3, 4).withTiedWeights())
        .withMessage(
            "SequenceDescription: tied weights need word vectors as long as the state, but"
                + " embeddingSize is 3 and hiddenSize 4; make them equal, or do not tie");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RnnLanguageModel(0, 3, 4, new RandomState(1)))
        .withMessage("Input: vocabularySize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.languageModel(7, -1, 4))
        .withMessage("Input: embeddingSize must be at least 1, not -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceDescription.languageModel(7, 3, 0))
        .withMessage("SequenceDescription: hiddenSize must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BETTER.withLayers(0))
        .withMessage("SequenceDescription: layers must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BETTER.withDropout(1))
        .withMessage("SequenceDescription: dropout must be in [0, 1), not 1.0");
    assertThatNullPointerException().isThrownBy(() -> BETTER.withCell(null)).withMessage("cell");
  }

  @Test
  void a_second_backward_should_be_refused_before_anything_is_added() {
    RnnLanguageModel model = new RnnLanguageModel(BETTER, new RandomState(1));
    String refusal =
        "RnnLanguageModel.backward: there was no forward since the latest backward; call forward"
            + " first, and backward once for it";
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(refusal);
    int[][] xs = {{0, 1, 6}};
    model.forward(xs, xs);
    model.backward();
    List<Matrix> grads = model.parameters().stream().map(p -> p.grad().copy()).toList();
    assertThatIllegalStateException().isThrownBy(model::backward).withMessage(refusal);
    assertThat(model.parameters().stream().map(Parameter::grad).toList()).isEqualTo(grads);

    model.forward(xs, xs);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.forward(xs, new int[][] {{0, 1, 7}}));
    assertThatIllegalStateException().as("of a refused forward").isThrownBy(model::backward);
    assertThat(model.parameters().stream().map(Parameter::grad).toList()).isEqualTo(grads);
  }

  @Test
  void dropout_should_act_in_training_only() {
    RnnLanguageModel model = new RnnLanguageModel(BETTER, new RandomState(1));
    model.parameters().get(0).value().copyFrom(new RandomState(2).randn(7, 4));
    int[][] xs = {{0, 1, 6, 2}, {3, 3, 5, 4}};
    assertThat(fromZeros(model, xs)).isNotEqualTo(fromZeros(model, xs));
    model.setTraining(false);
    double without = fromZeros(model, xs);
    assertThat(fromZeros(model, xs)).isEqualTo(without);
    model.backward();
    model.setTraining(true);
    assertThat(fromZeros(model, xs)).isNotEqualTo(without);
  }

  private static double fromZeros(RnnLanguageModel model, int[][] xs) {
    model.resetState();
    return model.forward(xs, xs);
  }

  @Test
  void perplexity_should_drop_nothing_draw_no_mask_and_leave_a_coming_backward_alone() {
    RandomState random = new RandomState(1);
    RnnLanguageModel model = new RnnLanguageModel(BETTER, random);
    model.parameters().get(0).value().copyFrom(new RandomState(2).randn(7, 4));
    int[] tokens = {1, 2, 3, 4};
    model.setTraining(false);
    double loss = model.forward(new int[][] {{1, 2, 3}}, new int[][] {{2, 3, 4}});
    model.setTraining(true);
    assertThat(model.perplexity(tokens)).isCloseTo(Math.exp(loss), within(1e-12));

    int[][] xs = {{0, 1, 6}, {2, 3, 4}};
    RandomState.State masks = random.state();
    List<Matrix> undisturbed = gradients(model, xs, () -> {});
    random.setState(masks);
    assertThat(gradients(model, xs, () -> model.perplexity(tokens))).isEqualTo(undisturbed);
  }

  private static List<Matrix> gradients(RnnLanguageModel model, int[][] xs, Runnable between) {
    model.parameters().forEach(Parameter::zeroGrad);
    model.resetState();
    model.forward(xs, xs);
    between.run();
    model.backward();
    return model.parameters().stream().map(p -> p.grad().copy()).toList();
  }

  @Test
  void should_refuse_to_tie_word_vectors_to_cells_that_give_more_than_h_features() {
    CellKind wider =
        new CellKind(
            "wider",
            (d, h, w) ->
                new RnnCell(
                    w.weight("wx", d, h + 1), w.weight("wh", h + 1, h + 1), w.bias("b", h + 1)));
    SequenceDescription c = SequenceDescription.languageModel(7, 4, 4).withCell(wider);
    assertThat(new RnnLanguageModel(c, new RandomState(0)).rnn().outputSize()).isEqualTo(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RnnLanguageModel(c.withTiedWeights(), new RandomState(0)))
        .withMessageContaining("embeddingSize is 4 and cells of kind wider give 5 features");
  }
}
