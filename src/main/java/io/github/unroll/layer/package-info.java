/**
 * Layers over whole sequences, batch first: (N,T,D) in, (N,T,H) out. A recurrent layer is the loop
 * over a cell, arranged for speed.
 */
package io.github.unroll.layer;
