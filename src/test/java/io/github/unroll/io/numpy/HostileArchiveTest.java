package io.github.unroll.io.numpy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll.Allocation;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileListing;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.arrays.ArrayFile;
import io.github.unroll.tensor.Matrix;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that say different things in different places, or promise too much. */
class HostileArchiveTest {

  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;

  // Offsets in a directory entry, APPNOTE 4.3.12.
  private static final int FLAGS = 8;
  private static final int METHOD = 10;
  private static final int CRC = 16;
  private static final int COMPRESSED = 20;
  private static final int SIZE = 24;
  private static final int HEADER = 42;
  private static final int NAME = 46;

  private static final int METHOD_IN_LOCAL = 8;
  private static final int NAME_IN_LOCAL = 30;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void should_find_a_bit_that_turned(boolean compressed) throws IOException {
    byte[] whole = archive(compressed, "a", "b");
    int wrong = 0;
    int start = NAME_IN_LOCAL + "a.npy".length();
    int end =
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(entry(whole, 1) + HEADER);
    // A deflated member's last byte may have bits to spare; its data descriptor counts for nothing.
    end -= compressed ? 1 + 16 : 0;
    for (int i = start; i < end; i++) {
      byte[] bytes = whole.clone();
      bytes[i] ^= 0x10;
      assertThatThrownBy(() -> read(bytes)).isInstanceOf(IOException.class);
      wrong++;
    }
    assertThat(wrong).isGreaterThan(50);
  }

  @Test
  void should_refuse_an_archive_cut_off_anywhere_or_with_more_behind() throws IOException {
    byte[] whole = archive(true, "a", "b");
    for (int length = 0; length < whole.length; length++) {
      byte[] bytes = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(bytes)).isInstanceOf(IOException.class);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertRefused(longer, "does not end with a directory");
  }

  @Test
  void should_refuse_two_members_of_one_name() throws IOException {
    byte[] bytes = archive(true, "a", "b");
    bytes[entry(bytes, 1) + NAME] = 'a';
    bytes[local(bytes, 1) + NAME_IN_LOCAL] = 'a';
    assertRefused(bytes, "two members have the name 'a.npy'");
  }

  @Test
  void should_refuse_a_member_with_two_names() throws IOException {
    byte[] bytes = archive(true, "a", "b");
    bytes[entry(bytes, 1) + NAME] = 'c';
    assertRefused(bytes, "member 'c.npy' has another header");
  }

  @Test
  void should_refuse_names_that_others_would_read_otherwise() throws IOException {
    byte[] nul = archive(true, "ab");
    nul[entry(nul, 0) + NAME + 1] = 0;
    assertRefused(nul, "has a NUL in it");
    byte[] latin = archive(true, "ab");
    latin[entry(latin, 0) + NAME] = (byte) 0xe9;
    latin[entry(latin, 0) + FLAGS + 1] = 0;
    assertRefused(latin, "neither ASCII nor marked as UTF-8");
    byte[] utf8 = archive(true, "é");
    utf8[entry(utf8, 0) + NAME] = (byte) 0xff;
    assertRefused(utf8, "no UTF-8");
  }

  @Test
  void should_refuse_members_that_share_bytes() throws IOException {
    byte[] bytes = archive(false, "a", "b");
    // The first member reaches to the directory, over the second.
    int all = entry(bytes, 0) - NAME_IN_LOCAL - "a.npy".length();
    put(bytes, entry(bytes, 0) + COMPRESSED, all);
    put(bytes, entry(bytes, 0) + SIZE, all);
    assertRefused(bytes, "members 'a.npy' and 'b.npy' share bytes");
  }

