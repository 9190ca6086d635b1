/**
 * Training: the loop over batches and epochs, the plan it follows, and what listens to it. It
 * prints nothing.
 */
package io.github.unroll.train;
