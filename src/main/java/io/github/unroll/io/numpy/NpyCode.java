package io.github.unroll.io.numpy;

import io.github.unroll.io.ElementType;
import java.util.EnumMap;
import java.util.Map;

/** The codes of element types in the header of a .npy file: kind and size, such as {@code f8}. */
final class NpyCode {

  private static final Map<ElementType, String> CODES = codes();

  private NpyCode() {}

  private static Map<ElementType, String> codes() {
    Map<ElementType, String> codes = new EnumMap<>(ElementType.class);
    codes.put(ElementType.FLOAT64, "f8");
    codes.put(ElementType.FLOAT32, "f4");
    codes.put(ElementType.FLOAT16, "f2");
    codes.put(ElementType.INT64, "i8");
    codes.put(ElementType.INT32, "i4");
    codes.put(ElementType.INT16, "i2");
    codes.put(ElementType.INT8, "i1");
    codes.put(ElementType.UINT64, "u8");
    codes.put(ElementType.UINT32, "u4");
    codes.put(ElementType.UINT16, "u2");
    codes.put(ElementType.UINT8, "u1");
    codes.put(ElementType.BOOL, "b1");
    return codes;
  }

  /** The code of a type, without the order of bytes. */
  static String of(ElementType type) {
    String code = CODES.get(type);
    if (code == null) {
      throw new IllegalArgumentException(
          "NumPy has no type "
              + type
              + "; take the array's to(ElementType.FLOAT32), which holds each value");
    }
    return code;
  }

  /** The type of a code with byte order; null if the type is not supported. */
  static ElementType type(String descr) {
    if (descr.length() == 3) {
      char order = descr.charAt(0);
      for (Map.Entry<ElementType, String> code : CODES.entrySet()) {
        boolean ordered =
            order == '<' || order == '>' || (order == '|' && code.getKey().bytes() == 1);
        if (ordered && descr.endsWith(code.getValue())) {
          return code.getKey();
        }
      }
    }
    return null;
  }
}
