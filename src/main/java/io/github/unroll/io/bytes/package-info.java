/**
 * Files and bytes of any content: atomic writes, reading despite interrupts, zip archives, JSON.
 * Not exported by the module.
 */
package io.github.unroll.io.bytes;
