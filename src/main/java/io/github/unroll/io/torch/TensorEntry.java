package io.github.unroll.io.torch;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.bytes.Strides;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A tensor as a pickle describes it. */
final class TensorEntry {

  private static final int MOST_AXES = 64;

  /** The greatest number of elements of a Java array. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  final Storage storage;
  final Strides places;
  private final boolean marked; // whether its values are to be negated or conjugated

  private TensorEntry(Storage storage, Strides places, boolean marked) {
    this.storage = storage;
    this.places = places;
    this.marked = marked;
  }

  /**
   * The tensor of the arguments of a function of PyTorch that rebuilds one.
   *
   * @param arguments storage, offset, sizes, strides and more
   * @param metadata the index of the marks, which may be left out
   */
  static TensorEntry of(List<?> arguments, int metadata) throws IOException {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)) {
      throw wrong();
    }
    boolean marked =
        arguments.size() > metadata
            && arguments.get(metadata) instanceof Map<?, ?> marks
            && !marks.isEmpty();
    return new TensorEntry(
        storage, new Strides(offset, axes(arguments.get(2)), axes(arguments.get(3))), marked);
  }

  private static long[] axes(Object numbers) throws IOException {
    if (!(numbers instanceof List<?> list) || list.size() > MOST_AXES) {
      throw wrong();
    }
    long[] axes = new long[list.size()];
    for (int axis = 0; axis < axes.length; axis++) {
      if (!(list.get(axis) instanceof Long number)) {
        throw wrong();
      }
      axes[axis] = number;
    }
    return axes;
  }

  private static IOException wrong() {
    return new IOException("is damaged: a tensor has no storage, offset, sizes or strides");
  }

  /**
   * The number of elements.
   *
   * @throws IOException if the storage has not all of them
   */
  private long size() throws IOException {
    try {
      return places.size(storage.length());
    } catch (IllegalArgumentException e) {
      throw new IOException("is no part of its storage: " + e.getMessage(), e);
    }
  }

  /** How many bytes it takes in addition to its storage; 0 if it is all of it or not read. */
  long copied() throws IOException {
    ElementType type = storage.type();
    long size = size();
    if (type == null || storage.length() > MOST || places.isAll(storage.length())) {
      return 0;
    }
    return size > MOST ? Long.MAX_VALUE : size * type.bytes();
  }

  /** Why the values cannot be read, and what to do; empty if they can. */
  String unread() {
    if (marked) {
      return "is a negated or conjugated view; save tensor.resolve_conj().resolve_neg()";
    }
    if (storage.type() == null) {
      return "holds values of type "
          + storage.typeName()
          + ", which are not read; save them as another type, such as tensor.to(torch.float32)";
    }
    if (storage.length() > MOST) {
      return "is in a storage of more than the " + MOST + " values that are read; save it in parts";
    }
    return "";
  }
}
