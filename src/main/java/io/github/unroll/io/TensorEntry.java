package io.github.unroll.io;

import io.github.unroll.io.StoredTensor.Dtype;

/**
 * What a header says of one tensor.
 *
 * @param name its name
 * @param dtype type of its elements
 * @param shape the size of each axis
 * @param begin its first byte, counted from the end of the header
 * @param end the byte after its last
 */
record TensorEntry(String name, Dtype dtype, long[] shape, long begin, long end) {

  long bytes() {
    return end - begin;
  }
}
