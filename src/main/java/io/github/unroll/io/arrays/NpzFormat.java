package io.github.unroll.io.arrays;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.numpy.NumpyFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The .npz format: an archive of NumPy. It stores bfloat16, which NumPy lacks, as float32. */
final class NpzFormat implements ArrayFormat.Written {

  @Override
  public String called() {
    return ".npz";
  }

  @Override
  public boolean is(FileKind kind) {
    return kind == FileKind.ZIP;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    return NumpyFile.listArchive(file);
  }

  @Override
  public Map<String, StoredArray> read(Path file) throws IOException {
    return NumpyFile.readArchive(file);
  }

  @Override
  public void write(Path file, Map<String, StoredArray> arrays) throws IOException {
    Map<String, StoredArray> known = new LinkedHashMap<>(arrays);
    known.replaceAll(
        (name, array) ->
            array.elementType() == ElementType.BFLOAT16 ? array.to(ElementType.FLOAT32) : array);
    NumpyFile.writeArchive(file, known);
  }
}
