/** NumPy's files: .npy, one array, and .npz, an archive of named arrays. */
package io.github.unroll.io.numpy;
