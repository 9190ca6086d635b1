/**
 * The dense core: matrices and sequences of matrices in row-major {@code double} arrays, trainable
 * parameters, and the kernel that does their arithmetic.
 */
package io.github.unroll.tensor;
