package io.github.unroll.io.safetensors;

import io.github.unroll.io.ElementType;

/** The element types with their names in the format. */
enum Dtype {
  // In the order of the reference writer, which writes the last type first.
  BOOL(ElementType.BOOL),
  U8(ElementType.UINT8),
  I8(ElementType.INT8),
  I16(ElementType.INT16),
  U16(ElementType.UINT16),
  F16(ElementType.FLOAT16),
  BF16(ElementType.BFLOAT16),
  I32(ElementType.INT32),
  U32(ElementType.UINT32),
  F32(ElementType.FLOAT32),
  F64(ElementType.FLOAT64),
  I64(ElementType.INT64),
  U64(ElementType.UINT64);

  private final ElementType type;

  Dtype(ElementType type) {
    this.type = type;
  }

  ElementType type() {
    return type;
  }

  int bytes() {
    return type.bytes();
  }

  static Dtype of(ElementType type) {
    for (Dtype dtype : values()) {
      if (dtype.type == type) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("a .safetensors file cannot hold elements of " + type);
  }

  /** Null if the type is not supported. */
  static Dtype named(String name) {
    for (Dtype dtype : values()) {
      if (dtype.name().equals(name)) {
        return dtype;
      }
    }
    return null;
  }
}
