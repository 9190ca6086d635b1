/**
 * The arithmetic of matrices on raw arrays and indices. Not exported: only package tensor calls it,
 * and simd and parallel, which implement it too.
 */
package io.github.unroll.kernel;
