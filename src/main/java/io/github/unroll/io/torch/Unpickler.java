package io.github.unroll.io.torch;

import io.github.unroll.io.bytes.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of Python's pickles that takes them as data: plain values, dictionaries, lists and
 * tensors, and runs nothing. What PyTorch's {@code weights_only} reads is read; any other class or
 * function that a pickle names is refused by its name, before anything is made of it.
 *
 * <p>Values are null, Boolean, Long, BigInteger, Double, String, byte[], LinkedHashMap, List,
 * {@link TensorEntry}, {@link Storage} and {@link Global}.
 */
final class Unpickler {

  /** A class or function that a pickle names; it is never looked up. */
  private static final class Global {

    private final String name;

    private Global(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Object MARK = new Object();
  private static final Object NOTHING = new Object();
  private static final int NEWEST_PROTOCOL = 5;
  private static final int LONGEST_NAME = 1000;
  private static final int LONGEST_KEY = 8; // of a tuple

  /** The types of elements, such as {@code torch.float32}. */
  private static final String ELEMENTS = "torch\\.(bool|(b?float|complex|q?u?int)\\d+\\w*)";

  /**
   * All other known names. A class of storages gives the type of its elements. A call gives: (D) a
   * dictionary, (F) its first argument, (A) all arguments, (1 to 3) a tensor, (C) what the call of
   * its first argument gives, (N) nothing that is read.
   */
  private static final String RESULTS =
      """

      collections.OrderedDict D
      collections.Counter F
      builtins.set F
      __builtin__.set F
      builtins.bytearray F
      __builtin__.bytearray F
      builtins.complex A
      __builtin__.complex A
      _codecs.encode F
      torch.Size F
      torch.device A
      torch.Tensor N
      torch.nn.parameter.Parameter F
      torch._utils._rebuild_tensor 1
      torch._utils._rebuild_tensor_v2 2
      torch._utils._rebuild_tensor_v3 3
      torch._utils._rebuild_parameter F
      torch._utils._rebuild_parameter_with_state F
      torch._tensor._rebuild_from_type_v2 C
      torch.DoubleStorage float64
      torch.FloatStorage float32
      torch.HalfStorage float16
      torch.BFloat16Storage bfloat16
      torch.LongStorage int64
      torch.IntStorage int32
      torch.ShortStorage int16
      torch.CharStorage int8
      torch.ByteStorage uint8
      torch.BoolStorage bool
      torch.ComplexDoubleStorage complex128
      torch.ComplexFloatStorage complex64
      torch.storage.UntypedStorage untyped
      torch.UntypedStorage untyped
      """;

  private final InputStream in;
  private final long length;
  private final Map<String, Storage> storages;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private long position;
  private long copied; // pairs, into dictionaries

  /**
   * A reader of one pickle.
   *
   * @param in read to the end of the pickle
   * @param length the number of bytes that are there at most
   * @param storages those that tensors name are added, by their keys
   */
  Unpickler(InputStream in, long length, Map<String, Storage> storages) {
    this.in = in;
    this.length = length;
    this.storages = storages;
  }

  /** The number of bytes that were read. */
  long position() {
    return position;
  }

  /** Reads the value of the pickle. */
  Object read() throws IOException {
    for (int opcode = next(); opcode != '.'; opcode = next()) {
      Object value = run(opcode);
      if (value != NOTHING) {
        stack.add(value);
      }
    }
    return pop();
  }

  private static IOException damaged() {
    return new IOException("is damaged: its pickle is none that PyTorch writes");
  }

  /** Carries an opcode out; gives what it puts on the stack. */
  private Object run(int opcode) throws IOException {
    return switch (opcode) {
      case '(' -> MARK;
      case 'N' -> null;
      case 0x88 -> true;
      case 0x89 -> false;
      case 'K' -> integer(1);
      case 'M' -> integer(2);
      case 'J' -> (long) signedInteger();
      case 0x8a -> longInteger(integer(1));
      case 0x8b -> longInteger(signedInteger());
      case 'G' -> ByteBuffer.wrap(bytes(8)).getDouble();
      case 'S' -> line().replaceAll("^['\"]|['\"]$", "");
      case 'U', 0x8c -> text(bytes(integer(1)));
      case 'T', 'X' -> text(bytes(integer(4)));
      case 0x8d -> text(bytes(integer(8)));
      case 'C' -> bytes(integer(1));
      case 'B' -> bytes(integer(4));
      case 0x8e, 0x96 -> bytes(integer(8));
      case ')' -> List.of();
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case 't', 0x91 -> Arrays.asList(popToMark());
      case ']', 0x8f -> new ArrayList<>();
      case 'l' -> new ArrayList<>(Arrays.asList(popToMark()));
      case '}' -> new LinkedHashMap<>();
      case 'd' -> put(new LinkedHashMap<>(), popToMark());
      case '2' -> top();
      case 'h' -> recall(integer(1));
      case 'j' -> recall(integer(4));
      case 'c' -> global(line(), line());
      case 0x93 -> {
        Object name = pop();
        yield global(pop(), name);
      }
      case 'i' -> call(global(line(), line()), Arrays.asList(popToMark()));
      case 'R', 0x81 -> {
        Object arguments = pop();
        yield call(pop(), arguments);
      }
      case 'Q' -> storage(pop());
      default -> {
        change(opcode);
        yield NOTHING;
      }
    };
  }

  /** Carries out an opcode that puts nothing on the stack. */
  private void change(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> {
        if (next() > NEWEST_PROTOCOL) {
          throw new IOException("has a pickle of a protocol after " + NEWEST_PROTOCOL);
        }
      }
      case 0x95 -> requireThere(integer(8)); // a frame around opcodes
      case '0' -> pop();
      case '1' -> popToMark();
      case 'q' -> memo.put((int) integer(1), top());
      case 'r' -> memo.put((int) integer(4), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'a' -> append(pop());
      case 'e', 0x90 -> append(popToMark());
      case 's' -> {
        Object value = pop();
        Object key = pop();
        put(top(), key, value);
      }
      case 'u' -> {
        Object[] entries = popToMark();
        put(top(), entries);
      }
      case 'b' -> {
        // Attributes of a dictionary or a tensor are not read.
        if (!(pop() instanceof Map) || !(top() instanceof Map || top() instanceof TensorEntry)) {
          throw damaged();
        }
      }
      default -> throw damaged();
    }
  }

  // ---- bytes ----

  private int next() throws IOException {
    requireThere(1);
    position++;
    return in.read() & 0xff;
  }

  private byte[] bytes(long count) throws IOException {
    requireThere(count);
    byte[] bytes = in.readNBytes((int) Math.min(count, Integer.MAX_VALUE));
    position += bytes.length;
    if (bytes.length < count) {
      throw damaged();
    }
    return bytes;
  }

  private void requireThere(long count) throws IOException {
    if (count < 0 || count > length - position) {
      throw new IOException("ends inside a pickle; it is cut off or damaged");
    }
  }

  /** Little endian; unsigned if it is shorter than 8 bytes. */
  private long integer(int size) throws IOException {
    byte[] bytes = Arrays.copyOf(bytes(size), Long.BYTES);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private int signedInteger() throws IOException {
    return (int) integer(Integer.BYTES);
  }

  private Object longInteger(long size) throws IOException {
    byte[] little = bytes(size);
    byte[] big = new byte[little.length + 1]; // the first stays 0 or repeats the sign
    for (int i = 0; i < little.length; i++) {
      big[big.length - 1 - i] = little[i];
    }
    if (little.length > 0) {
      big[0] = (byte) (little[little.length - 1] >> 7);
    }
    BigInteger value = new BigInteger(big);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private static String text(byte[] utf8) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("has a text that is not UTF-8", e);
    }
  }

  private String line() throws IOException {
    byte[] line = new byte[LONGEST_NAME];
    for (int at = 0; at < LONGEST_NAME; at++) {
      line[at] = (byte) next();
      if (line[at] == '\n') {
        return text(Arrays.copyOf(line, at));
      }
    }
    throw damaged();
  }

  // ---- stack and memo ----

  private Object top() throws IOException {
    Object top = stack.isEmpty() ? MARK : stack.get(stack.size() - 1);
    if (top == MARK) {
      throw damaged();
    }
    return top;
  }

  private Object pop() throws IOException {
    Object top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  private Object[] popToMark() throws IOException {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw damaged();
    }
    List<Object> after = stack.subList(mark, stack.size());
    Object[] values = after.subList(1, after.size()).toArray();
    after.clear();
    return values;
  }

  private List<Object> tuple(int size) throws IOException {
    Object[] values = new Object[size];
    for (int i = size - 1; i >= 0; i--) {
      values[i] = pop();
    }
    return Arrays.asList(values);
  }

  private Object recall(long number) throws IOException {
    if (!memo.containsKey((int) number)) {
      throw damaged();
    }
    return memo.get((int) number);
  }

  // ---- lists and dictionaries ----

  private void append(Object... values) throws IOException {
    if (!(top() instanceof ArrayList<?>)) {
      throw damaged();
    }
    @SuppressWarnings("unchecked") // all lists are made here
    List<Object> list = (List<Object>) top();
    list.addAll(Arrays.asList(values));
  }

  /** Puts keys and values by turns into a dictionary, and gives that. */
  private static Object put(Object dictionary, Object... entries) throws IOException {
    if (!(dictionary instanceof LinkedHashMap<?, ?>) || entries.length % 2 != 0) {
      throw damaged();
    }
    @SuppressWarnings("unchecked") // all dictionaries are made here
    Map<String, Object> map = (Map<String, Object>) dictionary;
    for (int i = 0; i < entries.length; i += 2) {
      putEntry(map, entries[i], entries[i + 1]);
    }
    return map;
  }

  private static void putEntry(Map<String, Object> map, Object key, Object value)
      throws IOException {
    String name = key(key);
    int size = map.size();
    map.put(name, value);
    if (map.size() == size) {
      throw new IOException(
          "has two entries of the key " + JsonReader.quoted(name) + " in a dictionary");
    }
  }

  /**
   * The text of a plain value, or of a tuple of some: keys of one class are found fast whatever
   * their hashes are, and a list may be its own element.
   */
  private static String key(Object key) throws IOException {
    if (isPlain(key)) {
      return Content.plain(key);
    }
    if (key instanceof List<?> tuple && tuple.size() <= LONGEST_KEY) {
      boolean isShort = true;
      for (Object element : tuple) {
        isShort &= isPlain(element);
      }
      if (isShort) {
        return tuple.toString();
      }
    }
    throw new IOException("has a dictionary with a key that is no text, number or short tuple");
  }

  private static boolean isPlain(Object key) {
    return key == null
        || key instanceof Long
        || key instanceof Double
        || key instanceof Boolean
        || (key instanceof String text && text.length() <= LONGEST_NAME);
  }

  // ---- what Python would look up and call ----

  /** What a known name gives; null if it is not known. */
  private static String result(String name) {
    if (name.matches(ELEMENTS)) {
      return "N";
    }
    int at = name.matches("[\\w.]+") ? RESULTS.indexOf("\n" + name + " ") : -1;
    int from = at + name.length() + 2;
    return at < 0 ? null : RESULTS.substring(from, RESULTS.indexOf('\n', from));
  }

  private Global global(Object module, Object own) throws IOException {
    if (!(module instanceof String room)
        || !(own instanceof String ending)
        || room.length() + ending.length() > LONGEST_NAME) {
      throw damaged();
    }
    String name = room + "." + ending;
    if (result(name) == null) {
      throw new IOException(refusal(name.replaceAll("\\p{Cntrl}", "?")));
    }
    return new Global(name);
  }

  private String refusal(String name) {
    if (name.endsWith("Storage") || name.startsWith("torch._utils._rebuild_")) {
      return "holds a tensor of "
          + name
          + ", which is not read; in Python save tensor.dequantize() of a quantized one,"
          + " tensor.to_dense() of a sparse one";
    }
    boolean isClass = name.matches("(?s).*\\.\\p{Lu}[^.]*");
    if (isClass && stack.isEmpty()) {
      return "holds a whole module, class "
          + name
          + ", not a state_dict; in Python save model.state_dict()";
    }
    boolean hasKey = !stack.isEmpty() && stack.get(stack.size() - 1) instanceof String;
    return (isClass ? "holds an object of class " : "holds the result of calling ")
        + name
        + (hasKey ? " at " + JsonReader.quoted((String) stack.get(stack.size() - 1)) : "")
        + ", which only Python could make, and nothing in a file is run; in Python save tensors,"
        + " numbers and texts: of a module model.state_dict(), of a NumPy number float(x)";
  }

  private Object call(Object called, Object arguments) throws IOException {
    if (!(called instanceof Global global) || !(arguments instanceof List<?> list)) {
      throw damaged();
    }
    Object first = list.isEmpty() ? new LinkedHashMap<>() : list.get(0);
    return switch (result(global.name).charAt(0)) {
      case 'D' -> first instanceof List<?> pairs ? dictionary(pairs) : new LinkedHashMap<>();
      case 'F' -> first;
      case 'A' -> list;
      case '1' -> TensorEntry.of(list, list.size());
      case '2' -> TensorEntry.of(list, 6);
      case '3' -> {
        if (list.size() < 7
            || !(list.get(6) instanceof Global type)
            || !type.name.matches(ELEMENTS)) {
          throw damaged();
        }
        if (first instanceof Storage storage) {
          storage.setType(type.name.substring("torch.".length()));
        }
        yield TensorEntry.of(list, 7);
      }
      case 'C' -> {
        if (list.size() < 3 || !(first instanceof Global own) || own.name.equals(global.name)) {
          throw damaged();
        }
        yield call(own, list.get(2));
      }
      default -> throw damaged();
    };
  }

  /** Of pairs of key and value, as Python 2 writes it. */
  private Object dictionary(List<?> pairs) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    copied += pairs.size();
    for (Object pair : pairs) {
      // Each pair takes some bytes of the pickle, unless one list is copied again and again.
      if (!(pair instanceof List<?> two) || two.size() != 2 || copied > position) {
        throw damaged();
      }
      putEntry(map, two.get(0), two.get(1));
    }
    return map;
  }

  private Storage storage(Object id) throws IOException {
    if (!(id instanceof List<?> parts)
        || parts.size() < 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof Global kind)
        || !(parts.get(2) instanceof String key)
        || !(parts.get(4) instanceof Long declared)
        || (parts.size() > 5 && parts.get(5) != null)) {
      throw damaged();
    }
    Storage storage = new Storage(key, result(kind.name), declared);
    Storage before = storages.putIfAbsent(key, storage);
    if (before == null) {
      return storage;
    }
    storage.requireSame(before);
    return before;
  }
}
