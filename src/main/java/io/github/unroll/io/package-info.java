/**
 * What all files of arrays have in common: the stored array, the kind of a file, told by its first
 * bytes, and the listing of what it holds.
 *
 * <p>A file is not believed: what is wrong, cut off or too large to be true is refused with an
 * {@link java.io.IOException} that names the file and the reason, and costs no more memory than the
 * bytes that are really there. A file is written whole or not at all; an interrupted thread reads
 * and writes as any other.
 */
package io.github.unroll.io;
