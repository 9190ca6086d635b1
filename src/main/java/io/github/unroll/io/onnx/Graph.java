package io.github.unroll.io.onnx;

import java.util.List;
import java.util.Map;

/**
 * A graph that is ready to run.
 *
 * @param path the file that it was read from
 * @param producer the program that wrote it; may be empty
 * @param opset the version of the operators
 * @param inputs what it reads
 * @param outputs what it gives
 * @param known what the file tells of values, by name
 * @param steps the nodes that depend on inputs
 * @param places the place of each value in a run, by name
 * @param constants what stands at the places before a run; null where nothing does
 * @param constantSize the number of all elements of the file's constants
 * @param parameters the number of elements of each weight, by name
 */
record Graph(
    String path,
    String producer,
    int opset,
    List<OnnxModel.Value> inputs,
    List<OnnxModel.Value> outputs,
    Map<String, OnnxModel.Value> known,
    List<Step> steps,
    Map<String, Integer> places,
    Tensor[] constants,
    double constantSize,
    Map<String, Integer> parameters) {}
