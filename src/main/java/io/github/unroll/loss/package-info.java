/** Losses over sequences: a score per step in, one number out, and its gradient back. */
package io.github.unroll.loss;
