/**
 * The format of .onnx files: protocol buffers, and what ONNX keeps in them. Nothing is computed
 * here. Not exported by the module.
 */
package io.github.unroll.io.onnx.file;
