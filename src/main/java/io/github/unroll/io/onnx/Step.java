package io.github.unroll.io.onnx;

import io.github.unroll.cell.Cell;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxNode;
import java.util.List;
import java.util.Locale;

/**
 * A node of a graph, ready to run: where it reads and writes among the values of a run.
 *
 * @param in the place of each input; -1 where one is left out
 * @param out the place of each output; -1 where one is not wanted
 * @param last the places that no later step reads
 * @param recurrent the node, if it is a recurrent one; else null
 * @param weights those of a recurrent node with constant weights, at their places; else null
 * @param cells those of a recurrent node with constant weights; else null
 */
record Step(
    OnnxNode node,
    int opset,
    int[] in,
    int[] out,
    int[] last,
    RecurrentNode recurrent,
    StoredArray[] weights,
    List<Cell> cells) {

  /** The same step, after which some values are not needed any more. */
  Step forgetting(int... unused) {
    return new Step(node, opset, in, out, unused, recurrent, weights, cells);
  }

  /** Runs the node over the values of a run, or of the constants. */
  void run(Tensor[] values, Budget budget) {
    Tensor[] inputs = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      inputs[i] = in[i] < 0 ? null : values[in[i]];
    }
    NodeCall call = new NodeCall(node, opset, inputs, out.length, budget);
    Tensor[] outputs;
    try {
      outputs = recurrent == null ? Operators.run(call) : runRecurrent(call);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s of %s: %s", node.label(), shapes(inputs), e.getMessage()),
          e);
    }
    for (int i = 0; i < out.length; i++) {
      if (out[i] >= 0) {
        values[out[i]] = outputs[i];
      }
    }
    for (int place : last) {
      values[place] = null;
    }
  }

  private Tensor[] runRecurrent(NodeCall call) {
    if (cells != null) {
      return recurrent.run(call, cells);
    }
    StoredArray[] given = new StoredArray[RecurrentNode.P + 1];
    for (int i : RecurrentNode.WEIGHTS) {
      given[i] = call.has(i) ? call.real(i).stored() : null;
    }
    return recurrent.run(call, recurrent.cells(given));
  }

  private static String shapes(Tensor... inputs) {
    StringBuilder text = new StringBuilder();
    for (Tensor input : inputs) {
      text.append(text.length() == 0 ? "" : ", ").append(input == null ? "nothing" : input);
    }
    return text.toString();
  }
}
