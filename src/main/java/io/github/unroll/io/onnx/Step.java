package io.github.unroll.io.onnx;

import io.github.unroll.io.onnx.file.OnnxNode;

/** A node of a graph, ready to run: where it reads and writes among the values of a run. */
final class Step {

  final OnnxNode node;
  final int opset;
  final RecurrentNode recurrent;
  final int[] in;
  final int[] out;

  /**
   * A step.
   *
   * @param opset the version of the operators
   * @param recurrent the same node, if it is a recurrent one; else null
   * @param in the place of each input; -1 where one is left out
   * @param out the place of each output; -1 where one is left out
   */
  Step(OnnxNode node, int opset, RecurrentNode recurrent, int[] in, int[] out) {
    this.node = node;
    this.opset = opset;
    this.recurrent = recurrent;
    this.in = in;
    this.out = out;
  }

  /** Whether there is an input. */
  boolean reads(int input) {
    return input < in.length && in[input] >= 0;
  }
}
