/** Optimizers, learning rate schedules and gradient clipping. */
package io.github.unroll.optim;
