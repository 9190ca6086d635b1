/**
 * Files and bytes, whatever they hold: written whole or not at all, read despite interrupts, zip
 * archives, JSON; no part of what the module exports.
 */
package io.github.unroll.io.bytes;
