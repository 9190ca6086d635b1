/**
 * Text as numbers: a vocabulary, a corpus read from a file, batches for truncated backpropagation
 * through time, and a small grammar whose every next-word probability is known. Sequences of
 * numbers, labels and targets in batches, questions and answers in batches, and tasks that make
 * them up: the adding problem, the embedded Reber grammar, a seasonal series; sums and dates in
 * characters.
 */
package io.github.unroll.data;
