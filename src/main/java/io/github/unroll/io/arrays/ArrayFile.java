package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.safetensors.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A file of arrays in any of the formats: .npy, .npz or .safetensors. */
public final class ArrayFile {

  private ArrayFile() {}

  /**
   * Reads the headers of a file, whose first bytes tell what it is; its name does not count.
   *
   * @param file the file; a pipe, too, if it brings no archive
   * @return what it says it holds
   * @throws IOException naming the file, if it cannot be read, is of another kind, its headers are
   *     not right, or it has another length than they say
   */
  public static FileListing list(Path file) throws IOException {
    try (InputStream in = FilePath.open(file)) {
      FileKind kind = FileKind.of(in);
      return switch (kind) {
        case NPY -> NumpyFile.list(in, file);
        case ZIP -> NumpyFile.listArchive(file);
        case SAFETENSORS -> SafeTensors.list(in, file);
        default ->
            throw new IOException(
                file + ": is neither .npy, .npz nor .safetensors, but " + kind.inWords());
      };
    }
  }
}