  @Test
  void should_refuse_lies_about_sizes() throws IOException {
    byte[] stored = archive(false, "a");
    put(stored, entry(stored, 0) + SIZE, Integer.MAX_VALUE);
    assertRefused(stored, "stored and yet");
    byte[] beyond = archive(false, "a");
    put(beyond, entry(beyond, 0) + COMPRESSED, 1 << 20);
    put(beyond, entry(beyond, 0) + SIZE, 1 << 20);
    assertRefused(beyond, "which the file has not");
    byte[] more = archive(true, "a");
    put(more, entry(more, 0) + SIZE, 1 << 30);
    assertRefused(more, "too long: the array float64 (2, 2) takes 32 bytes");
    byte[] longerStream = archive(true, "a", "b");
    int compressed = get(longerStream, entry(longerStream, 0) + COMPRESSED);
    put(longerStream, entry(longerStream, 0) + COMPRESSED, compressed + 3);
    assertRefused(longerStream, "has 3 bytes behind its deflate stream");
    put(longerStream, entry(longerStream, 0) + COMPRESSED, compressed - 3);
    assertRefused(longerStream, "deflate stream is broken");
    byte[] crc = archive(true, "a");
    crc[entry(crc, 0) + CRC]++;
    assertRefused(crc, "member 'a.npy': is damaged: its CRC is");
  }

  @Test
  void should_read_the_others_beside_what_it_cannot_decode() throws IOException {
    byte[] encrypted = archive(true, "a", "b");
    encrypted[entry(encrypted, 0) + FLAGS] |= 1;
    assertOnlyBIsRead(encrypted, "is encrypted or patched");
    byte[] method = archive(true, "a", "b");
    method[entry(method, 0) + METHOD] = 12;
    method[local(method, 0) + METHOD_IN_LOCAL] = 12;
    assertOnlyBIsRead(method, "is compressed by method 12; 0 (stored) and 8 (deflated) are read");
  }

