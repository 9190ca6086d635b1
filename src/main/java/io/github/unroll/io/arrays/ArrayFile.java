package io.github.unroll.io.arrays;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.hdf5.KerasFile;
import io.github.unroll.io.numpy.NumpyFile;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.io.torch.TorchFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reading files of arrays in any of the formats .npy, .npz, .safetensors, .pt, .onnx, .keras and
 * .h5, and writing named arrays as .npz or .safetensors.
 */
public final class ArrayFile {

  private ArrayFile() {}

  /**
   * Reads the headers of a file, whatever its name: the first bytes determine the format.
   *
   * @param file the file; it may be a pipe unless it is an archive
   * @return the listing of its arrays
   * @throws IOException naming the file, if it cannot be read, is of another kind, its headers are
   *     wrong, or its length is not the one that they describe
   */
  public static FileListing list(Path file) throws IOException {
    try (InputStream in = FilePath.open(file)) {
      FileKind kind = FileKind.of(in, file);
      return switch (kind) {
        case NPY -> NumpyFile.list(in, file);
        case ZIP -> NumpyFile.listArchive(file);
        case SAFETENSORS -> SafeTensors.list(in, file);
        case TORCH -> TorchFile.list(file);
        case ONNX -> listing(OnnxFile.read(in, file));
        case KERAS, HDF5 -> listing(KerasFile.read(file));
        default -> throw unknown(file, "neither .npy, ", kind);
      };
    }
  }

  private static FileListing listing(OnnxFile file) throws IOException {
    return listing(
        OnnxNames.of(file),
        Map.of("producer", file.producer(), "opset", Long.toString(file.opset())));
  }

  private static FileListing listing(KerasFile file) {
    String version = file.version();
    return listing(file.arrays(), version.isEmpty() ? Map.of() : Map.of("keras_version", version));
  }

  private static FileListing listing(
      Map<String, StoredArray> arrays, Map<String, String> metadata) {
    List<FileListing.Entry> entries = new ArrayList<>();
    arrays.forEach(
        (name, array) -> {
          String type = array.typeName();
          List<Long> shape =
              type.isEmpty() ? List.of() : Arrays.stream(array.shape()).boxed().toList();
          entries.add(new FileListing.Entry(name, type, shape, array.unread()));
        });
    return new FileListing(entries, metadata);
  }

  /**
   * Reads the named arrays of a file, whatever its name.
   *
   * @param file the file
   * @return its arrays by name, in the order of the file; unmodifiable
   * @throws IOException naming the file, if it cannot be read or is of no format with names
   */
  public static Map<String, StoredArray> read(Path file) throws IOException {
    FileKind kind = FileKind.of(file);
    return switch (kind) {
      case ZIP -> NumpyFile.readArchive(file);
      case SAFETENSORS -> SafeTensors.read(file).tensors();
      case TORCH -> TorchFile.read(file);
      case ONNX -> OnnxNames.of(OnnxFile.read(file));
      case KERAS, HDF5 -> Collections.unmodifiableMap(KerasFile.read(file).arrays());
      default -> throw unknown(file, "neither ", kind);
    };
  }

  private static IOException unknown(Path file, String neither, FileKind kind) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "%s: is %s.npz, .safetensors, .pt, .onnx, .keras nor .h5, but %s",
            file,
            neither,
            kind.inWords()));
  }

  /**
   * Writes named arrays in the format of the file name's ending. NumPy has no bfloat16, so a .npz
   * file stores it as float32 with the same values.
   *
   * @param file created or replaced; ends in .safetensors or .npz, in small or capital letters
   * @param arrays the arrays by name
   * @throws IllegalArgumentException naming the array, if the format cannot hold it
   * @throws IllegalStateException if there is an array whose values were not read
   * @throws IOException naming the file, if it cannot be written or has another ending
   */
  public static void write(Path file, Map<String, StoredArray> arrays) throws IOException {
    switch (FilePath.ending(file)) {
      case "npz" -> {
        Map<String, StoredArray> known = new LinkedHashMap<>(arrays);
        known.replaceAll((name, array) -> asKnownToNumpy(array));
        NumpyFile.writeArchive(file, known);
      }
      case "safetensors" -> new SafeTensors(arrays).write(file);
      default ->
          throw new IOException(
              file + ": ends neither in .npz nor in .safetensors, the formats that are written");
    }
  }

  private static StoredArray asKnownToNumpy(StoredArray array) {
    return array.elementType() == ElementType.BFLOAT16 ? array.to(ElementType.FLOAT32) : array;
  }
}
