package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Batches;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.layer.State;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.TrainingProgress;
import io.github.unroll.train.TrainingProgress.Judgement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The format of a training's state in a file: tensors and metadata in addition to the model. */
final class TrainingFormat {

  private static final String CLASS_WEIGHTS = "training.classWeights";
  private static final String STATE = "state/";
  private static final String STATE_PARTS = "state.parts";
  private static final String BEST = "best/";
  private static final String RANDOM = "random";
  private static final String BATCHES = "batches";
  private static final String ORDER = "batches/order";
  private static final String KEY = "/key";
  private static final String POSITION = ".position";
  private static final String HAS_GAUSS = ".hasGauss";
  private static final String GAUSS = ".gauss";
  private static final String EPOCH = "progress.epoch";
  private static final String ITERATION = "progress.iteration";
  private static final String ACCUMULATED = "progress.accumulated";
  private static final String GRADIENT = "gradient/";
  private static final String TOTAL_LOSS = "progress.totalLoss";
  private static final String BEST_SCORE = "validation.best";
  private static final String LAST_GAIN = "validation.lastGain";
  private static final String EPOCHS_WITHOUT_GAIN = "validation.epochsWithoutGain";
  private static final String KEEPS_BEST = "validation.keepsBest";
  private static final String PLATEAU_BEST = "plateau.best";

  private final SafeTensors content;
  private final String file;

  private final int epoch;
  private final int iteration;

  TrainingFormat(SafeTensors content, String file) throws IOException {
    this.content = content;
    this.file = file;
    if (!content.metadata().containsKey(EPOCH)) {
      throw new IOException(
          file + ": a model without its training: there is nothing to go on with");
    }
    this.epoch = metadata().integer(EPOCH);
    this.iteration = metadata().integer(ITERATION);
  }

  int epoch() {
    return epoch;
  }

  int iteration() {
    return iteration;
  }

  // ---- the model ----

  void restoreParameters(TrainableModel<?> model) throws IOException {
    ModelFormat.requireSame(model, metadata(), file);
    List<Matrix> values = new ArrayList<>();
    for (Parameter parameter : model.parameters()) {
      values.add(like(parameter, parameter.name()));
    }
    for (int i = 0; i < values.size(); i++) {
      model.parameters().get(i).value().copyFrom(values.get(i));
    }
  }

  // ---- how the model is trained ----

  static void putClassWeights(TrainableModel<?> model, Map<String, String> metadata) {
    List<Double> weights = classWeights(model);
    if (!weights.isEmpty()) {
      metadata.put(CLASS_WEIGHTS, Metadata.text(weights));
    }
  }

