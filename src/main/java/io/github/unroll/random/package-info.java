/**
 * Random numbers that are the same on every machine: NumPy's legacy generator, so that the numbers
 * of a NumPy script can be reproduced.
 */
package io.github.unroll.random;
