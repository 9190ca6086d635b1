package io.github.unroll.io.onnx.file;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.ChannelBytes;
import io.github.unroll.io.bytes.SteadyChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A tensor of a file. Type, shape and the place of its values are checked at once; the values are
 * read when they are asked for.
 */
public final class OnnxTensor {

  /** The types by their numbers, as ONNX calls them. */
  private static final String[] TYPES =
      ("UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32"
              + " UINT64 COMPLEX64 COMPLEX128 BFLOAT16")
          .split(" ");

  private static final int MOST_AXES = 64;

  private final Path file;
  private final LongStream.Builder dims = LongStream.builder();
  private final LongStream.Builder numbers = LongStream.builder(); // or the bits of others
  private final Map<String, String> external = new HashMap<>();
  private String name = "";
  private long dataType;
  private int numbersField; // 0 if there are no numbers
  private Message raw; // null if there is none
  private boolean elsewhere;
  private long[] shape;
  private long[] values;
  private long byteCount;

  /** A tensor without anything, to be merged with what a file says of it. */
  OnnxTensor(Path file) {
    this.file = file;
  }

  /** {@return the type of elements of one of ONNX's numbers; null if none such is read} */
  public static ElementType type(long number) {
    String name = number == 1 ? "FLOAT32" : number == 11 ? "FLOAT64" : typeName(number);
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** {@return the name that ONNX gives to a type of elements} */
  public static String typeName(long number) {
    return number >= 0 && number < TYPES.length ? TYPES[(int) number] : "type " + number;
  }

  // ---- what the file says ----

  /** Takes what a message says; of a field that comes twice the last, or both if it is repeated. */
  void merge(Message in) throws IOException {
    while (in.next()) {
      int field = in.field();
      switch (field) {
        case 1 -> in.numbers(dims, Message.VARINT);
        case 2 -> dataType = in.integer();
        case 4, 5, 7, 10, 11 -> {
          if (numbersField != 0 && numbersField != field) {
            throw wrong("its values are of two kinds");
          }
          numbersField = field;
          in.numbers(
              numbers,
              field == 4 ? Message.FIXED32 : field == 10 ? Message.FIXED64 : Message.VARINT);
        }
        case 8 -> name = in.text();
        case 9 -> raw = in.message();
        case 13 -> addExternal(in.message());
        case 14 -> elsewhere = in.integer() == 1;
        default -> in.skip();
      }
    }
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
    shape = dims.build().toArray();
    values = numbers.build().toArray();
    long size = 1;
    for (long axis : shape) {
      boolean fits = axis >= 0 && axis <= Integer.MAX_VALUE && shape.length <= MOST_AXES;
      if (!fits || (axis > 0 && size > Integer.MAX_VALUE / axis)) {
        throw wrong("no array has its shape, " + StoredArray.shapeText(shape));
      }
      size *= axis;
    }
    if (type() == null) {
      return this;
    }
    byteCount = size * type().bytes();
    int inRaw = raw == null ? 0 : raw.left();
    if (elsewhere) {
      place();
    } else if (values.length > 0 && inRaw > 0) {
      throw wrong("its values stand there twice");
    } else if (values.length > 0) {
      boolean unsigned = dataType == 12 || dataType == 13;
      int field = dataType == 1 ? 4 : dataType == 7 ? 7 : dataType == 11 ? 10 : unsigned ? 11 : 5;
      if (numbersField != field || byteCount > Integer.MAX_VALUE) {
        throw wrong("its values stand in field " + numbersField);
      }
      requireCount(values.length, size);
    } else {
      requireCount(inRaw, byteCount);
    }
    return this;
  }

  private void requireCount(long count, long wanted) throws IOException {
    if (count != wanted) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "%s %s takes %d bytes or values, and there are %d",
              typeName(),
              StoredArray.shapeText(shape),
              wanted,
              count));
    }
  }

  /** The file of values that are elsewhere: in the folder of the model, or below. */
  private Path place() throws IOException {
    String location = external.getOrDefault("location", "");
    String slashed = "/" + location.replace('\\', '/') + "/";
    Path folder = file.toAbsolutePath().getParent();
    requireCount(number("length", byteCount), byteCount);
    try {
      boolean within = !slashed.startsWith("//") && !slashed.contains("/../");
      if (within && number("offset", 0) >= 0 && !Path.of(location).isAbsolute()) {
        return folder.resolve(location);
      }
    } catch (InvalidPathException e) {
      // refused as others are
    }
    throw wrong(
        String.format(
            Locale.ROOT,
            "its values are said to be in the file \"%s\" from byte %s on; only files in the folder"
                + " of the model are read",
            location,
            external.get("offset")));
  }

  private long number(String key, long otherwise) throws IOException {
    try {
      return external.containsKey(key) ? Long.parseLong(external.get(key)) : otherwise;
    } catch (NumberFormatException e) {
      throw wrong(key + " is no number");
    }
  }

  private IOException wrong(String what) {
    return new IOException(String.format(Locale.ROOT, "%s: tensor \"%s\": %s", file, name, what));
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

  /**
   * {@return its values; without any if they cannot be read}
   *
   * @throws IOException naming the file, if they are in another file that cannot be read, ends
   *     early or is not in the folder of the model
   */
  public StoredArray array() throws IOException {
    if (type() == null) {
      String why = "\"%s\" is of type %s, which is not read; export it as FLOAT or INT64";
      return StoredArray.unread(
          typeName(), shape, String.format(Locale.ROOT, why, name, typeName()));
    }
    if (elsewhere) {
      return external();
    }
    try {
      return StoredArray.read(
          raw == null || values.length > 0 ? new ByteArrayInputStream(valueBytes()) : raw.stream(),
          type(),
          ByteOrder.LITTLE_ENDIAN,
          shape);
    } catch (IOException e) {
      throw wrong(e.getMessage());
    }
  }

  /** The values in the number of bytes that the type has. */
  private byte[] valueBytes() throws IOException {
    byte[] bytes = new byte[(int) byteCount];
    int width = values.length == 0 ? 0 : bytes.length / values.length;
    for (int i = 0; i < bytes.length; i++) {
      long value = values[i / width];
      boolean fits = value >> (8 * width - 1) >= -1 && (width == 8 || value >> (8 * width) <= 0);
      if (!fits) {
        throw new IOException(value + " is no " + typeName());
      }
      bytes[i] = (byte) (value >> (8 * (i % width)));
    }
    return bytes;
  }

  private StoredArray external() throws IOException {
    Path place = place();
    boolean there = Files.isRegularFile(place);
    if (!there || !place.toRealPath().startsWith(file.toAbsolutePath().getParent().toRealPath())) {
      String why = there ? "a link out of the folder of the model" : "which is not there";
      throw wrong("its values are in " + place + ", " + why + "; put the file beside the model");
    }
    long offset = number("offset", 0);
    try (SteadyChannel channel = new SteadyChannel(place, StandardOpenOption.READ)) {
      if (channel.size() - byteCount < offset) {
        throw wrong("its values are beyond the end of " + place + "; fetch that file again");
      }
      return StoredArray.read(
          new ChannelBytes(channel, offset, offset + byteCount),
          type(),
          ByteOrder.LITTLE_ENDIAN,
          shape);
    }
  }
}
