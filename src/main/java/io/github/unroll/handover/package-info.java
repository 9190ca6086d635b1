/**
 * A kernel that begins in plain Java and goes over to vectors, operation by operation, when their
 * compiled form is there and faster. Both give the same bits, so the moment is seen in the time
 * alone. Only the choice of the kernel names this package, as text.
 */
package io.github.unroll.handover;
