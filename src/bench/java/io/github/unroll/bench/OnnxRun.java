package io.github.unroll.bench;

import io.github.unroll.io.onnx.OnnxModel;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The .onnx file that onnx_model.py writes, read and run by {@link OnnxModel}. */
public final class OnnxRun {

  static final int STEPS = 100;
  static final int FEATURES = 64;

  private final Path file;
  private final OnnxModel model;
  private final Tensor3 inputs;

  OnnxRun(String file, int batch) {
    this.file = Path.of(file);
    this.model = load();
    double[] values = new double[batch * STEPS * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = input(i);
    }
    this.inputs = Tensor3.of(batch, STEPS, FEATURES, values);
  }

  /** An element of the inputs, the same for whoever runs the file. */
  static float input(int i) {
    return (float) Math.sin(i);
  }

  OnnxModel load() {
    try {
      return OnnxModel.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double[] answer() {
    return model.run(inputs).doubles();
  }

  /**
   * A JVM's whole life: reads the file, runs one sequence, prints the first number of the answer.
   *
   * @param args the file
   */
  public static void main(String[] args) {
    System.out.println(new OnnxRun(args[0], 1).answer()[0]);
  }
}
