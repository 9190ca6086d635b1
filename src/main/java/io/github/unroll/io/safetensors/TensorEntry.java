package io.github.unroll.io.safetensors;

import java.util.Locale;

/**
 * The entry of one tensor in a header.
 *
 * @param name its name
 * @param typeName the name of its type in the header
 * @param dtype its type; null if it is not supported
 * @param shape the size of each axis
 * @param begin the position of its first byte, counted from the end of the header
 * @param end the position after its last byte
 */
record TensorEntry(String name, String typeName, Dtype dtype, long[] shape, long begin, long end) {

  /** The greatest size of a tensor in bytes. */
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
