package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** The .safetensors format: named tensors. */
final class SafeTensorsFormat implements ArrayFormat.Written {

  @Override
  public String called() {
    return ".safetensors";
  }

  @Override
  public boolean is(FileKind kind) {
    return kind == FileKind.SAFETENSORS;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    return SafeTensors.list(in, file);
  }

  @Override
  public Map<String, StoredArray> read(Path file) throws IOException {
    return SafeTensors.read(file).tensors();
  }

  @Override
  public void write(Path file, Map<String, StoredArray> arrays) throws IOException {
    new SafeTensors(arrays).write(file);
  }
}
