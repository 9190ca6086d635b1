package io.github.unroll.model;

import io.github.unroll.tensor.Parameter;

/** Where a new model's weights come from. */
interface WeightSource {

  /** Word vectors (V,D). */
  Parameter wordVectors(String name, int vocabulary, int size);

  /** What a product is taken with. */
  Parameter weight(String name, int rows, int cols);

  /** What is added to each row (1,size). */
  Parameter bias(String name, int size);
}