  private void assertOnlyBIsRead(byte[] bytes, String why) throws IOException {
    Map<String, StoredArray> read = read(bytes);
    assertThat(read).containsOnlyKeys("a", "b");
    assertThat(read.get("b").isReadable()).isTrue();
    assertThat(read.get("a")).hasToString("not read");
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(read.get("a")::shape, read.get("a")::matrix)) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("array \"a\" " + why);
    }
    Path file = folder.resolve("x.npz");
    assertThatThrownBy(() -> NumpyFile.readFromArchive(file, "a"))
        .hasMessage(file + ": member 'a.npy': " + why);
    assertThat(ArrayFile.list(file).entries().get(0))
        .isEqualTo(new FileListing.Entry("a", "", List.of(), why));
  }

  @Test
  void should_refuse_a_directory_that_is_not_right() throws IOException {
    for (int at = 4; at < 20; at++) {
      byte[] bytes = archive(true, "a", "b");
      bytes[bytes.length - 22 + at]++;
      assertThatThrownBy(() -> read(bytes)).as("byte %d", at).isInstanceOf(IOException.class);
    }
    byte[] header = archive(true, "a");
    put(header, entry(header, 0) + HEADER, -2);
    assertRefused(header, "said to begin at 4294967294");
  }

  @Test
  void should_read_zip64_and_refuse_lies_in_it() throws IOException {
    byte[] plain = archive(false, "a");
    byte[] zip64 = zip64(plain);
    assertThat(read(zip64)).isEqualTo(read(plain)).containsOnlyKeys("a");
    int end64 = zip64.length - 22 - 20 - 56;
    for (int field = 0; field < 56 + 20; field++) {
      byte[] bytes = zip64.clone();
      bytes[end64 + field] ^= (byte) 0x80;
      // Sizes of the record, versions and the locator's disk numbers count for nothing.
      if (field < 4 || (field >= 16 && field < 60) || (field >= 64 && field < 72)) {
        assertThatThrownBy(() -> read(bytes)).as("byte %d", field).isInstanceOf(IOException.class);
      }
    }
    for (int field = 0; field < 28; field++) {
      byte[] bytes = zip64.clone();
      bytes[end64 - 28 + field] ^= (byte) 0x80;
      assertThatThrownBy(() -> read(bytes)).as("extra %d", field).isInstanceOf(IOException.class);
    }
  }

  @Test
  void should_read_zip64_where_it_is_not_needed() throws IOException {
    byte[] plain = archive(false, "a", "b");
    byte[] both = withEnd64(plain);
    assertThat(read(both)).isEqualTo(read(plain)).containsOnlyKeys("a", "b");
    // The numbers of 32 bits and those of zip64 must be the same where both say one.
    for (int field : new int[] {8, 10, 12, 13, 14, 15, 16, 17, 18, 19}) {
      byte[] bytes = both.clone();
      bytes[bytes.length - 22 + field]++;
      if (field == 8) {
        assertThat(read(bytes)).hasSize(2); // the count of this part, where there is one part
      } else {
        assertRefused(bytes, "has two directories");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {65_534, 65_535, 65_536})
  void should_read_as_many_members_as_numpy_writes(int members) throws IOException {
    byte[] withZip64 = manyMembers(members);
    Path file = Files.write(folder.resolve("many.npz"), withZip64);
    assertThat(ArrayFile.list(file).entries()).hasSize(members);
    if (members >= 65_535) {
      // Python writes zip64 from 65,536 on, Java one member earlier.
      Files.write(file, withoutEnd64(withZip64));
    }
    if (members == 65_536) {
      assertThatThrownBy(() -> ArrayFile.list(file))
          .hasMessageContaining("said to have 65535 members and has 65536");
    } else {
      assertThat(ArrayFile.list(file).entries()).hasSize(members);
      assertThat(NumpyFile.readFromArchive(file, "a" + (members - 1)).longs())
          .containsExactly((members - 1) % 100);
    }
  }

  @Test
  void should_take_the_greatest_number_of_32_bits_for_a_number() throws IOException {
    // A sparse file whose directory begins at byte 2^32 - 1, which needs no zip64 yet.
    int before = NAME_IN_LOCAL + "x.npy".length();
    long values = 0xffff_ffffL - before - 128;
    byte[] header = NpyHeader.bytes(ElementType.INT8, 1);
    byte[] npy =
        new String(header, ISO_8859_1)
            .replace("(1,), }" + " ".repeat(9), "(" + values + ",), }")
            .getBytes(ISO_8859_1);
    assertThat(npy).hasSize(128);
    byte[] plain = archive(false, "x");
    int entry = entry(plain, 0);
    put(plain, entry + COMPRESSED, (int) (values + 128));
    put(plain, entry + SIZE, (int) (values + 128));
    put(plain, plain.length - 22 + 16, -1);
    Path file = folder.resolve("large.npz");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(plain, 0, before);
      sparse.write(npy);
      sparse.seek(0xffff_ffffL);
      sparse.write(plain, entry, plain.length - entry);
    }
    FileListing.Entry listed = ArrayFile.list(file).entries().get(0);
    assertThat(listed.type()).isEqualTo("int8");
    assertThat(listed.shape()).containsExactly(values);
    assertThat(listed.unread()).contains("more than the 2147483647 that an axis may have");
  }

  @Test
  void should_read_an_archive_with_a_comment() throws IOException {
    byte[] plain = archive(true, "a");
    byte[] commented = Arrays.copyOf(plain, plain.length + 300);
    ByteBuffer.wrap(commented)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(plain.length - 2, (short) 300);
    assertThat(read(commented)).isEqualTo(read(plain));
  }

  @Test
  void should_not_look_for_an_archive_behind_other_bytes() throws IOException {
    byte[] plain = archive(true, "a");
    byte[] behind =
        ByteBuffer.allocate(plain.length + 9)
            .put("#!/bin/sh".getBytes(ISO_8859_1))
            .put(plain)
            .array();
    assertRefused(behind, "is no .npz file but of a kind that is not known");
  }

  @Test
  void should_not_inflate_a_bomb() throws Exception {
    // 20 KB of deflate that hold 20 MB of zeros, behind a header of one number.
    Path bomb = bomb(1, 20 << 20);
    assertThat(
            Allocation.of(
                () ->
                    assertThatThrownBy(() -> NumpyFile.readArchive(bomb))
                        .hasMessageContaining("too long: the array int8 (1,) takes 1 bytes")))
        .isLessThan(1 << 20);
  }

  @Test
  void should_inflate_no_more_than_the_directory_states() throws Exception {
    // Header and directory agree on a small array; the deflate stream has more.
    Path bomb = bomb(1000, 20 << 20);
    byte[] bytes = Files.readAllBytes(bomb);
    int entry = entry(bytes, 0);
    put(bytes, entry + SIZE, get(bytes, entry + SIZE) - (20 << 20) + 1000);
    Files.write(bomb, bytes);
    assertThat(
            Allocation.of(
                () ->
                    assertThatThrownBy(() -> NumpyFile.readArchive(bomb))
                        .hasMessageContaining("inflates to more than the 1128 bytes")))
        .isLessThan(1 << 20);
  }

  @Test
  void should_take_no_memory_for_what_header_and_directory_promise() throws Exception {
    Path file = bomb(NpyHeader.MOST_VALUES, 1000);
    byte[] bytes = Files.readAllBytes(file);
    put(bytes, entry(bytes, 0) + SIZE, (int) (128L + NpyHeader.MOST_VALUES));
    Files.write(file, bytes);
    assertThat(
            Allocation.of(
                () ->
                    assertThatThrownBy(() -> NumpyFile.readArchive(file))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("member 'x.npy'")
                        .hasMessageContaining("has 1128 bytes, not the 2147483767")))
        .isLessThan(2 << 20);
  }

  // ---- archives ----

  private static byte[] archive(boolean compressed, String... names) throws IOException {
    ByteArrayOutputStream npy = new ByteArrayOutputStream();
    NpyStream.write(npy, StoredArray.of(Matrix.of(2, 2, 1.5, 2.5, -3.5, 4.25)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        ZipEntry entry = new ZipEntry(name + ".npy");
        if (!compressed) {
          CRC32 crc = new CRC32();
          crc.update(npy.toByteArray());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(npy.size());
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(npy.toByteArray());
      }
    }
    return out.toByteArray();
  }

  /** The archive of one member with all sizes and offsets where those beyond 32 bits stand. */
  private static byte[] zip64(byte[] plain) {
    int entry = entry(plain, 0);
    int end = plain.length - 22;
    ByteBuffer out =
        ByteBuffer.allocate(plain.length + 28 + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
    out.put(plain, 0, end);
    out.putShort(entry + 30, (short) 28);
    out.putShort((short) 1).putShort((short) 24);
    for (int field : new int[] {SIZE, COMPRESSED, HEADER}) {
      out.putLong(get(plain, entry + field));
      out.putInt(entry + field, -1);
    }
    int end64 = out.position();
    out.putInt(0x06064b50).putLong(44).putInt(0).putLong(0).putLong(1).putLong(1);
    out.putLong(end64 - entry).putLong(entry);
    out.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
    out.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
    return out.array();
  }

  /** The same archive with a zip64 end that nothing refers to. */
  private static byte[] withEnd64(byte[] plain) {
    int end = plain.length - 22;
    ByteBuffer out = ByteBuffer.allocate(plain.length + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer old = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    int members = old.getShort(end + 10);
    out.put(plain, 0, end);
    out.putInt(0x06064b50).putLong(44).putInt(0).putLong(0).putLong(members).putLong(members);
    out.putLong(old.getInt(end + 12)).putLong(old.getInt(end + 16));
    out.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
    return out.put(plain, end, 22).array();
  }

  private static byte[] withoutEnd64(byte[] archive) {
    int end = archive.length - 22;
    ByteBuffer out = ByteBuffer.allocate(archive.length - 56 - 20);
    return out.put(archive, 0, end - 56 - 20).put(archive, end, 22).array();
  }

  private static byte[] manyMembers(int count) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(0);
      for (int i = 0; i < count; i++) {
        zip.putNextEntry(new ZipEntry("a" + i + ".npy"));
        NpyStream.write(zip, StoredArray.ofLongs(ElementType.INT8, new long[0], i % 100));
      }
    }
    return out.toByteArray();
  }

  /** An archive of one deflated array of int8: what its header says, and how many are there. */
  private Path bomb(int said, int there) throws IOException {
    Path file = folder.resolve("bomb.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(NpyHeader.bytes(ElementType.INT8, said));
      zip.write(new byte[there]);
    }
    return file;
  }

  private Map<String, StoredArray> read(byte[] bytes) throws IOException {
    return NumpyFile.readArchive(Files.write(folder.resolve("x.npz"), bytes));
  }

  private void assertRefused(byte[] bytes, String reason) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("x.npz") + ": ")
        .hasMessageContaining(reason);
  }

  private static int entry(byte[] bytes, int index) {
    return find(bytes, CENTRAL, index);
  }

  private static int local(byte[] bytes, int index) {
    return find(bytes, LOCAL, index);
  }

  private static int find(byte[] bytes, int signature, int index) {
    int at = -1;
    for (int i = 0; i <= index; i++) {
      do {
        at++;
      } while (get(bytes, at) != signature);
    }
    return at;
  }

  private static int get(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }

  private static void put(byte[] bytes, int at, int value) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
  }
}
