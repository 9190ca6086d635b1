/** Files of arrays in whichever format: the first bytes tell which. */
package io.github.unroll.io.arrays;
