package io.github.unroll.layer;

import io.github.unroll.check.GradientCheck;
import io.github.unroll.data.PairBatch;
import io.github.unroll.kernel.Kernel;
import io.github.unroll.layer.GradientCases.Case;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;

/** The lines of the gradients page on attention and on the sequence-to-sequence models. */
final class Seq2SeqGradientCases {

  private final List<Case> cases = new ArrayList<>();
  private final RandomState random = new RandomState(77);

  private Seq2SeqGradientCases() {}

  static List<Case> all() {
    Seq2SeqGradientCases all = new Seq2SeqGradientCases();
    all.attention("N 1, Te 4, Td 1", 1, 4, 1, null);
    all.attention("N 3, Te 4, Td 2", 3, 4, 2, null);
    all.attention("lengths 4, 1, 3", 3, 4, 2, new int[] {4, 1, 3});
    for (InputOrder order : InputOrder.values()) {
      all.model(
          "Seq2Seq",
          order,
          new Seq2Seq(new Seq2SeqDescription(6, 3, 4).withInputOrder(order), all.random));
      all.model(
          "PeekySeq2Seq",
          order,
          new Seq2Seq(
              new Seq2SeqDescription(6, 3, 4).withPeeking().withInputOrder(order), all.random));
      all.model(
          "AttentionSeq2Seq",
          order,
          new Seq2Seq(
              new Seq2SeqDescription(6, 3, 4).withAttention().withInputOrder(order), all.random));
    }
    return all.cases;
  }

  private void attention(String setting, int n, int te, int td, int[] lengths) {
    TimeAttention attention = new TimeAttention();
    Tensor3 hs = random.randn(n, te, 3);
    Tensor3 h = random.randn(n, td, 3);
    Tensor3 dContexts = random.randn(n, td, 3);
    Tensor3 dhs = new Tensor3(n, te, 3);
    Tensor3 dh = new Tensor3(n, td, 3);
    GradientCheck check =
        new GradientCheck(
                () -> dot(attention.forward(hs, lengths, h).data(), dContexts.data()),
                () -> attention.backwardInto(dContexts, dhs, dh))
            .input("encoder states", hs, () -> dhs)
            .input("decoder states", h, () -> dh);
    cases.add(new Case("TimeAttention", setting, check));
  }

  private static double dot(double[] a, double[] b) {
    double[] products = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      products[i] = a[i] * b[i];
    }
    return Kernel.active().sum(products.length, products, 0);
  }

  private void model(String name, InputOrder order, Seq2Seq model) {
    // With weights as drawn the question matters so little that differences would be rounding.
    for (Parameter p : model.parameters()) {
      double scale = p.name().equals("decoder.affine.w") ? 6 : 0.5;
      p.value().copyFrom(random.randn(p.value().rows(), p.value().cols()).times(scale));
    }
    boolean reversed = order == InputOrder.REVERSED;
    PairBatch batch =
        new PairBatch(
            new int[][] {{0, 1, 5, 2}, {3, 3, 0, 0}},
            reversed ? new int[] {4, 2} : null,
            new int[][] {{1, 2, 4, 3}, {1, 5, 0, -1}});
    GradientCheck check =
        new GradientCheck(() -> model.forward(batch), model::backward)
            .parameters(model.parameters());
    String setting = reversed ? "reversed, lengths 4, 2" : "V 6, D 3, H 4";
    cases.add(new Case(name, setting, check));
  }
}
