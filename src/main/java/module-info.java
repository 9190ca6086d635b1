/** Recurrent networks in pure Java: RNN, LSTM and GRU, with every gradient checked numerically. */
module io.github.unroll {
  exports io.github.unroll.cell;
  exports io.github.unroll.check;
  exports io.github.unroll.column;
  exports io.github.unroll.data;
  exports io.github.unroll.data.task;
  exports io.github.unroll.io;
  exports io.github.unroll.io.arrays;
  exports io.github.unroll.io.checkpoint;
  exports io.github.unroll.io.foreign;
  exports io.github.unroll.io.keras;
  exports io.github.unroll.io.numpy;
  exports io.github.unroll.io.onnx;
  exports io.github.unroll.io.safetensors;
  exports io.github.unroll.job;
  exports io.github.unroll.layer;
  exports io.github.unroll.loss;
  exports io.github.unroll.model;
  exports io.github.unroll.optim;
  exports io.github.unroll.random;
  exports io.github.unroll.tensor;
  exports io.github.unroll.train;
}
