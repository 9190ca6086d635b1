package io.github.unroll.io.arrays;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reading files of arrays in any of the formats .npy, .npz, .safetensors, .pt, .onnx, .keras and
 * .h5, and writing named arrays as .npz or .safetensors.
 */
public final class ArrayFile {

  /** All formats; a new format needs a line here and its own class. */
  static final List<ArrayFormat> FORMATS =
      List.of(
          new NpyFormat(),
          new NpzFormat(),
          new SafeTensorsFormat(),
          new TorchFormat(),
          new OnnxFormat(),
          new KerasFormat(FileKind.KERAS, ".keras"),
          new KerasFormat(FileKind.HDF5, ".h5"));

  private static final List<ArrayFormat.OfNames> OF_NAMES = only(ArrayFormat.OfNames.class);
  private static final List<ArrayFormat.Written> WRITTEN = only(ArrayFormat.Written.class);

  private ArrayFile() {}

  private static <F extends ArrayFormat> List<F> only(Class<F> some) {
    return FORMATS.stream().filter(some::isInstance).map(some::cast).toList();
  }

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
      FileKind kind = FileKind.of(in);
      // An archive's first member may be any: all names tell whose it is.
      kind = kind == FileKind.ZIP ? FileKind.of(file) : kind;
      return format(FORMATS, kind, file).list(in, file);
    }
  }

  /**
   * Reads the named arrays of a file, whatever its name.
   *
   * @param file the file
   * @return its arrays by name, in the order of the file; unmodifiable
   * @throws IOException naming the file, if it cannot be read or is of no format with names
   */
  public static Map<String, StoredArray> read(Path file) throws IOException {
    return format(OF_NAMES, FileKind.of(file), file).read(file);
  }

  private static <F extends ArrayFormat> F format(List<F> known, FileKind kind, Path file)
      throws IOException {
    for (F format : known) {
      if (format.is(kind)) {
        return format;
      }
    }
    throw new IOException(file + ": is " + neither(known, "") + ", but " + kind.inWords());
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
    String ending = "." + FilePath.ending(file);
    for (ArrayFormat.Written format : WRITTEN) {
      if (format.called().equals(ending)) {
        format.write(file, arrays);
        return;
      }
    }
    throw new IOException(
        file + ": ends " + neither(WRITTEN, "in ") + ", the formats that are written");
  }

  /** Such as neither .npy, .npz nor .safetensors. */
  private static String neither(List<? extends ArrayFormat> formats, String before) {
    List<String> names = formats.stream().map(format -> before + format.called()).toList();
    int last = names.size() - 1;
    return "neither " + String.join(", ", names.subList(0, last)) + " nor " + names.get(last);
  }
}
