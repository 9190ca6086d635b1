package io.github.unroll.io.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The central directory of a zip archive (PKWARE's APPNOTE 4.3), zip64 included. It is read more
 * strictly than by other programs, so that an archive has only one meaning: data before, between or
 * after the members has none, and no two members share a name or bytes.
 */
public final class ZipDirectory {

  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_LENGTH = 46;
  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int END64 = 0x06064b50;
  private static final int END64_LENGTH = 56;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_LENGTH = 20;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long IN_ZIP64 = 0xffffffffL;
  private static final int COUNT_IN_ZIP64 = 0xffff;
  private static final int EXTRA64 = 1;

  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1 | (1 << 6) | (1 << 13);
  private static final int PATCHED = 1 << 5;
  private static final int UTF8 = 1 << 11;

  /** The position and length of the directory, the position after it, and the number of members. */
  private record Place(long start, long length, long end, long count) {}

  private ZipDirectory() {}

  /** All members in the order of the directory. */
  public static List<ZipMember> read(SeekableByteChannel channel) throws IOException {
    Place place = place(channel);
    ChannelBytes directory = new ChannelBytes(channel, place.start, place.end);
    List<ZipMember> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (directory.left() > 0) {
      ZipMember member = member(channel, directory, place.start);
      if (!names.add(member.name())) {
        throw new IOException(
            String.format(Locale.ROOT, "two members have the name '%s'", member.name()));
      }
      members.add(member);
    }
    if (members.size() != place.count) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the directory is said to have %d members and has %d",
              place.count,
              members.size()));
    }
    requireApart(members);
    return members;
  }

  private static Place place(SeekableByteChannel channel) throws IOException {
    long size = channel.size();
    int tail = (int) Math.min(size, END_LENGTH + LONGEST_COMMENT);
    ByteBuffer last = ChannelBytes.at(channel, size - tail, tail);
    int at = tail - END_LENGTH;
    while (at >= 0 && !isEnd(last, at)) {
      at--;
    }
    if (at < 0) {
      throw new IOException(
          "is no whole zip archive: it does not end with a directory; it is cut off or damaged");
    }
    long end = size - tail + at;
    int count = Short.toUnsignedInt(last.getShort(at + 10));
    Place place = new Place(unsigned(last, at + 16), unsigned(last, at + 12), end, count);
    long end64 = end64(channel, end);
    if (end64 >= 0) {
      return place64(channel, end64, place);
    }
    // The greatest numbers mean "see zip64" only where there is one; else they are numbers.
    boolean oneDisk = last.getInt(at + 4) == 0 && last.getShort(at + 8) == last.getShort(at + 10);
    requirePlace(place, oneDisk);
    return place;
  }

  private static boolean isEnd(ByteBuffer last, int at) {
    return last.getInt(at) == END
        && Short.toUnsignedInt(last.getShort(at + 20)) == last.limit() - at - END_LENGTH;
  }

  /** The position of the end record of the zip64 directory; -1 if there is none. */
  private static long end64(SeekableByteChannel channel, long end) throws IOException {
    if (end < LOCATOR64_LENGTH + END64_LENGTH) {
      return -1;
    }
    ByteBuffer locator = ChannelBytes.at(channel, end - LOCATOR64_LENGTH, LOCATOR64_LENGTH);
    long at = locator.getLong(8);
    boolean isThere =
        locator.getInt(0) == LOCATOR64
            && at >= 0
            && at <= end - LOCATOR64_LENGTH - END64_LENGTH
            && ChannelBytes.at(channel, at, Integer.BYTES).getInt(0) == END64;
    return isThere ? at : -1;
  }

  private static Place place64(SeekableByteChannel channel, long at, Place plain)
      throws IOException {
    ByteBuffer end64 = ChannelBytes.at(channel, at, END64_LENGTH);
    Place place = new Place(end64.getLong(48), end64.getLong(40), at, end64.getLong(32));
    if (!agree(plain.start, IN_ZIP64, place.start)
        || !agree(plain.length, IN_ZIP64, place.length)
        || !agree(plain.count, COUNT_IN_ZIP64, place.count)) {
      throw new IOException("has two directories, of which zip64 says the one and zip the other");
    }
    boolean oneDisk = end64.getLong(16) == 0 && end64.getLong(24) == end64.getLong(32);
    requirePlace(place, oneDisk);
    return place;
  }

  private static boolean agree(long plain, long inZip64, long there) {
    return plain == inZip64 || plain == there;
  }

  private static void requirePlace(Place place, boolean oneDisk) throws IOException {
    if (!oneDisk) {
      throw new IOException("is a part of a zip archive of several; join them first");
    }
    if (place.start < 0 || place.length < 0 || place.start != place.end - place.length) {
      boolean elsewhere = place.start == IN_ZIP64 || place.length == IN_ZIP64;
      throw new IOException(
          elsewhere
              ? "has no zip64 directory where it should be"
              : String.format(
                  Locale.ROOT,
                  "is said to have a directory of %d bytes at %d, which does not end at %d where it"
                      + " should",
                  place.length,
                  place.start,
                  place.end));
    }
  }

  private static ZipMember member(
      SeekableByteChannel channel, ChannelBytes directory, long directoryStart) throws IOException {
    ByteBuffer entry = directory.next(CENTRAL_LENGTH);
    if (entry.getInt(0) != CENTRAL) {
      throw new IOException("has something in its directory that is no entry");
    }
    int flags = entry.getShort(8);
    int method = entry.getShort(10);
    ByteBuffer nameBytes = directory.next(Short.toUnsignedInt(entry.getShort(28)));
    ByteBuffer extra = directory.next(Short.toUnsignedInt(entry.getShort(30)));
    directory.next(Short.toUnsignedInt(entry.getShort(32)));
    String name = name(nameBytes, (flags & UTF8) != 0);

    long[] sizes = {unsigned(entry, 24), unsigned(entry, 20), unsigned(entry, 42)};
    replaceByZip64(name, sizes, extra);
    long size = sizes[0];
    long compressed = sizes[1];
    long header = sizes[2];
    if (header < 0 || header > directoryStart - LOCAL_LENGTH) {
      throw new IOException(
          String.format(
              Locale.ROOT, "member '%s' is said to begin at %d, not there", name, header));
    }
    ByteBuffer local = ChannelBytes.at(channel, header, LOCAL_LENGTH);
    int nameLength = Short.toUnsignedInt(local.getShort(26));
    long start = header + LOCAL_LENGTH + nameLength + Short.toUnsignedInt(local.getShort(28));
    if (local.getInt(0) != LOCAL
        || local.getShort(8) != method
        || start > directoryStart
        || !ChannelBytes.at(channel, header + LOCAL_LENGTH, nameLength).equals(nameBytes)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "member '%s' has another header at %d than the directory says",
              name,
              header));
    }
    if (size < 0 || compressed < 0 || compressed > directoryStart - start) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "member '%s' is said to have %d bytes at %d, which the file has not",
              name,
              compressed,
              start));
    }
    if (method == STORED && size != compressed) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "member '%s' is stored and yet said to have both %d and %d bytes",
              name,
              compressed,
              size));
    }
    return new ZipMember(
        name,
        method == DEFLATED,
        unsigned(entry, 16),
        compressed,
        size,
        header,
        start,
        unread(flags, method));
  }

  /** Why the bytes of a member cannot be read; empty if they can. */
  private static String unread(int flags, int method) {
    if ((flags & (ENCRYPTED | PATCHED)) != 0) {
      return "is encrypted or patched";
    }
    if (method != STORED && method != DEFLATED) {
      return String.format(
          Locale.ROOT,
          "is compressed by method %d; 0 (stored) and 8 (deflated) are read",
          method & 0xffff);
    }
    return "";
  }

  private static String name(ByteBuffer bytes, boolean utf8) throws IOException {
    String name;
    try {
      name =
          (utf8 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII)
              .newDecoder()
              .decode(bytes.duplicate())
              .toString();
    } catch (CharacterCodingException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "a member's name is %s",
              utf8 ? "no UTF-8" : "neither ASCII nor marked as UTF-8"),
          e);
    }
    // Other programs cut a name at NUL and would see another member here.
    if (name.indexOf('\0') >= 0) {
      throw new IOException("a member's name has a NUL in it");
    }
    return name;
  }

  /** Replaces sizes that do not fit in 32 bits by those of an extra field, in this order. */
  private static void replaceByZip64(String name, long[] sizes, ByteBuffer extra)
      throws IOException {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      int next = extra.position() + length;
      if (next > extra.limit()) {
        throw new IOException(
            String.format(Locale.ROOT, "member '%s' has a broken extra field", name));
      }
      if (id == EXTRA64) {
        for (int i = 0; i < sizes.length; i++) {
          if (sizes[i] == IN_ZIP64) {
            if (next - extra.position() < Long.BYTES) {
              throw new IOException(
                  String.format(Locale.ROOT, "member '%s' has a broken zip64 field", name));
            }
            sizes[i] = extra.getLong();
          }
        }
        return;
      }
      extra.position(next);
    }
  }

  /** Members that share bytes would make a small file inflate to any size. */
  private static void requireApart(List<ZipMember> members) throws IOException {
    List<ZipMember> inPlace =
        members.stream().sorted(Comparator.comparingLong(ZipMember::header)).toList();
    for (int i = 1; i < inPlace.size(); i++) {
      if (inPlace.get(i).header() < inPlace.get(i - 1).end()) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "members '%s' and '%s' share bytes",
                inPlace.get(i - 1).name(),
                inPlace.get(i).name()));
      }
    }
  }

  private static long unsigned(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }
}
