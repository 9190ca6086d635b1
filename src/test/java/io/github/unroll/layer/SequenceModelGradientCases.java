package io.github.unroll.layer;

import io.github.unroll.cell.CellKind;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The gradient checks of the models that classify sequences and tell values of them. */
final class SequenceModelGradientCases {

  private static final int[] LENGTHS = {5, 1, 3};

  private final List<GradientCases.Case> cases = new ArrayList<>();
  private final RandomState random = new RandomState(98);

  private SequenceModelGradientCases() {}

  static List<GradientCases.Case> all() {
    SequenceModelGradientCases all = new SequenceModelGradientCases();
    for (CellKind cell : CellKind.all()) {
      for (Readout readout : Readout.values()) {
        SequenceDescription c =
            SequenceDescription.classifier(Input.features(2), 3, 3)
                .withCell(cell)
                .withReadout(readout);
        String setting =
            String.format(Locale.ROOT, "%s, readout %s, lengths 5, 1, 3", cell, readout);
        all.classifier(c, setting);
        all.regressor(c, setting);
      }
    }
    return all.cases;
  }

  private void classifier(SequenceDescription c, String setting) {
    SequenceClassifier model = new SequenceClassifier(c, random);
    shake(model.parameters());
    int[][] labels =
        c.readout() == Readout.EVERY
            ? new int[][] {{0, 1, -1, 2, 0}, {2, 0, 0, 0, 0}, {1, 1, 0, 2, 1}}
            : new int[][] {{0}, {2}, {1}};
    Tensor3 xs = random.randn(3, 5, 2);
    add("SequenceClassifier", setting, model, new LabelledSequences(xs, LENGTHS, labels));
  }

  private void regressor(SequenceDescription c, String setting) {
    SequenceRegressor model = new SequenceRegressor(c.withOutput(new Output.Values(3)), random);
    shake(model.parameters());
    Tensor3 xs = random.randn(3, 5, 2);
    Tensor3 targets = model.predict(xs, LENGTHS);
    for (int i = 0; i < targets.data().length; i++) { // a small loss has small rounding errors
      targets.data()[i] += random.normal(0, 0.2);
    }
    add("SequenceRegressor", setting, model, new SequenceTargets(xs, LENGTHS, targets));
  }

  /** Biases start at zero, which hides mistakes; small gradients drown in rounding errors. */
  private void shake(List<Parameter> parameters) {
    for (Parameter p : parameters) {
      double scale = p.name().equals("affine.w") ? 2 : 0.5;
      p.value().copyFrom(random.randn(p.value().rows(), p.value().cols()).times(scale));
    }
  }

  private <B> void add(String what, String setting, TrainableModel<B> model, B batch) {
    GradientCheck check =
        new GradientCheck(() -> model.forward(batch), model::backward)
            .parameters(model.parameters());
    cases.add(new GradientCases.Case(what, setting, check));
  }
}
