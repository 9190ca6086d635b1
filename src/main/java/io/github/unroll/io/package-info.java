/**
 * Arrays and weights in files: NumPy's .npy and .npz, and .safetensors; models and whole trainings
 * saved to be gone on with; weights of PyTorch, Keras and ONNX, and back.
 *
 * <p>A file is not believed: what is wrong, cut off or too large to be true is refused with an
 * {@link java.io.IOException} that names the file and the reason, and costs no more memory than the
 * bytes that are really there. A file is written whole or not at all, through {@link
 * io.github.unroll.io.AtomicFile}; an interrupted thread reads and writes as any other.
 */
package io.github.unroll.io;
