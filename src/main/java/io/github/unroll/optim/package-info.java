/** What changes parameters by their gradients: optimizers, and the clipping of gradients. */
package io.github.unroll.optim;
