/**
 * Threads for the kernel. Results of a split call have the bits of the whole one, for an element is
 * never computed by two threads. Nothing names this package but the kernel's choice, by its name as
 * text.
 */
package io.github.unroll.parallel;
