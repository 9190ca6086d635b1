/** One time step of a recurrent network, written like its formulas: row vectors times matrices. */
package io.github.unroll.cell;
