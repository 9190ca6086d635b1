package io.github.unroll.io.keras;

import io.github.unroll.cell.Activation;
import io.github.unroll.io.bytes.JsonReader;
import java.util.Map;

/** The activations of Keras by their names. The functions give the same bits everywhere. */
final class KerasActivations {

  /** The layers that are activations. */
  static final String LAYERS = "Activation|ReLU|LeakyReLU|ELU|Softmax|ThresholdedReLU";

  private static final double SELU = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;
  private static final double SHRUNK = 0.5;

  private KerasActivations() {}

  /**
   * The function of a setting.
   *
   * @param setting a name, an object with class_name and config, or null for none
   * @param keras2 whether Keras 2 wrote it, whose hard_sigmoid is another
   */
  static Activation of(Object setting, boolean keras2) {
    if (setting instanceof Map<?, ?> object) {
      return object.get("config") instanceof String name
          ? of(name, keras2)
          : ofLayer(new Settings(object), keras2);
    }
    if (setting == null) {
      return Activation.LINEAR;
    }
    String name = setting.toString();
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
      case "softmax", "log_softmax" -> new RowActivation(name);
      default -> {
        value(name, 0); // refuses a name that is not known
        yield Activation.of(name, x -> value(name, x), (x, y) -> slope(name, x, y));
      }
    };
  }

  /** The function of a layer that is nothing else. */
  static Activation ofLayer(Settings s, boolean keras2) {
    Activation f =
        switch (s.className()) {
          case "Activation" -> of(s.get("activation"), keras2);
          case "ReLU" ->
              relu(
                  s.number("negative_slope", 0),
                  s.number("max_value", Double.POSITIVE_INFINITY),
                  s.number("threshold", 0));
          case "LeakyReLU" ->
              Activation.leakyRelu(s.number("negative_slope", s.number("alpha", 0.3)));
          case "ELU" -> Activation.elu(s.number("alpha", 1));
          case "ThresholdedReLU" -> Activation.thresholdedRelu(s.number("theta", 1));
          case "Softmax" -> of("softmax", keras2);
          default -> throw unknown(s.className());
        };
    if (f instanceof RowActivation && s.number("axis", -1) != -1) {
      throw s.wrong("softmax along another axis than the last is not read");
    }
    s.requireNoOther();
    return f;
  }

  private static Activation relu(double slope, double max, double threshold) {
    return Activation.of(
        "relu",
        x -> x < threshold ? slope * (x - threshold) : x > threshold ? Math.min(x, max) : 0 * x,
        (x, y) -> x < threshold ? slope : x > threshold && x < max ? 1 : 0);
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "there is no activation "
            + JsonReader.quoted(name)
            + " here; build the model with another");
  }

  private static double value(String name, double x) {
    return switch (name) {
      case "relu6" -> Math.min(Math.max(x, 0), 6);
      case "hard_tanh" -> Math.min(Math.max(x, -1), 1);
      case "selu" -> SELU * (x > 0 ? x : SELU_ALPHA * StrictMath.expm1(x));
      case "exponential" -> StrictMath.exp(x);
      case "silu", "swish" -> x * sigmoid(x);
      case "hard_silu", "hard_swish" -> x * Math.min(Math.max(x / 6 + 0.5, 0), 1);
      case "mish" -> x * StrictMath.tanh(softplus(x));
      case "log_sigmoid" -> -softplus(-x);
      case "gelu" -> x * normal(x);
      case "hard_shrink" -> Math.abs(x) <= SHRUNK ? 0 : x;
      case "soft_shrink" -> Math.abs(x) <= SHRUNK ? 0 : x - Math.signum(x) * SHRUNK;
      case "tanh_shrink" -> x - StrictMath.tanh(x);
      case "squareplus" -> (x + StrictMath.sqrt(x * x + 4)) / 2;
      case "sparse_plus" -> x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x;
      default -> throw unknown(name);
    };
  }

  /** The slope at x, of the value y. */
  private static double slope(String name, double x, double y) {
    double tanh = StrictMath.tanh(name.equals("mish") ? softplus(x) : x);
    return switch (name) {
      case "relu6" -> y > 0 && y < 6 ? 1 : 0;
      case "hard_tanh" -> y > -1 && y < 1 ? 1 : 0;
      case "selu" -> x > 0 ? SELU : y + SELU * SELU_ALPHA;
      case "exponential" -> y;
      case "silu", "swish" -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
      case "hard_silu", "hard_swish" -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
      case "mish" -> tanh + x * (1 - tanh * tanh) * sigmoid(x);
      case "log_sigmoid" -> sigmoid(-x);
      case "gelu" -> normal(x) + x * StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI);
      case "tanh_shrink" -> tanh * tanh;
      case "squareplus" -> (1 + x / StrictMath.sqrt(x * x + 4)) / 2;
      case "sparse_plus" -> x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1;
      default -> Math.abs(x) <= SHRUNK ? 0 : 1; // what is shrunk
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
    double z = Math.abs(x) / StrictMath.sqrt(2);
    if (z > 6) {
      return x < 0 ? 0 : 1;
    }
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
