package io.github.unroll.layer;

import io.github.unroll.check.GradientCheck;
import io.github.unroll.loss.TimeMeanSquaredError;
import io.github.unroll.loss.TimePinballLoss;
import io.github.unroll.loss.TimeSigmoidWithLoss;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.List;

/** The lines of the gradients page for the losses whose targets are real numbers or weighted. */
final class LossGradientCases {

  private LossGradientCases() {}

  static List<GradientCases.Case> all() {
    RandomState random = new RandomState(98);
    return List.of(
        sigmoid(random), meanSquaredError(random), pinball(random), weightedSoftmax(random));
  }

  private static GradientCases.Case pinball(RandomState random) {
    TimePinballLoss loss = new TimePinballLoss(0.05, 0.5, 0.95);
    Tensor3 ys = random.randn(2, 3, 6);
    Tensor3 ts = random.randn(2, 3, 2);
    ts.set(0, 2, 1, TimePinballLoss.IGNORE);
    ts.set(1, 1, 0, TimePinballLoss.IGNORE);
    Tensor3 dys = new Tensor3(2, 3, 6);
    GradientCheck check =
        new GradientCheck(() -> loss.forward(ys, ts), () -> loss.backwardInto(1, dys))
            .input("ys", ys, () -> dys);
    return new GradientCases.Case("TimePinballLoss", "three levels, two targets ignored", check);
  }

  private static GradientCases.Case weightedSoftmax(RandomState random) {
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss(new double[] {0.5, 3, 0, 1.5});
    Tensor3 xs = random.randn(2, 3, 4);
    int[][] labels = {{0, 3, TimeSoftmaxWithLoss.IGNORE}, {2, 1, 1}};
    Tensor3 dxs = new Tensor3(2, 3, 4);
    GradientCheck check =
        new GradientCheck(() -> loss.forward(xs, labels), () -> loss.backwardInto(1, dxs))
            .input("xs", xs, () -> dxs);
    return new GradientCases.Case("TimeSoftmaxWithLoss", "class weights, one of them 0", check);
  }

  private static GradientCases.Case sigmoid(RandomState random) {
    TimeSigmoidWithLoss loss = new TimeSigmoidWithLoss();
    Tensor3 xs = random.randn(2, 3, 2);
    Tensor3 ts = random.rand(2, 3, 2);
    ts.set(0, 0, 0, 0);
    ts.set(0, 0, 1, 1);
    ts.set(0, 2, 1, TimeSigmoidWithLoss.IGNORE);
    ts.set(1, 1, 0, TimeSigmoidWithLoss.IGNORE);
    Tensor3 dxs = new Tensor3(2, 3, 2);
    GradientCheck check =
        new GradientCheck(() -> loss.forward(xs, ts), () -> loss.backwardInto(1, dxs))
            .input("xs", xs, () -> dxs);
    return new GradientCases.Case("TimeSigmoidWithLoss", "two targets ignored", check);
  }

  private static GradientCases.Case meanSquaredError(RandomState random) {
    TimeMeanSquaredError loss = new TimeMeanSquaredError();
    Tensor3 ys = random.randn(2, 3, 2);
    Tensor3 ts = random.randn(2, 3, 2);
    ts.set(0, 2, 1, TimeMeanSquaredError.IGNORE);
    ts.set(1, 1, 0, TimeMeanSquaredError.IGNORE);
    Tensor3 dys = new Tensor3(2, 3, 2);
    GradientCheck check =
        new GradientCheck(() -> loss.forward(ys, ts), () -> loss.backwardInto(1, dys))
            .input("ys", ys, () -> dys);
    return new GradientCases.Case("TimeMeanSquaredError", "two targets ignored", check);
  }
}
