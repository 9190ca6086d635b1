package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The .npy format: one array of NumPy, without a name. */
final class NpyFormat implements ArrayFormat {

  @Override
  public String called() {
    return ".npy";
  }

  @Override
  public boolean is(FileKind kind) {
    return kind == FileKind.NPY;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    return NumpyFile.list(in, file);
  }
}
