/**
 * The dense core: matrices, views of them and sequences of matrices in row-major {@code double}
 * arrays, and trainable parameters.
 */
package io.github.unroll.tensor;
