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
import java.util.Locale;
import java.util.Map;

/**
 * A reader of Python's pickles that takes them as data: plain values, dictionaries, lists and
 * tensors, and runs nothing. What PyTorch's {@code weights_only} reads is read; every other class
 * or function that a pickle names is refused by its name, before anything is made of it.
 *
 * <p>Values are {@code null}, Boolean, Long, BigInteger, Double, String, byte[], LinkedHashMap,
 * List, {@link TensorEntry}, {@link Storage} and {@link Global}.
 */
final class Unpickler {

  private static final Object MARK = new Object();
  private static final int NEWEST_PROTOCOL = 5;
  private static final int LONGEST_NAME = 1000;
  private static final int LONGEST_KEY = 8; // of a tuple

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
    try {
      while (true) {
        int opcode = next();
        if (opcode == '.') {
          return pop();
        }
        run(opcode);
      }
    } catch (IOException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s (byte %d of the pickle)", e.getMessage(), position), e);
    }
  }

  private void run(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> requireProtocol(next());
      case 0x95 -> requireThere(integer(8)); // a frame around opcodes
      case '(' -> stack.add(MARK);
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> stack.add(top());
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'K' -> stack.add(integer(1));
      case 'M' -> stack.add(integer(2));
      case 'J' -> stack.add((long) (int) integer(4));
      case 0x8a -> stack.add(longInteger(integer(1)));
      case 0x8b -> stack.add(longInteger((int) integer(4)));
      case 'G' -> stack.add(ByteBuffer.wrap(bytes(8)).getDouble());
      case 'S' -> stack.add(line().replaceAll("^['\"]|['\"]$", ""));
      case 'U', 0x8c -> stack.add(text(integer(1)));
      case 'T', 'X' -> stack.add(text(integer(4)));
      case 0x8d -> stack.add(text(integer(8)));
      case 'C' -> stack.add(bytes(integer(1)));
      case 'B' -> stack.add(bytes(integer(4)));
      case 0x8e, 0x96 -> stack.add(bytes(integer(8)));
      case ')' -> stack.add(List.of());
      case 0x85 -> stack.add(tuple(1));
      case 0x86 -> stack.add(tuple(2));
      case 0x87 -> stack.add(tuple(3));
      case 't', 0x91 -> stack.add(Arrays.asList(popToMark()));
      case ']', 0x8f -> stack.add(new ArrayList<>());
      case 'l' -> stack.add(new ArrayList<>(Arrays.asList(popToMark())));
      case 'a' -> append(pop());
      case 'e', 0x90 -> append(popToMark());
      case '}' -> stack.add(new LinkedHashMap<>());
      case 'd' -> {
        Object[] entries = popToMark();
        stack.add(new LinkedHashMap<>());
        put(entries);
      }
      case 's' -> {
        Object value = pop();
        put(pop(), value);
      }
      case 'u' -> put(popToMark());
      case 'q' -> memo.put((int) integer(1), top());
      case 'r' -> memo.put((int) integer(4), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> recall((int) integer(1));
      case 'j' -> recall((int) integer(4));
      case 'c' -> stack.add(global(line() + "." + line()));
      case 0x93 -> {
        Object name = pop();
        if (!(pop() instanceof String module)
            || !(name instanceof String own)
            || module.length() + own.length() > LONGEST_NAME) {
          throw new IOException("has a class whose name is no short text");
        }
        stack.add(global(module + "." + own));
      }
      case 'i' -> {
        Object called = global(line() + "." + line());
        stack.add(call(called, Arrays.asList(popToMark())));
      }
      case 'R', 0x81 -> {
        Object arguments = pop();
        stack.add(call(pop(), arguments));
      }
      case 'b' -> build(pop());
      case 'Q' -> stack.add(storage(pop()));
      case 0x82, 0x83, 0x84 -> throw new IOException("has an extension code, which names no class");
      default ->
          throw new IOException(
              String.format(
                  Locale.ROOT, "has opcode 0x%02x, which no file of PyTorch has", opcode));
    }
  }

  // ---- bytes ----

  private int next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new IOException("ends inside a pickle; the file is cut off or damaged");
    }
    position++;
    return next;
  }

  private byte[] bytes(long count) throws IOException {
    requireThere(count);
    byte[] bytes = in.readNBytes((int) Math.min(count, Integer.MAX_VALUE));
    position += bytes.length;
    if (bytes.length < count) {
      throw new IOException("ends inside a value; the file is cut off or damaged");
    }
    return bytes;
  }

  private void requireThere(long count) throws IOException {
    if (count < 0 || count > length - position) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "has a value of %d bytes, where at most %d are left",
              count,
              length - position));
    }
  }

  /** Little endian; unsigned if it is shorter than 8 bytes. */
  private long integer(int length) throws IOException {
    byte[] bytes = Arrays.copyOf(bytes(length), Long.BYTES);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private Object longInteger(long length) throws IOException {
    byte[] bytes = bytes(length);
    for (int i = 0; i < bytes.length / 2; i++) {
      byte low = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = low;
    }
    BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private String text(long length) throws IOException {
    return text(bytes(length));
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
    for (int length = 0; length < LONGEST_NAME; length++) {
      int next = next();
      if (next == '\n') {
        return text(Arrays.copyOf(line, length));
      }
      line[length] = (byte) next;
    }
    throw new IOException("has a name of more than " + LONGEST_NAME + " letters");
  }

  private static void requireProtocol(int protocol) throws IOException {
    if (protocol > NEWEST_PROTOCOL) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "is a pickle of protocol %d; those up to %d are read",
              protocol,
              NEWEST_PROTOCOL));
    }
  }

  // ---- stack and memo ----

  private Object top() throws IOException {
    Object top = stack.isEmpty() ? MARK : stack.get(stack.size() - 1);
    if (top == MARK) {
      throw new IOException("has an opcode that takes a value, and none is there");
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
      throw new IOException("has an opcode that takes the values after a mark, and none is there");
    }
    List<Object> after = stack.subList(mark, stack.size());
    Object[] values = after.subList(1, after.size()).toArray();
    after.clear();
    return values;
  }

  private List<Object> tuple(int length) throws IOException {
    Object[] values = new Object[length];
    for (int i = length - 1; i >= 0; i--) {
      values[i] = pop();
    }
    return Arrays.asList(values);
  }

  private void recall(int number) throws IOException {
    if (!memo.containsKey(number)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "recalls value %s, which it has not kept",
              Integer.toUnsignedString(number)));
    }
    stack.add(memo.get(number));
  }

  // ---- lists and dictionaries ----

  private void append(Object... values) throws IOException {
    if (!(top() instanceof ArrayList<?>)) {
      throw new IOException("appends a value to what is no list");
    }
    @SuppressWarnings("unchecked") // all lists are made here
    List<Object> list = (List<Object>) top();
    list.addAll(Arrays.asList(values));
  }

  private void put(Object... entries) throws IOException {
    if (!(top() instanceof LinkedHashMap<?, ?>) || entries.length % 2 != 0) {
      throw new IOException("puts a key without a value, or into what is no dictionary");
    }
    @SuppressWarnings("unchecked") // all dictionaries are made here
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i < entries.length; i += 2) {
      map.put(key(entries[i]), entries[i + 1]);
    }
  }

  /** A plain value, or a tuple of some as text: a list may be its own element, and has no hash. */
  private static Object key(Object key) throws IOException {
    if (isPlain(key)) {
      return key;
    }
    if (key instanceof List<?> tuple
        && tuple.size() <= LONGEST_KEY
        && tuple.stream().allMatch(Unpickler::isPlain)) {
      return tuple.toString();
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

  private Global global(String name) throws IOException {
    switch (name) {
      case "collections.OrderedDict",
          "collections.Counter",
          "builtins.set",
          "__builtin__.set",
          "builtins.bytearray",
          "__builtin__.bytearray",
          "builtins.complex",
          "__builtin__.complex",
          "_codecs.encode",
          "torch.Size",
          "torch.device",
          "torch.Tensor",
          "torch.nn.parameter.Parameter",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3",
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch._tensor._rebuild_from_type_v2" -> {}
      default -> {
        if (Dtypes.ofStorage(name) == null && !Dtypes.isDtype(name)) {
          throw new IOException(refusal(name));
        }
      }
    }
    return new Global(name);
  }

  private String refusal(String name) {
    String called = name.replaceAll("\\p{Cntrl}", "?");
    if (name.endsWith("Storage") || name.startsWith("torch._utils._rebuild_")) {
      return String.format(
          Locale.ROOT,
          "holds a tensor of %s, which is not read; in Python save tensor.dequantize() of a"
              + " quantized one, tensor.to_dense() of a sparse one",
          called);
    }
    boolean isClass = name.matches("(?s).*\\.\\p{Lu}[^.]*");
    if (isClass && stack.isEmpty()) {
      return String.format(
          Locale.ROOT,
          "holds a whole module, class %s, not a state_dict; in Python save model.state_dict()",
          called);
    }
    Object before = stack.isEmpty() ? null : stack.get(stack.size() - 1);
    return String.format(
        Locale.ROOT,
        "%s %s%s, which only Python could make, and nothing in a file is run; in Python save"
            + " tensors, numbers and texts: of a module model.state_dict(), of a NumPy number"
            + " float(x)",
        isClass ? "holds an object of class" : "holds the result of calling",
        called,
        before instanceof String key ? " at " + JsonReader.quoted(key) : "");
  }

  private Object call(Object called, Object arguments) throws IOException {
    if (!(called instanceof Global global) || !(arguments instanceof List<?> list)) {
      throw new IOException("calls what is no function, or with what is no tuple");
    }
    Object first = list.isEmpty() ? null : list.get(0);
    Object made =
        switch (global.name()) {
          case "collections.OrderedDict" ->
              first == null ? new LinkedHashMap<>() : dictionary(first);
          case "collections.Counter" -> first == null ? new LinkedHashMap<>() : first;
          case "torch.Size", "builtins.set", "__builtin__.set" ->
              first instanceof List ? first : null;
          case "_codecs.encode", "builtins.bytearray", "__builtin__.bytearray" ->
              first instanceof String || first instanceof byte[] ? first : null;
          case "torch.device", "builtins.complex", "__builtin__.complex" -> list;
          case "torch.nn.parameter.Parameter",
              "torch._utils._rebuild_parameter",
              "torch._utils._rebuild_parameter_with_state" ->
              first instanceof TensorEntry ? first : null;
          case "torch._utils._rebuild_tensor" -> TensorEntry.of(list, 0, list.size());
          case "torch._utils._rebuild_tensor_v2" -> TensorEntry.of(list, 0, 6);
          case "torch._utils._rebuild_tensor_v3" -> TensorEntry.of(list, 6, 7);
          case "torch._tensor._rebuild_from_type_v2" ->
              list.size() == 4 && !global.equals(first) ? call(first, list.get(2)) : null;
          default -> null;
        };
    if (made == null) {
      throw new IOException("calls " + global.name() + " as no file of PyTorch does");
    }
    return made;
  }

  /** Of pairs of key and value, as Python 2 writes it. */
  private Map<Object, Object> dictionary(Object pairs) throws IOException {
    Map<Object, Object> map = new LinkedHashMap<>();
    List<?> list = pairs instanceof List<?> some ? some : List.of(pairs);
    copied += list.size();
    for (Object pair : list) {
      // Each pair takes some bytes of the pickle, unless one list is copied again and again.
      if (!(pair instanceof List<?> two) || two.size() != 2 || copied > position) {
        throw new IOException("makes a dictionary of what is no list of pairs of its own");
      }
      map.put(key(two.get(0)), two.get(1));
    }
    return map;
  }

  private void build(Object state) throws IOException {
    boolean hasAttributes = top() instanceof LinkedHashMap<?, ?> || top() instanceof TensorEntry;
    if (!hasAttributes || !(state instanceof Map<?, ?>)) {
      throw new IOException("sets attributes of what has none");
    }
  }

  private Storage storage(Object id) throws IOException {
    if (!(id instanceof List<?> parts)
        || parts.size() < 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof Global kind)
        || Dtypes.ofStorage(kind.name()) == null
        || !(parts.get(2) instanceof String key)
        || !(parts.get(4) instanceof Long length)
        || length < 0
        || (parts.size() > 5 && parts.get(5) != null)) {
      throw new IOException("refers to something outside of it that is no storage of numbers");
    }
    Storage storage = storages.computeIfAbsent(key, k -> new Storage(k, kind.name(), length));
    if (!storage.isDeclared(kind.name(), length)) {
      throw new IOException(
          String.format(Locale.ROOT, "declares storage %s in two ways", JsonReader.quoted(key)));
    }
    return storage;
  }
}
