package io.github.unroll.io;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A listing of the arrays of a file. Of a .npy, .npz, .safetensors or .pt file values are not read,
 * so it is fast even for large ones. Arrays that cannot be read are listed too.
 *
 * @param entries the arrays, in the order of the file, then the members of an archive that are not
 *     arrays
 * @param metadata texts by name; sorted; those of a .safetensors file, the values of a .pt file
 *     that are no tensors, who wrote a .onnx, .keras or .h5 file; empty for the others
 */
public record FileListing(List<Entry> entries, Map<String, String> metadata) {

  /**
   * One array of a file.
   *
   * @param name its name; empty for the array of a .npy file
   * @param type the type of its elements in the terms of the format, such as F64 or float64, also
   *     one that cannot be read, such as F8_E4M3 or &lt;U5; empty if no header tells it
   * @param shape the size of each axis; empty for a single number, and if there is no header
   * @param unread why its values cannot be read, and what to do; empty if they can
   */
  public record Entry(String name, String type, List<Long> shape, String unread) {

    /**
     * An array.
     *
     * @param name its name
     * @param type the type of its elements
     * @param shape the size of each axis; copied
     * @param unread why its values cannot be read; empty if they can
     */
    public Entry {
      shape = List.copyOf(shape);
    }

    /**
     * An array whose values can be read.
     *
     * @param name its name
     * @param type the type of its elements
     * @param shape the size of each axis; copied
     */
    public Entry(String name, String type, List<Long> shape) {
      this(name, type, shape, "");
    }

    /**
     * {@return whether it is an array with a valid header; false for a member of an archive that is
     * not an array, or whose header is wrong or cannot be read}
     */
    public boolean isArray() {
      return !type.isEmpty();
    }

    /**
     * {@return the number of elements: the product of the shape, 1 for a single number, 0 if there
     * is no header}
     */
    public long size() {
      long size = isArray() ? 1 : 0;
      for (long axis : shape) {
        size *= axis; // headers whose product overflows are rejected
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
}
