package io.github.unroll.io.safetensors;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.AtomicFile;
import io.github.unroll.io.bytes.CutOffException;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.bytes.JsonReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The content of a .safetensors file: tensors by name, and texts by name, the metadata. Immutable.
 *
 * <p>The format (github.com/huggingface/safetensors) is 8 bytes of header length, little endian, a
 * JSON header with type, shape and position of each tensor, and the values one after the other.
 *
 * <p>Files are not trusted: a file is rejected, with the reason, if its header is not strict JSON
 * of exactly this form, if a name occurs twice, if tensors overlap or leave bytes unused, or if the
 * file is shorter or longer than the header says. A file with wrong sizes needs no more memory than
 * its bytes. The first bytes determine the kind of a file, not its name.
 *
 * <p>A tensor of an unsupported type, such as F8_E4M3, or of more than 2 GB is included with its
 * shape and the name of its type, but without values; see {@link StoredArray#isReadable()}.
 */
public final class SafeTensors {

  private static final int LENGTH_BYTES = 8;

  private final Map<String, StoredArray> tensors;
  private final Map<String, String> metadata;

  /**
   * Tensors without metadata.
   *
   * @param tensors by name; the map is copied
   * @throws IllegalArgumentException if a name is {@code __metadata__} or not Unicode
   */
  public SafeTensors(Map<String, StoredArray> tensors) {
    this(tensors, Map.of());
  }

  /**
   * Tensors and metadata.
   *
   * @param tensors by name; the map is copied
   * @param metadata texts by name; the map is copied
   * @throws IllegalArgumentException if a tensor's name is {@code __metadata__}, or a name or text
   *     is not Unicode (half a surrogate pair)
   */
  public SafeTensors(Map<String, StoredArray> tensors, Map<String, String> metadata) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    this.metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    for (String name : tensors.keySet()) {
      requireUnicode(name);
      if (name.equals("__metadata__")) {
        throw new IllegalArgumentException(
            "SafeTensors: the format keeps the name __metadata__ for itself; take another");
      }
    }
    metadata.forEach(
        (name, text) -> {
          requireUnicode(name);
          requireUnicode(text);
        });
  }

  private static void requireUnicode(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SafeTensors: half a surrogate pair in %s; UTF-8 cannot hold it",
              JsonReader.quoted(text)));
    }
  }

  // ---- reading ----

  /**
   * Reads a file.
   *
   * @param file a .safetensors file
   * @return its content, tensors in the order in which they lie in the file
   * @throws NoSuchFileException if there is no such file
   * @throws IOException if it cannot be read or is not such a file; the message names file and
   *     reason
   */
  public static SafeTensors read(Path file) throws IOException {
    try (InputStream in = FilePath.open(file)) {
      requireKind(FileKind.of(in, file), file.toString());
      return read(in, FilePath.size(file), file.toString());
    }
  }

  /**
   * Reads the header of an open file, and no further.
   *
   * @param in the file's bytes from the first on; with {@code mark}
   * @param file the file, whose size, if known, must fit the header
   * @return the listing of its tensors
   * @throws IOException naming the file, if it cannot be read or its header is wrong
   */
  public static FileListing list(InputStream in, Path file) throws IOException {
    SafeTensorsHeader header = header(in, FilePath.size(file), file.toString());
    List<FileListing.Entry> entries = new ArrayList<>();
    for (TensorEntry entry : header.entries()) {
      List<Long> shape = Arrays.stream(entry.shape()).boxed().toList();
      entries.add(new FileListing.Entry(entry.name(), entry.typeName(), shape, entry.unread()));
    }
    return new FileListing(entries, header.metadata());
  }

  /**
   * Reads a stream to its end, such as a resource on the class path.
   *
   * @param in read to its end, not closed
   * @param name its name in messages
   * @return its content, tensors in the order in which they lie in the stream
   * @throws IOException if it cannot be read or is not in the format; the message gives name and
   *     reason
   */
  public static SafeTensors read(InputStream in, String name) throws IOException {
    return read(new BufferedInputStream(in), FilePath.UNKNOWN_SIZE, name);
  }

  /** Reads a stream; size is its total size, or FilePath.UNKNOWN_SIZE. */
  private static SafeTensors read(InputStream in, long size, String name) throws IOException {
    SafeTensorsHeader header = header(in, size, name);
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    for (TensorEntry entry : header.entries()) {
      tensors.put(entry.name(), tensor(in, entry, name));
    }
    if (in.read() >= 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: more bytes than the %d of data that the header describes",
              name,
              header.dataBytes()));
    }
    return new SafeTensors(tensors, header.metadata());
  }

  private static void requireKind(FileKind kind, String name) throws IOException {
    if (kind != FileKind.SAFETENSORS && kind != FileKind.UNKNOWN) {
      throw new IOException(name + ": " + FileKind.SAFETENSORS.butIs(kind));
    }
  }

  private static SafeTensorsHeader header(InputStream in, long size, String name)
      throws IOException {
    requireKind(FileKind.of(in), name);
    String source = name + ": header";
    long length = headerLength(in, size, name);
    SafeTensorsHeader header = SafeTensorsHeader.read(new JsonReader(in, length, source), source);
    long wanted = LENGTH_BYTES + length + header.dataBytes();
    if (size != FilePath.UNKNOWN_SIZE && size != wanted) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: the header describes a file of %d bytes, and it has %d",
              name,
              wanted,
              size));
    }
    return header;
  }

  private static long headerLength(InputStream in, long size, String name) throws IOException {
    byte[] bytes = in.readNBytes(LENGTH_BYTES);
    if (bytes.length < LENGTH_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: %d bytes are no .safetensors file, whose first 8 give the length of its header",
              name,
              bytes.length));
    }
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > SafeTensorsHeader.LARGEST) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: a header of %s bytes is above the format's limit of %d; this is no .safetensors"
                  + " file",
              name,
              Long.toUnsignedString(length),
              SafeTensorsHeader.LARGEST));
    }
    if (length > size - LENGTH_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: a header of %d bytes does not fit into a file of %d",
              name,
              length,
              size));
    }
    return length;
  }

  private static StoredArray tensor(InputStream in, TensorEntry entry, String name)
      throws IOException {
    if (!entry.unread().isEmpty()) {
      skip(in, entry, name);
      return StoredArray.unread(
          entry.typeName(),
          entry.shape(),
          "tensor " + JsonReader.quoted(entry.name()) + " " + entry.unread());
    }
    try {
      return StoredArray.read(in, entry.dtype().type(), ByteOrder.LITTLE_ENDIAN, entry.shape());
    } catch (CutOffException e) {
      throw cutOff(entry, e.found(), name);
    } catch (IOException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: tensor %s: %s",
              name,
              JsonReader.quoted(entry.name()),
              e.getMessage()),
          e);
    }
  }

  private static void skip(InputStream in, TensorEntry entry, String name) throws IOException {
    long left = entry.bytes();
    while (left > 0) {
      long skipped = in.skip(left);
      if (skipped <= 0) { // perhaps the end, which only a read can detect
        if (in.read() < 0) {
          throw cutOff(entry, entry.bytes() - left, name);
        }
        skipped = 1;
      }
      left -= skipped;
    }
  }

  private static IOException cutOff(TensorEntry entry, long found, String name) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "%s: it ends inside tensor %s, after %d of its %d bytes",
            name,
            JsonReader.quoted(entry.name()),
            found,
            entry.bytes()));
  }

  // ---- writing ----

  /**
   * Writes a file as the reference writer does: the widest types first, then by name; the header
   * padded with blanks to a multiple of 8 bytes; so every value is aligned. Metadata are sorted, so
   * the same content is always the same bytes. The file is written completely or not at all: a
   * reader at the same time, and a crash, leave the old file or the new one.
   *
   * @param file created or replaced
   * @throws IllegalArgumentException if the name promises another kind, see {@link
   *     FileKind#requireName}, or naming a tensor of more than 2 GB
   * @throws IllegalStateException if the values of a tensor were not read
   * @throws IOException if it cannot be written, or the header would be above the format's limit of
   *     100 MB
   */
  public void write(Path file) throws IOException {
    FileKind.SAFETENSORS.requireName(file);
    AtomicFile.write(file, this::write);
  }

  /**
   * Writes to a stream, the same bytes as to a file.
   *
   * @param out not closed
   * @throws IllegalArgumentException naming a tensor of more than 2 GB
   * @throws IllegalStateException if the values of a tensor were not read
   * @throws IOException if it cannot be written, or the header would be above the format's limit of
   *     100 MB
   */
  public void write(OutputStream out) throws IOException {
    SafeTensorsHeader header = SafeTensorsHeader.of(tensors, metadata);
    byte[] text = header.toBytes();
    if (text.length > SafeTensorsHeader.LARGEST) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "names and metadata make a header of %d bytes, above the format's limit of %d",
              text.length,
              SafeTensorsHeader.LARGEST));
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(text.length).array());
    out.write(text);
    for (TensorEntry entry : header.entries()) {
      tensors.get(entry.name()).write(out);
    }
  }

  // ---- content ----

  /**
   * {@return all tensors by name, an unmodifiable map in the order of the file or of the given map}
   */
  public Map<String, StoredArray> tensors() {
    return tensors;
  }

  /**
   * {@return a tensor}
   *
   * @param name its name
   * @throws IllegalArgumentException if there is none with this name
   */
  public StoredArray tensor(String name) {
    StoredArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no tensor %s; there are %s",
              JsonReader.quoted(name),
              tensors.keySet().stream().limit(20).toList()));
    }
    return tensor;
  }

  /** {@return the metadata, texts by name: an unmodifiable map, sorted; empty if there are none} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return the number of tensors as text, such as {@code SafeTensors(6 tensors)}} */
  @Override
  public String toString() {
    return "SafeTensors(" + tensors.size() + " tensors)";
  }
}
