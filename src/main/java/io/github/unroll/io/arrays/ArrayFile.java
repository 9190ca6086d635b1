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

/** A file of arrays in any of the formats: .npy, .npz or .safetensors. */
public final class ArrayFile {

  /** All formats; a new one is a line here and a file of its own. */
  static final List<ArrayFormat> FORMATS =
      List.of(new NpyFormat(), new NpzFormat(), new SafeTensorsFormat());

  private static final List<ArrayFormat> OF_NAMES =
      FORMATS.stream().filter(ArrayFormat::hasNames).toList();

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
      return format(FORMATS, FileKind.of(in), file).list(in, file);
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

  private static ArrayFormat format(List<ArrayFormat> known, FileKind kind, Path file)
      throws IOException {
    for (ArrayFormat format : known) {
      if (format.is(kind)) {
        return format;
      }
    }
    throw new IOException(file + ": is " + neither(known, "") + ", but " + kind.inWords());
  }

  /**
   * Writes named arrays in the format that the ending of the file's name stands for. What NumPy has
   * not, bfloat16, a .npz holds as float32, each value the same.
   *
   * @param file made or replaced; ends in .safetensors or .npz, in small or capital letters
   * @param arrays what it will hold, by name
   * @throws IllegalArgumentException naming the array, if the format cannot hold it
   * @throws IllegalStateException if there is an array whose values were not read
   * @throws IOException naming the file, if it cannot be written or has another ending
   */
  public static void write(Path file, Map<String, StoredArray> arrays) throws IOException {
    String ending = "." + FilePath.ending(file);
    for (ArrayFormat format : OF_NAMES) {
      if (format.called().equals(ending)) {
        format.write(file, arrays);
        return;
      }
    }
    throw new IOException(
        file + ": ends " + neither(OF_NAMES, "in ") + ", the formats that are written");
  }

  /** Such as neither .npy, .npz nor .safetensors. */
  private static String neither(List<ArrayFormat> formats, String before) {
    List<String> names = formats.stream().map(format -> before + format.called()).toList();
    int last = names.size() - 1;
    return "neither " + String.join(", ", names.subList(0, last)) + " nor " + names.get(last);
  }
}
