package io.github.unroll.io.torch;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.ZipMember;
import java.io.IOException;

/** A row of numbers in a file, which one tensor shows or several do. */
final class Storage {

  private static final String UNTYPED = "untyped";

  final String key;

  /** The number of elements that the pickle tells. */
  final long declared;

  /** The first byte in a stream. */
  long start;

  /** The member of an archive; null in a stream, and until it is found. */
  ZipMember member;

  /** Its elements; null until a tensor needs them. */
  StoredArray values;

  private final String declaredType;
  private String typeName;

  /**
   * A storage, of which nothing is read yet.
   *
   * @param type the type of its elements; untyped if tensors tell it
   * @param declared the number of its elements, or of its bytes if their type is untyped
   */
  Storage(String key, String type, long declared) throws IOException {
    this.key = key;
    this.declaredType = type;
    this.typeName = type;
    this.declared = declared;
    if (!Character.isLowerCase(type.charAt(0))
        || declared < 0
        || declared > Long.MAX_VALUE / Long.BYTES / 2) {
      throw wrong("is no row of numbers");
    }
  }

  void requireSame(Storage other) throws IOException {
    if (!declaredType.equals(other.declaredType) || declared != other.declared) {
      throw wrong("is declared in two ways");
    }
  }

  /** The type of the elements that a tensor tells. */
  void setType(String name) throws IOException {
    if (!typeName.equals(UNTYPED) && !typeName.equals(name)) {
      throw wrong("has tensors of two types; save clones of them");
    }
    typeName = name;
  }

  String typeName() {
    return typeName;
  }

  /** The type of the elements; null if such are not read. */
  ElementType type() {
    return elementType(typeName);
  }

  private static ElementType elementType(String name) {
    for (ElementType type : ElementType.values()) {
      if (type.toString().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** The number of elements, of bytes if their type is not read. */
  long length() {
    ElementType type = type();
    return type == null ? bytes() : bytes() / type.bytes();
  }

  /** The number of bytes. */
  long bytes() {
    ElementType type = elementType(declaredType);
    int complex = declaredType.equals("complex64") ? 8 : 16;
    int width = type == null ? complex : type.bytes();
    return declaredType.equals(UNTYPED) ? declared : declared * width;
  }

  /**
   * Checks what a file has for it.
   *
   * @throws IOException if these are not its bytes
   */
  void requireBytes(long found) throws IOException {
    if (found != bytes()) {
      throw wrong("must have " + bytes() + " bytes and has " + Math.max(found, 0));
    }
  }

  private IOException wrong(String what) {
    return new IOException("is damaged: its storage " + JsonReader.quoted(key) + " " + what);
  }
}
