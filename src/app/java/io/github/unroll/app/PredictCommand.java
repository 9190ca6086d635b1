package io.github.unroll.app;

import io.github.unroll.data.Sequences;
import io.github.unroll.data.Table;
import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.SavedModel;
import io.github.unroll.io.keras.KerasModel;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.onnx.OnnxModel;
import io.github.unroll.job.Forecast;
import io.github.unroll.job.Forecaster;
import io.github.unroll.job.LabelledGroup;
import io.github.unroll.job.TableClassifier;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that runs a model on data. */
@Command(
    name = "predict",
    description = {
      "Runs a model on data: of Unroll, ONNX or Keras.",
      "The answers are written as CSV, or to --save."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class PredictCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = {
        "What forecast --save or classify --save wrote, or",
        "  ModelFile in Java; or .onnx, .keras or .h5."
      })
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = {
        "A CSV file, for forecast and classify with the",
        "  columns of their training; else each row is a step",
        "  of one sequence. Or a .npy or .npz file of arrays."
      })
  private Path data;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = {"Write the answers to a .npy or .npz file, or any", "  other as CSV."})
  private Path save;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws WrongUse, Failure {
    WrongUse.unless(
        !WritableFile.same(save, data) && !WritableFile.same(save, model),
        "--save is one of the files that are read, " + save);
    Failure.unlessDone(this::predict);
    return CommandLine.ExitCode.OK;
  }

  private void predict() throws IOException, Failure {
    if (save != null) {
      WritableFile.require("--save", save);
    }
    FileKind kind = FileKind.of(model);
    switch (kind) {
      case ONNX -> write(onnx());
      case KERAS, HDF5 -> write(Map.of("output", keras()));
      case SAFETENSORS -> ofModelFile();
      default ->
          throw new Failure(model + ": no model that can be run, but " + kind.inWords(), null);
    }
  }

  // ---- models of other libraries ----

  private Map<String, StoredArray> onnx() throws IOException, Failure {
    OnnxModel graph = OnnxModel.read(model);
    GivenArrays given = GivenArrays.read(data);
    Map<String, StoredArray> inputs = new LinkedHashMap<>();
    for (DeclaredArray input : graph.inputs()) {
      int axes = input.shape().size();
      boolean ids = !input.type().contains("float");
      inputs.put(input.name(), GivenArrays.withAxes(given.of(input.name()), axes, ids));
    }
    return Failure.unlessMade(model + ": ", () -> graph.run(inputs));
  }

  private StoredArray keras() throws IOException, Failure {
    KerasModel keras = KerasModel.read(model);
    StoredArray given = GivenArrays.read(data).of("");
    boolean ids = keras.inputShape().length == 2;
    StoredArray input = GivenArrays.withAxes(given, ids ? 2 : 3, ids);
    return Failure.unlessMade(
        model + ": ", () -> ids ? keras.predict(ids(input)) : keras.predict(input.tensor3()));
  }

  private static int[][] ids(StoredArray array) {
    long[] shape = array.shape();
    double[] values = array.doubles();
    int[][] ids = new int[(int) shape[0]][(int) shape[1]];
    for (int i = 0; i < values.length; i++) {
      ids[i / ids[0].length][i % ids[0].length] = (int) values[i];
    }
    return ids;
  }

  // ---- models of Unroll ----

  private void ofModelFile() throws IOException, Failure {
    SavedModel<TrainableModel<?>> saved = ModelFile.load(model);
    String job = saved.notes().texts().getOrDefault("job", "");
    switch (job) {
      case "forecast" -> forecast(Forecaster.load(model));
      case "classify" -> classify(TableClassifier.load(model));
      default -> write(Map.of("output", run(saved.model())));
    }
  }

  private void forecast(Forecaster forecaster) throws IOException, Failure {
    Table table = Table.read(data);
    Forecast ahead = Failure.unlessMade("", () -> forecaster.forecast(table));
    List<String> lines = new ArrayList<>();
    lines.add(
        CsvLine.of(
            List.of(
                forecaster.settings().time().orElse("step"),
                forecaster.settings().target(),
                "low",
                "high")));
    for (int h = 0; h < ahead.values().length; h++) {
      lines.add(
          CsvLine.of(
              List.of(ahead.times().get(h), ahead.values()[h], ahead.low()[h], ahead.high()[h])));
    }
    writeLines(lines);
  }

  private void classify(TableClassifier classifier) throws IOException, Failure {
    Table table = Table.read(data);
    List<LabelledGroup> groups = Failure.unlessMade("", () -> classifier.label(table));
    boolean everyRow = classifier.settings().everyRow();
    List<Object> header = new ArrayList<>(everyRow ? List.of("row") : List.of());
    header.add(classifier.settings().group());
    header.add(classifier.settings().label());
    classifier.labels().forEach(label -> header.add("probability of " + label));
    List<String> lines = new ArrayList<>();
    lines.add(CsvLine.of(header));
    for (LabelledGroup group : groups) {
      for (int t = 0; t < group.labels().size(); t++) {
        List<Object> cells = new ArrayList<>();
        if (everyRow) {
          cells.add(group.rows()[t] + 1);
        }
        cells.add(group.name());
        cells.add(group.labels().get(t));
        for (double probability : group.probabilities().get(t)) {
          cells.add(String.format(Locale.ROOT, "%.6f", probability));
        }
        lines.add(CsvLine.of(cells));
      }
    }
    writeLines(lines);
  }

  private StoredArray run(TrainableModel<?> saved) throws IOException, Failure {
    StoredArray given = GivenArrays.read(data).of("");
    if (saved instanceof SequenceClassifier classifier) {
      Sequences inputs = inputs(given, classifier.description().input() instanceof Input.Words);
      return StoredArray.of(
          Failure.unlessMade(model + ": ", () -> classifier.probabilities(inputs)));
    }
    if (saved instanceof SequenceRegressor regressor) {
      Sequences inputs = inputs(given, regressor.description().input() instanceof Input.Words);
      return StoredArray.of(Failure.unlessMade(model + ": ", () -> regressor.predict(inputs)));
    }
    throw new Failure(
        String.format(
            Locale.ROOT,
            "%s: holds a %s, which predict does not run; generate and evaluate run language models",
            model,
            saved.getClass().getSimpleName()),
        null);
  }

  private static Sequences inputs(StoredArray given, boolean words) throws Failure {
    StoredArray array = GivenArrays.withAxes(given, words ? 2 : 3, words);
    return words ? Sequences.ofWords(ids(array)) : Sequences.of(array.tensor3());
  }

  // ---- answers ----

  private void write(Map<String, StoredArray> answers) throws IOException {
    String ending = save == null ? "" : save.toString().toLowerCase(Locale.ROOT);
    if (ending.endsWith(".npz")) {
      NumpyFile.writeArchive(save, answers);
    } else if (ending.endsWith(".npy") && answers.size() == 1) {
      NumpyFile.write(save, answers.values().iterator().next());
    } else {
      List<String> lines = new ArrayList<>();
      answers.forEach((name, array) -> addLines(lines, answers.size() > 1 ? name : "", array));
      writeLines(lines);
    }
  }

  /** A line for each row of the last axis; before it the places in the other axes. */
  private static void addLines(List<String> lines, String name, StoredArray array) {
    long[] shape = array.shape();
    double[] values = array.doubles();
    int width = shape.length == 0 ? 1 : (int) shape[shape.length - 1];
    List<Object> header = new ArrayList<>();
    if (!name.isEmpty()) {
      header.add("output");
    }
    header.addAll(List.of("sequence", "step", "axis 3", "axis 4").subList(0, places(shape)));
    for (int j = 0; j < width; j++) {
      header.add("value " + (j + 1));
    }
    lines.add(CsvLine.of(header));
    for (int row = 0; row * width < values.length; row++) {
      List<Object> cells = new ArrayList<>();
      if (!name.isEmpty()) {
        cells.add(name);
      }
      int left = row;
      for (int axis = places(shape) - 1; axis >= 0; axis--) {
        cells.add(name.isEmpty() ? 0 : 1, left % shape[axis] + 1);
        left /= (int) shape[axis];
      }
      for (int j = 0; j < width; j++) {
        cells.add(values[row * width + j]);
      }
      lines.add(CsvLine.of(cells));
    }
  }

  private static int places(long[] shape) {
    return Math.min(4, Math.max(0, shape.length - 1));
  }

  private void writeLines(List<String> lines) throws IOException {
    if (save != null) {
      String text = String.join("\n", lines) + "\n";
      WritableFile.write("--save", save, text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }
}
