package io.github.unroll.io.bytes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A strict reader of JSON (RFC 8259). The caller drives it value by value, so nesting needs no
 * stack, and it keeps only what it returns; or takes a value of a form not known before as a {@link
 * #tree tree}.
 */
public final class JsonReader {

  /** Reads the value of one member of an object. */
  public interface Member {
    void read(String name) throws IOException;
  }

  /** Reads one element of an array. */
  public interface Element {
    void read() throws IOException;
  }

  private static final int END = -1;
  private static final int DEEPEST = 100;
  private static final int MOST_VALUES = 200_000;
  private static final int LONGEST_NUMBER = 400; // digits of a double, and more

  private final InputStream in;
  private final long length;
  private final String source;

  private int values; // in trees

  private final byte[] buffer = new byte[8192];
  private int filled;
  private int at;
  private long begin; // of the buffer in the source

  /**
   * Reads from a stream.
   *
   * @param length the number of bytes of JSON; nothing after them is read
   * @param source the beginning of messages
   */
  public JsonReader(InputStream in, long length, String source) {
    this.in = in;
    this.length = length;
    this.source = source;
  }

  public JsonReader(String text, String source) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    this.in = new ByteArrayInputStream(bytes);
    this.length = bytes.length;
    this.source = source;
  }

  /** Reads an object; a name that comes twice is refused. */
  public void object(Member member) throws IOException {
    expect('{', "an object {…}");
    if (take('}')) {
      return;
    }
    Set<String> names = new HashSet<>();
    do {
      String name = string();
      if (!names.add(name)) {
        throw error("the name " + quoted(name) + " comes twice");
      }
      expect(':', "a colon");
      member.read(name);
    } while (take(','));
    expect('}', "a comma or }");
  }

  public void array(Element element) throws IOException {
    expect('[', "a list […]");
    if (take(']')) {
      return;
    }
    do {
      element.read();
    } while (take(','));
    expect(']', "a comma or ]");
  }

  /** Reads an integer of 0 to 2^63 − 1. */
  public long size() throws IOException {
    int first = peekPastBlanks();
    if (first < '0' || first > '9') {
      throw unexpected("a whole number not below 0");
    }
    long value = 0;
    for (int c = first; c >= '0' && c <= '9'; c = peek()) {
      int digit = c - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw error("a number above " + Long.MAX_VALUE);
      }
      value = 10 * value + digit;
      at++;
      if (first == '0') {
        break; // JSON has no leading zeros: the next read rejects a digit here
      }
    }
    return value;
  }

  public String string() throws IOException {
    expect('"', "a text in \"");
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    for (int c = peek(); c != '"'; c = peek()) {
      if (c == END) {
        throw error("it ends inside a text");
      }
      if (c < ' ') {
        throw error(String.format(Locale.ROOT, "a control character 0x%02x inside a text", c));
      }
      at++;
      if (c == '\\') {
        escape(utf8);
      } else {
        utf8.write(c);
      }
    }
    at++;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(utf8.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw error("a text that is not UTF-8");
    }
  }

  private void escape(ByteArrayOutputStream utf8) throws IOException {
    int c = peek();
    at++;
    switch (c) {
      case '"', '\\', '/' -> utf8.write(c);
      case 'b' -> utf8.write('\b');
      case 'f' -> utf8.write('\f');
      case 'n' -> utf8.write('\n');
      case 'r' -> utf8.write('\r');
      case 't' -> utf8.write('\t');
      case 'u' -> utf8.writeBytes(Character.toString(codePoint()).getBytes(StandardCharsets.UTF_8));
      default -> throw error("an unknown escape after \\");
    }
  }

  private int codePoint() throws IOException {
    char high = hex4();
    if (!Character.isSurrogate(high)) {
      return high;
    }
    if (Character.isHighSurrogate(high) && takeNow('\\') && takeNow('u')) {
      char low = hex4();
      if (Character.isLowSurrogate(low)) {
        return Character.toCodePoint(high, low);
      }
    }
    throw error("half a surrogate pair, which is no character");
  }

  private char hex4() throws IOException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int c = peek();
      // Character.digit would accept digits of other scripts, but bytes have none
      int digit = c == END ? -1 : Character.digit(c, 16);
      if (digit < 0 || c >= 0x80) {
        throw error("four hexadecimal digits must follow \\u");
      }
      value = value << 4 | digit;
      at++;
    }
    return (char) value;
  }

  /**
   * Reads any value as a tree: a Map in the order of the object, a List, a String, a Long of an
   * integer or a Double, a Boolean, or null. NaN and Infinity, which Python writes, are numbers.
   * Nesting deeper than 100 levels and more than 200,000 values are rejected.
   */
  public Object tree() throws IOException {
    return tree(0);
  }

  private Object tree(int depth) throws IOException {
    if (depth > DEEPEST) {
      throw error("nested deeper than " + DEEPEST + " levels");
    }
    if (++values > MOST_VALUES) {
      throw error("more than " + MOST_VALUES + " values");
    }
    switch (peekPastBlanks()) {
      case '{':
        Map<String, Object> members = new LinkedHashMap<>();
        object(name -> members.put(name, tree(depth + 1)));
        return members;
      case '[':
        List<Object> elements = new ArrayList<>();
        array(() -> elements.add(tree(depth + 1)));
        return elements;
      case '"':
        return string();
      default:
        return wordOrNumber();
    }
  }

  private Object wordOrNumber() throws IOException {
    StringBuilder text = new StringBuilder();
    int c = peek();
    while (c > ' ' && ",:]}".indexOf(c) < 0 && text.length() <= LONGEST_NUMBER) {
      text.append((char) c);
      at++;
      c = peek();
    }
    String word = text.toString();
    switch (word) {
      case "true", "false":
        return Boolean.valueOf(word);
      case "null":
        return null;
      default:
        if (isInteger(word)) {
          return Long.valueOf(word);
        }
        if (word.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?|-?Infinity|NaN")) {
          return Double.valueOf(word);
        }
        throw error("expected a value, found " + quoted(word));
    }
  }

  /** An integer of up to 18 digits, which a long holds, without zeros before it. */
  private static boolean isInteger(String word) {
    int first = word.startsWith("-") ? 1 : 0;
    int digits = word.length() - first;
    boolean whole = digits == 1 || (digits > 1 && digits <= 18 && word.charAt(first) != '0');
    for (int i = first; whole && i < word.length(); i++) {
      whole = word.charAt(i) >= '0' && word.charAt(i) <= '9';
    }
    return whole;
  }

  /** Rejects anything except blanks at the end. */
  public void end() throws IOException {
    if (peekPastBlanks() != END) {
      throw unexpected("nothing more");
    }
  }

  /** An error of this source at the present byte. */
  public IOException error(String what) {
    return new IOException(
        String.format(Locale.ROOT, "%s, at byte %d: %s", source, begin + at, what));
  }

  private IOException unexpected(String wanted) throws IOException {
    int c = peek();
    String found;
    if (c == END) {
      found = "the end";
    } else {
      found =
          c > ' ' && c < 0x7f ? "'" + (char) c + "'" : String.format(Locale.ROOT, "byte 0x%02x", c);
    }
    return error("expected " + wanted + ", found " + found);
  }

  private void expect(char c, String wanted) throws IOException {
    if (!take(c)) {
      throw unexpected(wanted);
    }
  }

  private boolean take(char c) throws IOException {
    peekPastBlanks();
    return takeNow(c);
  }

  private boolean takeNow(char c) throws IOException {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private int peekPastBlanks() throws IOException {
    int c = peek();
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      at++;
      c = peek();
    }
    return c;
  }

  private int peek() throws IOException {
    if (at < filled) {
      return buffer[at] & 0xff;
    }
    long read = begin + filled;
    int wanted = (int) Math.min(buffer.length, length - read);
    if (wanted == 0) {
      return END;
    }
    int got = in.readNBytes(buffer, 0, wanted);
    if (got < wanted) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: it should be %d bytes and ends after %d",
              source,
              length,
              read + got));
    }
    begin = read;
    filled = got;
    at = 0;
    return buffer[0] & 0xff;
  }

  /** A name for a message: in quotes, without control characters, and not longer than a line. */
  public static String quoted(String name) {
    int longest = 60;
    String shown = name.length() <= longest ? name : name.substring(0, longest) + "…";
    return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
  }
}
