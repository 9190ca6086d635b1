package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.Golden;
import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.layer.State;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The book's Rnnlm and BetterRnnlm and a model of two GRU layers, trained from the same seed as in
 * NumPy and PyTorch: first weights, masks, losses, gradients, states, last weights, texts.
 */
class BookLanguageModelsTest {

  private static final SequenceDescription RNNLM =
      SequenceDescription.languageModel(11, 5, 4).withCell(CellKind.LSTM);
  private static final SequenceDescription BETTER_RNNLM =
      SequenceDescription.languageModel(11, 4, 4)
          .withCell(CellKind.LSTM)
          .withLayers(2)
          .withDropout(0.5)
          .withTiedWeights();
  private static final SequenceDescription STACKED_GRU =
      SequenceDescription.languageModel(11, 5, 4)
          .withCell(CellKind.GRU)
          .withLayers(2)
          .withDropout(0.25);

  private static RnnLanguageModel model(String name) {
    return switch (name) {
      case "rnnlm_lstm" -> new RnnLanguageModel(RNNLM, new RandomState(71));
      case "better_rnnlm" -> new RnnLanguageModel(BETTER_RNNLM, new RandomState(72));
      default -> new RnnLanguageModel(STACKED_GRU, new RandomState(73));
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnnlm_lstm", "better_rnnlm", "stacked_gru"})
  void should_train_and_write_as_numpy_and_pytorch_do(String name) {
    Golden golden = Golden.load("rnnlm/" + name);
    RnnLanguageModel model = model(name);
    List<Parameter> parameters = model.parameters();
    parameters.forEach(p -> golden.assertMatches(p.name() + "_start", p.value()));

    BpttBatches batches = new BpttBatches(golden.ints("corpus"), 2, 3);
    GradientClipping clipping = GradientClipping.byGlobalNorm(golden.scalar("max_grad"));
    Sgd sgd = new Sgd(golden.scalar("lr"));
    double[] losses = new double[batches.iterations()];
    double[] norms = new double[batches.iterations()];
    for (int i = 0; i < batches.iterations(); i++) {
      parameters.forEach(Parameter::zeroGrad);
      losses[i] = model.forward(batches.batch(i));
      model.backward();
      if (i == 0) {
        parameters.forEach(p -> golden.assertMatches("d_" + p.name() + "_iter1", p.grad()));
      }
      norms[i] = clipping.clip(parameters);
      sgd.update(parameters);
    }
    golden.assertMatches("loss", losses);
    golden.assertMatches("grad_norm", norms);
    assertStates(golden, model.rnn().finalState());
    parameters.forEach(p -> golden.assertMatches(p.name() + "_end", p.value()));
    golden.assertMatches("perplexity", model.perplexity(golden.ints("corpus")));

    parameters.forEach(p -> p.value().copyFrom(p.value().times(4))); // as the figures were made
    assertText(golden, "sampled", model, WordChoice.sampled());
    assertText(golden, "greedy", model, WordChoice.greedy());
  }

  private static void assertStates(Golden golden, State state) {
    List<Matrix> parts = state.matrices();
    int perLayer = golden.has("c0_end") ? 2 : 1;
    for (int i = 0; i < parts.size(); i++) {
      String part = i % perLayer == 0 ? "h" : "c";
      golden.assertMatches(part + i / perLayer + "_end", parts.get(i));
    }
  }

  private static void assertText(
      Golden golden, String key, RnnLanguageModel model, WordChoice choice) {
    int[] written = golden.ints(key);
    TextSampler sampler = new TextSampler(model, choice, new RandomState(9));
    assertThat(sampler.sample(golden.ints("prompt"), written.length)).as(key).isEqualTo(written);
  }
}
