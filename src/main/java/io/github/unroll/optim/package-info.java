/**
 * What changes parameters by their gradients: optimizers, the learning rates they follow, and the
 * clipping of gradients.
 */
package io.github.unroll.optim;
