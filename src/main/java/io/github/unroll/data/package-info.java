/**
 * Text as numbers: a vocabulary, a corpus read from a file, batches for truncated backpropagation
 * through time, and a small grammar whose every next-word probability is known.
 */
package io.github.unroll.data;
