/**
 * The kernel on {@code jdk.incubator.vector}, for any vector width. Nothing names it but the
 * kernel's choice, by its name as text: without the module the library runs on plain Java.
 */
package io.github.unroll.simd;
