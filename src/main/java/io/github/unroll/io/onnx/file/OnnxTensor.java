package io.github.unroll.io.onnx.file;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.ChannelBytes;
import io.github.unroll.io.bytes.SteadyChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A tensor of a file. Type, shape and the place of its values are checked; the values are read when
 * they are asked for.
 */
public final class OnnxTensor {

  private static final List<String> TYPES =
      List.of(
          "UNDEFINED",
          "FLOAT",
          "UINT8",
          "INT8",
          "UINT16",
          "INT16",
          "INT32",
          "INT64",
          "STRING",
          "BOOL",
          "FLOAT16",
          "DOUBLE",
          "UINT32",
          "UINT64",
          "COMPLEX64",
          "COMPLEX128",
          "BFLOAT16");

  private static final int MOST_AXES = 64;

  private final Path file;
  private final PackedNumbers dims = new PackedNumbers();
  private final PackedNumbers values = new PackedNumbers(); // those of valuesField
  private final Map<String, String> external = new HashMap<>();
  private String name = "";
  private int dataType;
  private int valuesField;
  private Message raw; // null if there is none
  private boolean elsewhere;
  private long[] shape;
  private long byteCount;

  /** A tensor without anything, to be merged with what a file says of it. */
  OnnxTensor(Path file) {
    this.file = file;
  }

  /** {@return the type of elements of a number of ONNX; null if there is none such here} */
  public static ElementType type(long number) {
    String type = typeName(number);
    return switch (type) {
      case "FLOAT" -> ElementType.FLOAT32;
      case "DOUBLE" -> ElementType.FLOAT64;
      case "FLOAT16", "BFLOAT16", "BOOL" -> ElementType.valueOf(type);
      case "INT8", "INT16", "INT32", "INT64" -> ElementType.valueOf(type);
      case "UINT8", "UINT16", "UINT32", "UINT64" -> ElementType.valueOf(type);
      default -> null;
    };
  }

  /** {@return the name that ONNX gives to a type of elements} */
  public static String typeName(long number) {
    return number >= 0 && number < TYPES.size()
        ? TYPES.get((int) number)
        : String.format(Locale.ROOT, "type %d", number);
  }

  // ---- what the file says ----

