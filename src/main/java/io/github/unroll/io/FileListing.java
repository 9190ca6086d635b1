package io.github.unroll.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  /**
   * Reads the headers of a file, whose first bytes tell what it is; its name does not count.
   *
   * @param file the file; a pipe, too, if it brings no archive
   * @return what it says it holds
   * @throws IOException naming the file, if it cannot be read, is of another kind, its headers are
   *     not right, or it has another length than they say
   */
  public static FileListing of(Path file) throws IOException {
    try (InputStream in = SafeTensors.open(file)) {
      FileKind kind = FileKind.ahead(in);
      return switch (kind) {
        case NPY -> new FileListing(List.of(NumpyFile.entry(in, file)), Map.of());
        case ZIP -> new FileListing(NumpyFile.entries(file), Map.of());
        case SAFETENSORS -> of(SafeTensors.header(in, file));
        default ->
            throw new IOException(
                file + ": is neither .npy, .npz nor .safetensors, but " + kind.inWords());
      };
    }
  }

  private static FileListing of(SafeTensorsHeader header) {
    List<Entry> entries = new ArrayList<>();
    for (TensorEntry entry : header.entries()) {
      List<Long> shape = Arrays.stream(entry.shape()).boxed().toList();
      entries.add(new Entry(entry.name(), entry.typeName(), shape, entry.unread()));
    }
    return new FileListing(entries, header.metadata());
  }

  static Entry entry(String name, NpyHeader header) {
    List<Long> shape = Arrays.stream(header.shape()).boxed().toList();
    return new Entry(name, header.typeName(), shape, header.unread());
  }
}
