/**
 * What is measured, through the public API only: JMH for study, {@link
 * io.github.unroll.bench.SideBySide} for the comparison with other libraries.
 */
package io.github.unroll.bench;
