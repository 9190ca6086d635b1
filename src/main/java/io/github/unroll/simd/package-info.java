/**
 * The kernel on {@code jdk.incubator.vector}, for any vector width. Only the choice of the kernel
 * names it, as text, so without the module the library runs on plain Java.
 *
 * <p>C2 makes an object of each vector that a call passes, and may do so with all vectors that it
 * compiles together beyond 18,000 nodes. So no method here takes or returns a vector, and one of
 * many vectors is too long to be inlined (over 325 bytes of bytecode) or called by turns with
 * others.
 */
package io.github.unroll.simd;
