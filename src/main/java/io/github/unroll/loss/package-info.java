/** Losses over sequences: from the scores of all steps to one number, and its gradient. */
package io.github.unroll.loss;
