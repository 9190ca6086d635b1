package io.github.unroll.io.keras;

import io.github.unroll.cell.Activation;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.tensor.MatrixView;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The activations of Keras by their names. All functions are the same bits everywhere. */
final class KerasActivations {

  /** The layers that are activations. */
  static final List<String> LAYERS =
      List.of("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "ThresholdedReLU");

  private static final double SELU_SCALE = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;

  /** A function of whole rows: softmax, or its logarithm. */
  private record OfRows(String name, boolean log) implements Activation {

    @Override
    public void forward(MatrixView x, MatrixView y) {
      for (int n = 0; n < x.rows(); n++) {
        double max = x.maxOfRow(n);
        double sum = log ? 0 : y.setExpRow(n, x, max);
        for (int j = 0; log && j < x.cols(); j++) {
          sum += StrictMath.exp(x.get(n, j) - max);
        }
        for (int j = 0; j < x.cols(); j++) {
          y.set(n, j, log ? x.get(n, j) - max - StrictMath.log(sum) : y.get(n, j) / sum);
        }
      }
    }

    @Override
    public void backward(MatrixView x, MatrixView y, MatrixView dy, MatrixView dx) {
      for (int n = 0; n < y.rows(); n++) {
        double sum = 0;
        for (int j = 0; j < y.cols(); j++) {
          sum += log ? dy.get(n, j) : dy.get(n, j) * y.get(n, j);
        }
        for (int j = 0; j < y.cols(); j++) {
          double yj = y.get(n, j);
          double dyj = dy.get(n, j);
          dx.set(n, j, log ? dyj - StrictMath.exp(yj) * sum : yj * (dyj - sum));
        }
      }
    }
  }

  private KerasActivations() {}

  /** Whether a function mixes the elements of a row. */
  static boolean isOfRows(Activation activation) {
    return activation instanceof OfRows;
  }

  /**
   * The function of a setting.
   *
   * @param setting a name, an object with class_name and config, or null for none
   * @param keras2 whether Keras 2 wrote it, whose hard_sigmoid is another
   */
  static Activation of(Object setting, boolean keras2) {
    if (setting == null) {
      return Activation.LINEAR;
    }
    if (setting instanceof Map<?, ?> object) {
      return object.get("config") instanceof String name
          ? named(name, keras2)
          : ofLayer(new Settings(object), keras2);
    }
    return named(String.valueOf(setting), keras2);
  }

  /** The function of a layer that is nothing else. */
  static Activation ofLayer(Settings s, boolean keras2) {
    Activation f =
        switch (s.className()) {
          case "Activation" -> of(s.get("activation"), keras2);
          case "ReLU" -> relu(s);
          case "LeakyReLU" -> Activation.leakyRelu(s.number("negative_slope", s.number("alpha", 0.3)));
          case "ELU" -> Activation.elu(s.number("alpha", 1));
          case "ThresholdedReLU" -> Activation.thresholdedRelu(s.number("theta", 1));
          case "Softmax" -> {
            Object axis = s.get("axis");
            if (axis != null && !List.of(-1L, List.of(-1L)).contains(axis)) {
              throw s.wrong("axis is " + axis + "; the last one, -1, is read");
            }
            yield named("softmax", keras2);
          }
          default -> throw unknown(s.className());
        };
    s.requireNoOther();
    return f;
  }

  private static Activation relu(Settings s) {
    double slope = s.number("negative_slope", 0);
    double max = s.number("max_value", Double.POSITIVE_INFINITY);
    double threshold = s.number("threshold", 0);
    return Activation.of(
        "relu",
        x -> x < threshold ? slope * (x - threshold) : x > threshold ? Math.min(x, max) : 0 * x,
        (x, y) -> x < threshold ? slope : x > threshold && x < max ? 1 : 0);
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "there is no activation %s here; save the weights, build the model with another one, or"
                + " apply it to the outputs yourself",
            JsonReader.quoted(name)));
  }

  private static Activation named(String name, boolean keras2) {
    return switch (name) {
      case "linear" -> Activation.LINEAR;
      case "tanh" -> Activation.TANH;
      case "sigmoid" -> Activation.SIGMOID;
      case "relu" -> Activation.RELU;
      case "softsign" -> Activation.SOFTSIGN;
      case "softplus" -> Activation.SOFTPLUS;
      case "elu", "celu" -> Activation.elu(1);
      case "leaky_relu" -> Activation.leakyRelu(0.2);
      case "hard_sigmoid" -> Activation.hardSigmoid(keras2 ? 0.2 : 1 / 6.0, 0.5);
      case "sparse_sigmoid" -> Activation.hardSigmoid(0.5, 0.5);
      case "softmax" -> new OfRows(name, false);
      case "log_softmax" -> new OfRows(name, true);
      case "relu6" ->
          Activation.of(
              name, x -> Math.min(Math.max(x, 0), 6), (x, y) -> y > 0 && y < 6 ? 1 : 0);
      case "hard_tanh" ->
          Activation.of(
              name, x -> Math.min(Math.max(x, -1), 1), (x, y) -> y > -1 && y < 1 ? 1 : 0);
      case "selu" ->
          Activation.of(
              name,
              x -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * StrictMath.expm1(x)),
              (x, y) -> x > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA);
      case "exponential" -> Activation.of(name, StrictMath::exp, (x, y) -> y);
      case "silu", "swish" ->
          Activation.of(
              name,
              x -> x * sigmoid(x),
              (x, y) -> sigmoid(x) * (1 + x * (1 - sigmoid(x))));
      case "hard_silu", "hard_swish" ->
          Activation.of(
              name,
              x -> x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
              (x, y) -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5);
      case "mish" ->
          Activation.of(
              name,
              x -> x * StrictMath.tanh(softplus(x)),
              (x, y) -> {
                double tanh = StrictMath.tanh(softplus(x));
                return tanh + x * (1 - tanh * tanh) * sigmoid(x);
              });
      case "log_sigmoid" ->
          Activation.of(name, x -> -softplus(-x), (x, y) -> sigmoid(-x));
      case "gelu" ->
          Activation.of(
              name,
              x -> x * normal(x),
              (x, y) -> normal(x) + x * StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI));
      case "hard_shrink" ->
          Activation.of(
              name, x -> Math.abs(x) > 0.5 ? x : 0 * x, (x, y) -> Math.abs(x) > 0.5 ? 1 : 0);
      case "soft_shrink" ->
          Activation.of(
              name,
              x -> x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0 * x,
              (x, y) -> Math.abs(x) > 0.5 ? 1 : 0);
      case "tanh_shrink" ->
          Activation.of(
              name,
              x -> x - StrictMath.tanh(x),
              (x, y) -> StrictMath.tanh(x) * StrictMath.tanh(x));
      case "squareplus" ->
          Activation.of(
              name,
              x -> (x + StrictMath.sqrt(x * x + 4)) / 2,
              (x, y) -> (1 + x / StrictMath.sqrt(x * x + 4)) / 2);
      case "sparse_plus" ->
          Activation.of(
              name,
              x -> x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x,
              (x, y) -> x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1);
      default -> throw unknown(name);
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  /** The normal distribution, by the series of erf(z) exp(z²), whose terms are all positive. */
  private static double normal(double x) {
    double z = Math.min(Math.abs(x) / StrictMath.sqrt(2), 6); // beyond, erf is 1
    double term = z;
    double sum = 0;
    for (int n = 1; sum + term > sum; n++) {
      sum += term;
      term *= 2 * z * z / (2 * n + 1);
    }
    double half = StrictMath.exp(-z * z) * sum / StrictMath.sqrt(Math.PI);
    return x < 0 ? 0.5 - half : 0.5 + half;
  }
}
