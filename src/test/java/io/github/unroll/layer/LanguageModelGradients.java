package io.github.unroll.layer;

import io.github.unroll.cell.CellKind;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.kernel.Kernel;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The language models' lines of the gradients page, each through the whole model. */
final class LanguageModelGradients {

  private static final int V = 7;

  private final RandomState random = new RandomState(98);

  private LanguageModelGradients() {}

  static List<GradientCases.Case> all() {
    LanguageModelGradients gradients = new LanguageModelGradients();
    List<GradientCases.Case> cases = new ArrayList<>();
    cases.add(gradients.tiedAffine());
    for (CellKind cell : CellKind.all()) {
      SequenceDescription separate = SequenceDescription.languageModel(V, 3, 4).withCell(cell);
      SequenceDescription tied =
          SequenceDescription.languageModel(V, 4, 4).withCell(cell).withTiedWeights();
      cases.add(gradients.model(separate));
      cases.add(gradients.model(separate.withLayers(2)));
      cases.add(gradients.model(separate.withDropout(0.5)));
      cases.add(gradients.model(tied));
      cases.add(gradients.model(tied.withLayers(2).withDropout(0.5)));
    }
    return cases;
  }

  private GradientCases.Case tiedAffine() {
    TimeAffine affine =
        TimeAffine.tied(
            new Parameter("w", random.randn(4, 3)), new Parameter("b", random.randn(1, 4)));
    Tensor3 xs = random.randn(3, 2, 3);
    Tensor3 dys = random.randn(3, 2, 4);
    Tensor3 dxs = new Tensor3(3, 2, 3);
    GradientCheck check =
        new GradientCheck(
                () -> {
                  double[] y = affine.forward(xs).data();
                  for (int i = 0; i < y.length; i++) {
                    y[i] *= dys.data()[i];
                  }
                  return Kernel.active().sum(y.length, y, 0);
                },
                () -> affine.backwardInto(dys, dxs))
            .parameters(affine.parameters())
            .input("xs", xs, () -> dxs);
    return new GradientCases.Case("TimeAffine, tied", "N 3, T 2", check);
  }

  private GradientCases.Case model(SequenceDescription c) {
    RandomState masks = new RandomState(1);
    RnnLanguageModel model = new RnnLanguageModel(c, masks);
    // Fresh weights are so small that the differences of the loss would be mostly rounding.
    model.parameters().forEach(p -> p.value().copyFrom(weights(p)));
    State carried = Kind.randomState(model.rnn(), 2, random);
    int[][] xs = {{0, 1, 6}, {3, 3, 2}};
    int[][] ts = {{1, 6, 5}, {3, -1, 4}};
    GradientCheck check =
        new GradientCheck(
                () -> {
                  model.rnn().setState(carried);
                  masks.seed(5);
                  return model.forward(xs, ts);
                },
                model::backward)
            .parameters(model.parameters());
    String setting =
        String.format(
            Locale.ROOT,
            "%s, D %d, H 4%s%s",
            c.layers() == 1 ? "1 layer" : c.layers() + " layers",
            c.input().size(),
            c.isTied() ? ", tied" : "",
            c.dropout() > 0 ? ", dropout " + c.dropout() : "");
    return new GradientCases.Case("RnnLanguageModel of " + c.cell(), setting, check);
  }

  private Matrix weights(Parameter p) {
    return random.randn(p.value().rows(), p.value().cols());
  }
}
