package io.github.unroll.io.arrays;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.safetensors.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /**
   * Reads the named arrays of a .npz or .safetensors file, whatever its name.
   *
   * @param file the file
   * @return its arrays by name, in the order of the file; unmodifiable
   * @throws IOException naming the file, if it cannot be read or is neither
   */
  public static Map<String, StoredArray> read(Path file) throws IOException {
    FileKind kind = FileKind.of(file);
    return switch (kind) {
      case ZIP -> NumpyFile.readArchive(file);
      case SAFETENSORS -> SafeTensors.read(file).tensors();
      default ->
          throw new IOException(file + ": is neither .safetensors nor .npz, but " + kind.inWords());
    };
  }

  /**
   * Writes named arrays, as {@link SafeTensors} or as an archive of NumPy, by the ending of the
   * file's name. What NumPy has not, bfloat16, an archive holds as float32, each value the same.
   *
   * @param file made or replaced; ends in .safetensors or .npz, in small or capital letters
   * @param arrays what it will hold, by name
   * @throws IllegalArgumentException naming the array, if the format cannot hold it
   * @throws IllegalStateException if there is an array whose values were not read
   * @throws IOException naming the file, if it cannot be written or has another ending
   */
  public static void write(Path file, Map<String, StoredArray> arrays) throws IOException {
    switch (FilePath.ending(file)) {
      case "npz" -> NumpyFile.writeArchive(file, asNumpyHasThem(arrays));
      case "safetensors" -> new SafeTensors(arrays).write(file);
      default ->
          throw new IOException(
              file + ": ends neither in .safetensors nor in .npz, the two kinds that are written");
    }
  }

  private static Map<String, StoredArray> asNumpyHasThem(Map<String, StoredArray> arrays) {
    Map<String, StoredArray> known = new LinkedHashMap<>(arrays);
    known.replaceAll(
        (name, array) ->
            array.elementType() == ElementType.BFLOAT16 ? array.to(ElementType.FLOAT32) : array);
    return known;
  }
}
