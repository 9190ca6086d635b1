/**
 * Threads for the kernel. A split call has the bits of an unsplit one, because an element is never
 * computed by two threads. Only the choice of the kernel names this package, as text.
 */
package io.github.unroll.parallel;
