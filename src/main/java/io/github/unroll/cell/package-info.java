/**
 * Recurrent cells: one time step of a network, written like its formulas, row vectors times
 * matrices.
 */
package io.github.unroll.cell;
