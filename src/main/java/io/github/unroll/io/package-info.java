/**
 * Common parts of all array files: the stored array, the kind of a file, determined by its first
 * bytes, and the listing of its arrays.
 *
 * <p>Files are not trusted: a file that is wrong, cut off or impossibly large is rejected with an
 * {@link java.io.IOException} that names the file and the reason, and needs no more memory than the
 * bytes that exist. Files are written completely or not at all; an interrupted thread can read and
 * write.
 */
package io.github.unroll.io;
