package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

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

  @Override
  public boolean hasNames() {
    return false;
  }

  @Override
  public Map<String, StoredArray> read(Path file) {
    throw new UnsupportedOperationException(file + ": its array has no name");
  }

  @Override
  public void write(Path file, Map<String, StoredArray> arrays) {
    throw new UnsupportedOperationException(file + ": holds one array, without a name");
  }
}
