package io.github.unroll.io.safetensors;

import java.util.Locale;

/**
 * What a header says of one tensor.
 *
 * @param name its name
 * @param typeName type of its elements, as the header calls it
 * @param dtype the same; null if it is one that is not read
 * @param shape the size of each axis
 * @param begin its first byte, counted from the end of the header
 * @param end the byte after its last
 */
record TensorEntry(String name, String typeName, Dtype dtype, long[] shape, long begin, long end) {

  /** In bytes. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  long bytes() {
    return end - begin;
  }

  /** Why the values cannot be read, and what to do; empty if they can. */
  String unread() {
    if (dtype == null) {
      return String.format(
          Locale.ROOT,
          "holds values of type %s, which are not read; save them as F32, in PyTorch by"
              + " tensor.to(torch.float32)",
          typeName);
    }
    if (bytes() > LARGEST) {
      return String.format(
          Locale.ROOT,
          "is %d bytes, more than the %d that are read; save it in parts",
          bytes(),
          LARGEST);
    }
    return "";
  }
}
