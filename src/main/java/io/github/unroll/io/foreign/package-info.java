/** Weights of PyTorch, Keras and ONNX, read into layers and written back. */
package io.github.unroll.io.foreign;