  /** Takes what a message says; of a field that comes twice the last, or both if it is repeated. */
  void merge(Message in) throws IOException {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.numbers(dims, Message.VARINT);
        case 2 -> dataType = (int) in.integer();
        case 4 -> addValues(in, Message.FIXED32);
        case 5, 7, 11 -> addValues(in, Message.VARINT);
        case 10 -> addValues(in, Message.FIXED64);
        case 8 -> name = in.text();
        case 9 -> raw = in.message();
        case 13 -> addExternal(in.message());
        case 14 -> elsewhere = in.integer() == 1;
        default -> in.skip();
      }
    }
  }

  private void addValues(Message in, int wireType) throws IOException {
    if (values.size() > 0 && valuesField != in.field()) {
      throw wrong("its values are of two kinds");
    }
    valuesField = in.field();
    in.numbers(values, wireType);
  }

  private void addExternal(Message entry) throws IOException {
    String key = "";
    String value = "";
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> key = entry.text();
        case 2 -> value = entry.text();
        default -> entry.skip();
      }
    }
    external.put(key, value);
  }

  /** Checks all that was merged; reads no values. */
  OnnxTensor checked() throws IOException {
    shape = dims.toArray();
    if (shape.length > MOST_AXES) {
      throw wrong("it has " + shape.length + " axes");
    }
    long size = 1;
    for (long axis : shape) {
      if (axis < 0 || axis > Integer.MAX_VALUE || (axis > 0 && size > Integer.MAX_VALUE / axis)) {
        throw wrong("no array has the shape " + StoredArray.shapeText(shape));
      }
      size *= axis;
    }
    if (type() == null) {
      return this;
    }
    byteCount = size * type().bytes();
    raw = raw != null && raw.left() == 0 && values.size() > 0 ? null : raw;
    int places = (raw == null ? 0 : 1) + (values.size() > 0 ? 1 : 0);
    if (elsewhere) {
      checkExternal(places);
    } else if (places > 1) {
      throw wrong("its values stand there twice");
    } else if (values.size() > 0) {
      checkValues(size);
    } else if ((raw == null ? 0 : raw.left()) != byteCount) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "%s takes %d bytes, and there are %d",
              this,
              byteCount,
              raw == null ? 0 : raw.left()));
    }
    return this;
  }

  /** The same, so that it does not keep the bytes of the whole file. */
  OnnxTensor apart() {
    raw = raw == null ? null : raw.copy();
    return this;
  }

  private void checkValues(long size) throws IOException {
    int wanted =
        switch (type()) {
          case FLOAT32 -> 4;
          case FLOAT64 -> 10;
          case INT64 -> 7;
          case UINT32, UINT64 -> 11;
          default -> 5;
        };
    if (valuesField != wanted) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "values of %s stand in field %d, not %d",
              typeName(),
              wanted,
              valuesField));
    }
    if (values.size() != size || byteCount > Integer.MAX_VALUE) {
      throw wrong(
          String.format(
              Locale.ROOT, "%s takes %d values, and there are %d", this, size, values.size()));
    }
  }

  private void checkExternal(int places) throws IOException {
    String location = external.getOrDefault("location", "");
    try {
      Path path = Path.of(location);
      boolean leaves = path.isAbsolute() || path.getRoot() != null || location.startsWith("\\");
      for (Path part : path) {
        leaves |= part.toString().equals("..");
      }
      if (location.isBlank() || leaves || places > 0) {
        throw wrong(
            String.format(
                Locale.ROOT,
                "its values are said to be in the file \"%s\"; only files beside the model, or"
                    + " below, are read",
                location));
      }
    } catch (InvalidPathException e) {
      throw wrong("no file can be called as that of its values");
    }
    long offset = number("offset", 0);
    long length = number("length", byteCount);
    if (offset < 0 || length != byteCount) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "%s takes %d bytes; in \"%s\" it is said to have %d, from byte %d",
              this,
              byteCount,
              location,
              length,
              offset));
    }
  }

  private long number(String key, long otherwise) throws IOException {
    String text = external.get(key);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(String.format(Locale.ROOT, "%s \"%s\" is no number", key, text));
    }
  }

  // ---- what it is ----

  /** {@return the name; may be empty} */
  public String name() {
    return name;
  }

  /** {@return the type of the elements as ONNX calls it, such as FLOAT} */
  public String typeName() {
    return typeName(dataType);
  }

  /** {@return the type of the elements; null if they cannot be read} */
  public ElementType type() {
    return type(dataType);
  }

  /** {@return a copy of the sizes of the axes} */
  public long[] shape() {
    return shape.clone();
  }

  /** {@return why the values cannot be read; empty if they can} */
  public String unread() {
    return type() != null
        ? ""
        : String.format(
            Locale.ROOT,
            "%s of the tensor \"%s\" is a type of elements that is not read; export it as FLOAT or"
                + " INT64",
            typeName(),
            name);
  }

  /**
   * {@return its values; without any if they cannot be read}
   *
   * @throws IOException naming the file, if they are in another file that cannot be read, ends
   *     early or is not in the folder of the model
   */
  public StoredArray array() throws IOException {
    if (type() == null) {
      return StoredArray.unread(typeName(), shape, unread());
    }
    if (elsewhere) {
      return external();
    }
    InputStream bytes = raw == null ? new ByteArrayInputStream(valueBytes()) : raw.stream();
    try {
      return StoredArray.read(bytes, type(), ByteOrder.LITTLE_ENDIAN, shape);
    } catch (IOException e) {
      throw wrong(e.getMessage());
    }
  }

  /** The values in the number of bytes that the type has. */
  private byte[] valueBytes() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) byteCount).order(ByteOrder.LITTLE_ENDIAN);
    int bits = 8 * type().bytes();
    for (int i = 0; i < values.size(); i++) {
      long value = values.get(i);
      if (bits < Long.SIZE && (value >> (bits - 1) < -1 || value >> bits > 0)) {
        throw wrong(String.format(Locale.ROOT, "value %d is no %s", value, typeName()));
      }
      switch (bits) {
        case 8 -> bytes.put((byte) value);
        case 16 -> bytes.putShort((short) value);
        case 32 -> bytes.putInt((int) value);
        default -> bytes.putLong(value);
      }
    }
    return bytes.array();
  }

  private StoredArray external() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path beside = folder.resolve(external.get("location"));
    if (!Files.isRegularFile(beside)) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "its values are in the file %s, which is not there; put it beside the model",
              beside));
    }
    if (!beside.toRealPath().startsWith(folder.toRealPath())) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "its values are in %s, a link out of the folder of the model; copy the file there",
              beside));
    }
    long offset = number("offset", 0);
    try (SteadyChannel channel = new SteadyChannel(beside, StandardOpenOption.READ)) {
      if (channel.size() - byteCount < offset) {
        throw wrong(
            String.format(
                Locale.ROOT,
                "its values are %d bytes from byte %d on of %s, which has only %d; fetch it again",
                byteCount,
                offset,
                beside,
                channel.size()));
      }
      return StoredArray.read(
          new ChannelBytes(channel, offset, offset + byteCount),
          type(),
          ByteOrder.LITTLE_ENDIAN,
          shape);
    }
  }

  private IOException wrong(String what) {
    return new IOException(String.format(Locale.ROOT, "%s: tensor \"%s\": %s", file, name, what));
  }

  /** {@return type and shape, such as {@code FLOAT (2x3)}} */
  @Override
  public String toString() {
    return typeName() + " " + StoredArray.shapeText(shape);
  }
}
