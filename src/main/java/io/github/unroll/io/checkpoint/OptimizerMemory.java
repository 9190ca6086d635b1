package io.github.unroll.io.checkpoint;

import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.JsonText;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The state of an optimizer and its format in a file.
 *
 * @param rule the simple name of the optimizer's class
 * @param steps the number of updates so far
 * @param learningRate the rate of the next update
 * @param states by the name of a parameter, then by that of a part such as m and v of Adam
 */
record OptimizerMemory(
    String rule, long steps, double learningRate, Map<String, Map<String, Matrix>> states) {

  private static final String RULE = "optimizer.rule";
  private static final String STEPS = "optimizer.steps";
  private static final String LEARNING_RATE = "optimizer.learningRate";
  private static final String PARTS = "optimizer.parts";

  static OptimizerMemory of(Optimizer optimizer, List<Parameter> parameters) {
    Map<String, Map<String, Matrix>> states = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      states.put(parameter.name(), optimizer.state(parameter));
    }
    return new OptimizerMemory(
        ruleOf(optimizer), optimizer.steps(), optimizer.learningRate(), states);
  }

  static void put(
      Optimizer optimizer,
      List<Parameter> parameters,
      Map<String, StoredArray> tensors,
      Map<String, String> metadata) {
    OptimizerMemory memory = of(optimizer, parameters);
    metadata.put(RULE, memory.rule);
    metadata.put(STEPS, Long.toString(memory.steps));
    metadata.put(LEARNING_RATE, Double.toString(memory.learningRate));
    metadata.put(PARTS, JsonText.array(optimizer.stateNames()));
    memory.states.forEach(
        (name, state) ->
            state.forEach(
                (part, matrix) -> tensors.put(tensorName(part, name), StoredArray.of(matrix))));
  }

  static OptimizerMemory read(TrainingFormat file, List<Parameter> parameters) throws IOException {
    List<String> parts = new ArrayList<>();
    JsonReader json = file.json(PARTS);
    json.array(() -> parts.add(json.string()));
    json.end();
    Map<String, Map<String, Matrix>> states = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Map<String, Matrix> state = new LinkedHashMap<>();
      for (String part : parts) {
        state.put(part, file.like(parameter, tensorName(part, parameter.name())));
      }
      states.put(parameter.name(), state);
    }
    Metadata metadata = file.metadata();
    return new OptimizerMemory(
        metadata.text(RULE), metadata.longInteger(STEPS), metadata.number(LEARNING_RATE), states);
  }

  private static String tensorName(String part, String parameter) {
    return "optimizer" + ModelFormat.STATE + part + ModelFormat.STATE + parameter;
  }

  void restore(String file, Optimizer optimizer, List<Parameter> parameters) throws IOException {
    if (!ruleOf(optimizer).equals(rule)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: the training was saved with %s; pass one, not %s",
              file,
              rule,
              ruleOf(optimizer)));
    }
    ModelFormat.orRefuse(
        file,
        () -> {
          parameters.forEach(p -> optimizer.setState(p, states.get(p.name())));
          optimizer.setSteps(steps);
          optimizer.setLearningRate(learningRate);
          return optimizer;
        });
  }

  private static String ruleOf(Optimizer optimizer) {
    return optimizer.getClass().getSimpleName();
  }
}
