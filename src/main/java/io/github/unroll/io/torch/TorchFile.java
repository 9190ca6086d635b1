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
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A file of PyTorch's {@code torch.save}, .pt or .pth, in both of its forms: the zip archive, and
 * the stream of pickles that PyTorch wrote before version 1.6. Tensors are read, and plain values
 * beside them; nothing in the file is run, and what only Python code could make is refused by its
 * name.
 *
 * <p>Names are the keys of dictionaries and the numbers of list elements, with dots between: {@code
 * model_state_dict.lstm.weight_ih_l0}. A file that is one tensor has one of the name "".
 */
public final class TorchFile {

  private static final String PICKLE = "/data.pkl";
  private static final BigInteger MAGIC = new BigInteger("119547037146038801333356");
  private static final Long STREAM_VERSION = 1001L;
  private static final int STREAM_PICKLES = 5; // number, version, system, content, storages
  private static final int NEWEST_VERSION = 10;
  private static final int LONGEST_TEXT = 100;

  /** How much a pickle may be inflated; those of PyTorch are a few times. */
  private static final int MOST_INFLATED = 32;

  private static final int ALWAYS_INFLATED = 1 << 16;

  /** How many bytes the views of a file may take beside its storages, and how many times those. */
  private static final long ALWAYS_COPIED = 1 << 24;

  private static final int MOST_COPIED = 4;

  /** Where the bytes of a storage are. */
  @FunctionalInterface
  private interface Source {
    InputStream open() throws IOException;
  }

  private final SeekableByteChannel channel;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private final Map<Storage, Source> sources = new IdentityHashMap<>();
  private final Content content;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  /** Reads all but the values of the tensors, and checks that these are there. */
  TorchFile(SeekableByteChannel channel) throws IOException {
    this.channel = channel;
    byte[] start = stream(0, channel.size()).readNBytes(FileKind.START);
    FileKind kind = FileKind.of(start);
    if (kind != FileKind.TORCH && kind != FileKind.ZIP) {
      throw new IOException(FileKind.TORCH.butIs(kind));
    }
    content = start[0] == 'P' ? ofArchive() : ofStream();
    requireRoom();
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
    return with(file, TorchFile::tensors);
  }

  /**
   * Reads all of a file but the values of its tensors.
   *
   * @param file a .pt or .pth file
   * @return its tensors, and as metadata its plain values as text
   * @throws IOException naming the file, if it cannot be read or holds more than data
   */
  public static FileListing list(Path file) throws IOException {
    return with(file, TorchFile::listing);
  }

  @FunctionalInterface
  private interface Use<T> {
    T of(TorchFile file) throws IOException;
  }

