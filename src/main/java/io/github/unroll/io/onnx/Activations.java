package io.github.unroll.io.onnx;

import io.github.unroll.cell.Activation;
import java.util.Locale;

/** ONNX's activation functions by name, as operators and as options of recurrent operators. */
final class Activations {

  private Activations() {}

  /** What alpha and beta are if they are not given; of a function without them there are none. */
  static double[] defaults(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "affine" -> new double[] {1, 0};
      case "scaledtanh" -> new double[] {1, 1};
      case "hardsigmoid" -> new double[] {0.2, 0.5};
      case "leakyrelu" -> new double[] {0.01};
      case "thresholdedrelu", "elu" -> new double[] {1};
      default -> new double[0];
    };
  }

  /**
   * A function.
   *
   * @param settings alpha and beta, as many as there are defaults
   */
  static Activation of(String name, double... settings) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "tanh" -> Activation.TANH;
      case "sigmoid" -> Activation.SIGMOID;
      case "relu" -> Activation.RELU;
      case "softsign" -> Activation.SOFTSIGN;
      case "softplus" -> Activation.SOFTPLUS;
      case "affine" -> Activation.affine(settings[0], settings[1]);
      case "scaledtanh" -> Activation.scaledTanh(settings[0], settings[1]);
      case "hardsigmoid" -> Activation.hardSigmoid(settings[0], settings[1]);
      case "leakyrelu" -> Activation.leakyRelu(settings[0]);
      case "thresholdedrelu" -> Activation.thresholdedRelu(settings[0]);
      case "elu" -> Activation.elu(settings[0]);
      default -> throw NodeCall.misfit("there is no activation \"%s\"", name);
    };
  }
}