  void requireClassWeights(TrainableModel<?> model) throws IOException {
    List<Double> own = classWeights(model);
    List<Double> saved =
        metadata().has(CLASS_WEIGHTS) ? metadata().numbers(CLASS_WEIGHTS) : List.of();
    if (!own.equals(saved)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: the training is one with class weights %s, and the model to go on with has %s;"
                  + " call its setClassWeights with those of the file",
              file,
              saved,
              own));
    }
  }

  private static List<Double> classWeights(TrainableModel<?> model) {
    return model instanceof SequenceClassifier classifier
        ? Arrays.stream(classifier.classWeights()).boxed().toList()
        : List.of();
  }

  // ---- the state that the model carries through the text ----

  static void putState(
      Optional<State> state, Map<String, StoredArray> tensors, Map<String, String> metadata) {
    List<Matrix> parts = state.map(State::matrices).orElse(List.of());
    metadata.put(STATE_PARTS, Integer.toString(parts.size()));
    for (int i = 0; i < parts.size(); i++) {
      tensors.put(STATE + i, StoredArray.of(parts.get(i)));
    }
  }

  void restoreState(TrainableModel<?> model) throws IOException {
    List<Matrix> parts = new ArrayList<>();
    int count = metadata().integer(STATE_PARTS);
    for (int i = 0; i < count; i++) {
      parts.add(matrix(STATE + i));
    }
    if (parts.isEmpty()) {
      model.resetState();
    } else {
      orRefuse(() -> model.setKeptState(new State(parts)));
    }
  }

  private void orRefuse(Runnable restoring) throws IOException {
    ModelFormat.orRefuse(
        file,
        () -> {
          restoring.run();
          return restoring;
        });
  }

  // ---- random numbers and batches ----

  static void putRandom(
      RandomState.State state, Map<String, StoredArray> tensors, Map<String, String> metadata) {
    putRandom(RANDOM, state, tensors, metadata);
  }

  RandomState.State random() throws IOException {
    return random(RANDOM);
  }

  static void putBatches(
      Batches<?> batches, Map<String, StoredArray> tensors, Map<String, String> metadata) {
    batches.random().ifPresent(random -> putRandom(BATCHES, random.state(), tensors, metadata));
    long[] order = Arrays.stream(batches.order()).asLongStream().toArray();
    if (order.length > 0) {
      tensors.put(ORDER, StoredArray.ofLongs(ElementType.INT64, new long[] {order.length}, order));
    }
  }

  void restoreBatches(Batches<?> batches) throws IOException {
    if (batches.random().isPresent()) {
      batches.random().get().setState(random(BATCHES));
    }
    StoredArray saved = content.tensors().get(ORDER);
    orRefuse(
        () ->
            batches.setOrder(
                saved == null
                    ? new int[0]
                    : Arrays.stream(saved.longs()).mapToInt(Math::toIntExact).toArray()));
  }

  private static void putRandom(
      String whose,
      RandomState.State state,
      Map<String, StoredArray> tensors,
      Map<String, String> metadata) {
    long[] key = Arrays.stream(state.key()).mapToLong(Integer::toUnsignedLong).toArray();
    tensors.put(whose + KEY, StoredArray.ofLongs(ElementType.UINT32, new long[] {key.length}, key));
    metadata.put(whose + POSITION, Integer.toString(state.pos()));
    metadata.put(whose + HAS_GAUSS, Boolean.toString(state.hasGauss()));
    metadata.put(whose + GAUSS, Double.toString(state.gauss()));
  }

  private RandomState.State random(String whose) throws IOException {
    StoredArray key = tensor(whose + KEY);
    int position = metadata().integer(whose + POSITION);
    boolean hasGauss = metadata().flag(whose + HAS_GAUSS);
    double gauss = metadata().number(whose + GAUSS);
    return ModelFormat.orRefuse(
        file,
        () -> {
          int[] words = Arrays.stream(key.longs()).mapToInt(word -> (int) word).toArray();
          return new RandomState.State(words, position, hasGauss, gauss);
        });
  }

  // ---- where the training stands ----

  static void putProgress(
      TrainingProgress progress,
      List<Parameter> parameters,
      Map<String, StoredArray> tensors,
      Map<String, String> metadata) {
    Judgement judgement = progress.judgement();
    metadata.put(EPOCH, Integer.toString(progress.epoch()));
    metadata.put(ITERATION, Integer.toString(progress.iteration()));
    metadata.put(TOTAL_LOSS, Double.toString(progress.totalLoss()));
    metadata.put(BEST_SCORE, Double.toString(judgement.best()));
    metadata.put(LAST_GAIN, Double.toString(judgement.lastGain()));
    metadata.put(EPOCHS_WITHOUT_GAIN, Integer.toString(judgement.epochsWithoutGain()));
    List<Matrix> best = judgement.bestParameters();
    metadata.put(KEEPS_BEST, Boolean.toString(!best.isEmpty()));
    for (int i = 0; i < best.size(); i++) {
      tensors.put(BEST + parameters.get(i).name(), StoredArray.of(best.get(i)));
    }
    if (progress.accumulated() > 0) {
      metadata.put(ACCUMULATED, Integer.toString(progress.accumulated()));
      for (Parameter parameter : parameters) {
        tensors.put(GRADIENT + parameter.name(), StoredArray.of(parameter.gradOfTouchedRows()));
      }
    }
  }

  /** Restores the gradients that wait for an update, if there are any. */
  void restoreGradients(List<Parameter> parameters) throws IOException {
    if (!metadata().has(ACCUMULATED)) {
      return;
    }
    List<Matrix> gradients = new ArrayList<>();
    for (Parameter parameter : parameters) {
      gradients.add(like(parameter, GRADIENT + parameter.name()));
    }
    for (int i = 0; i < gradients.size(); i++) {
      restoreGradient(parameters.get(i), gradients.get(i));
    }
  }

  /** Row by row, so that a parameter still knows which rows are zero. */
  private static void restoreGradient(Parameter parameter, Matrix gradient) {
    parameter.zeroGrad();
    for (int row = 0; row < gradient.rows(); row++) {
      MatrixView values = gradient.rows(row, 1);
      if (IntStream.range(0, values.cols()).anyMatch(col -> values.get(0, col) != 0)) {
        parameter.addToGradRow(row, values, 0);
        parameter.gradOfTouchedRows().copyRow(row, values, 0); // 0 + -0.0 has lost its sign
      }
    }
  }

  TrainingProgress progress(List<Parameter> parameters) throws IOException {
    Metadata metadata = metadata();
    double totalLoss = metadata.number(TOTAL_LOSS);
    double bestScore = metadata.number(BEST_SCORE);
    double lastGain = metadata.number(LAST_GAIN);
    int epochsWithoutGain = metadata.integer(EPOCHS_WITHOUT_GAIN);
    int accumulated = metadata.has(ACCUMULATED) ? metadata.integer(ACCUMULATED) : 0;
    List<Matrix> best = new ArrayList<>();
    if (metadata.flag(KEEPS_BEST)) {
      for (Parameter parameter : parameters) {
        best.add(like(parameter, BEST + parameter.name()));
      }
    }
    return ModelFormat.orRefuse(
        file,
        () ->
            new TrainingProgress(
                epoch,
                iteration,
                totalLoss,
                new Judgement(bestScore, lastGain, epochsWithoutGain, best),
                accumulated));
  }

  static void putSchedule(Schedule schedule, Map<String, String> metadata) {
    if (schedule instanceof Schedule.OnPlateau onPlateau) {
      metadata.put(PLATEAU_BEST, Double.toString(onPlateau.plateau().best()));
    }
  }

  /** Restores the schedule; most schedules have no state. */
  void restoreSchedule(Schedule schedule) throws IOException {
    if (!(schedule instanceof Schedule.OnPlateau onPlateau)) {
      return;
    }
    if (!content.metadata().containsKey(PLATEAU_BEST)) {
      throw new IOException(file + ": the training that was saved had no schedule on plateau");
    }
    double best = metadata().number(PLATEAU_BEST);
    if (Double.isNaN(best)) {
      throw new IOException(file + ": " + PLATEAU_BEST + " is NaN");
    }
    onPlateau.plateau().setBest(best);
  }

  // ---- parts of the file ----

  Metadata metadata() {
    return new Metadata(content.metadata(), file);
  }

  JsonReader json(String key) throws IOException {
    return new JsonReader(metadata().text(key), file + ": " + key);
  }

  /** A matrix of a parameter's shape. */
  Matrix like(Parameter parameter, String name) throws IOException {
    Matrix matrix = matrix(name);
    if (!matrix.shape().equals(parameter.value().shape())) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: %s is %s and must be %s, as %s is",
              file,
              JsonReader.quoted(name),
              matrix.shape(),
              parameter.value().shape(),
              parameter.name()));
    }
    return matrix;
  }

  private Matrix matrix(String name) throws IOException {
    StoredArray tensor = tensor(name);
    return ModelFormat.orRefuse(file, tensor::matrix);
  }

  private StoredArray tensor(String name) throws IOException {
    if (!content.tensors().containsKey(name)) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: there is no tensor %s", file, JsonReader.quoted(name)));
    }
    return content.tensor(name);
  }
}
