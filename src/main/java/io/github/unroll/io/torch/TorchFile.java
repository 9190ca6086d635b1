package io.github.unroll.io.torch;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.ChannelBytes;
import io.github.unroll.io.bytes.FilePath;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.SteadyChannel;
import io.github.unroll.io.bytes.Strides;
import io.github.unroll.io.bytes.ZipDirectory;
import io.github.unroll.io.bytes.ZipMember;
import io.github.unroll.io.bytes.ZipMemberStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of PyTorch's {@code torch.save}, .pt or .pth, in both of its forms: the zip archive, and
 * the stream of pickles that PyTorch wrote before version 1.6. Tensors and plain values are read;
 * nothing in the file is run, and what only Python code could make is refused by its name.
 *
 * <p>Names are the keys of dictionaries and the numbers of list elements, with dots between: {@code
 * model_state_dict.lstm.weight_ih_l0}. A file that is one tensor has one of the name "".
 */
public final class TorchFile {

  private static final String PICKLE = "data.pkl";
  private static final BigInteger MAGIC = new BigInteger("119547037146038801333356");
  private static final Long STREAM_VERSION = 1001L;
  private static final int STREAM_PICKLES = 5; // number, version, system, content, storages
  private static final int NEWEST_VERSION = 10;
  private static final int LONGEST_TEXT = 100;

  /** How many times a pickle may be inflated; those of PyTorch are a few times. */
  private static final int MOST_INFLATED = 32;

  private static final int ALWAYS_INFLATED = 1 << 16;

  /** How many bytes views may take in addition to the storages, and how many times these. */
  private static final long ALWAYS_COPIED = 1 << 24;

  private static final int MOST_COPIED = 4;

  private final SeekableByteChannel channel;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private final Map<String, StoredArray> tensors = new LinkedHashMap<>();
  private final Content content;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  /**
   * Reads a file.
   *
   * @param values whether the values of its tensors are read; if not, it is checked that they are
   *     there
   */
  TorchFile(SeekableByteChannel channel, boolean values) throws IOException {
    this.channel = channel;
    content = stream(0, channel.size()).read() == 'P' ? ofArchive() : ofStream();
    long stored = 0;
    for (Storage storage : storages.values()) {
      stored += storage.bytes();
    }
    long room = Math.max(ALWAYS_COPIED, MOST_COPIED * stored);
    String name = "";
    try {
      for (Map.Entry<String, TensorEntry> named : content.tensors.entrySet()) {
        name = named.getKey();
        room -= named.getValue().copied();
        if (room < 0) { // a small file can describe any number of elements
          throw new IOException("repeats elements far too often; save what it is expanded from");
        }
      }
      if (values) {
        for (Map.Entry<String, TensorEntry> named : content.tensors.entrySet()) {
          name = named.getKey();
          tensors.put(name, values(name, named.getValue()));
        }
      }
    } catch (IOException e) {
      throw new IOException("tensor " + JsonReader.quoted(name) + " " + e.getMessage(), e);
    }
  }

  /**
   * Reads the tensors of a file.
   *
   * @param file a .pt or .pth file
   * @return its tensors by name, in the order of the file; those of types that {@link
   *     io.github.unroll.io.ElementType} does not have without their values
   * @throws IOException naming the file, if it cannot be read or holds more than data
   */
  public static Map<String, StoredArray> read(Path file) throws IOException {
    return of(file, true).tensors();
  }

  /**
   * Reads all of a file except the values of its tensors.
   *
   * @param file a .pt or .pth file
   * @return its tensors, and as metadata its plain values as text
   * @throws IOException naming the file, if it cannot be read or holds more than data
   */
  public static FileListing list(Path file) throws IOException {
    return of(file, false).listing();
  }

