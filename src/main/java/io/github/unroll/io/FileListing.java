package io.github.unroll.io;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a .npy, .npz or .safetensors file says it holds. Only headers are read: of a file of many
 * gigabytes, too, it takes a moment. What cannot be read is listed with the rest.
 *
 * @param entries the arrays, in the order of the file; behind them the members of an archive that
 *     are none
 * @param metadata texts by name; sorted; empty but for .safetensors
 */
public record FileListing(List<Entry> entries, Map<String, String> metadata) {

  /**
   * One array.
   *
   * @param name its name; empty for the only one of a .npy file
   * @param type its elements, as the file's format calls them, such as F64 or float64, of a type
   *     that is not read too, such as F8_E4M3 or &lt;U5; empty if there is no header that tells
   * @param shape the size of each axis; empty for a single number, and if there is no header
   * @param unread why its values cannot be read, and what to do; empty if they can
   */
  public record Entry(String name, String type, List<Long> shape, String unread) {

    /**
     * An array.
     *
     * @param name its name
     * @param type its elements
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
     * @param type its elements
     * @param shape the size of each axis; copied
     */
    public Entry(String name, String type, List<Long> shape) {
      this(name, type, shape, "");
    }

    /**
     * Whether it is an array that its header describes.
     *
     * @return false for a member of an archive that is no array, or whose header is wrong or cannot
     *     be read
     */
    public boolean isArray() {
      return !type.isEmpty();
    }

    /**
     * The number of elements.
     *
     * @return the product of the shape, 1 for a single number, 0 if there is no header
     */
    public long size() {
      long size = isArray() ? 1 : 0;
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
}
