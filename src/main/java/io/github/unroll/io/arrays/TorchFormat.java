package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.torch.TorchFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** The .pt and .pth formats of PyTorch: named tensors among other values. */
final class TorchFormat implements ArrayFormat.OfNames {

  @Override
  public String called() {
    return ".pt";
  }

  @Override
  public boolean is(FileKind kind) {
    return kind == FileKind.TORCH;
  }

  @Override
  public FileListing list(InputStream in, Path file) throws IOException {
    return TorchFile.list(file);
  }

  @Override
  public Map<String, StoredArray> read(Path file) throws IOException {
    return TorchFile.read(file);
  }
}
