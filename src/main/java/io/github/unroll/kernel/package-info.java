/**
 * The arithmetic beneath the matrices, on raw arrays and indices. Hidden: only package tensor calls
 * it, and simd and parallel, which are other forms of it.
 */
package io.github.unroll.kernel;
