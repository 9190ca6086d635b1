/**
 * Layers over whole sequences, batch first: (N,T,D) in, (N,T,H) out. A recurrent layer is a fast
 * loop over a cell.
 */
package io.github.unroll.layer;