  private static TorchFile of(Path file, boolean values) throws IOException {
    FilePath.requireReadable(file);
    try (SeekableByteChannel channel = new SteadyChannel(file, StandardOpenOption.READ)) {
      return new TorchFile(channel, values);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private InputStream stream(long start, long end) {
    return new BufferedInputStream(new ChannelBytes(channel, start, end));
  }

  // ---- the zip archive ----

  private Content ofArchive() throws IOException {
    Map<String, ZipMember> members = new LinkedHashMap<>();
    String top = "";
    for (ZipMember member : ZipDirectory.read(channel)) {
      members.put(member.name(), member);
      if (member.name().endsWith("/" + PICKLE)) {
        top = member.name().substring(0, member.name().length() - PICKLE.length());
      }
    }
    ZipMember pickle = members.get(top + PICKLE);
    if (top.isEmpty() || pickle == null) {
      throw new IOException(FileKind.TORCH.butIs(FileKind.ZIP));
    }
    for (String name : members.keySet()) {
      if (name.startsWith(top + "code/") || name.equals(top + "constants.pkl")) {
        throw new IOException(
            "is a TorchScript archive, a program with its weights; in Python save"
                + " torch.jit.load(file).state_dict() by torch.save");
      }
    }
    String version = text(members.get(top + "version"));
    if (!version.matches("|[1-9]|" + NEWEST_VERSION)) {
      throw new IOException("is of version " + version + " of the format; 1 to 10 are read");
    }
    String byteOrder = text(members.get(top + "byteorder"));
    if (!byteOrder.matches("|little|big")) {
      throw new IOException("is of byteorder " + byteOrder + "; little and big are read");
    }
    order = byteOrder.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    Content pickled = pickled(pickle);
    for (Storage storage : storages.values()) {
      storage.member = members.get(top + "data/" + storage.key);
      storage.requireBytes(storage.member == null ? -1 : storage.member.size());
    }
    return pickled;
  }

  /** The text of a small member; empty if there is none. */
  private String text(ZipMember member) throws IOException {
    if (member == null) {
      return "";
    }
    try (InputStream in = new ZipMemberStream(channel, member)) {
      String text = new String(in.readNBytes(LONGEST_TEXT), StandardCharsets.UTF_8);
      return text.strip().replaceAll("\\p{Cntrl}", "?");
    }
  }

  private Content pickled(ZipMember member) throws IOException {
    if (member.size() > ALWAYS_INFLATED && member.size() / MOST_INFLATED > member.compressed()) {
      throw new IOException("has a pickle that inflates to " + member.size() + " bytes");
    }
    try (InputStream in = new BufferedInputStream(new ZipMemberStream(channel, member))) {
      Unpickler unpickler = new Unpickler(in, member.size(), storages);
      Content pickled = new Content(unpickler.read(), unpickler.position());
      in.transferTo(OutputStream.nullOutputStream()); // at its end is its checksum
      return pickled;
    }
  }

  // ---- the stream of pickles ----

  private Content ofStream() throws IOException {
    InputStream in = stream(0, channel.size());
    List<Object> values = new ArrayList<>();
    long position = 0;
    for (int i = 0; i < STREAM_PICKLES; i++) {
      Unpickler unpickler = new Unpickler(in, channel.size() - position, storages);
      values.add(unpickler.read());
      position += unpickler.position();
    }
    if (!MAGIC.equals(values.get(0))
        || !STREAM_VERSION.equals(values.get(1))
        || !(values.get(4) instanceof List<?> keys)) {
      throw new IOException("is damaged: it has other numbers than a file of torch.save");
    }
    for (Object key : keys) {
      Storage storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null
          || ChannelBytes.at(channel, position, Long.BYTES).getLong() != storage.declared) {
        throw new IOException("is damaged: it has other storages than its tensors");
      }
      storage.start = position + Long.BYTES;
      storage.requireBytes(Math.min(channel.size() - storage.start, storage.bytes()));
      position = storage.start + storage.bytes();
    }
    for (Storage storage : storages.values()) {
      storage.requireBytes(storage.start == 0 ? -1 : storage.bytes());
    }
    return new Content(values.get(3), position);
  }

  // ---- tensors ----

  private StoredArray values(String name, TensorEntry tensor) throws IOException {
    Storage storage = tensor.storage;
    Strides places = tensor.places;
    String why = tensor.unread();
    if (!why.isEmpty()) {
      return StoredArray.unread(
          storage.typeName(), places.shape, "tensor " + JsonReader.quoted(name) + " " + why);
    }
    if (storage.values == null) {
      storage.values = values(storage);
    }
    return storage.values.strided(places.offset, places.shape, places.strides);
  }

  private StoredArray values(Storage storage) throws IOException {
    try (InputStream in =
        storage.member == null
            ? stream(storage.start, storage.start + storage.bytes())
            : new ZipMemberStream(channel, storage.member)) {
      StoredArray values = StoredArray.read(in, storage.type(), order, storage.length());
      if (in.read() >= 0) { // an archive checks the member's checksum now
        throw new IOException("is in a storage of no whole number of elements");
      }
      return values;
    }
  }

  /** The tensors by name; none if no values were read. */
  Map<String, StoredArray> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  FileListing listing() {
    List<FileListing.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, TensorEntry> named : content.tensors.entrySet()) {
      TensorEntry tensor = named.getValue();
      List<Long> shape = new ArrayList<>();
      for (long size : tensor.places.shape) {
        shape.add(size);
      }
      entries.add(
          new FileListing.Entry(named.getKey(), tensor.storage.typeName(), shape, tensor.unread()));
    }
    return new FileListing(entries, content.texts);
  }
}