  private static <T> T with(Path file, Use<T> use) throws IOException {
    FilePath.requireReadable(file);
    try (SeekableByteChannel channel = new SteadyChannel(file, StandardOpenOption.READ)) {
      return use.of(new TorchFile(channel));
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
    String top = null;
    for (ZipMember member : ZipDirectory.read(channel)) {
      members.put(member.name(), member);
      if (member.name().endsWith(PICKLE)) {
        if (top != null) {
          throw new IOException("has two members called data.pkl, and one is read");
        }
        top = member.name().substring(0, member.name().length() - PICKLE.length() + 1);
      }
    }
    if (top == null) {
      throw new IOException(FileKind.TORCH.butIs(FileKind.ZIP));
    }
    for (String name : members.keySet()) {
      if (name.startsWith(top + "code/") || name.equals(top + "constants.pkl")) {
        throw new IOException(
            "is a TorchScript archive, a program with its weights; in Python save"
                + " torch.jit.load(file).state_dict() by torch.save");
      }
    }
    requireVersion(text(members.get(top + "version"), "3"));
    order = order(text(members.get(top + "byteorder"), "little"));
    Content pickled = pickled(members.get(top + PICKLE.substring(1)));
    for (Storage storage : storages.values()) {
      ZipMember member = members.get(top + "data/" + storage.key());
      if (member == null || member.size() != storage.bytes()) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "has %s for storage %s, and its pickle tells of %d elements",
                member == null ? "no member" : member.size() + " bytes",
                JsonReader.quoted(storage.key()),
                storage.declared()));
      }
      sources.put(storage, () -> new ZipMemberStream(channel, member));
    }
    return pickled;
  }

  private static void requireVersion(String version) throws IOException {
    if (!version.matches("[1-9]\\d?") || Integer.parseInt(version) > NEWEST_VERSION) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "is of version %s of the format; 1 to %d are read",
              JsonReader.quoted(version),
              NEWEST_VERSION));
    }
  }

  private static ByteOrder order(String name) throws IOException {
    return switch (name) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new IOException(
              "has the byteorder " + JsonReader.quoted(name) + "; little and big are known");
    };
  }

  /** The text of a small member, or another if there is none. */
  private String text(ZipMember member, String otherwise) throws IOException {
    if (member == null) {
      return otherwise;
    }
    try (InputStream in = new ZipMemberStream(channel, member)) {
      return new String(in.readNBytes(LONGEST_TEXT), StandardCharsets.UTF_8).strip();
    }
  }

  private Content pickled(ZipMember member) throws IOException {
    if (member.size() > ALWAYS_INFLATED && member.size() / MOST_INFLATED > member.compressed()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "has a pickle of %d bytes that inflates to %d, which no dictionary of tensors does",
              member.compressed(),
              member.size()));
    }
    try (InputStream in = new BufferedInputStream(new ZipMemberStream(channel, member))) {
      Unpickler unpickler = new Unpickler(in, member.size(), storages);
      Content pickled = new Content(unpickler.read(), unpickler.position());
      in.transferTo(OutputStream.nullOutputStream()); // its end has its checksum
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
    if (!MAGIC.equals(values.get(0)) || !STREAM_VERSION.equals(values.get(1))) {
      throw new IOException("begins with other numbers than a file of torch.save");
    }
    if (!(values.get(4) instanceof List<?> keys)) {
      throw new IOException("has no list of its storages");
    }
    for (Object key : keys) {
      Storage storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null || sources.containsKey(storage)) {
        throw new IOException("has a list of other storages than those of its tensors");
      }
      long elements = ChannelBytes.at(channel, position, Long.BYTES).getLong();
      long start = position + Long.BYTES;
      long left = channel.size() - start;
      if (elements != storage.declared() || storage.bytes() > left) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "has %d elements and %d bytes for storage %s, and its pickle tells of %d",
                elements,
                left,
                JsonReader.quoted(storage.key()),
                storage.declared()));
      }
      position = start + storage.bytes();
      long end = position;
      sources.put(storage, () -> stream(start, end));
    }
    for (Storage storage : storages.values()) {
      if (!sources.containsKey(storage)) {
        throw new IOException("has no storage " + JsonReader.quoted(storage.key()));
      }
    }
    return new Content(values.get(3), position);
  }

  // ---- tensors ----

  /** A view may repeat elements: a small file could describe any number of them. */
  private void requireRoom() throws IOException {
    long stored = 0;
    for (Storage storage : storages.values()) {
      stored += storage.bytes();
    }
    long room = Math.max(ALWAYS_COPIED, MOST_COPIED * stored);
    for (Map.Entry<String, TensorEntry> named : content.tensors.entrySet()) {
      try {
        room -= named.getValue().copied();
      } catch (IOException e) {
        throw named(named.getKey(), e);
      }
      if (room < 0) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the tensors up to %s repeat the same %d bytes far too often; save what they are"
                    + " expanded from",
                JsonReader.quoted(named.getKey()),
                stored));
      }
    }
  }

  private static IOException named(String tensor, IOException e) {
    return new IOException(
        String.format(Locale.ROOT, "tensor %s %s", JsonReader.quoted(tensor), e.getMessage()), e);
  }

  Map<String, StoredArray> tensors() throws IOException {
    Map<Storage, StoredArray> stored = new IdentityHashMap<>();
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, TensorEntry> entry : content.tensors.entrySet()) {
      try {
        tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue(), stored));
      } catch (IOException e) {
        throw named(entry.getKey(), e);
      }
    }
    return Collections.unmodifiableMap(tensors);
  }

  private StoredArray tensor(String name, TensorEntry tensor, Map<Storage, StoredArray> stored)
      throws IOException {
    Storage storage = tensor.storage();
    Strides places = tensor.places();
    String why = tensor.unread();
    if (!why.isEmpty()) {
      return StoredArray.unread(
          storage.typeName(), places.shape(), "tensor " + JsonReader.quoted(name) + " " + why);
    }
    if (!stored.containsKey(storage)) {
      stored.put(storage, values(storage));
    }
    return stored.get(storage).strided(places.offset(), places.shape(), places.strides());
  }

  private StoredArray values(Storage storage) throws IOException {
    try (InputStream in = sources.get(storage).open()) {
      StoredArray values = StoredArray.read(in, storage.type(), order, storage.length());
      if (in.read() >= 0) { // which also has an archive check the member's checksum
        throw new IOException("has a storage of other bytes than whole elements");
      }
      return values;
    }
  }

  FileListing listing() throws IOException {
    List<FileListing.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, TensorEntry> named : content.tensors.entrySet()) {
      TensorEntry tensor = named.getValue();
      List<Long> shape = Arrays.stream(tensor.places().shape()).boxed().toList();
      entries.add(
          new FileListing.Entry(
              named.getKey(), tensor.storage().typeName(), shape, tensor.unread()));
    }
    return new FileListing(entries, content.texts);
  }
}
