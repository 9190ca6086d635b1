/** Training: the loop over batches and epochs, and what listens to it. It prints nothing. */
package io.github.unroll.train;
