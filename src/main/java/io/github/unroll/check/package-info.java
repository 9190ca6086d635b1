/** Proof of gradients: analytic against numeric, for anyone's layer. */
package io.github.unroll.check;
