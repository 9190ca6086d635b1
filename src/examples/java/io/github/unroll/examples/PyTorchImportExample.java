package io.github.unroll.examples;

import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.TorchWeights;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * An LSTM that PyTorch trained, in {@code src/examples/pytorch/forecast.py}, forecasts in Java: it
 * reads the known values of a series, then its own answers. Beside each stands what PyTorch said.
 */
public final class PyTorchImportExample {

  static final String DEFAULTS =
      "weights=src/examples/pytorch/forecast.npz series=src/examples/pytorch/forecast_series.npz"
          + " steps=40 out=target/forecast.safetensors";

  private PyTorchImportExample() {}

  /**
   * Reads, forecasts, prints, and writes the weights for PyTorch again.
   *
   * @param args settings that are to be different, as {@code steps=10}
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  /** The largest difference from PyTorch's forecast. */
  static double run(Settings settings, PrintStream out) throws IOException {
    TorchWeights weights = TorchWeights.read(Path.of(settings.text("weights")));
    RecurrentStack lstm = weights.lstm("lstm.");
    TimeAffine head = weights.linear("head.");
    weights.requireNoneLeft();

    Map<String, StoredArray> series = NumpyFile.readArchive(Path.of(settings.text("series")));
    double[] pytorchs = series.get("forecast").doubles();
    double[] truth = series.get("truth").doubles();
    Tensor3 answers = head.forward(lstm.forward(series.get("known").tensor3()));
    double next = answers.get(0, answers.d1() - 1, 0);

    out.println(settings);
    out.println("step   truth    here                 PyTorch");
    double worst = 0;
    for (int step = 0; step < settings.whole("steps"); step++) {
      out.printf(
          Locale.ROOT, "%4d  %7.4f  %19.16f  %19.16f%n", step, truth[step], next, pytorchs[step]);
      worst = Math.max(worst, Math.abs(next - pytorchs[step]));
      Tensor3 ownAnswer = Tensor3.of(1, 1, 1, next);
      next = head.forward(lstm.forward(ownAnswer, lstm.finalState())).get(0, 0, 0);
    }
    out.printf(Locale.ROOT, "largest difference: %.1e%n", worst);

    Path file = Path.of(settings.text("out"));
    new TorchWeights().put(lstm, "lstm.").put(head, "head.").write(file);
    out.println("for load_state_dict: " + file);
    return worst;
  }
}
