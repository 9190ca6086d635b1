/**
 * The kernel on {@code jdk.incubator.vector}, for any vector width. Nothing names it but the
 * kernel's choice, by its name as text: without the module the library runs on plain Java.
 *
 * <p>C2 makes an object of each vector that a call hands over, and may do so with all that it
 * compiles together past 18,000 nodes. So no method here takes or returns a vector, and one of many
 * vectors is too long to be inlined (over 325 bytes of bytecode) or called by turns with others.
 */
package io.github.unroll.simd;
