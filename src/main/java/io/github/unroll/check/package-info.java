/** Checks of gradients and cells, the library's or your own: analytic against numeric. */
package io.github.unroll.check;
