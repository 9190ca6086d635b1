/**
 * Training: the loop over batches and epochs, its plan and its listeners. It prints nothing, unless
 * a {@link ProgressWriter} is told where to.
 */
package io.github.unroll.train;
