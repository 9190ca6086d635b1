/** Models of ONNX: graphs of operators that are read from .onnx files and run. */
package io.github.unroll.io.onnx;
