/** Array files of any format, which the first bytes determine. */
package io.github.unroll.io.arrays;
