/**
 * Matrices, views of them, tensors with three axes, all in row-major {@code double} arrays, and
 * trainable parameters.
 */
package io.github.unroll.tensor;
