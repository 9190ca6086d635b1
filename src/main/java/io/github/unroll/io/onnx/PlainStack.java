package io.github.unroll.io.onnx;

import io.github.unroll.io.foreign.ImportedLayers;

/** stub */
final class PlainStack {
  PlainStack(Graph graph) {}

  ImportedLayers layers() {
    throw new IllegalArgumentException("not yet");
  }
}
