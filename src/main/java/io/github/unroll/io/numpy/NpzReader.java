package io.github.unroll.io.numpy;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.ChannelBytes;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.ZipDirectory;
import io.github.unroll.io.bytes.ZipMember;
import io.github.unroll.io.bytes.ZipMemberStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A reader of an open archive: lists its arrays and reads each on request. */
final class NpzReader {

  private static final String SUFFIX = ".npy";

  private final SeekableByteChannel channel;
  private final List<ZipMember> others = new ArrayList<>();
  private final Map<String, ZipMember> arrays = new LinkedHashMap<>();

  /**
   * Reads the archive's directory.
   *
   * @throws IOException if it is not a valid zip archive, or has members but no array
   */
  NpzReader(SeekableByteChannel channel) throws IOException {
    this.channel = channel;
    FileKind kind =
        FileKind.of(new ChannelBytes(channel, 0, channel.size()).readNBytes(FileKind.START));
    if (kind != FileKind.ZIP) {
      throw new IOException(FileKind.ZIP.butIs(kind));
    }
    for (ZipMember member : ZipDirectory.read(channel)) {
      if (!isArray(member)) {
        others.add(member);
      } else if (arrays.put(arrayName(member), member) != null) {
        throw new IOException(
            String.format(Locale.ROOT, "two arrays have the name '%s'", arrayName(member)));
      }
    }
    if (arrays.isEmpty() && !others.isEmpty()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "is a zip archive without arrays, its first member is %s",
              JsonReader.quoted(others.get(0).name())));
    }
  }

  /** Whether a member is an array, by its name, as NumPy writes it, or by its first bytes. */
  private boolean isArray(ZipMember member) {
    if (member.name().endsWith(SUFFIX)) {
      return true;
    }
    try (ZipMemberStream in = new ZipMemberStream(channel, member)) {
      return Arrays.equals(in.readNBytes(NpyHeader.MAGIC.length), NpyHeader.MAGIC);
    } catch (IOException e) {
      return false; // a member that cannot be unpacked may be something else
    }
  }

  private static String arrayName(ZipMember member) {
    String name = member.name();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  /** The entries of all members; for a member without a header, the reason. */
  List<FileListing.Entry> entries() {
    List<FileListing.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, ZipMember> array : arrays.entrySet()) {
      entries.add(entry(array.getKey(), array.getValue()));
    }
    for (ZipMember other : others) {
      String why = other.unread().isEmpty() ? "is no array" : other.unread();
      entries.add(new FileListing.Entry(other.name(), "", List.of(), why));
    }
    return entries;
  }

  private FileListing.Entry entry(String name, ZipMember member) {
    try (ZipMemberStream in = new ZipMemberStream(channel, member)) {
      return NpyStream.header(in, member.size()).entry(name);
    } catch (IOException e) {
      return new FileListing.Entry(name, "", List.of(), e.getMessage());
    }
  }

  /** Reads all arrays; those of an unsupported type or size without their values. */
  Map<String, StoredArray> readAll() throws IOException {
    Map<String, StoredArray> all = new LinkedHashMap<>();
    for (String name : arrays.keySet()) {
      all.put(name, read(name, true));
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * Reads one array.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  StoredArray read(String name) throws IOException {
    if (!arrays.containsKey(name)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no array %s; there are %s",
              JsonReader.quoted(name),
              arrays.keySet().stream().limit(20).toList()));
    }
    return read(name, false);
  }

  private StoredArray read(String name, boolean orWithoutValues) throws IOException {
    ZipMember member = arrays.get(name);
    if (orWithoutValues && !member.unread().isEmpty()) {
      return StoredArray.unread("", null, unread(name, member.unread()));
    }
    try (ZipMemberStream in = new ZipMemberStream(channel, member)) {
      NpyHeader header = NpyStream.header(in, member.size());
      if (orWithoutValues && !header.unread().isEmpty()) {
        in.transferTo(OutputStream.nullOutputStream()); // to check its checksum
        return StoredArray.unread(header.typeName(), header.shape(), unread(name, header.unread()));
      }
      return NpyStream.read(in, header);
    } catch (IOException e) {
      throw new IOException(
          String.format(Locale.ROOT, "member '%s': %s", member.name(), e.getMessage()), e);
    }
  }

  private static String unread(String name, String why) {
    return "array " + JsonReader.quoted(name) + " " + why;
  }
}
