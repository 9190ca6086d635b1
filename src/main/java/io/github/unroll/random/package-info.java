/**
 * Random numbers that are the same on every machine: NumPy's legacy generator, so that what was
 * drawn in a NumPy script can be drawn again here.
 */
package io.github.unroll.random;
