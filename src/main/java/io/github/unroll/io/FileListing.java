package io.github.unroll.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a .npy, .npz or .safetensors file says it holds. Only headers are read: of a file of many
 * gigabytes, too, it takes a moment.
 *
 * @param entries the arrays, in the order of the file
 * @param metadata texts by name; sorted; empty but for .safetensors
 */
public record FileListing(List<Entry> entries, Map<String, String> metadata) {

  /**
   * One array.
   *
   * @param name its name; empty for the only one of a .npy file
   * @param type its elements, as the file's format calls them, such as F64 or float64
   * @param shape the size of each axis; empty for a single number
   */
  public record Entry(String name, String type, List<Long> shape) {

    /**
     * An array.
     *
     * @param name its name
     * @param type its elements
     * @param shape the size of each axis; copied
     */
    public Entry {
      shape = List.copyOf(shape);
    }

    /**
     * The number of elements.
     *
     * @return the product of the shape, 1 for a single number
     */
    public long size() {
      long size = 1;
      for (long axis : shape) {
        size *= axis; // headers are refused whose product overflows
      }
      return size;
    }
  }

  /**
   * A listing.
   *
   * @param entries the arrays; copied
   * @param metadata texts by name; copied
   */
  public FileListing {
    entries = List.copyOf(entries);
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /**
   * Reads the headers of a file: of .npy and .npz by the end of its name, of .safetensors by any
   * other.
   *
   * @param file the file
   * @return what it says it holds
   * @throws IOException naming the file, if it cannot be read, its headers are not right, or it has
   *     another length than they say
   */
  public static FileListing of(Path file) throws IOException {
    String name = file.toString();
    if (name.endsWith(".npy")) {
      return new FileListing(List.of(NumpyFile.entry(file)), Map.of());
    }
    if (name.endsWith(".npz")) {
      return new FileListing(NumpyFile.entries(file), Map.of());
    }
    return ofSafeTensors(file);
  }

  private static FileListing ofSafeTensors(Path file) throws IOException {
    SafeTensorsHeader header = SafeTensors.header(file);
    List<Entry> entries = new ArrayList<>();
    for (TensorEntry entry : header.entries()) {
      List<Long> shape = new ArrayList<>();
      for (long axis : entry.shape()) {
        shape.add(axis);
      }
      entries.add(new Entry(entry.name(), entry.dtype().toString(), shape));
    }
    return new FileListing(entries, header.metadata());
  }
}
