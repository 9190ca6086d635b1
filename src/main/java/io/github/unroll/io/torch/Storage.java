package io.github.unroll.io.torch;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.bytes.JsonReader;
import java.io.IOException;
import java.util.Locale;

/** A row of numbers in a file, which one tensor shows or several do. */
final class Storage {

  private final String key;
  private final String kind;
  private final long declared;

  private String typeName;

  /**
   * A storage, of which nothing is read yet.
   *
   * @param kind the full name of its class
   * @param declared the number of its elements, or of its bytes if the class tells no type
   */
  Storage(String key, String kind, long declared) {
    this.key = key;
    this.kind = kind;
    this.declared = declared;
    this.typeName = Dtypes.ofStorage(kind);
  }

  boolean isDeclared(String otherKind, long otherDeclared) {
    return kind.equals(otherKind) && declared == otherDeclared;
  }

  /** The type of the elements, from a tensor where the class does not tell it. */
  void setType(String name) throws IOException {
    if (!typeName.equals(Dtypes.UNTYPED) && !typeName.equals(name)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "has tensors of %2$s and of %3$s in storage %1$s; save clones of them",
              JsonReader.quoted(key),
              typeName,
              name));
    }
    typeName = name;
  }

  String key() {
    return key;
  }

  String typeName() {
    return typeName;
  }

  /** The type of the elements; null if such are not read. */
  ElementType type() {
    return Dtypes.type(typeName);
  }

  /** The number of elements that the pickle tells, or of bytes if the class tells no type. */
  long declared() {
    return declared;
  }

  /** The number of elements. */
  long length() {
    ElementType type = type();
    return type == null ? declared : declared * width() / type.bytes();
  }

  /**
   * The number of bytes.
   *
   * @throws IOException if they are more than a long can count
   */
  long bytes() throws IOException {
    if (declared > Long.MAX_VALUE / width()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "storage %s is said to have %d elements",
              JsonReader.quoted(key),
              declared));
    }
    return declared * width();
  }

  /** The size of an element in the terms of the class. */
  private int width() {
    String declaredType = Dtypes.ofStorage(kind);
    if (declaredType.equals(Dtypes.UNTYPED)) {
      return 1;
    }
    ElementType type = Dtypes.type(declaredType);
    return type != null ? type.bytes() : declaredType.equals("complex64") ? 8 : 16;
  }
}
