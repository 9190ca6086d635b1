/** Whole models of Keras, read from their files and run. */
package io.github.unroll.io.keras;
