package io.github.unroll.io.torch;

import io.github.unroll.io.ElementType;

/** PyTorch's names of the types of elements. */
final class Dtypes {

  /** The type of a storage of bytes, whose tensors say what they are. */
  static final String UNTYPED = "";

  private static final String DTYPE = "torch\\.(bool|(b?float|complex|q?u?int)\\d+\\w*)";

  private Dtypes() {}

  /** The type that a class of storages stands for; null if it is no such class. */
  static String ofStorage(String name) {
    return switch (name) {
      case "torch.DoubleStorage" -> "float64";
      case "torch.FloatStorage" -> "float32";
      case "torch.HalfStorage" -> "float16";
      case "torch.BFloat16Storage" -> "bfloat16";
      case "torch.LongStorage" -> "int64";
      case "torch.IntStorage" -> "int32";
      case "torch.ShortStorage" -> "int16";
      case "torch.CharStorage" -> "int8";
      case "torch.ByteStorage" -> "uint8";
      case "torch.BoolStorage" -> "bool";
      case "torch.ComplexDoubleStorage" -> "complex128";
      case "torch.ComplexFloatStorage" -> "complex64";
      case "torch.storage.UntypedStorage", "torch.UntypedStorage" -> UNTYPED;
      default -> null;
    };
  }

  /** Whether a global is a type, such as {@code torch.float32}. */
  static boolean isDtype(String name) {
    return name.matches(DTYPE);
  }

  /** The type of a name; null if such elements are not read. */
  static ElementType type(String name) {
    for (ElementType type : ElementType.values()) {
      if (type.toString().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
