/** Training: the loop over batches and epochs, its plan and its listeners. It prints nothing. */
package io.github.unroll.train;
