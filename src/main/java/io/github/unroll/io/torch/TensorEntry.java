package io.github.unroll.io.torch;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.Strides;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A tensor as a pickle describes it.
 *
 * @param storage where its values are
 * @param places which of them
 * @param marked whether its values are to be negated or conjugated
 */
record TensorEntry(Storage storage, Strides places, boolean marked) {

  private static final int MOST_AXES = 64;

  /** The greatest number of elements of a Java array. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  /**
   * The tensor of the arguments of a function of PyTorch that rebuilds one.
   *
   * @param arguments storage, offset, sizes, strides and more
   * @param dtype the index of the type among them; 0 if the storage tells it
   * @param metadata the index of the marks, which may be left out
   */
  static TensorEntry of(List<?> arguments, int dtype, int metadata) throws IOException {
    if (arguments.size() <= Math.max(3, dtype)
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)) {
      throw new IOException("has a tensor without storage, offset, sizes or strides");
    }
    if (dtype > 0) {
      if (!(arguments.get(dtype) instanceof Global type) || !Dtypes.isDtype(type.name())) {
        throw new IOException("has a tensor of a type that PyTorch does not have");
      }
      storage.setType(type.name().substring("torch.".length()));
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
      throw new IOException(
          "has a tensor whose sizes or strides are no tuple of at most " + MOST_AXES + " numbers");
    }
    long[] axes = new long[list.size()];
    for (int axis = 0; axis < axes.length; axis++) {
      if (!(list.get(axis) instanceof Long number)) {
        throw new IOException("has a tensor with a size or a stride that is no integer of 64 bits");
      }
      axes[axis] = number;
    }
    return axes;
  }

  /**
   * The number of elements.
   *
   * @throws IOException if the storage has not all of them
   */
  long size() throws IOException {
    try {
      return places.size(storage.length());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "is no part of its storage %s: %s",
              JsonReader.quoted(storage.key()),
              e.getMessage()),
          e);
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
      return String.format(
          Locale.ROOT,
          "holds values of type %s, which are not read; save them as another type, such as"
              + " tensor.to(torch.float32)",
          storage.typeName());
    }
    if (storage.length() > MOST) {
      return String.format(
          Locale.ROOT,
          "is in a storage of %d values, more than the %d that are read; save it in parts",
          storage.length(),
          MOST);
    }
    return "";
  }
}
